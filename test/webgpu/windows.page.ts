/** Runs the parts of `windowCases.ts` on a GPU and beside the reference's arithmetic; a page for windows.test.ts. */
import { arithmeticOf } from '../../src/engine/backends/reference/operations';
import type { Derivatives, Mode, Site as ReferenceSite } from '../../src/engine/backends/reference/operations/definition';
import type { CurvatureMatrix } from '../../src/engine/backends/webgpu/definition';
import { makePart } from '../../src/engine/backends/webgpu/layers';
import { batchNorm } from '../../src/engine/backends/webgpu/layers/batchNorm';
import { type Activation, findActivation } from '../../src/engine/network/activations';
import { sizeOf } from '../../src/engine/network/builder';
import { Random } from '../../src/engine/random';
import type { GpuContext } from '../../src/webview/gpu/context';
import { openContext } from './device';
import { Bench } from './bench';
import type { WindowCase } from './windowCases';

/** How far the GPU may be from the reference, of the largest number of a tensor. */
const tolerance = 1e-5;

function activationOf(name: string): Activation {
  const found = findActivation(name);
  if (found === undefined) throw new Error(`There is no activation ${name}.`);
  return found;
}

/** What the reference makes of a case, and what it makes it from: all numbers that go in are 32-bit floats. */
class Expected {
  private readonly random: Random;
  readonly site: ReferenceSite;
  readonly running: Float64Array[];
  readonly start: { readonly x: (Float64Array | null)[]; readonly w: Float64Array[] };
  readonly errors: Float64Array;
  readonly along: Derivatives;
  readonly alongErrors: Float64Array;
  /** The input of the activation before. */
  readonly before: Float64Array;

  constructor(readonly one: WindowCase) {
    this.random = new Random(11, one.title);
    const { values, tensors, rows, operation } = one;
    const inputs = values.slice(0, -1);
    const out = rows * sizeOf(values[values.length - 1]);
    this.before = this.normals(rows * sizeOf(values[0]));
    const made = one.slope === undefined ? null : this.before.map((z) => Math.fround(activationOf(one.slope ?? '').value(z)));
    const x = inputs.map((shape) => made ?? this.normals(rows * sizeOf(shape)));
    if (one.ties) for (let k = 5; k < x[0].length; k += 23) x[0][k] = NaN;
    this.site = {
      count: rows,
      x: operation.from.map((v) => x[v]),
      y: new Float64Array(out),
      w: tensors.map((shape) => this.normals(sizeOf(shape))),
      kept: new Float64Array(arithmeticOf(operation).keeps(rows, sizeOf(values[values.length - 1]))),
    };
    this.running =
      operation.kind === 'batchNorm' ? [this.normals(operation.channels), this.normals(operation.channels).map((v) => v * v + 0.5)] : [];
    this.start = {
      x: inputs.map((shape) => (one.still ? null : this.normals(rows * sizeOf(shape)))),
      w: tensors.map((shape) => this.normals(sizeOf(shape))),
    };
    this.errors = this.normals(out);
    this.alongErrors = this.normals(out);
    const moved = inputs.map((shape) => (one.still ? null : this.normals(rows * sizeOf(shape))));
    this.along = {
      x: operation.from.map((v) => moved[v]),
      y: new Float64Array(out),
      w: tensors.map((shape) => this.normals(sizeOf(shape))),
    };
  }

  private normals(size: number): Float64Array {
    const coarse = (v: number): number => Math.round(2 * v) / 2;
    return Float64Array.from({ length: size }, () => Math.fround(this.one.ties ? coarse(this.random.normal()) : this.random.normal()));
  }

  /** Derivatives to be added to: what is there before. */
  private fresh(y: Float64Array): { readonly derivatives: Derivatives; readonly x: (Float64Array | null)[] } {
    const from = (start: Float64Array): Float64Array => (this.one.adds ? start.slice() : new Float64Array(start.length));
    const x = this.start.x.map((start) => start && from(start));
    return { x, derivatives: { x: this.one.operation.from.map((v) => x[v]), y, w: this.start.w.map(from) } };
  }

  forward(statistics: Mode['statistics'], move: boolean): Float64Array {
    const { operation } = this.one;
    arithmeticOf(operation).forward(this.site, { draws: null, statistics, buffers: this.running, move });
    return this.one.fused === undefined ? this.site.y : this.site.y.map((z) => activationOf(this.one.fused ?? '').value(z));
  }

  backward() {
    const { derivatives, x } = this.fresh(this.errors);
    arithmeticOf(this.one.operation).backward(this.site, derivatives);
    const { slope, adds } = this.one;
    if (slope === undefined) return { x, w: derivatives.w };
    const [start] = this.start.x;
    // What is already there has been carried through the activation.
    const carried = x[0]?.map((error, i) => {
      const there = adds && start ? start[i] : 0;
      return there + (error - there) * activationOf(slope).slope(this.before[i], this.site.x[0][i]);
    });
    return { x: [carried ?? null], w: derivatives.w };
  }

  tangent(): Float64Array {
    arithmeticOf(this.one.operation).tangent(this.site, this.along);
    return this.along.y;
  }

  tangentBackward(matrix: CurvatureMatrix) {
    const { derivatives, x } = this.fresh(this.alongErrors);
    const d: Derivatives = { x: [], y: this.errors, w: [] };
    arithmeticOf(this.one.operation).tangentBackward(this.site, d, this.along, derivatives, matrix === 'hessian');
    return { x, w: derivatives.w };
  }
}

/** @returns what differs, null where nothing does */
async function compared(one: WindowCase, context: GpuContext): Promise<string | null> {
  const expected = new Expected(one);
  const faults: string[] = [];
  const close = (what: string, found: Float64Array, wanted: Float64Array): void => {
    const size = wanted.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
    const bad = wanted.findIndex(
      (value, i) => !(Math.abs(found[i] - value) <= tolerance * size || (Number.isNaN(value) && Number.isNaN(found[i]))),
    );
    if (bad >= 0) faults.push(`${what}: number ${bad} is ${found[bad]} and not ${wanted[bad]}, where the largest is ${size}`);
  };
  const plain = one.fused === undefined && one.slope === undefined;
  const last = one.values.length - 1;

  const bench = new Bench(one, context, plain);
  const part = makePart(one.operation, one.values.length - 2, bench);
  const x = one.operation.from;
  const moving = one.still ? [] : [...new Set(x)];
  const begin = (): void => {
    moving.forEach((v) => bench.setMatrix(bench.error(v), v, expected.start.x[v]));
    expected.start.w.forEach((start, p) => bench.setTensor(bench.gradient(p), start));
  };
  x.forEach((v, i) => bench.setMatrix(bench.value(v), v, expected.site.x[i]));
  expected.site.w.forEach((w, p) => bench.setTensor(bench.parameter(p), w));
  expected.running.forEach((values, b) => bench.setTensor(bench.buffer(b), values));
  if (one.slope !== undefined) bench.setMatrix(bench.value(bench.slopeInput), 0, expected.before);
  bench.setInfo({ add: one.adds, training: true, joins: true });
  await bench.run(part.forward());
  const forward = await bench.matrix(bench.value(bench.result), last);
  close('forward', forward, expected.forward('batch', true));
  if (one.fused !== undefined && bench.keepsSum) close('the sum itself', await bench.matrix(bench.value(last), last), expected.site.y);
  for (const [b, values] of expected.running.entries())
    close('running statistics', await bench.tensor(bench.buffer(b), values.length), values);

  begin();
  bench.setMatrix(bench.error(last), last, expected.errors);
  await bench.run(part.backward());
  const back = expected.backward();
  for (const v of moving) close(`backward, error ${v}`, await bench.matrix(bench.error(v), v), back.x[v] ?? new Float64Array(0));
  for (const [p, w] of back.w.entries()) close(`backward, gradient ${p}`, await bench.tensor(bench.gradient(p), w.length), w);
  if (!plain) return faults.join('; ') || null;

  if (moving.length > 0 || one.tensors.length > 0) {
    moving.forEach((v) => bench.setMatrix(bench.tangent(v), v, expected.along.x[x.indexOf(v)]));
    expected.along.w.forEach((w, p) => bench.setTensor(bench.direction(p), w));
    await bench.run(part.tangent());
    close('tangent', await bench.matrix(bench.tangent(last), last), expected.tangent());
    for (const matrix of ['hessian', 'gaussNewton'] as const) {
      moving.forEach((v) => bench.setMatrix(bench.tangentError(v), v, expected.start.x[v]));
      expected.start.w.forEach((start, p) => bench.setTensor(bench.gradient(p), start));
      bench.setMatrix(bench.tangentError(last), last, expected.alongErrors);
      await bench.run(part.tangentBackward(matrix));
      const along = expected.tangentBackward(matrix);
      for (const v of moving)
        close(`${matrix}, error ${v}`, await bench.matrix(bench.tangentError(v), v), along.x[v] ?? new Float64Array(0));
      for (const [p, w] of along.w.entries()) close(`${matrix}, product ${p}`, await bench.tensor(bench.gradient(p), w.length), w);
    }
  }
  if (one.operation.kind === 'batchNorm') {
    const evaluating = new Bench(one, context, false);
    const evaluated = batchNorm(one.operation, last - 1, evaluating);
    evaluating.setMatrix(evaluating.value(0), 0, expected.site.x[0]);
    expected.site.w.forEach((w, p) => evaluating.setTensor(evaluating.parameter(p), w));
    expected.running.forEach((values, b) => evaluating.setTensor(evaluating.buffer(b), values));
    evaluating.setInfo({ add: false, training: false, joins: false });
    await evaluating.run(evaluated.forward());
    close('evaluation', await evaluating.matrix(evaluating.value(last), last), expected.forward('running', false));
    evaluating.close();
  }
  bench.close();
  return faults.join('; ') || null;
}

/** @returns for each case what differs */
async function windows(cases: readonly WindowCase[]): Promise<readonly (string | null)[]> {
  const contexts = { software: await openContext('software'), hardware: await openContext('hardware') };
  const found = await Promise.all(
    cases.map((one) =>
      compared(one, contexts[one.kind]).catch((error: unknown) =>
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      ),
    ),
  );
  contexts.software.device.destroy();
  contexts.hardware.device.destroy();
  return found;
}

export const page = { windows };
declare global {
  var windowsPage: typeof page;
}
globalThis.windowsPage = page;
