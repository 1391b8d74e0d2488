/**
 * How long one step takes: loss, gradient and Adam's update on a mini-batch, and one Hessian-vector product, on the CPU backend and on
 * the float64 reference. Each figure is the median of many repetitions after a warm-up; work is counted as the matrix products alone.
 */
import type { Backend } from '../src/engine/backends/backend';
import { cpuBackend } from '../src/engine/backends/cpu';
import { referenceBackend } from '../src/engine/backends/reference';
import type { NetworkPlan } from '../src/engine/network/plan';
import { findRule } from '../src/engine/optimizers';
import type { Dataset } from '../src/engine/problems/dataset';
import { Random } from '../src/engine/random';

interface Case {
  readonly widths: readonly number[];
  readonly batch: number;
}

const cases: readonly Case[] = [
  { widths: [2, 16, 16, 1], batch: 32 },
  { widths: [64, 64, 10], batch: 64 },
  { widths: [784, 128, 10], batch: 64 },
];
/** Samples of a Hessian-vector product. */
const probe = 512;

/** Medians, in microseconds. */
interface Timing {
  readonly gradient: number;
  readonly step: number;
  readonly hessianVector: number;
}

export interface BenchRow {
  readonly name: string;
  readonly batch: number;
  readonly cpu: Timing;
  readonly reference: Timing;
  /** Reference over CPU, by step. */
  readonly ratio: number;
  /** Of the CPU's gradient. */
  readonly gflops: number;
}

function planOf({ widths }: Case): NetworkPlan {
  const layers = widths.slice(1).map((outputs, l) => {
    const last = l === widths.length - 2;
    return { dense: outputs, activation: last ? 'identity' : 'relu', init: 'heUniform', bias: 0.01 };
  });
  return { inputs: widths[0], layers, loss: widths[widths.length - 1] > 1 ? 'crossEntropy' : 'meanSquaredError', seed: 1 };
}

function dataOf({ widths }: Case): Dataset {
  const random = new Random(1, 'bench');
  const inputs = widths[0];
  const classes = Math.max(2, widths[widths.length - 1]);
  const samples = 1000;
  const x = Uint8Array.from({ length: samples * inputs }, () => random.integer(256));
  const labels = Int32Array.from({ length: samples }, () => random.integer(classes));
  return { name: 'noise', samples, inputs, x, scale: 1 / 255, y: { kind: 'classes', classes, names: [], labels } };
}

/** Median microseconds of a call. @param milliseconds how long to measure, after a third of that to warm up */
function median(milliseconds: number, call: () => void): number {
  const warm = performance.now() + milliseconds / 3;
  do call();
  while (performance.now() < warm);
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    call();
    times.push(performance.now() - start);
  } while (performance.now() < end || times.length < 3);
  return 1000 * times.sort((a, b) => a - b)[times.length >> 1];
}

function time(backend: Backend, one: Case): Timing {
  const model = backend.network(planOf(one), dataOf(one), one.batch);
  const rule = findRule('adam');
  if (!rule) throw new Error('The rule adam is missing from the library.');
  const settings = Object.fromEntries(rule.hyperparameters.filter(({ name }) => name !== 'lr').map((each) => [each.name, each.default]));
  const updater = backend.updater(rule, settings, model, 0);
  const rows = Uint32Array.from({ length: one.batch }, (_, i) => (i * 7) % model.samples);
  const long = backend.name === 'cpu' ? 1500 : 400;
  const gradient = median(long, () => model.gradient(rows));
  let t = 0;
  const step = median(long, () => {
    const loss = model.gradient(rows);
    updater.step(++t, 1e-6, 'nothing', { rows, loss });
  });
  const hessian = model.hessian(Uint32Array.from({ length: probe }, (_, i) => i));
  const v = Float64Array.from({ length: hessian.size }, (_, i) => Math.sin(i));
  const out = new Float64Array(hessian.size);
  const hessianVector = median(long, () => hessian.apply(v, out));
  return { gradient, step, hessianVector };
}

/** Forward, weight gradient, and input gradient from the second layer on: two operations each multiply-add. */
const operations = ({ widths, batch }: Case) =>
  widths.slice(1).reduce((sum, outputs, l) => sum + 2 * batch * widths[l] * outputs * (l === 0 ? 2 : 3), 0);

/** Runs every case. @param only part of a case's name */
export function bench(only = ''): BenchRow[] {
  return cases
    .map((one) => ({ ...one, name: one.widths.join('-') }))
    .filter(({ name }) => name.includes(only))
    .map((one) => {
      const [cpu, reference] = [time(cpuBackend, one), time(referenceBackend, one)];
      return {
        name: one.name,
        batch: one.batch,
        cpu,
        reference,
        ratio: reference.step / cpu.step,
        gflops: operations(one) / cpu.gradient / 1000,
      };
    });
}
