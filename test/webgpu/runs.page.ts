/**
 * Runs in Chromium: the same run on the float64 reference, on the CPU and on the GPU, held together event by event, and on the GPU once more, with
 * a way back to an earlier step in it, bit by bit.
 */
import { Course } from '../../src/engine/run/course';
import type { RecordEvent } from '../../src/engine/run/record';
import type { Prepared } from '../../src/engine/run/prepare';
import { StreamTrainer } from '../../src/engine/run/streamTrainer';
import { Trainer } from '../../src/engine/run/trainer';
import type { Training } from '../../src/engine/run/training';
import type { GpuContext } from '../../src/webview/gpu/context';
import { GpuMachine, partsOf } from '../../src/webview/gpu/machine';
import { openContext } from './device';
import { type Allowed, differences } from './recordDifference';
import { runCases, type RunCase } from './runCases';

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
): Promise<RecordEvent[]> {
  const machine = await GpuMachine.create({ ...partsOf(prepared), together: false }, context);
  const training = new StreamTrainer({ ...prepared, spec: { ...prepared.spec, backend: 'webgpu' } }, machine);
  try {
    return await record(training);
  } finally {
    training.close();
  }
}

/** The record of a run that goes from step 30 back to step 12, and on from there. */
async function replayed(training: Training): Promise<RecordEvent[]> {
  const events = await training.begin();
  const course = await Course.of(training, { every: 5, note: () => events.length });
  while (training.step < 30 && !training.finishing) events.push(...(await course.advance(30)));
  events.push(...(await course.settle()));
  const back = await course.goBack(12);
  events.length = back.note;
  events.push(...back.events);
  while (!training.ended) events.push(...(await course.advance()));
  return events;
}

async function held({ prepared: make, losses, figures = 1e-4 }: RunCase, context: GpuContext): Promise<string | null> {
  const prepared = await make();
  const expected = await on(prepared, 'reference');
  const found = await onGpu(prepared, context, recordOf);
  const allowed: Allowed = losses === undefined ? { figures: 'all', tolerance: figures } : { figures: 'losses', tolerance: losses };
  const faults = [
    ...differences(await on(prepared, 'cpu'), expected, allowed).map((fault) => `CPU: ${fault}`),
    ...differences(found, expected, allowed).map((fault) => `WebGPU: ${fault}`),
    ...differences(await onGpu(prepared, context, replayed), found, { figures: 'all', tolerance: 0 }).map(
      (fault) => `WebGPU, the second time: ${fault}`,
    ),
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
