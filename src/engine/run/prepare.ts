/**
 * From a specification to everything a trainer needs: defaults filled in, data read or made, samples held out, network fitted to the data,
 * rule and schedule found. Whatever can be wrong with a specification comes out here, before anything runs. A complete specification
 * prepared again stays as it is, so that a record's own `spec` repeats its run.
 */
import type { Rule, Settings } from '../language';
import type { NetworkPlan } from '../network/plan';
import { structure } from '../network/structure';
import { corruptLabels } from '../problems/corruptLabels';
import type { Dataset } from '../problems/dataset';
import { showCount, type Files } from '../problems/files';
import { fillMissing } from '../problems/fillMissing';
import { findGenerator } from '../problems/generators';
import { mostClasses } from '../problems/limits';
import { isCsv, isIdx, loadData } from '../problems/load';
import { standardise } from '../problems/standardise';
import { Random } from '../random';
import { findSchedule } from '../schedules';
import type { Change } from './changes';
import { checkSpecification } from './check';
import { completeSchedule, scheduleOf } from './checkSchedule';
import { chooseRule, type ChosenRule } from './chooseRule';
import { buildNetwork, completeNetwork, outputsOf, planNetwork } from './completeNetwork';
import { defaults } from './defaults';
import { describe, titleOf } from './describe';
import { readWeights } from './initialWeights';
import { builtIn, type Library } from './library';
import { mostSteps } from './limits';
import { Pace } from './pace';
import { checkBatchSize, checkStatistics } from './size';
import {
  SpecificationError,
  type CompleteSpecification,
  type DataSource,
  type NetworkProblem,
  type RunSpecification,
  type ScheduleSpecification,
} from './specification';

export interface PreparedNetwork {
  readonly kind: 'network';
  readonly plan: NetworkPlan;
  readonly data: Dataset;
  /** Samples to train on and samples held out, as rows of the data set, each ascending. */
  readonly train: Uint32Array;
  readonly heldOut: Uint32Array;
}

export interface PreparedFunction {
  readonly kind: 'function';
  readonly text: string;
  readonly start: Readonly<Record<string, number>>;
}

export interface Prepared {
  /** The run at its beginning, where it was changed on the way; null where it was not. */
  readonly origin: Prepared | null;
  /** What was changed on the way, in order. */
  readonly changes: readonly Change[];
  /** Every default filled in, at every depth. */
  readonly spec: CompleteSpecification;
  /** The optimizer and the wrappers round it, each by itself. */
  readonly chosen: ChosenRule;
  /** All of these as one rule. */
  readonly rule: Rule;
  /** Every hyperparameter of that rule; `lr` among them is the rate before the schedule. */
  readonly settings: Settings;
  /** The learning rate of a run from its beginning: each run has its own, since a schedule may remember the losses of one. */
  readonly pace: () => Pace;
  /** Steps that the run will take. */
  readonly steps: number;
  /** Steps in one pass over the training samples; the last batch of a pass may be smaller. */
  readonly stepsPerEpoch: number;
  /** Samples a step; 1 for a function. */
  readonly batch: number;
  readonly problem: PreparedNetwork | PreparedFunction;
  /** The rules as texts, for the record; what no text says is there as papers write it. */
  readonly texts: { readonly optimizer: string; readonly wrappers: readonly string[] };
  /** What a person calls the optimizer: `Adam`, `Adam, clipped by global norm`. */
  readonly title: string;
  /** What runs, in one line. */
  readonly details: string;
}

/**
 * Prepares a run.
 * @param library the rules that may be named
 * @throws SpecificationError for the first fault: where, what was found, what is expected
 */
export async function prepare(specification: RunSpecification, files: Files, library: Library = builtIn): Promise<Prepared> {
  const checked = checkSpecification(specification, library);
  const chosen = await chooseRule(checked, files, library);
  return 'function' in checked.problem
    ? finish(checked, chosen, checked.problem, { kind: 'function', text: checked.problem.function, start: checked.problem.start })
    : prepareNetwork(checked, chosen, checked.problem, files);
}

/** The same run with other rules since a change: its problem, data and length stay. @throws SpecificationError where they do not go together */
export const prepareAgain = (prepared: Prepared, chosen: ChosenRule, change: Change): Prepared => ({
  ...finish({ ...prepared.spec, ...chosen.spec }, chosen, prepared.spec.problem, prepared.problem),
  origin: prepared.origin ?? prepared,
  changes: [...prepared.changes, change],
});

async function prepareNetwork(spec: RunSpecification, chosen: ChosenRule, problem: NetworkProblem, files: Files): Promise<Prepared> {
  const seed = spec.seed ?? defaults.seed;
  const source = completeSource(problem.data);
  const loaded = await loadData(source, seed, files);
  const { train, heldOut } = split(loaded.samples, source.heldOut ?? defaults.heldOut, seed);
  const named = isIdx(source) ? widen(loaded, outputsOf(problem.network, loaded)) : loaded;
  if (isCsv(source)) fillMissing(named, train);
  const scaled = isCsv(source) && source.csv.standardise ? standardise(named, train) : named;
  const data = corrupt(scaled, train, seed, source);
  const network = completeNetwork(problem.network, data);
  const given = spec.initialWeights === undefined ? undefined : await readWeights(spec.initialWeights, buildNetwork(network).starts, files);
  const plan = planNetwork(network, seed, given);
  return finish(spec, chosen, { network, data: source }, { kind: 'network', plan, data, train, heldOut });
}

/** Everything but the problem. */
function finish(
  spec: RunSpecification,
  chosen: ChosenRule,
  problem: CompleteSpecification['problem'],
  prepared: PreparedNetwork | PreparedFunction,
): Prepared {
  const { batchSize, batch, perEpoch } = chooseBatch(spec, prepared);
  const steps = spec.epochs === undefined ? (spec.steps ?? defaults.steps) : spec.epochs * perEpoch;
  if (steps > mostSteps)
    throw new SpecificationError(
      'epochs',
      `${spec.epochs} passes of ${showCount(perEpoch)} steps are ${showCount(steps)}; at most ${showCount(mostSteps)} steps are allowed.`,
    );
  const schedule = completeSchedule(spec.schedule, steps);
  const evaluateEvery = chooseEvaluations(spec, schedule, prepared.kind, perEpoch, steps);
  const { initialWeights, epochs } = spec;
  const complete: CompleteSpecification = {
    problem,
    ...chosen.spec,
    schedule,
    batchSize,
    ...(epochs === undefined ? { steps } : { epochs }),
    seed: spec.seed ?? defaults.seed,
    order: spec.order ?? defaults.order,
    ...(initialWeights === undefined ? {} : { initialWeights }),
    // A function is computed in float64 by the reference; the CPU's own kernels are for networks.
    backend: prepared.kind === 'function' ? 'reference' : spec.backend === undefined || spec.backend === 'auto' ? 'cpu' : spec.backend,
    measure: { ...defaults.measure, ...spec.measure, evaluateEvery },
  };
  const { name: _name, ...values } = schedule;
  const { rule, settings } = chosen.whole;
  const { lr } = chosen.optimizer.settings;
  return {
    origin: null,
    changes: [],
    spec: complete,
    chosen,
    rule,
    settings,
    pace: () => new Pace(scheduleOf(complete), typeof lr === 'number' ? lr : 1, values),
    steps,
    stepsPerEpoch: perEpoch,
    batch,
    problem: prepared,
    texts: { optimizer: textOf(chosen.optimizer.rule), wrappers: chosen.wrappers.map((wrapper) => textOf(wrapper.rule)) },
    title: titleOf(chosen),
    details: describe(complete, chosen, prepared.kind === 'network' ? prepared.data.name : undefined),
  };
}

const textOf = (rule: Rule): string => (rule.kind === 'text' ? rule.text : rule.formula.join('\n'));

/**
 * How many steps lie between evaluations: those of a pass, or more where that would be many. A function's value is told at every step, so that
 * it is evaluated for a schedule that watches only.
 */
function chooseEvaluations(
  { measure }: RunSpecification,
  schedule: ScheduleSpecification,
  kind: Prepared['problem']['kind'],
  perEpoch: number,
  steps: number,
): number {
  const watches = findSchedule(schedule.name)?.kind === 'watching';
  const every =
    measure?.evaluateEvery ?? (kind === 'function' && !watches ? 0 : Math.max(perEpoch, Math.ceil(steps / defaults.mostEvaluations)));
  if (watches && every === 0)
    throw new SpecificationError(
      'measure.evaluateEvery',
      `0 is no evaluation but the first and the last, and the schedule \`${schedule.name}\` goes by the evaluations; give a number of steps, or leave the field out.`,
    );
  return every;
}

/** Samples a step, and steps in a pass. */
function chooseBatch({ batchSize: asked, measure }: RunSpecification, problem: PreparedNetwork | PreparedFunction) {
  if (problem.kind === 'function') return { batchSize: 'all', batch: 1, perEpoch: 1 } as const;
  const samples = problem.train.length;
  const batchSize = asked ?? Math.min(defaults.batchSize, samples);
  if (batchSize !== 'all' && batchSize > samples)
    throw new SpecificationError(
      'batchSize',
      `found ${showCount(batchSize)}, but there are ${showCount(samples)} training samples; give at most as many, or "all".`,
    );
  const batch = batchSize === 'all' ? samples : batchSize;
  const network = structure(problem.plan);
  const { curvatureEvery, probeSamples } = { ...defaults.measure, ...measure };
  const probe = curvatureEvery > 0 ? Math.min(probeSamples, samples) : 0;
  checkBatchSize(batch, network, 'batchSize');
  checkBatchSize(probe, network, 'measure.probeSamples');
  checkStatistics(batch, samples, probe, network);
  return { batchSize, batch, perEpoch: Math.ceil(samples / batch) } as const;
}

/** A data source with every setting written out. */
function completeSource(source: DataSource): DataSource {
  const { heldOut = defaults.heldOut, labelNoise = defaults.labelNoise, randomLabels = defaults.randomLabels } = source;
  const options = { heldOut, labelNoise, randomLabels };
  if (isIdx(source)) return { idx: source.idx, ...options };
  if (isCsv(source)) {
    const { ignore, categories, missing, standardise } = defaults;
    return { csv: { ignore, categories, missing, standardise, ...source.csv }, ...options };
  }
  const settings = Object.entries(findGenerator(source.generator)?.settings ?? {});
  return {
    generator: source.generator,
    ...Object.fromEntries(settings.map(([name, { default: value }]) => [name, source[name] ?? value])),
    ...options,
  };
}

/** Makes training labels wrong where that is asked for. */
function corrupt(data: Dataset, train: Uint32Array, seed: number, { labelNoise = 0, randomLabels = false }: DataSource): Dataset {
  if (labelNoise === 0 && !randomLabels) return data;
  const at = `problem.data.${randomLabels ? 'randomLabels' : 'labelNoise'}`;
  if (data.y.kind !== 'classes')
    throw new SpecificationError(at, `${data.name} has numbers to predict; only classes can be drawn. Remove the field.`);
  if (data.y.classes < 2) throw new SpecificationError(at, `${data.name} has one class only: there is no other. Remove the field.`);
  return corruptLabels(data, train, seed, { labelNoise, randomLabels });
}

/**
 * Holds a share of the samples out, chosen by the seed alone.
 * @param share rounded to whole samples
 */
function split(samples: number, share: number, seed: number): { readonly train: Uint32Array; readonly heldOut: Uint32Array } {
  const count = Math.round(samples * share);
  if (count >= samples)
    throw new SpecificationError(
      'problem.data.heldOut',
      `holding out ${share} of ${showCount(samples)} ${samples === 1 ? 'sample' : 'samples'} leaves none to train on; hold out less.`,
    );
  const order = new Random(seed, 'split').permutation(samples);
  return { heldOut: order.slice(0, count).sort(), train: order.slice(count).sort() };
}

/** Labels of an IDX file are numbers and do not tell how many classes there are: where a network has more outputs, so many. */
function widen(data: Dataset, outputs: number | null): Dataset {
  if (data.y.kind !== 'classes' || outputs === null || outputs <= data.y.classes || outputs > mostClasses) return data;
  const names = Array.from({ length: outputs }, (_, label) => String(label));
  return { ...data, y: { ...data.y, classes: outputs, names } };
}
