/**
 * The problems that "Train with…" offers, each with what the network step and the specification need to know of it. Built-in ones here;
 * files of the workspace in `workspaceProblems.ts`. Knows nothing of the editor.
 */
import { generators, type Generator } from '../engine/problems/generators';
import { Random } from '../engine/random';
import { checkNeeds } from '../engine/run/checkNeeds';
import { defaults } from '../engine/run/defaults';
import { showNumber } from '../engine/run/describe';
import {
  SpecificationError,
  type DataSource,
  type FunctionProblem,
  type RuleSpecification,
  type RunSpecification,
} from '../engine/run/specification';
import { fits, seesImages, type DataEnds } from './networkFit';
import type { NetworkChoice } from './networkText';
import type { OptimizerChoice } from './optimizerChoice';
import { classifiers, imageNetworks, networksFor, regressors } from './readyNetworks';

/** Data for a network, and how it is usually trained on them. */
export interface DataChoice extends DataEnds {
  readonly kind: 'data';
  readonly title: string;
  readonly detail: string;
  readonly source: DataSource;
  /** What paths in `source` are relative to; empty where there are none. */
  readonly folder: string;
  readonly batchSize: number;
  /** How long. */
  readonly length: { readonly steps: number } | { readonly epochs: number };
  /** Networks to offer, the usual one first. */
  readonly networks: readonly NetworkChoice[];
}

export interface FunctionChoice {
  readonly kind: 'function';
  readonly title: string;
  readonly detail: string;
  readonly problem: FunctionProblem;
  readonly steps: number;
}

/** A specification that somebody has written: everything but the optimizer is taken from it. */
export interface SpecificationChoice {
  readonly kind: 'specification';
  readonly title: string;
  readonly detail: string;
  readonly spec: RunSpecification;
  readonly folder: string;
}

export type ProblemChoice = DataChoice | FunctionChoice | SpecificationChoice;

/** A generator with its own defaults; what its data are like is told by one sample. */
function chooseGenerator({ name, title, doc, settings, generate }: Generator): DataChoice {
  const values = Object.fromEntries(Object.entries(settings).map(([key, { default: value }]) => [key, Number(value)]));
  const { inputs, shape = null, y } = generate({ ...values, samples: 1 }, new Random(0, 'look'));
  const outputs = y.kind === 'classes' ? y.classes : y.outputs;
  const ends: DataEnds = { inputs, outputs, shape, loss: y.kind === 'classes' ? 'crossEntropy' : 'meanSquaredError' };
  const few = y.kind === 'classes' ? classifiers(outputs) : regressors(outputs);
  return {
    kind: 'data',
    title,
    detail: doc,
    source: { generator: name, samples: values.samples },
    folder: '',
    ...ends,
    batchSize: defaults.batchSize,
    length: { steps: shape ? 2000 : 5000 },
    // images are made for what sees where something is
    networks: shape ? [...imageNetworks(shape, outputs), ...networksFor(inputs, outputs)].filter((network) => fits(network, ends)) : few,
  };
}

/** Networks for data of a file, dense ones first. */
export const networksForFile = (ends: DataEnds): NetworkChoice[] =>
  [...networksFor(ends.inputs, ends.outputs), ...(ends.shape ? imageNetworks(ends.shape, ends.outputs) : [])].filter((network) =>
    fits(network, ends),
  );

/** The usual one first: two classes or three that no straight line parts, where optimizers begin to differ. */
const order = ['spiral', 'moons', 'circles', 'xor', 'gaussians', 'sine'];
const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);

export const generatorChoices = (): DataChoice[] => [...generators].sort((a, b) => place(a.name) - place(b.name)).map(chooseGenerator);

const named = (title: string, text: string, start: FunctionProblem['start'], steps: number): FunctionChoice => ({
  kind: 'function',
  title,
  detail: `${text}, from ${Object.entries(start)
    .map(([name, value]) => `${name} = ${showNumber(value)}`)
    .join(', ')}`,
  problem: { function: text, start },
  steps,
});

export const functionChoices: readonly FunctionChoice[] = [
  named('Rosenbrock’s valley', '(1 - x)^2 + 100*(y - x^2)^2', { x: -1.2, y: 1 }, 5000),
  named('Ravine', '(x^2 + 50*y^2)/2', { x: -8, y: 1 }, 1000),
  named('Saddle', 'x^2 - y^2 + y^4/4', { x: 1, y: 0.001 }, 1000),
  named('Beale’s function', '(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2', { x: 1, y: 1 }, 5000),
  named('Parabola', 'x^2', { x: 3 }, 500),
];

/**
 * A rule as a specification has it. Of a file only what somebody chose is written out: what the text says itself may change with the text. The path is
 * made relative by `placeRules`.
 */
function specifyRule({ rule, settings, file }: OptimizerChoice): RuleSpecification {
  if (file === null) return { name: rule.name, ...settings };
  const chosen = rule.hyperparameters.filter(({ name, default: standard }) => settings[name] !== standard);
  return { file, ...Object.fromEntries(chosen.map(({ name }) => [name, settings[name]])) };
}

/** For networks that use each weight in many places: a product with the Hessian of 512 samples would take as long as hundreds of steps. */
const rareCurvature = { curvatureEvery: 500, probeSamples: 64 };

/** The whole specification of what was chosen. @param batchSize what the user's own code says, where it says it */
export function specify(
  optimizer: OptimizerChoice,
  problem: ProblemChoice,
  network: NetworkChoice | null,
  batchSize?: number,
): RunSpecification {
  const around = optimizer.around.map(specifyRule);
  const chosen = { optimizer: specifyRule(optimizer), ...(around.length > 0 && { wrappers: around }) };
  if (problem.kind === 'specification') {
    const wrappers = [...around, ...(problem.spec.wrappers ?? [])];
    return { ...problem.spec, ...chosen, ...(wrappers.length > 0 && { wrappers }) };
  }
  if (problem.kind === 'function') return { problem: problem.problem, ...chosen, steps: problem.steps, seed: defaults.seed };
  if (!network) throw new Error('data need a network');
  return {
    problem: { network: { layers: network.layers, loss: problem.loss }, data: problem.source },
    ...chosen,
    batchSize: batchSize ?? problem.batchSize,
    ...problem.length,
    seed: defaults.seed,
    ...(seesImages(network, problem) && { measure: rareCurvature }),
  };
}

/** `batch 32 · 5,000 steps` */
export const describeLength = ({ length }: DataChoice, batchSize: number): string =>
  `batch ${batchSize} · ${'steps' in length ? `${length.steps.toLocaleString('en')} steps` : `${length.epochs} epochs`}`;

/**
 * Why the optimizer cannot train the network: some rules need to know what only networks of certain layers tell.
 * @returns null where it can
 */
export function refusal(optimizer: OptimizerChoice, problem: DataChoice, network: NetworkChoice): string | null {
  try {
    checkNeeds([optimizer.rule, ...optimizer.around.map(({ rule }) => rule)], specify(optimizer, problem, network));
    return null;
  } catch (error) {
    if (error instanceof SpecificationError) return error.message.slice(error.path.length + 2);
    throw error;
  }
}
