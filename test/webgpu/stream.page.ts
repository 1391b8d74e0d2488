/**
 * Runs in Chromium: rules at work on a network on the GPU, many steps in one submission beside the same steps one by one and beside the
 * reference. The tests (stream.test.ts) hand in the rules and report.
 */
import type { Floats, Model, Statistics } from '../../src/engine/backends/backend';
import { cpuBackend } from '../../src/engine/backends/cpu';
import { referenceBackend } from '../../src/engine/backends/reference';
import { completeLayers } from '../../src/engine/network/complete';
import type { NetworkPlan } from '../../src/engine/network/plan';
import type { Dataset } from '../../src/engine/problems/dataset';
import type { StepFigures } from '../../src/engine/run/stream';
import type { GpuContext } from '../../src/webview/gpu/context';
import { makeUpdater } from '../../src/webview/gpu/makeUpdater';
import { GpuNetwork } from '../../src/webview/gpu/network';
import { Stream } from '../../src/webview/gpu/stream';
import { ready } from '../engine/optimizers/follow';
import { openContext } from './device';

export interface StreamCase {
  readonly rule: string;
  readonly settings: Readonly<Record<string, number | boolean | string>>;
  readonly wrappers?: readonly { readonly name: string }[];
  readonly steps: number;
  /** Does the rule go on from answers of the GPU on the CPU, so that its steps cannot be encoded ahead? */
  readonly waits?: boolean;
  /** Allowed difference from the reference, relative to a tensor's norm. */
  readonly tolerance: number;
  /** The same for what steps measure; 20 times that of the weights by default. */
  readonly figures?: number;
}

const samples = 24;
const batch = 8;
const seed = 5;
const plan: NetworkPlan = {
  inputs: [6],
  layers: completeLayers([{ dense: 9, activation: 'tanh' }, { dense: 70, activation: 'sigmoid' }, { dense: 3 }]),
  loss: 'crossEntropy',
  seed,
};
const data: Dataset = {
  name: 'waves',
  samples,
  inputs: 6,
  x: Float32Array.from({ length: 6 * samples }, (_, i) => Math.sin(i * 1.7) + 0.3 * Math.cos(i)),
  scale: 1,
  y: { kind: 'classes', classes: 3, names: ['a', 'b', 'c'], labels: Int32Array.from({ length: samples }, (_, i) => (i * i) % 3) },
};
const rowsOf = (t: number): Uint32Array => Uint32Array.from({ length: batch }, (_, i) => (t * batch + i * 5) % data.samples);
const lrOf = (settings: StreamCase['settings'], t: number): number => Number(settings.lr) * (t % 7 === 0 ? 0.5 : 1);
const isMeasured = (t: number): boolean => t % 3 === 1;

interface Walk {
  readonly weights: readonly Floats[];
  readonly state: Readonly<Record<string, readonly Floats[]>>;
  readonly figures: readonly (StepFigures | Statistics)[];
  readonly submissions: number;
}

async function onGpu(one: StreamCase, context: GpuContext, together: boolean): Promise<Walk> {
  const { rule, settings } = ready(one.rule, one.settings, one.wrappers);
  const { queue } = context.device;
  const stream = new Stream(context);
  const gpu = await GpuNetwork.create(plan, data, batch, context, stream);
  const moments = (): Model => cpuBackend.network(plan, data, batch);
  const updater = await makeUpdater(rule, settings, gpu, context, stream, { seed, measures: true, moments });
  stream.submit();
  const submit = queue.submit.bind(queue);
  let submissions = 0;
  queue.submit = (buffers) => {
    submissions++;
    submit(buffers);
  };
  const figures: Promise<StepFigures>[] = [];
  for (let step = 1; step <= one.steps; step++) {
    const [rows, measured] = [rowsOf(step), isMeasured(step)];
    gpu.gradient(rows, step, { fresh: true });
    await updater.step({ step, lr: lrOf(settings, step), rows, measured }, gpu);
    if (measured) figures.push(updater.figures());
    if (together) continue;
    stream.submit();
    await queue.onSubmittedWorkDone();
  }
  const read = stream.read([gpu.weights]);
  const saved = updater.save();
  stream.submit();
  const [weights] = await read;
  const walk = { weights: gpu.split(weights), state: await saved, figures: await Promise.all(figures), submissions };
  queue.submit = submit;
  updater.close();
  gpu.close();
  stream.close(new Error('done'));
  return walk;
}

function onReference(one: StreamCase): Walk {
  const { rule, settings } = ready(one.rule, one.settings, one.wrappers);
  const model = referenceBackend.network(plan, data, batch);
  const updater = referenceBackend.updater(rule, settings, model, seed);
  const figures: Statistics[] = [];
  for (let t = 1; t <= one.steps; t++) {
    const rows = rowsOf(t);
    model.begin(t);
    const loss = model.gradient(rows);
    updater.step(t, lrOf(settings, t), isMeasured(t) ? 'rates' : 'nothing', { rows, loss });
    const { gradientNorm, updateNorm, weightNorm, meanRate } = updater.statistics;
    if (isMeasured(t))
      figures.push({
        gradientNorm: gradientNorm.slice(),
        updateNorm: updateNorm.slice(),
        weightNorm: weightNorm.slice(),
        meanRate: meanRate.slice(),
      });
  }
  return { weights: model.weights, state: updater.state, figures, submissions: 0 };
}

const norm = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

async function compare(one: StreamCase, context: GpuContext): Promise<string[]> {
  const faults: string[] = [];
  const [together, apart, reference] = [await onGpu(one, context, true), await onGpu(one, context, false), onReference(one)];
  if (!one.waits && together.submissions !== 1) faults.push(`${one.steps} steps took ${together.submissions} submissions`);
  const bits = ({ weights, state, figures }: Walk): string => JSON.stringify([weights, state, figures]);
  if (bits(together) !== bits(apart)) faults.push('the steps together gave other numbers than one by one');
  const hold = (what: string, found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void => {
    const error = norm(Array.from(wanted, (value, i) => found[i] - value)) / (norm(wanted) || 1);
    if (!(error <= tolerance)) faults.push(`${what} is ${error.toExponential(1)} from the reference`);
  };
  reference.weights.forEach((wanted, layer) => hold(`weight ${layer}`, together.weights[layer], wanted, one.tolerance));
  reference.figures.forEach((wanted, i) => {
    for (const key of Object.keys(wanted) as (keyof Statistics)[])
      hold(`${key} ${i}`, together.figures[i][key], wanted[key], one.figures ?? 20 * one.tolerance);
  });
  return faults;
}

async function all(cases: readonly StreamCase[]): Promise<readonly (readonly string[])[]> {
  const context = await openContext();
  const found: string[][] = [];
  for (const one of cases)
    found.push(
      await compare(one, context).catch((error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)]),
    );
  context.device.destroy();
  return found;
}

/** @returns how an answer is refused that is under way when the device is destroyed, and one that is asked for afterwards */
async function lost(): Promise<readonly string[]> {
  const context = await openContext();
  const stream = new Stream(context);
  const region = { buffer: context.buffer(4, 'numbers'), offset: 0, size: 16 };
  const ask = (): Promise<string> => {
    const answer = stream.read([region]);
    stream.submit();
    return answer.then(
      () => 'answered',
      (error: unknown) => String(error),
    );
  };
  const under = ask();
  context.device.destroy();
  return [await under, await ask()];
}

export const page = { all, lost };
declare global {
  var streamPage: typeof page;
}
globalThis.streamPage = page;
