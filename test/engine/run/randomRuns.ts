/**
 * Random small runs, each with a given optimizer, and the journey over a run's steps that replay is held to: the same seed gives
 * the same ones. Used by the test of every optimizer and, with more of them, by the fuzzer.
 */
import assert from 'node:assert/strict';
import { findRule } from '../../../src/engine/optimizers';
import type { LayerSpecification } from '../../../src/engine/network/layers';
import type { Random } from '../../../src/engine/random';
import { Course } from '../../../src/engine/run/course';
import { toLine } from '../../../src/engine/run/line';
import { prepare, type Prepared } from '../../../src/engine/run/prepare';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';
import { Trainer } from '../../../src/engine/run/trainer';
import { wrappers } from '../../../src/engine/wrappers';
import { noFiles, now } from './runs';

/** Samples of every network's data, a quarter of them held out. */
const samples = 64;

export const schedules: readonly RunSpecification['schedule'][] = [
  undefined,
  { name: 'cosine', warmup: 4 },
  { name: 'stepDecay', period: 5, factor: 2 },
  { name: 'reduceOnPlateau', decay: 0.7, patience: 1, cooldown: 1, threshold: 0.01, warmup: 3 },
  { name: 'oneCycle' },
];

type Choose = <Value>(from: readonly Value[]) => Value;

/** A rule that takes the gradient of single samples cannot go with batch norm, nor can batches of one; one that asks for moments takes dense layers and dropout only. */
function randomNetwork(random: Random, pick: Choose, optimizer: string, batchSize: number | 'all'): RunSpecification['problem'] {
  const activation = (): string => pick(['tanh', 'relu', 'gelu', 'sigmoid']);
  const dense = (): LayerSpecification => ({ dense: 2 + random.integer(5), activation: activation() });
  const normal: LayerSpecification[] = batchSize === 1 || optimizer === 'dpsgd' ? [] : [{ batchNorm: true, activation: 'relu' }];
  const others = findRule(optimizer)?.needs.has('moments') ? [] : [[{ noise: 0.1 }], normal];
  const between = (): LayerSpecification[] => pick<LayerSpecification[]>([[], [], [{ dropout: 0.3 }], ...others]);
  const hidden = Array.from({ length: 1 + random.integer(2) }, () => [dense(), ...between()]).flat();
  const data = { generator: pick(['moons', 'circles', 'xor']), samples, heldOut: 0.25, noise: 0.1 };
  return { network: { layers: [...hidden, { dense: 2 }], loss: 'crossEntropy' }, data };
}

/** @param optimizer name of a rule of the library */
export function randomRun(random: Random, optimizer: string): RunSpecification {
  const pick: Choose = (from) => from[random.integer(from.length)];
  const chance = (share: number): boolean => random.uniform() < share;
  const ofFunction = chance(0.1) ? { function: '(1 - x)^2 + 10*(y - x^2)^2 + cos(3*z)', start: { x: -1.2, y: 1, z: 0.5 } } : null;
  // SFO keeps a model of every mini-batch, and takes only so many
  const batchSize = optimizer !== 'sfo' && chance(0.15) ? 1 : pick([8, 16, 20, 'all'] as const);
  const around = chance(0.4) ? [{ name: pick(wrappers()).name }] : [];
  return {
    problem: ofFunction ?? randomNetwork(random, pick, optimizer, batchSize),
    ...(ofFunction === null && { batchSize }),
    optimizer: {
      name: optimizer,
      ...(findRule(optimizer)?.hyperparameters.some(({ name }) => name === 'lr') && chance(0.5) && { lr: 0.003 }),
    },
    wrappers: around,
    schedule: pick(schedules) ?? { name: 'constant' },
    steps: 10 + random.integer(15),
    seed: random.integer(2 ** 31),
    order: chance(0.8) ? 'shuffled' : 'sequential',
    backend: chance(0.25) ? 'reference' : 'cpu',
    measure: { every: pick([1, 1, 3]), curvatureEvery: pick([0, 7, 15]), probeSamples: 16, evaluateEvery: pick([1, 4]) },
  };
}

/** Prepares a random run; what does not go together is left out: a wrapper round a rule that takes none, a function where layers are asked for. */
export async function prepareRandom(spec: RunSpecification, random: Random): Promise<Prepared> {
  const network = { problem: randomNetwork(random, (from) => from[random.integer(from.length)], 'kfac', 8), batchSize: 8 };
  for (const other of [{}, { wrappers: [] }, network])
    try {
      return await prepare({ ...spec, ...other }, noFiles);
    } catch (error) {
      if (!(error instanceof SpecificationError)) throw error;
    }
  return prepare({ ...spec, ...network, wrappers: [] }, noFiles);
}

/** All that a run is after a step: its checkpoint, and what the step left to be looked at. */
export interface State {
  readonly bytes: Uint8Array;
  readonly gradients: readonly Uint8Array[];
  readonly rates: readonly Uint8Array[] | null;
}

const bytesOf = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();

export function stateOf(trainer: Trainer): State {
  const { model, updater } = trainer.machine;
  const rate = (layer: number): Uint8Array => {
    const value = updater.rate(layer);
    return bytesOf(typeof value === 'number' ? Float64Array.of(value) : value);
  };
  return {
    bytes: new Uint8Array(trainer.checkpoint({}, false)),
    gradients: trainer.step === 0 ? [] : model.gradients.map(bytesOf),
    rates: trainer.values(0, 'rate') === null ? null : model.layers.map((_, layer) => rate(layer)),
  };
}

export interface Journey {
  readonly prepared: Prepared;
  readonly visits: number;
  /** How many of them went back. */
  readonly back: number;
  /** The most steps that one of these had to train again. */
  readonly furthest: number;
}

/**
 * Trains to the end, then visits random steps, later or earlier than where it stands, and holds state and events to those of the first time.
 * The clock stands still, so that a checkpoint's time is the same. @throws AssertionError where a byte differs
 */
export async function journey(spec: RunSpecification, visits: number, random: Random): Promise<Journey> {
  const prepared = await prepareRandom(spec, random);
  const trainer = new Trainer(prepared, { clock: () => 0 });
  const lines = new Map<number, string[]>();
  trainer.begin();
  // room for a few checkpoints only, so that they are thinned several times
  const budget = 2 * (trainer.checkpointBytes + 4000);
  const course = now(Course.of(trainer, { budget, clock: () => 0 }));
  const states = [stateOf(trainer)];
  while (!trainer.finishing) {
    const told = now(course.advance());
    states.push(stateOf(trainer));
    lines.set(trainer.step, told.map(toLine));
  }
  while (!trainer.ended) now(course.advance());

  let [back, furthest] = [0, 0];
  for (let visit = 0; visit < visits; visit++) {
    const step = random.integer(states.length);
    if (step <= trainer.step) {
      furthest = Math.max(furthest, step - now(course.goBack(step)).step);
      back++;
    }
    while (trainer.step < step) {
      const told = now(course.advance());
      assert.deepEqual(told.map(toLine), lines.get(trainer.step), `the events of step ${trainer.step}`);
    }
    const name = `step ${step}, visit ${visit} of ${JSON.stringify(prepared.spec)}`;
    assert.equal(trainer.step, step, name);
    const state = stateOf(trainer);
    assert.equal(trainer.finishing, step === states.length - 1, name);
    assert.ok(Buffer.from(state.bytes).equals(states[step].bytes), `the checkpoint differs at ${name}`);
    assert.deepEqual(state.gradients, states[step].gradients, `the gradients differ at ${name}`);
    assert.deepEqual(state.rates, states[step].rates, `the rates differ at ${name}`);
    assert.ok(course.kept.bytes <= budget);
  }
  return { prepared, visits, back, furthest };
}
