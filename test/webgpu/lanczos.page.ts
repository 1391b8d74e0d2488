/** Runs in Chromium: the Lanczos process on the GPU beside the float64 one. The tests (lanczos.test.ts) report. */
import { layerAlignment, type Adapter } from '../../src/engine/backends/webgpu/definition';
import { referenceBackend } from '../../src/engine/backends/reference';
import { RESIDUAL_TOLERANCE, randomVector, spectrumEnds } from '../../src/engine/curvature/ends';
import { Krylov, type LanczosProcess } from '../../src/engine/curvature/krylov';
import { measureCurvature, noMemory, type CurvatureResult, type FrozenHessian } from '../../src/engine/curvature/measurement';
import { inTime } from '../../src/engine/eventually';
import { Random } from '../../src/engine/random';
import { prepare } from '../../src/engine/run/prepare';
import type { CurvatureEvent } from '../../src/engine/run/record';
import type { RunSpecification } from '../../src/engine/run/specification';
import type { StreamOperator } from '../../src/engine/run/stream';
import { StreamTrainer } from '../../src/engine/run/streamTrainer';
import { Trainer } from '../../src/engine/run/trainer';
import type { Training } from '../../src/engine/run/training';
import { axpy, dot, norm } from '../../src/engine/vectors';
import type { GpuContext } from '../../src/webview/gpu/context';
import { GpuMachine, partsOf } from '../../src/webview/gpu/machine';
import { machineOperator } from '../../src/webview/gpu/machineOperator';
import { GpuNetwork } from '../../src/webview/gpu/network';
import { Stream, type Region } from '../../src/webview/gpu/stream';
import { WeightsLayout } from '../../src/webview/gpu/weightsLayout';
import { network } from '../engine/backends/everyLayer';
import { noFiles } from '../engine/run/runs';
import { openContext } from './device';

const { plan, data } = network(
  'of 3905 weights',
  [20],
  [{ dense: 60, activation: 'tanh' }, { dense: 40, activation: 'tanh' }, { dense: 5 }],
  'crossEntropy',
);
const rows = Uint32Array.from({ length: data.samples }, (_, i) => i);

/** The network's Hessian in float64. */
const exactHessian = (): FrozenHessian => referenceBackend.network(plan, data, data.samples).hessian(rows);

/** The same on the GPU. */
async function gpuHessian(context: GpuContext): Promise<StreamOperator> {
  const stream = new Stream(context);
  const gpu = await GpuNetwork.create(plan, data, data.samples, context, stream);
  const layout = new WeightsLayout(gpu.layers);
  return machineOperator({ layout, context, stream, turn: () => undefined }, Promise.resolve(gpu.operator(rows, 'hessian')), 0);
}

function krylovOf(operator: StreamOperator, start: Float64Array, roots?: Float64Array): LanczosProcess {
  const process = operator.krylov?.(start, roots);
  if (process === undefined) throw new Error('The operator has no process of its own.');
  return process;
}

/** How far numbers are apart, in relation to the largest. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const size = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value)), 0) / size;
}

/** The largest entry of VᵀV − I for the vectors of a process. */
async function skewness(process: LanczosProcess): Promise<number> {
  const basis: Float64Array[] = [];
  for (let k = 0; k < process.steps; k++)
    basis.push(await process.combine(Float64Array.from({ length: process.steps }, (_, i) => (i === k ? 1 : 0))));
  return Math.max(...basis.flatMap((v, i) => basis.map((w, j) => Math.abs(dot(v, w) - (i === j ? 1 : 0)))));
}

/** How far a process is from that of float64, in its T and from an orthonormal basis. */
export interface Apart {
  readonly alpha: number;
  readonly beta: number;
  readonly skewness: number;
}

const between = async (found: LanczosProcess, expected: Krylov): Promise<Apart> => ({
  alpha: apart(found.alpha, expected.alpha),
  beta: apart(found.beta, expected.beta),
  skewness: await skewness(found),
});

/** Twelve steps with the network's Hessian, and twelve with a diagonal matrix on both sides of it. */
async function steps(): Promise<readonly Apart[]> {
  const context = await openContext();
  const random = new Random(11, 'lanczos');
  const [hessian, operator] = [exactHessian(), await gpuHessian(context)];
  const start = randomVector(hessian.size, random);
  const compare = async (roots?: Float64Array): Promise<Apart> => {
    const times = (v: Float64Array): Float64Array => v.map((each, i) => each * (roots?.[i] ?? 1));
    const apply = (v: Float64Array, out: Float64Array): void => {
      void hessian.apply(times(v), out);
      out.set(times(out));
    };
    const found = krylovOf(operator, start, roots);
    const expected = new Krylov({ size: hessian.size, apply }, start);
    for (let k = 0; k < 12; k++) {
      await found.step();
      void expected.step();
    }
    return between(found, expected);
  };
  const result = [await compare(), await compare(start.map(() => 0.3 + random.uniform()))];
  context.device.destroy();
  return result;
}

/** Numbers of its layers: more than a workgroup sums. */
const [along, across] = [9001, 11_501];

/**
 * A projection: 1 along the weights of one layer, 0 along those of the others, and NaN between layers, where anything may lie. Every Krylov
 * space of it is invariant after two steps.
 */
function projection(context: GpuContext): StreamOperator {
  const stream = new Stream(context);
  const layout = new WeightsLayout([{ parameters: along }, { parameters: across }]);
  const region = (label: string): Region => ({ buffer: context.buffer(layout.words, label), offset: 0, size: 4 * layout.words });
  const [direction, product] = [region('direction'), region('product')];
  const nothing = new Float32Array(layout.words).fill(NaN);
  const second = Math.ceil(along / layerAlignment) * layerAlignment;
  nothing.fill(0, second, second + across);
  const apply = (): void => {
    stream.upload(nothing, product);
    stream.copy({ ...direction, size: 4 * along }, { ...product, size: 4 * along });
  };
  const none = (): void => undefined;
  return machineOperator(
    { layout, context, stream, turn: () => undefined },
    Promise.resolve({ direction, product, apply, gradient: none, close: none }),
    0,
  );
}

export interface Projected {
  readonly max: number;
  readonly min: number;
  readonly residual: number;
  /** Two steps, in this unit of the matrix. */
  readonly inUnits: readonly (Apart & { readonly unit: number; readonly invariant: boolean })[];
}

async function projected(kind: Adapter['kind'], units: readonly number[]): Promise<Projected> {
  const context = await openContext(kind);
  const map = projection(context);
  const start = randomVector(map.size, new Random(2, 'projection'));
  const inUnits: Projected['inUnits'][number][] = [];
  for (const unit of units) {
    const found = krylovOf(map, start, new Float64Array(map.size).fill(Math.sqrt(unit)));
    const apply = (v: Float64Array, out: Float64Array): void => out.forEach((_, i) => (out[i] = i < along ? unit * v[i] : 0));
    const expected = new Krylov({ size: map.size, apply }, start);
    for (let k = 0; k < 2; k++) {
      await found.step();
      void expected.step();
    }
    inUnits.push({ ...(await between(found, expected)), unit, invariant: found.invariant });
  }
  const { max, min } = await inTime(spectrumEnds(map, { random: new Random(3, 'projection') }));
  context.device.destroy();
  return { max: max.value, min: min.value, residual: Math.max(max.residual, min.residual), inUnits };
}

export interface Measured {
  /** How far figures are from those of float64, in relation to the largest eigenvalue. */
  readonly lambdaMax: number;
  readonly lambdaMin: number;
  readonly sharpness: number;
  readonly trace: number;
  /** The larger residual, and how far one is from what float64 finds for the same vector and value. */
  readonly residual: number;
  readonly dishonesty: number;
  readonly verdicts: readonly string[];
  /** Whether the same measurement again gives other bits. */
  readonly differs: boolean;
}

async function measured(): Promise<Measured> {
  const context = await openContext();
  const exact = exactHessian();
  const random = new Random(4, 'rates');
  const scaling = Float64Array.from({ length: exact.size }, () => 0.1 + random.uniform());
  const measure = (operator: FrozenHessian): Promise<CurvatureResult> =>
    inTime(measureCurvature({ operator, weightNorm: 8, lossSize: 1, scaling, memory: noMemory, seed: 1 }));
  const expected = (await measure(exact)).figures;
  const [first, second] = [await measure(await gpuHessian(context)), await measure(await gpuHessian(context))];
  const { figures, memory } = first;
  const size = Math.max(Math.abs(expected.lambdaMax), Math.abs(expected.lambdaMin));
  const dishonesty = (vector: Float64Array | null, value: number, told: number): number => {
    const v = vector ?? new Float64Array(exact.size);
    const product = new Float64Array(exact.size);
    void exact.apply(v, product);
    axpy(-value, v, product);
    return Math.abs(told - norm(product)) / size;
  };
  const off = (name: 'lambdaMax' | 'lambdaMin' | 'preconditionedSharpness' | 'trace', by = size): number =>
    Math.abs(figures[name] - expected[name]) / Math.abs(by);
  context.device.destroy();
  return {
    lambdaMax: off('lambdaMax'),
    lambdaMin: off('lambdaMin'),
    sharpness: off('preconditionedSharpness', expected.preconditionedSharpness),
    trace: off('trace', expected.trace),
    residual: Math.max(figures.residualMax, figures.residualMin) / size / RESIDUAL_TOLERANCE,
    dishonesty: Math.max(
      dishonesty(memory.max, figures.lambdaMax, figures.residualMax),
      dishonesty(memory.min, figures.lambdaMin, figures.residualMin),
    ),
    verdicts: [figures.verdict, expected.verdict],
    differs: JSON.stringify(first) !== JSON.stringify(second),
  };
}

async function curvatures(training: Training): Promise<CurvatureEvent[]> {
  const events = await training.begin();
  while (!training.ended) events.push(...(await training.advance()));
  training.close?.();
  return events.filter((event) => event.type === 'curvature');
}

/** The curvature events of a whole run, on the GPU and on the CPU. */
async function runs(spec: RunSpecification): Promise<readonly (readonly CurvatureEvent[])[]> {
  const context = await openContext();
  const prepared = await prepare(spec, noFiles);
  const on = (backend: 'cpu' | 'webgpu') => ({ ...prepared, spec: { ...prepared.spec, backend } });
  const found = await curvatures(
    new StreamTrainer(on('webgpu'), await GpuMachine.create({ ...partsOf(prepared), lanczos: true }, context)),
  );
  const expected = await curvatures(new Trainer(on('cpu')));
  context.device.destroy();
  return [found, expected];
}

export const page = { steps, projected, measured, runs };
declare global {
  var lanczosPage: typeof page;
}
globalThis.lanczosPage = page;
