/**
 * Runs in Chromium: the same run on the float64 reference, on the CPU and on the GPU, held together event by event, and on the GPU once more, with
 * a way back to an earlier step in it, bit by bit.
 */
import type { Settings } from '../../src/engine/language';
import { Course } from '../../src/engine/run/course';
import type { RecordEvent, StepEvent } from '../../src/engine/run/record';
import type { Prepared } from '../../src/engine/run/prepare';
import { StreamTrainer } from '../../src/engine/run/streamTrainer';
import { Trainer } from '../../src/engine/run/trainer';
import type { Training } from '../../src/engine/run/training';
import type { GpuContext } from '../../src/webview/gpu/context';
import { GpuMachine, partsOf } from '../../src/webview/gpu/machine';
import { openContext } from './device';
import { type Allowed, differences } from './recordDifference';
import { runCases, type RunCase } from './runCases';
import { weightFaults } from './weightFaults';

/** The last step that was told of a run that stands there. */
const lastStep = (events: readonly RecordEvent[]): StepEvent =>
  events.filter((event) => event.type === 'step').at(-1) ?? fail('No step was told.');

function fail(message: string): never {
  throw new Error(message);
}

async function recordOf(training: Training): Promise<RecordEvent[]> {
  const events = await training.begin();
  while (!training.ended) events.push(...(await training.advance()));
  return events;
}

const on = (prepared: Prepared, backend: 'cpu' | 'reference'): Promise<RecordEvent[]> =>
  recordOf(new Trainer({ ...prepared, spec: { ...prepared.spec, backend } }));

async function onGpu(
  prepared: Prepared,
  context: GpuContext,
  record: (training: Training) => Promise<RecordEvent[]>,
  together = false,
): Promise<RecordEvent[]> {
  const machine = await GpuMachine.create({ ...partsOf(prepared), together }, context);
  const training = new StreamTrainer({ ...prepared, spec: { ...prepared.spec, backend: 'webgpu' } }, machine);
  try {
    return await record(training);
  } finally {
    training.close();
  }
}

/** The record of a run that goes from step 30 back to step 12, and on from there. @param faults is told what is wrong with the weights at step 30 */
async function replayed(training: Training, faults: string[]): Promise<RecordEvent[]> {
  const events = await training.begin();
  const course = await Course.of(training, { every: 5, note: () => events.length });
  while (training.step < 30 && !training.finishing) events.push(...(await course.advance(30)));
  events.push(...(await course.settle()));
  if (!training.finishing) faults.push(...(await weightFaults(training, lastStep(events))));
  const back = await course.goBack(12);
  events.length = back.note;
  events.push(...back.events);
  while (!training.ended) events.push(...(await course.advance()));
  return events;
}

/** The record of a run whose hyperparameters are changed after step 20. @param back goes back from step 30 to step 25 */
async function changedTo(settings: Settings, training: Training, back = false): Promise<RecordEvent[]> {
  const events = await training.begin();
  const course = await Course.of(training, { every: 5, note: () => events.length });
  const to = async (step: number): Promise<void> => {
    while (training.step < step && !training.ended) events.push(...(await course.advance(step)));
  };
  await to(20);
  events.push(...(await course.make({ settings })));
  if (back) {
    await to(30);
    const from = await course.goBack(25);
    events.length = from.note;
    events.push(...from.events);
  }
  await to(Infinity);
  return events;
}

/** What is wrong with a run on the GPU that is changed on its way. */
async function changeFaults(prepared: Prepared, context: GpuContext, settings: Settings, allowed: Allowed): Promise<string[]> {
  const expected = await changedTo(settings, new Trainer({ ...prepared, spec: { ...prepared.spec, backend: 'cpu' } }));
  const found = await onGpu(prepared, context, (training) => changedTo(settings, training));
  const again = await onGpu(prepared, context, (training) => changedTo(settings, training, true));
  return [
    ...(found.some(({ type }) => type === 'settings') ? [] : ['WebGPU, changed: no event tells it']),
    ...differences(found, expected, allowed).map((fault) => `WebGPU, changed: ${fault}`),
    ...differences(again, found, { figures: 'all', tolerance: 0 }).map((fault) => `WebGPU, changed, the second time: ${fault}`),
  ];
}

async function held({ prepared: make, losses, figures = 1e-4, changed }: RunCase, context: GpuContext): Promise<string | null> {
  const prepared = await make();
  const expected = await on(prepared, 'reference');
  const weights: string[] = [];
  const found = await onGpu(prepared, context, async (training) => {
    const events = await recordOf(training);
    weights.push(...(await weightFaults(training, lastStep(events))));
    return events;
  });
  const allowed: Allowed = losses === undefined ? { figures: 'all', tolerance: figures } : { figures: 'losses', tolerance: losses };
  const faults = [
    ...differences(await on(prepared, 'cpu'), expected, allowed).map((fault) => `CPU: ${fault}`),
    ...differences(found, expected, allowed).map((fault) => `WebGPU: ${fault}`),
    ...differences(await onGpu(prepared, context, (training) => replayed(training, weights)), found, { figures: 'all', tolerance: 0 }).map(
      (fault) => `WebGPU, the second time: ${fault}`,
    ),
    ...weights.map((fault) => `WebGPU, every weight: ${fault}`),
    ...(changed ? await changeFaults(prepared, context, changed, allowed) : []),
  ];
  return faults.length === 0 ? null : `${faults.length} differ: ${faults.slice(0, 4).join('; ')}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error));

/** @returns what is wrong with each case, in their order; null where nothing is */
async function runs(only?: string): Promise<readonly (string | null)[]> {
  const context = await openContext();
  const found: (string | null)[] = [];
  for (const one of runCases())
    found.push(only === undefined || one.title.includes(only) ? await held(one, context).catch(messageOf) : 'not run');
  context.device.destroy();
  return found;
}

declare global {
  var webgpuRuns: typeof runs;
}
globalThis.webgpuRuns = runs;
