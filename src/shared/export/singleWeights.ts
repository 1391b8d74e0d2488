/**
 * The effective rate of every single weight, where a run recorded it (`measure.perWeight`): a column a weight in a table; for TensorBoard a
 * histogram a layer, or, of a function, a curve a variable.
 */
import type { Layer } from '../../engine/backends/backend';
import type { RecordEvent, StartEvent, StepEvent } from '../../engine/run/record';
import { column, type Choosable, type Column } from './column';

/** The most columns of single weights that a table is given. */
export const MOST_WEIGHTS = 2 ** 18;

/** As in the record. */
export const PER_WEIGHT = 'effectiveRatePerWeight';

/** The numbers of a layer in a step, as TensorBoard shows them. */
export interface Distribution {
  readonly tag: string;
  /** Undefined where the event has none. */
  of(event: RecordEvent): readonly number[] | undefined;
}

const recorded = ({ spec }: StartEvent): boolean => spec.measure.perWeight;

const weightsOf = ({ layers }: StartEvent): number => layers.reduce((sum, { parameters }) => sum + parameters, 0);

/** Why they are not in a table though they were recorded; null where nothing is in the way. */
export const tooManyWeights = (start: StartEvent): string | null =>
  recorded(start) && weightsOf(start) > MOST_WEIGHTS
    ? `${PER_WEIGHT} is not in the table: the run has ${weightsOf(start).toLocaleString('en')} weights, and a table has at most ` +
      `${MOST_WEIGHTS.toLocaleString('en')} columns of them. The record has their rates.`
    : null;

/** None where the run did not record them, or where there are too many. @param variables of a function; none of a network */
export function singleRates(start: StartEvent, variables: readonly string[]): readonly Choosable[] {
  if (!recorded(start) || weightsOf(start) > MOST_WEIGHTS) return [];
  const columns = variables.length > 0 ? variables.map(ofVariable) : start.layers.flatMap(ofLayer);
  return [{ id: PER_WEIGHT, event: 'step', doc: 'effective learning rate of every single weight', columns }];
}

/** One a layer of a network. */
export const rateDistributions = (start: StartEvent): readonly Distribution[] =>
  recorded(start) && 'network' in start.spec.problem
    ? start.layers.map(({ name }, i) => ({
        tag: `effectiveRate/${name}`,
        of: (event) => (event.type === 'step' ? event.effectiveRatePerWeight?.[i] : undefined),
      }))
    : [];

/** The rates come in the order in which the step tells the variables. */
const ofVariable = (variable: string): Column =>
  column('step', PER_WEIGHT, `${PER_WEIGHT} ${variable}`, `effectiveRate/position/${variable}`, '1', (step: StepEvent) => {
    const at = Object.keys(step.position ?? {}).indexOf(variable);
    return at < 0 ? undefined : step.effectiveRatePerWeight?.[0]?.[at];
  });

/** `effectiveRatePerWeight dense1.weight[3][17]`: indices as in the layer's shape, from 0. */
const ofLayer = ({ name, shape, parameters }: Layer, layer: number): Column[] =>
  Array.from({ length: parameters }, (_, k) =>
    column(
      'step',
      PER_WEIGHT,
      `${PER_WEIGHT} ${name}[${indicesOf(k, shape).join('][')}]`,
      null,
      '1',
      (step: StepEvent) => step.effectiveRatePerWeight?.[layer]?.[k],
    ),
  );

/** Of the `k`-th number, row by row. */
function indicesOf(k: number, shape: readonly number[]): readonly number[] {
  const indices: number[] = [];
  let rest = k;
  for (let i = shape.length - 1; i > 0; i--) {
    indices.unshift(rest % shape[i]);
    rest = Math.floor(rest / shape[i]);
  }
  return [rest, ...indices];
}
