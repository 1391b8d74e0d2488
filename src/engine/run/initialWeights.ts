/** Weights from a file instead of drawn ones: `[{ "weight": [[…]], "bias": […] }, …]`, one entry for each layer that has any, of its shape. */
import type { Start } from '../network/builder';
import type { GivenWeights, NestedNumbers } from '../network/plan';
import { baseName, type Files } from '../problems/files';
import { blame } from '../problems/load';
import { object, show } from './fields';
import { SpecificationError } from './specification';

/** The most bytes of a file of weights: one JavaScript string has to hold its text. */
const largest = 2 ** 28;
const field = 'initialWeights';

/** What the dimensions of a weight are, by how many there are. */
const dimensions = [
  [],
  ['channels'],
  ['units', 'inputs'],
  [],
  ['filters', 'channels', 'lines', 'columns'],
] as const satisfies readonly (readonly string[])[];
/** What stands for them in brackets. */
const axes = [
  [],
  ['channel'],
  ['out', 'in'],
  [],
  ['filter', 'channel', 'line', 'column'],
] as const satisfies readonly (readonly string[])[];

/**
 * Reads a file of weights and holds it against the network's shape.
 * @param starts the layers that have weights
 * @throws SpecificationError naming the layer and the place at fault
 */
export async function readWeights(path: string, starts: readonly Start[], files: Files): Promise<readonly GivenWeights[]> {
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
  const kinds = starts.every(({ shape }) => shape.length === 2) ? 'dense layer' : 'layer that has weights';
  const expected = `one { "weight": [[…]], "bias": […] } for each ${kinds}`;
  if (!Array.isArray(value)) return fail(`found ${show(value)}; a list with ${expected} is expected.`);
  if (value.length !== starts.length) fail(`the list has ${value.length} entries; ${starts.length} are expected, ${expected}.`);
  return value.map((entry: unknown, i) => {
    const { shape } = starts[i];
    const fields = object(entry, `${field}[${i}]`, ['weight', 'bias'], expected);
    const { weight } = fields;
    const [units, ...rest] = shape;
    const numbers = (list: unknown, what: string, length: number): readonly number[] => {
      if (!Array.isArray(list) || list.length !== length) fail(`${what} is ${told(list)}; ${length} numbers are expected.`);
      const row = list as readonly unknown[];
      const bad = row.findIndex((number) => typeof number !== 'number' || !Number.isFinite(number));
      if (bad >= 0) fail(`${what}[${bad}] is ${show(row[bad])}; a finite number is expected.`);
      return row as readonly number[];
    };
    const nested = (list: unknown, what: string, extents: readonly number[]): NestedNumbers => {
      const [length, ...inner] = extents;
      if (inner.length === 0) return numbers(list, what, length);
      if (!Array.isArray(list) || list.length !== length) return fail(`${what} is ${told(list)}; a list of ${length} is expected.`);
      return list.map((part: unknown, k) => nested(part, `${what}[${k}]`, inner));
    };
    if (!Array.isArray(weight) || weight.length !== units) {
      const of = dimensions[shape.length];
      const rows = rest.length === 0 ? `${units} numbers` : `${units} rows (${of[0]}) of ${rest.join(' × ')} (${of.slice(1).join(', ')})`;
      return fail(
        `[${i}].weight is ${told(weight)}; ${rows} are expected, weight${axes[shape.length].map((axis) => `[${axis}]`).join('')}.`,
      );
    }
    return { weight: nested(weight, `[${i}].weight`, shape), bias: numbers(fields.bias, `[${i}].bias`, units) };
  });
}

const told = (value: unknown): string => (value === undefined ? 'missing' : show(value));
