/**
 * The Lanczos process on a GPU, with the basis in its memory and every vector made orthogonal to all others there: a step is one submission
 * that reads back three numbers, while T's eigenvalues are found here. Twice at every step the parts along the whole basis are taken
 * out; in float32 that keeps the basis orthonormal to a few units of the last place.
 */
import {
  lanczosCoefficients,
  lanczosProgram,
  lanczosStride,
  type LanczosBuffer,
  type LanczosProgram,
} from '../../engine/backends/webgpu/lanczos';
import { PRODUCT_LIMIT } from '../../engine/curvature/ends';
import { basisRoom, type LanczosProcess } from '../../engine/curvature/krylov';
import { NODES } from '../../engine/curvature/sampling';
import { norm } from '../../engine/vectors';
import { Binder, compileAll, encode, type Bound } from './bound';
import type { GpuContext } from './context';
import { makeBuffers, type MadeBuffers } from './memory';
import type { GpuOperator } from './operator';
import type { Region, Stream } from './stream';
import type { WeightsLayout } from './weightsLayout';

const bytes = 4;

/** Below this share of the matrix's size what is left of a vector is float32's rounding: the space is invariant. */
const rounding = 1e-6;

/** The most vectors of a basis on this adapter; 0 where it has no room for what every process takes. @param words of a vector */
export function gpuBasisRows(words: number, { adapter }: GpuContext): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const stride = lanczosStride(words);
  const fit = Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / (bytes * stride));
  return fit < NODES ? 0 : Math.min(PRODUCT_LIMIT, fit, Math.max(NODES, basisRoom(stride)));
}

type Lists = Readonly<Record<Exclude<keyof LanczosProgram, 'sizes'>, readonly Bound[]>>;

/** Room for one process at a time, beside an operator. */
export class GpuBasis {
  private constructor(
    readonly rows: number,
    readonly lists: Lists,
    private readonly made: MadeBuffers,
    private readonly stride: number,
  ) {}

  /** @throws GpuMemoryError where there is no room for it */
  static async create({ words }: WeightsLayout, rows: number, context: GpuContext): Promise<GpuBasis> {
    const { sizes, ...program } = lanczosProgram(words, rows, context.adapter.kind);
    const wishes = Array.from(sizes, ([name, count]) => ({ name, words: count }));
    const made = makeBuffers(
      context,
      wishes,
      'A measurement of curvature',
      () => 'Measure none ("curvatureEvery": 0), or use the CPU ("backend": "cpu").',
    );
    const [pipelines] = await Promise.all([compileAll(context, Object.values(program).flat()), made.ready]);
    const binder = new Binder(context, pipelines, ({ buffer }) => made.find(buffer));
    const { length, parts, remove, extend, scale } = program;
    const lists = {
      length: binder.bind(length),
      parts: binder.bind(parts),
      remove: binder.bind(remove),
      extend: binder.bind(extend),
      scale: binder.bind(scale),
    };
    return new GpuBasis(rows, lists, made, lanczosStride(words));
  }

  /** A buffer as a whole. */
  region(name: LanczosBuffer, words = this.stride): Region {
    return { buffer: this.made.find(name), offset: 0, size: bytes * words };
  }

  row(index: number): Region {
    const size = bytes * this.stride;
    return { buffer: this.made.find('basis'), offset: index * size, size };
  }

  coefficient(index: number): Region {
    return { buffer: this.made.find('coefficients'), offset: bytes * index, size: bytes };
  }

  close(): void {
    this.made.destroy();
  }
}

/** What a process works with. */
export interface KrylovGround {
  readonly layout: WeightsLayout;
  readonly rows: number;
  readonly stream: Stream;
  /** The operator and the room beside it, when it is this one's turn to encode. */
  open(): Promise<{ readonly operator: GpuOperator; readonly basis: GpuBasis }>;
}

export class GpuKrylov implements LanczosProcess {
  readonly alpha: number[] = [];
  readonly beta: number[] = [];
  invariant = false;
  private size = 0;
  /** What the next vector of the basis is made from, where it is not the product of the last. */
  private begin: Float64Array | null;
  private rootsGiven = false;

  /** @param start any vector but zero @param roots of a diagonal matrix D, for D^(1/2)·H·D^(1/2); null for H */
  constructor(
    private readonly ground: KrylovGround,
    start: Float64Array,
    private readonly roots: Float64Array | null,
  ) {
    this.begin = start.slice();
  }

  get steps(): number {
    return this.alpha.length;
  }

  get room(): number {
    return this.ground.rows;
  }

  async step(): Promise<void> {
    const { ground, steps, roots } = this;
    const { layout, stream } = ground;
    const { operator, basis } = await ground.open();
    const { lists } = basis;
    const count = steps + 1;
    const work = basis.region('work');
    if (this.begin !== null) this.place(this.begin, basis);
    this.begin = null;

    if (roots === null) stream.copy(within(basis.row(steps), operator.direction), operator.direction);
    else {
      if (!this.rootsGiven) stream.upload(layout.laidOut(roots), basis.region('roots'));
      this.rootsGiven = true;
      stream.copy(basis.row(steps), work);
      encode(stream, lists.scale, count);
      stream.copy(within(work, operator.direction), operator.direction);
    }
    operator.apply();
    stream.clear(work); // the product may have anything between layers
    layout.copy(operator.product, work, stream);
    if (roots !== null) encode(stream, lists.scale, count);
    stream.upload(Uint32Array.of(count), basis.region('count', 1));
    const parts = [0, 1].map(() => {
      encode(stream, [...lists.parts, ...lists.remove], count);
      return stream.read([basis.coefficient(steps)]);
    });
    encode(stream, lists.length, count);
    const rest = stream.read([basis.region('length', 1)]);
    if (count < basis.rows) encode(stream, lists.extend, count);
    stream.submit();

    const [[[beta]], [[along]], [[more]]] = await Promise.all([rest, ...parts]);
    const alpha = along + more;
    // The product's length, by its parts: those along earlier vectors than the last two are rounding.
    this.size = Math.max(this.size, Math.hypot(alpha, beta, this.beta.at(-1) ?? 0));
    this.alpha.push(alpha);
    this.invariant = !(beta > rounding * this.size) || count === layout.parameters;
    this.beta.push(this.invariant ? 0 : beta);
  }

  /** Begins there with the next step: in a space of so few dimensions something of it always lies outside. */
  restart(direction: Float64Array): boolean {
    if (this.steps >= this.room) return false;
    this.invariant = false;
    this.begin = direction.slice();
    return true;
  }

  async combine(coordinates: ArrayLike<number>): Promise<Float64Array> {
    const { layout, stream } = this.ground;
    const { basis } = await this.ground.open();
    const work = basis.region('work');
    stream.clear(work);
    stream.upload(Uint32Array.of(this.steps), basis.region('count', 1));
    const negative = Float64Array.from(coordinates, (each) => -each);
    stream.upload(lanczosCoefficients(negative), basis.region('coefficients'));
    encode(stream, basis.lists.remove, this.steps);
    const read = stream.read([work]);
    stream.submit();
    return layout.gathered((await read)[0]);
  }

  /** Encodes that the next vector of the basis is this one without its parts along those before. */
  private place(vector: Float64Array, basis: GpuBasis): void {
    const { steps } = this;
    const { layout, stream } = this.ground;
    const { lists } = basis;
    const length = norm(vector);
    const unit = layout.laidOut(vector.map((each) => each / length));
    const to = steps === 0 ? basis.row(0) : basis.region('work');
    stream.clear(to);
    stream.upload(unit, to);
    if (steps === 0) return;
    stream.upload(Uint32Array.of(steps), basis.region('count', 1));
    encode(stream, [...lists.parts, ...lists.remove, ...lists.parts, ...lists.remove, ...lists.length, ...lists.extend], steps);
  }
}

/** As much of a region as another has. */
const within = ({ buffer, offset }: Region, { size }: Region): Region => ({ buffer, offset, size });
