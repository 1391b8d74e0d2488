/**
 * What training costs in memory, in a process of its own, which prints one line of JSON. `memory.bench.js weights`: how much the process
 * grows by training d, in copies of d's weights. `memory.bench.js heap`: how much JavaScript's heap grows in a million steps of a whole
 * run of a, and how long one of them takes.
 */
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cpuBackend } from '../src/engine/backends/cpu';
import { prepare } from '../src/engine/run/prepare';
import { Trainer } from '../src/engine/run/trainer';
import { nodeFiles } from '../src/node/files';
import { cases, parametersOf, type Case } from './cases';
import { problemOf } from './problem';
import { trainingOf } from './training';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of a page of memory. */
const page = 4096;

const find = (id: string): Case => {
  const one = cases.find((each) => each.id === id);
  if (!one) throw new Error(`There is no case ${id}.`);
  return one;
};

export interface WeightMemory {
  /** Of d. */
  readonly parameters: number;
  /** Bytes that the process grew by: the network, Adam's state, what a step needs, code. */
  readonly grown: number;
  /** Bytes of the model's memory in pages that are not all zero: what the step itself has written. */
  readonly touched: number;
}

/** Lets everything go that nobody holds; buffers are given back a little after they are found to be free. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collect();
    await setTimeout(200);
  }
}

/**
 * d, after smaller networks have let the engine compile what it compiles, and its heap reach the size that making networks takes. The data set
 * is there before.
 */
async function weightMemory(): Promise<WeightMemory> {
  for (let i = 0; i < 10; i++) trainingOf(find('b'), cpuBackend);
  const warm = trainingOf(find('b'), cpuBackend);
  for (let t = 1; t <= 3000; t++) warm.step(t);
  const d = find('d');
  const problem = problemOf(d);
  await settle();
  const before = process.memoryUsage.rss();
  const training = trainingOf(d, cpuBackend, problem);
  for (let t = 1; t <= 100; t++) training.step(t);
  await settle();
  const grown = process.memoryUsage.rss() - before;
  training.step(101); // it is still there
  return { parameters: parametersOf(d), grown, touched: touchedIn(training.model.weights[0].buffer) };
}

function touchedIn(memory: ArrayBufferLike): number {
  let touched = 0;
  for (let at = 0; at < memory.byteLength; at += page)
    if (new Float64Array(memory, at, page / Float64Array.BYTES_PER_ELEMENT).some((number) => number !== 0)) touched += page;
  return touched;
}

export interface HeapMemory {
  readonly steps: number;
  /** Bytes that the heap grew by. */
  readonly grown: number;
  /** Microseconds of a step, with all that a run does beside it. */
  readonly microseconds: number;
}

async function heapMemory(): Promise<HeapMemory> {
  const steps = 1_000_000;
  const warm = 20_000;
  const { widths, activation, loss, batch } = find('a');
  const layers = widths.slice(1).map((dense, l) => (l === widths.length - 2 ? { dense } : { dense, activation }));
  const prepared = await prepare(
    {
      problem: { network: { layers, loss }, data: { generator: 'xor', samples: 1024, heldOut: 0 } },
      ...{ optimizer: { name: 'adam' }, batchSize: batch, steps: warm + steps },
      measure: { every: 100, evaluateEvery: 0, curvatureEvery: 0 },
    },
    nodeFiles('.'),
  );
  const trainer = new Trainer(prepared, { clock: () => performance.now() });
  trainer.begin();
  while (trainer.step < warm) trainer.advance();
  collect();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  while (trainer.step < warm + steps) trainer.advance();
  const microseconds = (1000 * (performance.now() - began)) / steps;
  collect();
  return { steps, grown: process.memoryUsage().heapUsed - before, microseconds };
}

async function main(what: string): Promise<void> {
  process.stdout.write(`${JSON.stringify(what === 'heap' ? await heapMemory() : await weightMemory())}\n`);
}
void main(process.argv[2]);
