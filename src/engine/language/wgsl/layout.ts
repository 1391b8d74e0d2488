/**
 * Where everything lies on the GPU. There are five buffers whatever the rule: the weights and the gradients, which are the network's own;
 * a memory for states and intermediate values; the numbers of each layer; and a table that says, for each layer, its extents
 * and where each value begins. Shaders find places through the table only, so that their texts do not depend on the model and are
 * compiled once for all models. Each layer's part of a value begins where the network's own tensors would, so that a value of all
 * weights can be copied to the network's buffers and back as a whole.
 */
import { layerPlaces, type Adapter } from '../../backends/webgpu/definition';
import { countIn, extentIn, type Extent, type MatrixSize, type Shape } from '../shape';

/** Threads of a workgroup, where nobody asks for another number. */
export const usualLanes = 64;
/** How shaders are written, which depends on what runs them. No value lies elsewhere for it. */
export interface Style {
  /** Threads of a workgroup. */
  readonly lanes: number;
  /** Elements that a workgroup handles in an element-wise pass: in software few workgroups are better, on hardware many. */
  readonly tile: number;
  /** Whether the threads of a workgroup do well to read for each other; in software waiting for each other costs more. */
  readonly shares: boolean;
}

export const styleFor = (kind: Adapter['kind'], lanes = usualLanes): Style =>
  kind === 'software' ? { lanes, tile: 4096, shares: false } : { lanes, tile: smallestTile, shares: true };
const smallestTile = 256;
/** The most workgroups in one dimension of a dispatch, by WebGPU's default limits. */
export const mostWorkgroups = 65_535;

/** A value of a shape for each layer, one layer after another. */
export interface GpuBuffer {
  readonly name: string;
  readonly shape: Shape;
  /** In which of the buffers it lies. */
  readonly place: 'weights' | 'gradients' | 'memory';
  /** Where it begins in there, in numbers (not bytes). */
  readonly start: number;
  /** Where each layer's part begins, in numbers from the beginning of the buffer. */
  readonly offsets: readonly number[];
  /** How many numbers each layer has. */
  readonly counts: readonly number[];
  /** Of all layers, with what lies between them. */
  readonly total: number;
}

/** The tiles of one shape over all layers, as columns of the table. */
export interface Tiles {
  /** Where the list of tiles begins in the table: pairs of a layer and its first element. */
  readonly list: number;
  /** How many there are. */
  readonly total: number;
  /** Which tile is a layer's first. */
  readonly first: number;
  /** How many tiles a layer has. */
  readonly count: number;
  /** Elements of a layer. */
  readonly ofLayer: number;
  /** Elements of all layers. */
  readonly elements: number;
}

export class Layout {
  readonly buffers = new Map<string, GpuBuffer>();
  /** How many numbers the memory holds. */
  memory = 0;
  /** One value a layer each. */
  private readonly columns: number[][] = [];
  private readonly columnOf = new Map<string, number>();
  private readonly tiles = new Map<string, Tiles>();
  private readonly lists = new Map<number, readonly number[]>();

  /** @param sizes of the layers */
  constructor(
    readonly sizes: readonly MatrixSize[],
    readonly style: Style,
  ) {
    this.column(
      'rows',
      sizes.map(({ rows }) => rows),
    );
    this.column(
      'columns',
      sizes.map(({ columns }) => columns),
    );
  }

  private column(name: string, values: readonly number[]): number {
    this.columnOf.set(name, this.columns.length);
    return this.columns.push([...values]) - 1;
  }

  /** The text of a column's entry for a layer. */
  at(column: number, layer = 'layer'): string {
    return `table[1u + ${column}u * layers + ${layer}]`;
  }

  /** The text of where a buffer's part of the layer begins. */
  offset(name: string): string {
    const column = this.columnOf.get(`.${name}`);
    if (column === undefined) throw new Error(`There is no buffer ${name}.`);
    return this.at(column);
  }

  /** Makes room for a value of a shape in each layer, where there is none of this name yet. @param count numbers of a layer, if the shape does not say */
  reserve(name: string, shape: Shape, place: GpuBuffer['place'] = 'memory', count = (size: MatrixSize) => countIn(shape, size)): void {
    if (this.buffers.has(name)) return;
    const start = place === 'memory' ? layerPlaces([{ parameters: this.memory }]).total : 0;
    const counts = this.sizes.map(count);
    const places = layerPlaces(counts.map((parameters) => ({ parameters })));
    const offsets = places.offsets.map((offset) => start + offset);
    if (place === 'memory') this.memory = start + places.total;
    this.buffers.set(name, { name, shape, place, start, offsets, counts, total: places.total });
    this.column(`.${name}`, offsets);
  }

  /** Makes room for so many numbers a tile, however small tiles are. @returns the column that says where; the same for all layers */
  reservePartials(shape: Shape, each: number): number {
    const start = this.memory;
    this.memory += each * this.tileCount(shape, smallestTile);
    return this.columns.push(this.sizes.map(() => start)) - 1;
  }

  /** The tiles of a shape. */
  tilesOf(shape: Shape): Tiles {
    const key = shape.join();
    const before = this.tiles.get(key);
    if (before !== undefined) return before;
    const { tile } = this.style;
    const counts = this.sizes.map((size) => countIn(shape, size));
    const list = counts.flatMap((count, layer) => Array.from({ length: Math.ceil(count / tile) }, (_, i) => [layer, i * tile]).flat());
    const firsts = counts.map((_, layer) => counts.slice(0, layer).reduce((sum, each) => sum + Math.ceil(each / tile), 0));
    const all = (value: number): number[] => counts.map(() => value);
    const made = {
      list: this.columns.push(all(0)) - 1,
      total: this.columns.push(all(list.length / 2)) - 1,
      first: this.columns.push(firsts) - 1,
      count: this.columns.push(counts.map((count) => Math.ceil(count / tile))) - 1,
      ofLayer: this.columns.push(counts) - 1,
      elements: this.columns.push(all(counts.reduce((sum, each) => sum + each, 0))) - 1,
    };
    this.tiles.set(key, made);
    this.lists.set(made.list, list);
    return made;
  }

  /** Workgroups of a pass over the tiles of a shape. */
  tileCount(shape: Shape, tile = this.style.tile): number {
    return this.sizes.reduce((sum, size) => sum + Math.ceil(countIn(shape, size) / tile), 0);
  }

  /** The largest of an extent over the layers. */
  largest(extent: Extent): number {
    return Math.max(...this.sizes.map((size) => extentIn(extent, size)));
  }

  /** The table: the number of layers, the columns, the lists of tiles. */
  table(): Uint32Array {
    const layers = this.sizes.length;
    let end = 1 + this.columns.length * layers;
    for (const [column, list] of this.lists) {
      this.columns[column].fill(end);
      end += list.length;
    }
    return Uint32Array.from([layers, ...this.columns.flat(), ...[...this.lists.values()].flat()]);
  }
}

/** The text of an extent in the layer. */
export const extentText = (extent: Extent): string => (extent === 1 ? '1u' : extent);
