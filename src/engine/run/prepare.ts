/**
 * From a specification to everything a trainer needs: defaults filled in, data read or made, samples held out, network fitted to the data,
 * rule and schedule found. Whatever can be wrong with a specification comes out here, before anything runs. A complete specification
 * prepared again stays as it is, so that a record's own `spec` repeats its run.
 */
import type { HyperparameterValue } from '../language/rule';
import { checkSettings, type Rule } from '../language';
import { rules as ownRules } from '../optimizers';
import type { NetworkPlan } from '../network/plan';
import type { Dataset } from '../problems/dataset';
import { showCount, type Files } from '../problems/files';
import { findGenerator } from '../problems/generators';
import { isCsv, isIdx, loadData } from '../problems/load';
import { standardise } from '../problems/standardise';
import { Random } from '../random';
import { findSchedule } from '../schedules';
import { checkSpecification } from './check';
import { completeNetwork, planLayers, planNetwork } from './completeNetwork';
import { defaults } from './defaults';
import { describe } from './describe';
import { readWeights } from './initialWeights';
import { mostSteps } from './limits';
import { checkBatchSize } from './size';
import {
  SpecificationError,
  type CompleteSpecification,
  type DataSource,
  type NetworkProblem,
  type RunSpecification,
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
  /** Every default filled in, at every depth. */
  readonly spec: CompleteSpecification;
  readonly rule: Rule;
  /** Every hyperparameter of the rule but `lr`. */
  readonly settings: Readonly<Record<string, HyperparameterValue>>;
  /** Learning rate of step `k`, from 0. */
  readonly schedule: (k: number) => number;
  /** Steps that the run will take. */
  readonly steps: number;
  /** Steps in one pass over the training samples; the last batch of a pass may be smaller. */
  readonly stepsPerEpoch: number;
  /** Samples a step; 1 for a function. */
  readonly batch: number;
  readonly problem: PreparedNetwork | PreparedFunction;
  /** What a person calls the optimizer: `Adam`. */
  readonly title: string;
  /** What runs, in one line. */
  readonly details: string;
}

/**
 * Prepares a run.
 * @param rules the optimizers that may be named: those of the library where nothing is said
 * @throws SpecificationError for the first fault: where, what was found, what is expected
 */
export async function prepare(specification: RunSpecification, files: Files, rules: readonly Rule[] = ownRules()): Promise<Prepared> {
  const checked = checkSpecification(specification, rules);
  const rule = rules.find(({ name }) => name === checked.optimizer.name) as Rule;
  return 'function' in checked.problem
    ? finish(checked, rule, checked.problem, { kind: 'function', text: checked.problem.function, start: checked.problem.start })
    : prepareNetwork(checked, rule, checked.problem, files);
}

async function prepareNetwork(spec: RunSpecification, rule: Rule, problem: NetworkProblem, files: Files): Promise<Prepared> {
  const seed = spec.seed ?? defaults.seed;
  const source = completeSource(problem.data);
  const loaded = await loadData(source, seed, files);
  const { train, heldOut } = split(loaded.samples, source.heldOut ?? defaults.heldOut, seed);
  const named = isIdx(source) ? widen(loaded, problem.network.layers[problem.network.layers.length - 1].dense) : loaded;
  const data = isCsv(source) && source.csv.standardise ? standardise(named, train) : named;
  const network = completeNetwork(problem.network, data);
  const given = spec.initialWeights === undefined ? undefined : await readWeights(spec.initialWeights, planLayers(network), files);
  const plan = planNetwork(network, seed, given);
  return finish(spec, rule, { network, data: source }, { kind: 'network', plan, data, train, heldOut });
}

/** Everything but the problem. */
function finish(
  spec: RunSpecification,
  rule: Rule,
  problem: CompleteSpecification['problem'],
  prepared: PreparedNetwork | PreparedFunction,
): Prepared {
  const { batchSize, batch, perEpoch } = chooseBatch(spec.batchSize, prepared);
  const steps = spec.epochs === undefined ? (spec.steps ?? defaults.steps) : spec.epochs * perEpoch;
  if (steps > mostSteps)
    throw new SpecificationError(
      'epochs',
      `${spec.epochs} passes of ${showCount(perEpoch)} steps are ${showCount(steps)}; at most ${showCount(mostSteps)} steps are allowed.`,
    );
  const { lr, ...settings } = checkSettings(rule, spec.optimizer);
  const schedule = completeSchedule(spec.schedule, steps);
  const evaluateEvery = prepared.kind === 'function' ? 0 : Math.max(perEpoch, Math.ceil(steps / defaults.mostEvaluations));
  const { initialWeights, epochs } = spec;
  const complete: CompleteSpecification = {
    problem,
    optimizer: { name: rule.name, lr, ...settings },
    schedule,
    batchSize,
    ...(epochs === undefined ? { steps } : { epochs }),
    seed: spec.seed ?? defaults.seed,
    order: spec.order ?? defaults.order,
    ...(initialWeights === undefined ? {} : { initialWeights }),
    // A function is computed in float64 by the reference; the CPU's own kernels are for networks.
    backend: prepared.kind === 'function' || spec.backend === 'reference' ? 'reference' : 'cpu',
    measure: { ...defaults.measure, evaluateEvery, ...spec.measure },
  };
  const { name: _name, ...values } = schedule;
  const rate = findSchedule(schedule.name)?.rate;
  return {
    spec: complete,
    rule,
    settings,
    schedule: (k) => rate?.(k, Number(lr), values as Readonly<Record<string, number>>) ?? Number(lr),
    steps,
    stepsPerEpoch: perEpoch,
    batch,
    problem: prepared,
    title: rule.title,
    details: describe(complete, rule, { lr, ...settings }, prepared.kind === 'network' ? prepared.data.name : undefined),
  };
}

/** Samples a step, and steps in a pass. */
function chooseBatch(asked: number | 'all' | undefined, problem: PreparedNetwork | PreparedFunction) {
  if (problem.kind === 'function') return { batchSize: 'all', batch: 1, perEpoch: 1 } as const;
  const samples = problem.train.length;
  const batchSize = asked ?? Math.min(defaults.batchSize, samples);
  if (batchSize !== 'all' && batchSize > samples)
    throw new SpecificationError(
      'batchSize',
      `found ${showCount(batchSize)}, but there are ${showCount(samples)} training samples; give at most as many, or "all".`,
    );
  const batch = batchSize === 'all' ? samples : batchSize;
  const { inputs, layers } = problem.plan;
  checkBatchSize(
    batch,
    layers.map(({ outputs }) => ({ dense: outputs })),
    inputs,
    'batchSize',
  );
  return { batchSize, batch, perEpoch: Math.ceil(samples / batch) } as const;
}

/** A data source with every setting written out. */
function completeSource(source: DataSource): DataSource {
  const { heldOut = defaults.heldOut } = source;
  if (isIdx(source)) return { idx: source.idx, heldOut };
  if (isCsv(source)) return { csv: { ...source.csv, standardise: source.csv.standardise ?? defaults.standardise }, heldOut };
  const settings = Object.entries(findGenerator(source.generator)?.settings ?? {});
  return {
    generator: source.generator,
    ...Object.fromEntries(settings.map(([name, { default: value }]) => [name, source[name] ?? value])),
    heldOut,
  };
}

/** The schedule with every setting written out; its `steps`, where left out, are those of the run. */
function completeSchedule(given: RunSpecification['schedule'], steps: number): CompleteSpecification['schedule'] {
  const name = given?.name ?? defaults.schedule;
  const settings = Object.entries(findSchedule(name)?.settings ?? {});
  return { name, ...Object.fromEntries(settings.map(([key, setting]) => [key, given?.[key] ?? setting.default ?? steps])) };
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
function widen(data: Dataset, outputs: number): Dataset {
  if (data.y.kind !== 'classes' || outputs <= data.y.classes || outputs > 256) return data;
  const names = Array.from({ length: outputs }, (_, label) => String(label));
  return { ...data, y: { ...data.y, classes: outputs, names } };
}
