/**
 * A network in 32-bit floats on a GPU. Whatever is asked of it is encoded into a stream of work, in the order in which it is asked, and
 * answered in buffers; nothing waits. A batch that is larger than a block is done in blocks whose gradients and losses add, in order, so
 * that the same steps give the same bits. Evaluation, which keeps less, takes larger blocks.
 */
import type { Layer } from '../../engine/backends/backend';
import { type CurvatureMatrix, layerPlaces } from '../../engine/backends/webgpu/definition';
import { checkStatistics } from '../../engine/backends/webgpu/program';
import type { Eventually } from '../../engine/eventually';
import { startingLayers } from '../../engine/network/initial';
import type { NetworkPlan } from '../../engine/network/plan';
import { structure, type Structure } from '../../engine/network/structure';
import type { Dataset } from '../../engine/problems/dataset';
import { type Bound, encode } from './bound';
import type { GpuContext } from './context';
import { type MadeBuffers, makeBuffers } from './memory';
import { type BuiltNetwork, buildNetwork, type GpuNetworkOptions } from './networkRooms';
import { Curvature, type GpuOperator } from './operator';
import type { Occasion, Room } from './room';
import type { Region, Stream } from './stream';

export type { GpuNetworkOptions } from './networkRooms';
export type { GpuOperator } from './operator';

/** A data set that lies on the GPU. */
export interface ResidentData {
  readonly x: Region;
  readonly y: Region;
  /** Whether features are bytes, four a word. */
  readonly bytes: boolean;
  /** What a feature is multiplied by. */
  readonly scale: number;
  /** Whether `y` holds the numbers of classes; otherwise it holds floats. */
  readonly labels: boolean;
}

/** Blocks that are sent off at once: an evaluation of a large data set would keep a small GPU for seconds, and systems take one that answers nobody for two seconds for hung. */
const atOnce = 4;

export class GpuNetwork {
  readonly layers: readonly Layer[];
  readonly parameters: number;
  readonly samples: number;
  /** Whether an evaluation tells a share of right answers. */
  readonly classifies: boolean;
  /** Each layer's part where `layerPlaces` says. */
  readonly weights: Region;
  readonly gradients: Region;
  /** Running statistics of batch norms, each where `layerPlaces` of their lengths says. */
  readonly running: Region;
  /** One number: the mean loss of the last `gradient`. */
  readonly loss: Region;
  /** Null where samples are uploaded as they are needed. */
  readonly data: ResidentData | null;
  private readonly places: readonly number[];
  private readonly runningPlaces: readonly number[];
  private readonly curvature: Curvature;
  private spare: MadeBuffers | null = null;

  private constructor(
    readonly structure: Structure,
    /** The most rows of a gradient. */
    readonly largestBatch: number,
    data: Dataset,
    seed: number,
    private readonly context: GpuContext,
    private readonly stream: Stream,
    private readonly built: BuiltNetwork,
    options: GpuNetworkOptions,
  ) {
    const { layers, parameters, buffers } = structure;
    this.layers = layers;
    this.parameters = parameters;
    this.samples = data.samples;
    this.places = layerPlaces(layers).offsets;
    const running = layerPlaces(buffers.map(({ length }) => ({ parameters: length })));
    this.runningPlaces = running.offsets;
    const tensors = (name: string): Region => ({ buffer: built.find(name), offset: 0, size: 4 * layerPlaces(layers).total });
    this.weights = tensors('weights');
    this.gradients = tensors('gradients');
    this.running = { buffer: built.find('running'), offset: 0, size: 4 * running.total };
    this.loss = { buffer: built.find('loss'), offset: 0, size: 4 };
    const { intake } = built;
    const region = (name: string): Region => ({ buffer: built.find(name), offset: 0, size: built.find(name).size });
    const { bytes, scale, labels, classifies } = intake.origin;
    this.classifies = classifies;
    this.data = intake.resident ? { x: region('x'), y: region('y'), bytes, scale, labels } : null;
    const common = new Map((intake.resident ? ['x', 'y', 'running'] : ['running']).map((name) => [name, built.find(name)]));
    this.curvature = new Curvature({ structure, context, stream, intake, weights: this.weights, common, seed }, options.curvatureBlock);
  }

  /**
   * @param largestBatch the most rows that `gradient` will be given @param stream what everything is encoded into
   * @throws Error where plan and data do not fit together, GpuMemoryError where the GPU has no room, ShaderError
   */
  static async create(
    plan: NetworkPlan,
    data: Dataset,
    largestBatch: number,
    context: GpuContext,
    stream: Stream,
    options: GpuNetworkOptions = {},
  ): Promise<GpuNetwork> {
    const described = structure(plan);
    const built = await buildNetwork(described, data, plan.seed, largestBatch, context, options);
    const network = new GpuNetwork(described, largestBatch, data, plan.seed, context, stream, built, options);
    network.setWeights([...startingLayers(plan)].flatMap(({ weight, bias }) => [weight, bias]));
    network.setRunning(described.buffers.map(({ length, start }) => new Float32Array(length).fill(start)));
    return network;
  }

  /**
   * Encodes the gradient of the mean training loss over `rows` at `weights` into `gradients`, and that loss into `loss`.
   * @param step of the run, which all that is drawn depends on @param fresh the step's first: moves running statistics
   * @throws RangeError where a row is not in the data set or the batch is too large
   */
  gradient(rows: Uint32Array, step: number, { fresh = false } = {}): void {
    const { training, lists } = this.built;
    this.train(training, lists.gradient, rows, { training: true, step, joins: fresh });
  }

  /** The same gradient at other weights, laid out alike, into another place; `weights`, `gradients` and `loss` stay as they are. */
  gradientAt(weights: Region, into: Region, rows: Uint32Array, step: number): void {
    const { stream } = this;
    const { training, lists } = this.built;
    const [ownWeights, ownGradients] = this.room();
    stream.copy(this.weights, ownWeights);
    stream.copy(this.gradients, ownGradients);
    stream.copy(weights, this.weights);
    this.train(training, lists.gradientApart, rows, { training: true, step, joins: false });
    stream.copy(this.gradients, into);
    stream.copy(ownWeights, this.weights);
    stream.copy(ownGradients, this.gradients);
  }

  /** Encodes the mean training loss over `rows`, without a gradient, into one number. */
  trainLoss(rows: Uint32Array, step: number, into: Region): void {
    const { training, lists, find } = this.built;
    this.train(training, lists.loss, rows, { training: true, step, joins: false });
    this.stream.copy({ buffer: find('trial'), offset: 0, size: 4 }, into);
  }

  /**
   * Encodes an evaluation over any number of rows into two numbers: the mean loss, and the share of right answers, NaN where there are no
   * classes. Nothing is drawn; batch norms take their running statistics.
   */
  evaluate(rows: Uint32Array, into: Region): void {
    const { evaluation, lists, find } = this.built;
    this.run(evaluation, lists.evaluate, rows, { training: false, step: 0, joins: false });
    this.stream.copy({ buffer: find('outcome'), offset: 0, size: 8 }, into);
  }

  /** A matrix of second derivatives of the mean loss over `rows`, frozen at the weights of this moment of the stream. A promise where shaders have to be compiled or memory to be asked for. */
  operator(rows: Uint32Array, matrix: CurvatureMatrix): Eventually<GpuOperator> {
    checkStatistics(this.structure, rows.length);
    return this.curvature.operator(rows, matrix);
  }

  /** From this moment of the stream on. @param tensors one a layer */
  setWeights(tensors: readonly ArrayLike<number>[]): void {
    this.stream.upload(joined(tensors, this.places, this.weights), this.weights);
  }

  /** The same for the running statistics, in the order of `Structure.buffers`. */
  setRunning(tensors: readonly ArrayLike<number>[]): void {
    this.stream.upload(joined(tensors, this.runningPlaces, this.running), this.running);
  }

  /** Where a layer's weights or gradient lie. */
  tensor(which: 'weights' | 'gradients', layer: number): Region {
    const { buffer, offset } = this[which];
    return { buffer, offset: offset + 4 * this.places[layer], size: 4 * this.layers[layer].parameters };
  }

  /** What was read of a region laid out as the weights, one array a layer. */
  split(read: Float32Array): Float32Array[] {
    return this.layers.map(({ parameters }, i) => read.slice(this.places[i], this.places[i] + parameters));
  }

  /** What was read of `running`, one array a tensor. */
  splitRunning(read: Float32Array): Float32Array[] {
    return this.structure.buffers.map(({ length }, i) => read.slice(this.runningPlaces[i], this.runningPlaces[i] + length));
  }

  /** Gives all its memory back. Nothing that uses it may be left in the stream that has not been submitted. */
  close(): void {
    this.curvature.close();
    this.spare?.destroy();
    this.built.destroy();
  }

  private train(room: Room, list: readonly Bound[], rows: Uint32Array, occasion: Occasion): void {
    checkStatistics(this.structure, rows.length);
    if (rows.length > this.largestBatch)
      throw new RangeError(`The batch has ${rows.length} samples; the network was made for at most ${this.largestBatch}.`);
    this.run(room, list, rows, occasion);
  }

  private run(room: Room, list: readonly Bound[], rows: Uint32Array, occasion: Occasion): void {
    if (rows.length === 0) throw new RangeError('At least one sample is expected; there is none.');
    const { stream, built } = this;
    for (let first = 0, blocks = 1; first < rows.length; first += room.capacity, blocks++) {
      encode(stream, list, room.bring(stream, built.intake, rows, first, occasion));
      if (blocks % atOnce === 0) stream.submit();
    }
  }

  /** Room for weights and gradients while others are at work. */
  private room(): readonly [weights: Region, gradients: Region] {
    const { size } = this.weights;
    if (this.spare === null) {
      const wishes = ['weights', 'gradients'].map((name) => ({ name, words: size / 4 }));
      this.spare = makeBuffers(this.context, wishes, 'A gradient at other weights');
      this.spare.ready.catch((error: unknown) => this.stream.close(error instanceof Error ? error : new Error(String(error))));
    }
    const { find } = this.spare;
    return [
      { buffer: find('weights'), offset: 0, size },
      { buffer: find('gradients'), offset: 0, size },
    ];
  }
}

/** Tensors where they lie in a region. */
function joined(tensors: readonly ArrayLike<number>[], places: readonly number[], { size }: Region): Float32Array {
  const words = new Float32Array(size / 4);
  tensors.forEach((tensor, i) => words.set(tensor, places[i]));
  return words;
}
