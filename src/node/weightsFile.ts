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
  const dense: { weight: number[][]; bias: number[] }[] = [];
  model.layers.forEach(({ shape }, layer) => {
    const numbers = model.weights[layer];
    if (shape.length === 2) dense.push({ weight: rowsOf(numbers, shape[1]), bias: [] });
    else dense[dense.length - 1].bias = Array.from(numbers);
  });
  return dense;
}

const rowsOf = (numbers: Floats, columns: number): number[][] =>
  Array.from({ length: numbers.length / columns }, (_, row) => Array.from(numbers.subarray(row * columns, (row + 1) * columns)));

const spellOut = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
