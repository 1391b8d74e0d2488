/** A timed network's problem as peers in other processes read it: files of raw numbers in the machine's byte order. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './cases';
import { batches, type Problem } from './problem';

/** A case as peers read it: files of raw numbers in the machine's byte order. */
export interface CaseFiles extends Pick<Case, 'id' | 'widths' | 'activation' | 'loss' | 'batch'> {
  readonly batches: number;
  /** float32 [batches][batch][inputs]: the mini-batches ready-made, so that no peer is charged for drawing them. */
  readonly x: string;
  /** int32 classes or float32 targets [batches][batch]. */
  readonly y: string;
  /** float32, the weights one after the other. */
  readonly weights: string;
}

/** Writes the case's files into a folder. */
export function writeProblem({ id, widths, activation, loss, batch }: Case, { data, rows, weights }: Problem, folder: string): CaseFiles {
  const { x, scale, inputs, y } = data;
  const file = (name: string, numbers: Float32Array | Int32Array): string => {
    const path = join(folder, `${id}.${name}`);
    writeFileSync(path, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    return path;
  };
  const chosen = rows.flatMap((of) => [...of]);
  const features = new Float32Array(chosen.length * inputs);
  chosen.forEach((row, i) => {
    for (let j = 0; j < inputs; j++) features[i * inputs + j] = x[row * inputs + j] * scale;
  });
  const wanted = y.kind === 'classes' ? Int32Array.from(chosen, (row) => y.labels[row]) : Float32Array.from(chosen, (row) => y.values[row]);
  const joined = new Float32Array(weights.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tensor of weights) {
    joined.set(tensor, at);
    at += tensor.length;
  }
  return {
    ...{ id, widths, activation, loss, batch, batches },
    x: file('x.f32', features),
    y: file(y.kind === 'classes' ? 'y.i32' : 'y.f32', wanted),
    weights: file('w.f32', joined),
  };
}
