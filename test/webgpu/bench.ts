/**
 * A single operation of a network on a GPU, with nothing around it: places for whatever its part asks for, numbers in them, and its
 * dispatches run. What lies between the rows of a matrix, in rows beyond the block's and wherever nothing was set is NaN.
 */
import { type Dispatch, type Place, type Site, stride } from '../../src/engine/backends/webgpu/definition';
import { findActivation } from '../../src/engine/network/activations';
import { sizeOf } from '../../src/engine/network/builder';
import type { ActivationOperation, Operation, ValueShape } from '../../src/engine/network/operations';
import type { Structure } from '../../src/engine/network/structure';
import type { GpuContext } from '../../src/webview/gpu/context';
import { Places } from './places';
import type { WindowCase } from './windowCases';

export class Bench implements Site {
  readonly structure: Structure;
  readonly capacity: number;
  readonly seed = 1;
  /** Which value the activation before is computed from, and which is the result, of the activation after where there is one. */
  readonly slopeInput: number;
  readonly result: number;
  readonly info: Place;
  private readonly places: Places;
  private readonly before: ActivationOperation | null;
  private readonly after: ActivationOperation | null;

  constructor(
    private readonly one: WindowCase,
    context: GpuContext,
    readonly curvature: boolean,
  ) {
    const { values, operation } = one;
    const last = values.length - 1;
    [this.slopeInput, this.result] = [last + 2, one.fused === undefined ? last : last + 1];
    this.before = activation(one.slope, this.slopeInput);
    this.after = activation(one.fused, last);
    const operations = [...values.slice(2).map((): Operation => operation), operation, ...(this.after ? [this.after] : [])];
    this.structure = { operations, values: [...values, values[last], values[0]] } as Pick<Structure, 'operations' | 'values'> as Structure;
    this.capacity = one.capacity;
    this.places = new Places(context);
    this.info = this.places.info;
  }

  get adapter() {
    return this.places.adapter;
  }

  /** Whether the sum before an activation that is computed with it is asked for again. */
  get keepsSum(): boolean {
    return this.after?.function.wgsl.slope('z_', 'a_').includes('z_') ?? true;
  }

  value = (v: number): Place => this.matrixPlace('value', v);
  error = (v: number): Place => this.matrixPlace('error', v);
  tangent = (v: number): Place => this.matrixPlace('tangent', v);
  tangentError = (v: number): Place => this.matrixPlace('tangentError', v);
  wanted = (): boolean => !this.one.still;
  first = (): boolean => !this.one.adds;
  fused = (): ActivationOperation | null => this.after;
  slope = (): ActivationOperation | null => this.before;
  parameter = (p: number): Place => this.tensorPlace('weights', this.one.tensors, p);
  gradient = (p: number): Place => this.tensorPlace('gradients', this.one.tensors, p);
  direction = (p: number): Place => this.tensorPlace('directions', this.one.tensors, p);
  buffer = (b: number): Place => this.tensorPlace('running', this.one.tensors, b);
  keep = (_operation: Operation, what: string, words: number): Place => this.places.place(`kept.${what}`, words);
  common = (what: string, words: number): Place => this.places.place(what, words);
  scratch = (words: number): (() => Place) => {
    this.places.place('scratch', words);
    return () => this.places.place('scratch', words);
  };

  setInfo(info: Readonly<Record<'add' | 'training' | 'joins', boolean>>): void {
    this.places.setInfo({ ...info, rows: this.one.rows });
  }

  /** @param v the value whose extents the matrix has @param values row after row, without gaps */
  setMatrix(place: Place, v: number, values: Float64Array | null): void {
    const size = sizeOf(this.structure.values[v]);
    const all = new Float32Array(place.words).fill(NaN);
    if (values !== null)
      for (let row = 0; row < this.one.rows; row++) all.set(values.subarray(row * size, (row + 1) * size), row * stride(size));
    this.places.set(place, all);
  }

  setTensor(place: Place, values: Float64Array): void {
    this.places.set(place, Float32Array.from(values));
  }

  run(dispatches: readonly Dispatch[]): Promise<void> {
    return this.places.run(dispatches, this.one.rows);
  }

  /** A matrix without its gaps. */
  async matrix(place: Place, v: number): Promise<Float64Array> {
    const size = sizeOf(this.structure.values[v]);
    const found = await this.tensor(place, place.words);
    return Float64Array.from({ length: this.one.rows * size }, (_, k) => found[Math.floor(k / size) * stride(size) + (k % size)]);
  }

  async tensor(place: Place, length: number): Promise<Float64Array> {
    const read = this.places.read(place);
    this.places.submit();
    const [found] = await read;
    return Float64Array.from(found.subarray(0, length));
  }

  close(): void {
    this.places.close();
  }

  private matrixPlace(what: string, v: number): Place {
    const shape: ValueShape = this.structure.values[v];
    return this.places.place(`${what}${v}`, this.capacity * stride(sizeOf(shape)));
  }

  private tensorPlace(buffer: string, tensors: readonly ValueShape[], p: number): Place {
    const words = tensors.map((shape) => Math.ceil(sizeOf(shape) / 64) * 64);
    const at = words.slice(0, p).reduce((sum, each) => sum + each, 0);
    const total = words.reduce((sum, each) => sum + each, 0);
    this.places.place(buffer, total);
    return { buffer, at, words: sizeOf(tensors[p]) };
  }
}

function activation(name: string | undefined, from: number): ActivationOperation | null {
  if (name === undefined) return null;
  const found = findActivation(name);
  if (found === undefined) throw new Error(`There is no activation ${name}.`);
  return { kind: 'activation', name: 'activation1', from: [from], parameters: [], function: found };
}
