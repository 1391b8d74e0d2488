/**
 * Where a rule's numbers lie: buffers of any shape, one a layer, in one arena, and for each shape two tables for kernels: the address
 * of every buffer in every layer, and the blocks of a fixed length that layers are divided into, so that threads can share them and
 * sums come out the same for any number of threads. Everything is reserved first; the tables are written when the arena is open.
 */
import { Arena } from '../backends/cpu/memory';
import type { ResidentModel } from '../backends/cpu/resident';
import { countIn, matrixSize, sameShape, showShape, tensorShape, type MatrixSize, type Shape } from './shape';

const floatBytes = 4;
const vectorBytes = 16;

/** The tables of one shape. */
export interface Table {
  /** Byte offset in a layer's row of a buffer's address. @throws Error where the shape has no such buffer */
  offset(buffer: string): number;
  /** Address of the blocks of all layers, one after the other. */
  readonly blocks: number;
  /** The number of each layer's first block; last, of all blocks. */
  readonly first: readonly number[];
}

/** Byte offset in a row, before the addresses: how many numbers the layer has. */
export const countOffset = 0;
const leading = 1;

/** Most numbers of a block. */
export const blockLength = 4096;
/** A block as 32-bit integers: the address of its layer's row, and byte offsets in the buffers: where it begins, where its whole vectors end, where it ends. */
export const blockBytes = 16;
export const block = { row: 0, from: 4, whole: 8, end: 12 } as const;

interface Shelf {
  readonly shape: Shape;
  readonly buffers: Map<string, readonly number[]>;
  address: number;
  blocks: number;
}

export class Buffers {
  private readonly shelves = new Map<string, Shelf>();

  /** @param owner what the room is for, for error messages */
  constructor(
    readonly arena: Arena,
    private readonly sizes: readonly MatrixSize[],
    private readonly owner: string,
  ) {}

  /** Takes in buffers that lie in the arena already. */
  adopt(name: string, shape: Shape, addresses: readonly number[]): void {
    this.shelf(shape).buffers.set(name, addresses);
  }

  /** Room for a buffer a layer. */
  reserve(name: string, shape: Shape): void {
    const bytes = this.sizes.map((size) => this.vectorBytes(shape, size));
    this.adopt(
      name,
      shape,
      bytes.map((each) => this.arena.reserve(each, `${this.owner}'s ${name}`)),
    );
  }

  has(name: string, shape: Shape): boolean {
    return this.shelf(shape).buffers.has(name);
  }

  /** Room for the tables: no buffer can be added after that. */
  reserveTables(): void {
    for (const shelf of this.shelves.values()) {
      shelf.address = this.arena.reserve(this.rowBytes(shelf) * this.sizes.length, `${this.owner}'s tables`);
      shelf.blocks = this.arena.reserve(blockBytes * this.firstBlocks(shelf.shape)[this.sizes.length], `${this.owner}'s blocks`);
    }
  }

  writeTables(): void {
    for (const shelf of this.shelves.values()) {
      const words = this.rowBytes(shelf) / floatBytes;
      const rows = this.arena.integers(shelf.address, words * this.sizes.length);
      this.sizes.forEach((size, layer) => {
        const addresses = [...shelf.buffers.values()].map((each) => each[layer]);
        rows.set([countIn(shelf.shape, size), ...addresses], layer * words);
      });
      this.writeBlocks(shelf);
    }
  }

  private writeBlocks(shelf: Shelf): void {
    const words = this.sizes.flatMap((size, layer) => {
      const row = shelf.address + layer * this.rowBytes(shelf);
      const count = countIn(shelf.shape, size);
      return Array.from({ length: blocksOf(count) }, (_, i) => {
        const end = Math.min((i + 1) * blockLength, count);
        return [row, i * blockLength * floatBytes, Math.floor(end / 4) * vectorBytes, Math.ceil(end / 4) * vectorBytes];
      }).flat();
    });
    this.arena.integers(shelf.blocks, words.length).set(words);
  }

  /** The number of each layer's first block; last, of all blocks. */
  firstBlocks(shape: Shape): number[] {
    const first = [0];
    for (const size of this.sizes) first.push(first[first.length - 1] + blocksOf(countIn(shape, size)));
    return first;
  }

  table(shape: Shape): Table {
    const shelf = this.shelf(shape);
    const names = [...shelf.buffers.keys()];
    return {
      blocks: shelf.blocks,
      first: this.firstBlocks(shape),
      offset(buffer) {
        const place = names.indexOf(buffer);
        if (place < 0) throw new Error(`There is no buffer ${buffer} of shape ${showShape(shape)}.`);
        return (leading + place) * floatBytes;
      },
    };
  }

  /** Live view of a layer's buffer, without the padding. */
  view(name: string, shape: Shape, layer: number): Float32Array {
    const addresses = this.shelf(shape).buffers.get(name);
    if (addresses === undefined) throw new Error(`There is no buffer ${name} of shape ${showShape(shape)}.`);
    return this.arena.floats(addresses[layer], countIn(shape, this.sizes[layer]));
  }

  private vectorBytes(shape: Shape, size: MatrixSize): number {
    return Math.ceil(countIn(shape, size) / 4) * vectorBytes;
  }

  private rowBytes(shelf: Shelf): number {
    return (leading + shelf.buffers.size) * floatBytes;
  }

  private shelf(shape: Shape): Shelf {
    const found = this.shelves.get(showShape(shape)) ?? { shape, buffers: new Map<string, readonly number[]>(), address: 0, blocks: 0 };
    this.shelves.set(showShape(shape), found);
    return found;
  }
}

const blocksOf = (count: number): number => Math.ceil(count / blockLength);

/** All buffers of a rule: what has the weights' shape lies beside them in the model's arena, all else in an arena made to measure. */
export class Room {
  readonly sizes: readonly MatrixSize[];
  readonly beside: Buffers;
  readonly apart: Buffers;

  constructor(model: ResidentModel, owner: string) {
    this.sizes = model.layers.map(({ shape }) => matrixSize(shape));
    this.beside = new Buffers(model.arena, this.sizes, owner);
    this.apart = new Buffers(new Arena(undefined, model.arena.team), this.sizes, owner);
    this.beside.adopt('w', tensorShape, model.weightAddresses);
    this.beside.adopt('g', tensorShape, model.gradientAddresses);
  }

  of(shape: Shape): Buffers {
    return sameShape(shape, tensorShape) ? this.beside : this.apart;
  }

  /** Everything is reserved: from now on there is memory. */
  open(): void {
    this.beside.reserveTables();
    this.apart.reserveTables();
    this.apart.arena.open();
    this.beside.writeTables();
    this.apart.writeTables();
  }

  /** One view a layer. */
  views(name: string, shape: Shape): Float32Array[] {
    return this.sizes.map((_, layer) => this.of(shape).view(name, shape, layer));
  }
}
