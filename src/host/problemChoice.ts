/**
 * The problems that "Train with…" offers, each with what the network step and the specification need to know of it. Built-in ones here;
 * files of the workspace in `workspaceProblems.ts`. Knows nothing of the editor.
 */
import { generators, type Generator } from '../engine/problems/generators';
import { defaults } from '../engine/run/defaults';
import { showNumber } from '../engine/run/describe';
import type { DataSource, FunctionProblem, RuleSpecification, RunSpecification } from '../engine/run/specification';
import { showShape, specifyNetwork, type NetworkShape } from './networkText';
import type { OptimizerChoice } from './optimizerChoice';

/** Data for a network, and how it is usually trained on them. */
export interface DataChoice {
  readonly kind: 'data';
  readonly title: string;
  readonly detail: string;
  readonly source: DataSource;
  /** What paths in `source` are relative to; empty where there are none. */
  readonly folder: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly loss: 'crossEntropy' | 'meanSquaredError';
  readonly batchSize: number;
  /** How long. */
  readonly length: { readonly steps: number } | { readonly epochs: number };
  /** Networks to offer, the usual one first. */
  readonly networks: readonly NetworkShape[];
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

const shapes = (inputs: number, outputs: number, offers: readonly (readonly [readonly number[], string])[]): NetworkShape[] =>
  offers.map(([hidden, activation]) => ({ inputs, hidden, outputs, activation }));

/** A generator with its own defaults. */
function chooseGenerator({ name, title, doc, inputs, learns, settings }: Generator): DataChoice {
  const classes = settings.classes?.default ?? 2;
  const outputs = learns === 'classes' ? Number(classes) : 1;
  const samples = Number(settings.samples.default);
  return {
    kind: 'data',
    title,
    detail: doc,
    source: { generator: name, samples },
    folder: '',
    inputs,
    outputs,
    loss: learns === 'classes' ? 'crossEntropy' : 'meanSquaredError',
    batchSize: defaults.batchSize,
    length: { steps: 5000 },
    networks: shapes(
      inputs,
      outputs,
      learns === 'classes'
        ? [
            [[16, 16], 'relu'],
            [[16, 16], 'tanh'],
            [[64, 64, 64], 'relu'],
            [[16, 16], 'sigmoid'],
            [[], 'identity'],
          ]
        : [
            [[32, 32], 'tanh'],
            [[32, 32], 'relu'],
            [[8], 'tanh'],
            [[], 'identity'],
          ],
    ),
  };
}

/** Networks for data of a file. */
export const networksFor = (inputs: number, outputs: number): NetworkShape[] =>
  shapes(
    inputs,
    outputs,
    inputs >= 100
      ? [
          [[128], 'relu'],
          [[128, 64], 'relu'],
          [[128], 'tanh'],
          [[], 'identity'],
        ]
      : [
          [[32], 'relu'],
          [[32, 32], 'relu'],
          [[32, 32], 'tanh'],
          [[], 'identity'],
        ],
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

/** The whole specification of what was chosen. @param batchSize what the user's own code says, where it says it */
export function specify(
  optimizer: OptimizerChoice,
  problem: ProblemChoice,
  network: NetworkShape | null,
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
    problem: { network: specifyNetwork(network, problem.loss), data: problem.source },
    ...chosen,
    batchSize: batchSize ?? problem.batchSize,
    ...problem.length,
    seed: defaults.seed,
  };
}

/** `batch 32 · 5,000 steps` */
export const describeLength = ({ length }: DataChoice, batchSize: number): string =>
  `batch ${batchSize} · ${'steps' in length ? `${length.steps.toLocaleString('en')} steps` : `${length.epochs} epochs`}`;

/** What a network is worth: `2-16-16-3 ReLU`, `371 weights`. */
export const describeNetworkChoice = (shape: NetworkShape): { readonly label: string; readonly description: string } => {
  const widths = [shape.inputs, ...shape.hidden, shape.outputs];
  const weights = widths.slice(1).reduce((sum, width, index) => sum + width * (widths[index] + 1), 0);
  return { label: showShape(shape), description: `${weights.toLocaleString('en')} weights` };
};
