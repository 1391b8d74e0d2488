/**
 * Runs in the browser: ourselves and the peers, each on a device of its own on the same adapter, training the same networks from the same
 * weights on the same mini-batches. Who measures (scripts/benchWebgpu.mjs) asks for one block of steps after another, in turn.
 */
import { adam } from './adam';
import { cases } from './cases';
import { openOurs } from './ours';
import { problemOf, type GpuProblem, type PeerCase } from './problem';
import { batches } from '../problem';

/** A library in the page, as its script in bench/peers/webgpu says. */
interface Peer {
  readonly version: string;
  open(given: PeerCase): Promise<PeerTraining>;
}

interface PeerTraining {
  step(i: number): unknown;
  read(loss: unknown): Promise<number>;
  drop(loss: unknown): void;
  close(): void;
}

declare global {
  var peers: Record<string, Peer> | undefined;
  var webgpuBench: typeof bench;
}

/** A network in training. */
export interface Training {
  /** Takes so many steps. @returns their losses, as far as it reads them; the last one always */
  run(steps: number): Promise<readonly number[]>;
  /** Milliseconds by kernel, where it can tell. */
  profile?(steps: number): Promise<readonly { readonly kernel: string; readonly calls: number; readonly milliseconds: number }[]>;
  close(): void;
}

/** Who takes part, and how the losses are read: `each` waits for every step's, `last` only for the last of a block. */
export const participants = [
  'ours',
  'ours, measured every 16th',
  'jax-js, each',
  'jax-js, last',
  'TensorFlow.js, each',
  'TensorFlow.js, last',
];

let problem: GpuProblem | null = null;
let index = -1;
const trainings = new Map<string, Training>();

async function openPeer(key: string, given: PeerCase): Promise<Training> {
  const [name, mode] = key.split(', ');
  const peer = globalThis.peers?.[name];
  if (peer === undefined) throw new Error(`The page has no ${name}.`);
  const training = await peer.open(given);
  let taken = 0;
  return {
    async run(steps) {
      const losses: number[] = [];
      for (let k = 0; k < steps; k++) {
        const loss = training.step(taken++ % batches);
        if (mode === 'each' || k === steps - 1) losses.push(await training.read(loss));
        else training.drop(loss);
      }
      return losses;
    },
    close: () => training.close(),
  };
}

const bench = {
  participants: () => participants,
  cases: () => cases.map(({ name, batch, atLeast }) => ({ name, batch, atLeast })),
  versions: () => Object.fromEntries(Object.entries(globalThis.peers ?? {}).map(([name, { version }]) => [name, version])),
  /** Makes a network ready. @returns the losses of its first steps */
  async open(which: number, key: string, first: number): Promise<readonly number[]> {
    if (index !== which || problem === null) [index, problem] = [which, problemOf(cases[which])];
    const training = key.startsWith('ours')
      ? await openOurs(cases[which], problem, adam, key === 'ours' ? 0 : 16)
      : await openPeer(key, problem.peer);
    trainings.set(key, training);
    const losses: number[] = [];
    while (losses.length < first) losses.push(...(await training.run(1)));
    return losses;
  },
  /** Trains for so many seconds. @returns microseconds a step */
  async measure(key: string, seconds: number): Promise<number> {
    const training = trainings.get(key);
    if (training === undefined) throw new Error(`${key} is not open.`);
    const began = performance.now();
    let steps = 0;
    for (let block = 1; ; block *= 2) {
      await training.run(block);
      steps += block;
      const took = performance.now() - began;
      if (took > 1000 * seconds) return (1000 * took) / steps;
      block = Math.min(block, 256);
    }
  },
  profile: async (key: string, steps: number) => (await trainings.get(key)?.profile?.(steps)) ?? null,
  close(key: string): void {
    trainings.get(key)?.close();
    trainings.delete(key);
  },
};
globalThis.webgpuBench = bench;
