/** Weights as a file of JSON: for a network what `initialWeights` reads, `[{ "weight": [[…]], "bias": […] }, …]`; for a function its position. */
import { rename, writeFile } from 'node:fs/promises';
import type { Floats } from '../engine/backends/backend';
import type { Machine } from '../engine/run/machine';

/** Writes the weights as they are now; what was at `file` is replaced only when all is written. */
export async function writeWeights(file: string, machine: Machine): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, `${JSON.stringify(weightsOf(machine), spellOut)}\n`);
  await rename(partial, file);
}

function weightsOf({ model, variables }: Machine): unknown {
  if (variables !== null) return Object.fromEntries(variables.map((name, i) => [name, model.weights[0][i]]));
  const layers: { weight: Nested; bias: Nested }[] = [];
  model.layers.forEach(({ name, shape }, layer) => {
    const numbers = nested(model.weights[layer], shape);
    if (name.endsWith('.weight')) layers.push({ weight: numbers, bias: [] });
    else layers[layers.length - 1].bias = numbers;
  });
  return layers;
}

type Nested = (number | Nested)[];

/** A tensor as lists within lists, the first dimension outermost. */
function nested(numbers: Floats, [extent, ...inner]: readonly number[]): Nested {
  if (inner.length === 0) return Array.from(numbers);
  const each = numbers.length / extent;
  return Array.from({ length: extent }, (_, i) => nested(numbers.subarray(i * each, (i + 1) * each), inner));
}

const spellOut = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
