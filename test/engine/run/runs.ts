/** Short runs for the tests of the trainer. */
import type { Eventually } from '../../../src/engine/eventually';
import type { Files } from '../../../src/engine/problems/files';
import { prepare } from '../../../src/engine/run/prepare';
import type { CurvatureEvent, EndEvent, EvaluationEvent, RecordEvent, StepEvent } from '../../../src/engine/run/record';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { Trainer, type TrainerOptions } from '../../../src/engine/run/trainer';

const refuse = (path: string): never => {
  throw new Error(`no file is read in these tests, but ${path} was asked for`);
};
export const noFiles: Files = { size: refuse, read: refuse, text: refuse };

/** A function of variables, by default under plain gradient descent. */
export const ofFunction = (text: string, start: Record<string, number>, other: Partial<RunSpecification> = {}): RunSpecification => ({
  problem: { function: text, start },
  optimizer: { name: 'sgd', lr: 0.1 },
  ...other,
});

/** A small network on moons. */
export const ofNetwork = (other: Partial<RunSpecification> = {}): RunSpecification => ({
  problem: {
    network: { layers: [{ dense: 8, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 100, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.01 },
  batchSize: 16,
  steps: 100,
  ...other,
});

export const trainer = async (spec: RunSpecification, options?: TrainerOptions): Promise<Trainer> =>
  new Trainer(await prepare(spec, noFiles), options);

/** All events from `begin` to `end`. */
export async function record(spec: RunSpecification): Promise<RecordEvent[]> {
  const run = await trainer(spec);
  return [...run.begin(), ...toEnd(run)];
}

export function toEnd(run: Trainer): RecordEvent[] {
  const events: RecordEvent[] = [];
  while (!run.ended) events.push(...run.advance());
  return events;
}

export const steps = (events: readonly RecordEvent[]): StepEvent[] => events.filter((event) => event.type === 'step');
export const evaluations = (events: readonly RecordEvent[]): EvaluationEvent[] => events.filter((event) => event.type === 'evaluation');
export const curvatures = (events: readonly RecordEvent[]): CurvatureEvent[] => events.filter((event) => event.type === 'curvature');
export const end = (events: readonly RecordEvent[]): EndEvent => events[events.length - 1] as EndEvent;

/** The events but for what depends on the time it took. */
export const timeless = (events: readonly RecordEvent[]): unknown[] =>
  events.map((event) => (event.type === 'end' ? { ...event, seconds: 0, stepsPerSecond: 0 } : event));

/** What is there at once: on the CPU nothing has to be waited for. */
export function now<Value>(value: Eventually<Value>): Value {
  if (value instanceof Promise) throw new Error('This has to be waited for.');
  return value;
}
