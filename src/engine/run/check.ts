/**
 * Is it a specification? Every field is held against its type, its domain and its neighbours before anything is opened or allocated.
 * What comes back says the same as what came in, with hyperparameters under their own names; defaults are `prepare`'s part.
 */
import { backendChoices, type BackendChoice } from './backendNames';
import { checkOptimizer, checkWrappers } from './checkOptimizer';
import { checkProblem } from './checkProblem';
import { checkSchedule } from './checkSchedule';
import { fault, flag, number, object, oneOf, text } from './fields';
import { builtIn, type Library } from './library';
import { mostEpochs, mostSteps } from './limits';
import { SpecificationError, type MeasureSpecification, type RunSpecification } from './specification';

const keys = [
  'problem',
  'optimizer',
  'wrappers',
  'schedule',
  'batchSize',
  'steps',
  'epochs',
  'seed',
  'order',
  'initialWeights',
  'backend',
  'measure',
] as const satisfies readonly (keyof RunSpecification)[];

/**
 * Checks a specification that may be anything at all.
 * @param library the rules that may be named
 * @throws SpecificationError for the first fault: where, what was found, what is expected
 */
export function checkSpecification(value: unknown, library: Library = builtIn): RunSpecification {
  const fields = object(value, '', [...keys, '$schema'], 'an object with `problem` and `optimizer`');
  if (fields.problem === undefined) throw fault('problem', undefined, 'an object with `network` and `data`, or `function` and `start`,');
  const problem = checkProblem(fields.problem);
  const specification: RunSpecification = {
    problem,
    optimizer: checkOptimizer(fields.optimizer, library),
    ...given(fields.wrappers, 'wrappers', (wrappers) => checkWrappers(wrappers, library)),
    ...given(fields.schedule, 'schedule', checkSchedule),
    ...given(fields.batchSize, 'batchSize', checkBatch),
    ...given(fields.steps, 'steps', (steps) => number(steps, 'steps', 'a whole number of steps', { min: 1, max: mostSteps, whole: true })),
    ...given(fields.epochs, 'epochs', (epochs) =>
      number(epochs, 'epochs', 'a whole number of passes over the training samples', { min: 1, max: mostEpochs, whole: true }),
    ),
    ...given(fields.seed, 'seed', (seed) => number(seed, 'seed', 'a whole number', { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true })),
    ...given(fields.order, 'order', (order) => oneOf(order, 'order', ['shuffled', 'sequential'])),
    ...given(fields.initialWeights, 'initialWeights', (file) => text(file, 'initialWeights', 'the path of a JSON file of weights')),
    ...given(fields.backend, 'backend', checkBackend),
    ...given(fields.measure, 'measure', checkMeasure),
  };
  checkTogether(specification);
  return specification;
}

/** `{ key: checked }`, or nothing where the field is left out. */
function given<Key extends string, Value>(value: unknown, key: Key, check: (value: unknown) => Value): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: check(value) } as { readonly [K in Key]?: Value });
}

function checkBatch(value: unknown): number | 'all' {
  if (value === 'all') return value;
  return number(value, 'batchSize', 'a whole number of samples or "all"', { min: 1, whole: true });
}

const checkBackend = (value: unknown): BackendChoice => oneOf(value, 'backend', backendChoices);

function checkMeasure(value: unknown): MeasureSpecification {
  const fields = object(value, 'measure', ['every', 'curvatureEvery', 'evaluateEvery', 'probeSamples', 'perWeight']);
  const steps = (key: string, min: number): number =>
    number(fields[key], `measure.${key}`, 'a whole number of steps', { min, max: mostSteps, whole: true });
  return {
    ...given(fields.every, 'every', () => steps('every', 1)),
    ...given(fields.curvatureEvery, 'curvatureEvery', () => steps('curvatureEvery', 0)),
    ...given(fields.evaluateEvery, 'evaluateEvery', () => steps('evaluateEvery', 0)),
    ...given(fields.probeSamples, 'probeSamples', (samples) =>
      number(samples, 'measure.probeSamples', 'a whole number of samples', { min: 1, whole: true }),
    ),
    ...given(fields.perWeight, 'perWeight', (perWeight) => flag(perWeight, 'measure.perWeight')),
  };
}

/** What each field allows on its own, but not beside another. */
function checkTogether({ problem, steps, epochs, batchSize, initialWeights }: RunSpecification): void {
  if (steps !== undefined && epochs !== undefined)
    throw new SpecificationError('epochs', `${epochs}, but \`steps\` says ${steps}; keep one of the two.`);
  if (!('function' in problem)) return;
  if (batchSize !== undefined && batchSize !== 'all' && batchSize !== 1)
    throw new SpecificationError('batchSize', `found ${batchSize}; a function has no samples to draw from: leave the field out.`);
  if (initialWeights !== undefined)
    throw new SpecificationError('initialWeights', 'a function starts at `problem.start`; leave the field out.');
}
