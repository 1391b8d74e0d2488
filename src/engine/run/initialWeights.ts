/** Weights from a file instead of drawn ones: `[{ "weight": [[…]], "bias": […] }, …]`, one entry a dense layer, `weight[out][in]`. */
import type { DensePlan, GivenWeights } from '../network/plan';
import { baseName, type Files } from '../problems/files';
import { blame } from '../problems/load';
import { object, show } from './fields';
import { SpecificationError } from './specification';

/** The most bytes of a file of weights: one JavaScript string has to hold its text. */
const largest = 2 ** 28;
const field = 'initialWeights';

/**
 * Reads a file of weights and holds it against the network's shape.
 * @throws SpecificationError naming the layer, the row and the column at fault
 */
export async function readWeights(path: string, layers: readonly DensePlan[], files: Files): Promise<readonly GivenWeights[]> {
  const text = await blame(field, () => files.text(path, largest));
  const name = baseName(path);
  const fail = (message: string): never => {
    throw new SpecificationError(field, `${name}: ${message}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail(`this is not JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
  const expected = 'one { "weight": [[…]], "bias": […] } for each dense layer';
  if (!Array.isArray(value)) return fail(`found ${show(value)}; a list with ${expected} is expected.`);
  if (value.length !== layers.length) fail(`the list has ${value.length} entries; ${layers.length} are expected, ${expected}.`);
  return value.map((entry: unknown, i) => {
    const { inputs, outputs } = layers[i];
    const fields = object(entry, `${field}[${i}]`, ['weight', 'bias'], expected);
    const numbers = (list: unknown, what: string, length: number): readonly number[] => {
      if (!Array.isArray(list) || list.length !== length) fail(`${what} is ${shape(list)}; ${length} numbers are expected.`);
      const row = list as readonly unknown[];
      const bad = row.findIndex((number) => typeof number !== 'number' || !Number.isFinite(number));
      if (bad >= 0) fail(`${what}[${bad}] is ${show(row[bad])}; a finite number is expected.`);
      return row as readonly number[];
    };
    const { weight } = fields;
    if (!Array.isArray(weight) || weight.length !== outputs)
      return fail(`[${i}].weight is ${shape(weight)}; ${outputs} rows (units) of ${inputs} (inputs) are expected, weight[out][in].`);
    return {
      weight: weight.map((row: unknown, out) => numbers(row, `[${i}].weight[${out}]`, inputs)),
      bias: numbers(fields.bias, `[${i}].bias`, outputs),
    };
  });
}

const shape = (value: unknown): string => (value === undefined ? 'missing' : show(value));
