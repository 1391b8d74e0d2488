/**
 * Where a rule's numbers lie: buffers of any shape, one a layer, in one arena, and for each shape a table that tells kernels the address
 * of every buffer in every layer. Everything is reserved first; the tables are written when the arena is open.
 */
import { Arena } from '../backends/cpu/memory';
import type { ResidentModel } from '../backends/cpu/resident';
import { countIn, matrixSize, sameShape, showShape, tensorShape, type MatrixSize, type Shape } from './shape';

const floatBytes = 4;

/** The table of one shape: a row of 32-bit integers a layer. */
export interface Table {
  readonly address: number;
  readonly rowBytes: number;
  /** Byte offset in a row of a buffer's address. @throws Error where the shape has no such buffer */
  offset(buffer: string): number;
}

/** Byte offsets in a row, before the addresses: how many bytes a buffer takes in whole vectors, and how many numbers count. */
export const bytesOffset = 0;
export const countOffset = floatBytes;
const leading = 2;

interface Shelf {
  readonly shape: Shape;
  readonly buffers: Map<string, readonly number[]>;
  address: number;
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
    for (const shelf of this.shelves.values())
      shelf.address = this.arena.reserve(this.rowBytes(shelf) * this.sizes.length, `${this.owner}'s tables`);
  }

  writeTables(): void {
    for (const shelf of this.shelves.values()) {
      const words = this.rowBytes(shelf) / floatBytes;
      const rows = this.arena.integers(shelf.address, words * this.sizes.length);
      this.sizes.forEach((size, layer) => {
        const addresses = [...shelf.buffers.values()].map((each) => each[layer]);
        rows.set([this.vectorBytes(shelf.shape, size), countIn(shelf.shape, size), ...addresses], layer * words);
      });
    }
  }

  table(shape: Shape): Table {
    const shelf = this.shelf(shape);
    const names = [...shelf.buffers.keys()];
    return {
      address: shelf.address,
      rowBytes: this.rowBytes(shelf),
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
    return Math.ceil(countIn(shape, size) / 4) * 4 * floatBytes;
  }

  private rowBytes(shelf: Shelf): number {
    return (leading + shelf.buffers.size) * floatBytes;
  }

  private shelf(shape: Shape): Shelf {
    const found = this.shelves.get(showShape(shape)) ?? { shape, buffers: new Map<string, readonly number[]>(), address: 0 };
    this.shelves.set(showShape(shape), found);
    return found;
  }
}

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
