/**
 * Products with the Hessian or the Gauss–Newton matrix on a GPU. An operator has weights of its own, copied when it is made, and carries its
 * samples through them once; values and errors then stay for all products, each of which costs about as much as a gradient. Samples come
 * in one block or in several whose products add. Shaders are compiled once for a network, and the room of an operator that was closed
 * serves the next one.
 */
import type { CurvatureMatrix } from '../../engine/backends/webgpu/definition';
import { ofBlock } from '../../engine/backends/webgpu/layout';
import { largestProgram, mostThatFits } from '../../engine/backends/webgpu/limits';
import { type CurvatureProgram, curvatureProgram } from '../../engine/backends/webgpu/program';
import { type Eventually, after } from '../../engine/eventually';
import { isJoint, type Structure } from '../../engine/network/structure';
import { Binder, type Bound, compileAll, encode } from './bound';
import type { GpuContext } from './context';
import type { Intake } from './intake';
import { type BufferWish, bytesOf, GpuMemoryError, type MadeBuffers, makeBuffers } from './memory';
import { Room, wishesOf } from './room';
import type { Region, Stream } from './stream';

/** Samples of a block, where nothing asks for fewer. */
const usualBlock = 1024;

/** A matrix at frozen weights. Everything is encoded into the network's stream. */
export interface GpuOperator {
  /** Laid out as the weights; what lies between layers may be anything. */
  readonly direction: Region;
  readonly product: Region;
  /** product = matrix · direction. */
  apply(): void;
  /** product = the gradient at the frozen weights. */
  gradient(): void;
  /** Gives its room back; it must not be used any more. */
  close(): void;
}

/** What operators need of the network that they are of. */
export interface Home {
  readonly structure: Structure;
  readonly context: GpuContext;
  readonly stream: Stream;
  readonly intake: Intake;
  readonly weights: Region;
  /** Buffers that every block reads: running statistics, and a data set that is kept there. */
  readonly common: ReadonlyMap<string, GPUBuffer>;
  readonly seed: number;
}

/** One block's lists, tied to its buffers. */
interface Block {
  readonly room: Room;
  readonly begin: readonly Bound[];
  readonly gradient: readonly Bound[];
  readonly product: Readonly<Record<CurvatureMatrix, readonly Bound[]>>;
}

/** What an operator computes in: room for so many blocks. */
interface OperatorRoom {
  readonly capacity: number;
  readonly weights: Region;
  readonly direction: Region;
  readonly product: Region;
  /** A promise until everything is compiled and the memory is there. */
  blocks: Eventually<readonly Block[]>;
}

export class Curvature {
  private readonly programs = new Map<number, CurvatureProgram>();
  private readonly idle: OperatorRoom[] = [];
  private readonly made: MadeBuffers[] = [];

  /** @param block the most samples of a block, unless they depend on one another */
  constructor(
    private readonly home: Home,
    private readonly block = usualBlock,
  ) {}

  /**
   * The matrix at the weights of this moment of the stream. A promise where shaders have to be compiled or memory to be asked for.
   * @throws GpuMemoryError where there is no room for the samples
   */
  operator(rows: Uint32Array, matrix: CurvatureMatrix): Eventually<GpuOperator> {
    const { stream, weights } = this.home;
    const program = this.programFor(rows.length);
    const { capacity } = program.layout;
    const count = Math.ceil(rows.length / capacity);
    const at = this.idle.findIndex(
      (room) => room.capacity === capacity && !(room.blocks instanceof Promise) && room.blocks.length === count,
    );
    const room = at >= 0 ? this.idle.splice(at, 1)[0] : this.roomFor(program, count, rows.length);
    stream.copy(weights, room.weights);
    return after(room.blocks, (blocks) => this.begun(room, blocks, rows, matrix));
  }

  close(): void {
    for (const { destroy } of this.made) destroy();
  }

  private programFor(samples: number): CurvatureProgram {
    const { structure, context, intake, seed } = this.home;
    const joint = isJoint(structure);
    const most = joint ? samples : Math.min(samples, this.block);
    const known = this.programs.get(most);
    if (known !== undefined) return known;
    const describe = (capacity: number): CurvatureProgram => curvatureProgram(structure, context.adapter, capacity, seed, intake.origin);
    const { program, obstacle, capacity } = largestProgram(most, context.adapter, describe, (described) => ({
      layout: described.layout,
      dispatches: dispatchesOf(described),
    }));
    if (program === null || (joint && capacity < most))
      throw new GpuMemoryError(
        `${context.name} cannot measure curvature on ${samples} samples: ${obstacle}. ` +
          `${capacity > 0 ? `Measure it on at most ${capacity}` : 'Take smaller layers'}, or use the CPU ("backend": "cpu").`,
      );
    this.programs.set(most, program);
    return program;
  }

  /** @param count blocks */
  private wishes(program: CurvatureProgram, count: number): BufferWish[] {
    const { common } = this.home;
    return wishesOf(program.layout, dispatchesOf(program)).flatMap((wish): BufferWish[] => {
      if (common.has(wish.name)) return [];
      return ofBlock(wish.name) ? Array.from({ length: count }, (_, k) => ({ ...wish, name: `${wish.name}/${k}` })) : [wish];
    });
  }

  private roomFor(program: CurvatureProgram, count: number, samples: number): OperatorRoom {
    const { context, common } = this.home;
    const { layout } = program;
    const dispatches = dispatchesOf(program);
    const made = makeBuffers(context, this.wishes(program, count), `A measurement of curvature on ${samples} samples`, (given) => {
      const fit = mostThatFits(samples - 1, (fewer) => {
        const described = this.programFor(fewer);
        return bytesOf(this.wishes(described, Math.ceil(fewer / described.layout.capacity))) <= given;
      });
      return `${fit > 0 ? `Measure it on about ${fit} ("probeSamples")` : 'Take smaller layers'}, or use the CPU ("backend": "cpu").`;
    });
    this.made.push(made);
    const find = (name: string): GPUBuffer => common.get(name) ?? made.find(name);
    const tie = async (): Promise<readonly Block[]> => {
      const { begin, gradient, product } = program;
      const [pipelines] = await Promise.all([compileAll(context, dispatches), made.ready]);
      return Array.from({ length: count }, (_, k): Block => {
        const findHere = (name: string): GPUBuffer => find(ofBlock(name) ? `${name}/${k}` : name);
        const binder = new Binder(context, pipelines, ({ buffer }) => findHere(buffer));
        return {
          room: new Room(layout.capacity, findHere),
          begin: binder.bind(begin),
          gradient: binder.bind(gradient),
          product: { hessian: binder.bind(product.hessian), gaussNewton: binder.bind(product.gaussNewton) },
        };
      });
    };
    const tensors = (name: string): Region => ({ buffer: find(name), offset: 0, size: 4 * (layout.sizes.get(name) ?? 0) });
    const room: OperatorRoom = {
      capacity: layout.capacity,
      weights: tensors('weights'),
      direction: tensors('directions'),
      product: tensors('product'),
      blocks: tie().then((blocks) => (room.blocks = blocks)),
    };
    return room;
  }

  /** Carries the samples through the room's weights. */
  private begun(room: OperatorRoom, blocks: readonly Block[], rows: Uint32Array, matrix: CurvatureMatrix): GpuOperator {
    const { stream, intake } = this.home;
    const { capacity, direction, product } = room;
    const counts = blocks.map(({ room: block, begin }, k) => {
      const samples = block.bring(stream, intake, rows, k * capacity, { training: true, step: 0, joins: false });
      encode(stream, begin, samples);
      return samples;
    });
    let open = true;
    return {
      direction,
      product,
      apply: () => blocks.forEach((block, k) => encode(stream, block.product[matrix], counts[k])),
      gradient: () => blocks.forEach((block, k) => encode(stream, block.gradient, counts[k])),
      close: () => {
        if (open) this.idle.push(room);
        open = false;
      },
    };
  }
}

const dispatchesOf = ({ begin, gradient, product }: CurvatureProgram) => [
  ...begin,
  ...gradient,
  ...product.hessian,
  ...product.gaussNewton,
];
