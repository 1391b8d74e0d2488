/**
 * Runs in Chromium: networks on the GPU beside the float64 reference, whatever can be asked of one. The tests (networks.test.ts) report.
 */
import type { Adapter, CurvatureMatrix } from '../../src/engine/backends/webgpu/definition';
import { referenceBackend } from '../../src/engine/backends/reference';
import { structure } from '../../src/engine/network/structure';
import { Random } from '../../src/engine/random';
import { GpuContext } from '../../src/webview/gpu/context';
import { GpuNetwork, type GpuNetworkOptions } from '../../src/webview/gpu/network';
import { Stream, type Region } from '../../src/webview/gpu/stream';
import type { SmallNetwork } from '../engine/backends/everyLayer';
import { openContext } from './device';
import { crampedNetworks, networkCases } from './networkCases';

/** Limits that an adapter is said to have. */
export type Limits = Partial<Adapter['limits']>;

const kinds = ['software', 'hardware'] as const;
const largest = 16;

const rowsFrom = (from: number, count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => from + i);

const norm = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
const apart = (found: ArrayLike<number>, expected: ArrayLike<number>): number => norm(Array.from(found, (value, i) => value - expected[i]));

/** A network on the GPU beside the same one on the reference, and what differs. */
class Pair {
  readonly faults: string[] = [];
  readonly model: ReturnType<typeof referenceBackend.network>;

  private constructor(
    readonly what: string,
    readonly gpu: GpuNetwork,
    readonly stream: Stream,
    given: SmallNetwork,
  ) {
    this.model = referenceBackend.network(given.plan, given.data, largest);
  }

  static async open(what: string, given: SmallNetwork, context: GpuContext, options: GpuNetworkOptions): Promise<Pair> {
    const stream = new Stream(context);
    return new Pair(what, await GpuNetwork.create(given.plan, given.data, largest, context, stream, options), stream, given);
  }

  region(words: number): Region {
    return { buffer: this.stream.context.buffer(words, 'answer'), offset: 0, size: 4 * words };
  }

  async read(...regions: readonly Region[]): Promise<readonly Float32Array[]> {
    const read = this.stream.read(regions);
    this.stream.submit();
    return read;
  }

  private say(what: string, off: number, most: number): void {
    if (!(off <= most))
      this.faults.push(`${this.what}: ${what} off by ${off.toExponential(2)}, at most ${most.toExponential(2)} is allowed`);
  }

  number(what: string, found: number, expected: number, tolerance: number): void {
    this.say(what, Math.abs(found - expected), tolerance * Math.max(Math.abs(expected), 1e-3));
  }

  /** Tensor by tensor; where all of one cancels, as of a bias before a batch norm, in relation to the whole. */
  tensors(what: string, found: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[], tolerance: number): void {
    const whole = norm(expected.map(norm));
    expected.forEach((tensor, i) => this.say(`${what} ${i}`, apart(found[i], tensor), tolerance * Math.max(norm(tensor), 0.01 * whole)));
  }

  /** The gradient and the loss of a step on both. */
  async gradient(rows: Uint32Array, step: number): Promise<void> {
    const { gpu, model } = this;
    model.begin(step);
    const loss = model.gradient(rows);
    gpu.gradient(rows, step, { fresh: true });
    const [found, gradients] = await this.read(gpu.loss, gpu.gradients);
    this.number(`loss of ${rows.length}`, found[0], loss, 1e-5);
    this.tensors(`gradient of ${rows.length}, tensor`, gpu.split(gradients), model.gradients, 1e-5);
  }

  async running(): Promise<void> {
    const [running] = await this.read(this.gpu.running);
    this.tensors('running statistics', this.gpu.splitRunning(running), this.model.buffers, 1e-5);
  }

  async evaluate(rows: Uint32Array): Promise<void> {
    const into = this.region(2);
    this.gpu.evaluate(rows, into);
    const [[loss, right]] = await this.read(into);
    const expected = this.model.evaluate(rows);
    this.number(`evaluation of ${rows.length}`, loss, expected.loss, 1e-5);
    if (!this.gpu.classifies) this.say('share of right answers is told without classes; it', Number.isNaN(right) ? 0 : 1, 0);
    else this.say(`share of right answers of ${rows.length}`, Math.abs(right - (expected.accuracy ?? NaN)), 1e-7);
  }

  async trainLoss(rows: Uint32Array, step: number): Promise<void> {
    const into = this.region(1);
    this.model.begin(step);
    this.gpu.trainLoss(rows, step, into);
    this.number(`training loss of ${rows.length}`, (await this.read(into))[0][0], this.model.loss(rows), 1e-5);
  }

  async products(rows: Uint32Array, matrix: CurvatureMatrix): Promise<void> {
    const { gpu, model, stream } = this;
    const expected = model[matrix](rows);
    const operator = await gpu.operator(rows, matrix);
    const out = new Float64Array(expected.size);
    operator.gradient();
    expected.gradient(out);
    this.tensors(`${matrix}: gradient`, [joined(gpu.split((await this.read(operator.product))[0]))], [out], 1e-5);
    const random = new Random(5, matrix);
    for (let k = 0; k < 2; k++) {
      const v = Float64Array.from(out, () => Math.fround(random.normal()));
      expected.apply(v, out);
      stream.upload(laidOut(gpu, v), operator.direction);
      operator.apply();
      this.tensors(`${matrix}: product`, [joined(gpu.split((await this.read(operator.product))[0]))], [out], 1e-4);
    }
    operator.close();
  }

  /** The gradient at other weights, which leaves everything else as it was. */
  async gradientAt(rows: Uint32Array, step: number): Promise<void> {
    const { gpu, model, stream } = this;
    const moved = model.weights.map((weights) => weights.map((weight) => Math.fround(weight * 0.9 + 0.01)));
    const [other, into] = [this.region(gpu.weights.size / 4), this.region(gpu.weights.size / 4)];
    const before = await this.read(gpu.weights, gpu.gradients, gpu.loss);
    stream.upload(laidOut(gpu, joined(moved)), other);
    gpu.gradientAt(other, into, rows, step);
    const [found, ...after] = await this.read(into, gpu.weights, gpu.gradients, gpu.loss);
    const kept = model.weights.map((weights) => weights.slice());
    model.begin(step);
    model.weights.forEach((weights, i) => weights.set(moved[i]));
    const buffers = model.buffers.map((buffer) => buffer.slice());
    model.gradient(rows);
    this.tensors('gradient at other weights, tensor', gpu.split(found), model.gradients, 1e-5);
    model.weights.forEach((weights, i) => weights.set(kept[i]));
    model.buffers.forEach((buffer, i) => buffer.set(buffers[i]));
    before.forEach((values, i) => this.say('a gradient at other weights leaves traces; it', apart(values, after[i]), 0));
  }

  close(): void {
    this.gpu.close();
    this.stream.close(new Error('The test is over.'));
  }
}

/** All tensors as one. */
const joined = (tensors: readonly ArrayLike<number>[]): Float64Array => Float64Array.from(tensors.flatMap((tensor) => Array.from(tensor)));

/** A vector of all parameters laid out as the weights are. */
function laidOut(gpu: GpuNetwork, v: Float64Array): Float32Array {
  const out = new Float32Array(gpu.weights.size / 4);
  // What `split` takes apart says where each tensor lies.
  const places = gpu.split(Float32Array.from(out, (_, i) => i));
  let from = 0;
  for (const tensor of places) for (const place of tensor) out[place] = v[from++];
  return out;
}

const joint = ({ model }: Pair): boolean => model.buffers.length > 0;

/** Whether products with second derivatives are asked for: of dense layers and activations they hold nothing that depends on the kind of adapter. */
const measured = ({ plan }: SmallNetwork, { adapter }: GpuContext): boolean =>
  adapter.kind === 'software' || structure(plan).operations.some(({ kind }) => kind !== 'dense' && kind !== 'activation');

/** Whatever can be asked of a network, as it is made where nothing else is wanted; everything twice, bit by bit. */
async function whole(given: SmallNetwork, context: GpuContext): Promise<string[]> {
  const matrices: readonly CurvatureMatrix[] = measured(given, context) ? ['hessian', 'gaussNewton'] : [];
  const pair = await Pair.open('in one block', given, context, {});
  await pair.gradient(rowsFrom(0, 13), 1);
  await pair.gradientAt(rowsFrom(3, 9), 1);
  if (!joint(pair)) await pair.gradient(rowsFrom(5, 1), 2);
  await pair.gradient(rowsFrom(8, 16), 3);
  await pair.trainLoss(rowsFrom(1, 11), 4);
  await pair.running();
  await pair.evaluate(rowsFrom(0, 24));
  for (const matrix of matrices) await pair.products(rowsFrom(0, 24), matrix);
  const bits = await everything(pair, matrices);
  const again = await Pair.open('again', given, context, {});
  const others = await everything(again, matrices);
  const differ = bits.some((values, i) => values.some((value, j) => value !== others[i][j]));
  pair.close();
  again.close();
  return [...pair.faults, ...(differ ? ['the same again gives other bits'] : [])];
}

/** Bits of a step's results from the starting weights. */
async function everything(pair: Pair, matrices: readonly CurvatureMatrix[]): Promise<readonly Uint32Array[]> {
  const { gpu } = pair;
  gpu.gradient(rowsFrom(0, 13), 7);
  const products: Region[] = [];
  for (const matrix of matrices) {
    const operator = await gpu.operator(rowsFrom(0, 13), matrix);
    pair.stream.copy(gpu.gradients, operator.direction);
    operator.apply();
    products.push(operator.product);
  }
  const read = await pair.read(gpu.loss, gpu.gradients, ...products);
  return read.map((values, i) => new Uint32Array(i === 0 ? values.slice().buffer : Float32Array.from(joined(gpu.split(values))).buffer));
}

/** The same in blocks that add, with samples that are uploaded as they are needed. */
async function parted(given: SmallNetwork, context: GpuContext): Promise<string[]> {
  const pair = await Pair.open('in blocks', given, context, { resident: false, block: 5, evaluationBlock: 4, curvatureBlock: 5 });
  await pair.gradient(rowsFrom(0, 13), 1);
  await pair.gradient(rowsFrom(8, 16), 2);
  await pair.trainLoss(rowsFrom(1, 11), 3);
  await pair.running();
  await pair.evaluate(rowsFrom(0, 24));
  if (measured(given, context)) for (const matrix of ['hessian', 'gaussNewton'] as const) await pair.products(rowsFrom(0, 13), matrix);
  pair.close();
  return pair.faults;
}

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** @returns of each network what differs from the reference, for both kinds of adapter; all at once, since shaders are compiled by many */
async function all(): Promise<readonly (readonly string[])[]> {
  const faults: string[][] = networkCases.map(() => []);
  for (const kind of kinds) {
    const context = await openContext(kind);
    await Promise.all(
      networkCases.map(async (given, i) => {
        for (const part of [whole, parted])
          faults[i].push(...(await part(given, context).catch((error: unknown) => [messageOf(error)])).map((fault) => `${kind}: ${fault}`));
      }),
    );
    context.device.destroy();
  }
  return faults;
}

/** A context that has less than it has. @param room buffers that can be made before memory is full */
async function poorer(limits: Limits, room = Infinity): Promise<GpuContext> {
  const { device, adapter, name, timestamps } = await openContext();
  const {
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
    maxStorageBufferBindingSize,
    maxBufferSize,
    maxStorageBuffersPerShaderStage,
  } = adapter.limits;
  const all = {
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
    maxStorageBufferBindingSize,
    maxBufferSize,
    maxStorageBuffersPerShaderStage,
  };
  let made = 0;
  // Every buffer is asked for between two error scopes, of which the inner one is told that memory is full.
  if (room < Infinity) {
    const pop = device.popErrorScope.bind(device);
    device.popErrorScope = async () => {
      const inner = made++;
      const found = await pop();
      return inner % 2 === 0 && inner / 2 >= room ? new GPUOutOfMemoryError('full') : found;
    };
  }
  return new GpuContext(device, { ...adapter, limits: { ...all, ...limits } }, name, timestamps);
}

/** Makes a network where there is little room. @returns the error's message, or how its gradient differs */
async function cramped(name: keyof typeof crampedNetworks, limits: Limits, room: number | null, batch: number): Promise<string> {
  const given = crampedNetworks[name];
  const context = await poorer(limits, room ?? Infinity);
  const stream = new Stream(context);
  try {
    const network = await GpuNetwork.create(given.plan, given.data, batch, context, stream);
    const model = referenceBackend.network(given.plan, given.data, batch);
    const rows = Uint32Array.from({ length: batch }, (_, i) => i % given.data.samples);
    model.begin(1);
    model.gradient(rows);
    network.gradient(rows, 1, { fresh: true });
    const read = stream.read([network.gradients]);
    stream.submit();
    const off = apart(joined(network.split((await read)[0])), joined(model.gradients)) / norm(joined(model.gradients));
    return `${network.data === null ? 'uploaded' : 'resident'}, ${off <= 1e-5 ? 'right' : `off by ${off}`}`;
  } catch (error) {
    return messageOf(error);
  } finally {
    context.device.destroy();
  }
}

export const page = { all, cramped };
declare global {
  var networksPage: typeof page;
}
globalThis.networksPage = page;
