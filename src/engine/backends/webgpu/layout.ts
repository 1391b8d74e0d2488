/**
 * Where the numbers of a network lie on a GPU, and what shares a place. Every value and every error is a buffer of its own, with room for a
 * block of samples, so that shaders can read one and write another. In training an activation is computed with the result before it where
 * nobody else reads that: the result itself is then kept only where the activation's slope is told from it. An error that is carried through
 * an activation takes the place of the error that it becomes. A layout has names and sizes; who has a GPU makes the buffers.
 */
import type { Activation } from '../../network/activations';
import { sizeOf } from '../../network/builder';
import type { ActivationOperation, Operation } from '../../network/operations';
import type { Structure } from '../../network/structure';
import { type Adapter, infoWords, layerAlignment, layerPlaces, type Part, type Place, type Site, stride } from './definition';
import { makePart } from './layers';

/** Kinds whose own result can become that of the activation after them, and those that can carry an error through the activation before them. */
const fusing: readonly Operation['kind'][] = ['dense', 'convolution'];
const carrying: readonly Operation['kind'][] = ['dense', 'convolution', 'maxPooling', 'averagePooling'];

/** Buffers of which all blocks of a curvature measurement, one after another, use the same: they hold nothing of a block once it is done. */
const passing = /^(tangent|tangentError)\d+$|^(scratch|weights|gradients|directions|product|running|x|y)$/;

/** Whether a buffer holds what each block keeps for itself. */
export const ofBlock = (buffer: string): boolean => !passing.test(buffer);

export class Layout implements Site {
  readonly info: Place;
  /** Which rows of the data set the block's samples are; beside `info`, so that both are uploaded at once. */
  readonly rows: Place;
  readonly parts: readonly Part[];
  private readonly words = new Map<string, number>();
  private readonly learns: boolean[] = [false];
  private readonly tensors: readonly Place[];
  private readonly running: readonly Place[];

  /**
   * Lays everything out and describes all operations.
   * @param capacity samples of a block @param curvature whether directions are carried through, too
   */
  constructor(
    readonly structure: Structure,
    readonly adapter: Adapter,
    readonly capacity: number,
    readonly curvature: boolean,
    readonly seed: number,
  ) {
    const { operations, layers, buffers } = structure;
    for (const { from, parameters } of operations) this.learns.push(parameters.length > 0 || from.some((v) => this.learns[v]));
    this.info = this.place('info', infoWords);
    this.rows = { ...this.place('info', layerAlignment + capacity), at: layerAlignment, words: capacity };
    this.tensors = this.oneAfterAnother('weights', layers);
    this.running = this.oneAfterAnother(
      'running',
      buffers.map(({ length }) => ({ parameters: length })),
    );
    this.parts = operations.map((operation, i) => makePart(operation, i, this));
  }

  /** How large each buffer is that was asked for, in 32-bit words. */
  get sizes(): ReadonlyMap<string, number> {
    return this.words;
  }

  // Operations take these from the layout, so they are bound to it.
  value = (v: number): Place => {
    if (this.isPassedOver(v)) throw new Error(`Value ${v} is made into an activation at once and lies nowhere.`);
    return this.matrix(`value${v}`, v);
  };
  error = (v: number): Place => {
    const carried = this.carriedThrough(v);
    return this.matrix(`error${carried ? carried.from[0] : v}`, v, 'error');
  };
  wanted = (v: number): boolean => this.learns[v];
  tangent = (v: number): Place => this.matrix(`tangent${v}`, v, 'derivative');
  tangentError = (v: number): Place => this.matrix(`tangentError${v}`, v, "error's derivative");
  parameter = (p: number): Place => this.tensors[p];
  gradient = (p: number): Place => this.like('weights', this.curvature ? 'product' : 'gradients', this.tensors[p]);
  direction = (p: number): Place => this.like('weights', 'directions', this.tensors[p]);
  buffer = (b: number): Place => this.running[b];
  common = (what: string, words: number): Place => this.place(what, words);
  keep = ({ name }: Operation, what: string, words: number): Place => this.place(`${name}.${what}`, words);
  scratch = (words: number): (() => Place) => {
    const place = this.place('scratch', words);
    return () => place;
  };

  first = (operation: Operation, v: number): boolean => this.readers(v).at(-1) === operation;

  fused = (operation: Operation): ActivationOperation | null => {
    if (this.curvature || !fusing.includes(operation.kind)) return null;
    const [reader, ...others] = this.readers(this.structure.operations.indexOf(operation) + 1);
    return reader?.kind === 'activation' && others.length === 0 ? reader : null;
  };

  slope = (operation: Operation, v: number): ActivationOperation | null =>
    carrying.includes(operation.kind) && operation === this.readers(v)[0] ? this.carriedThrough(v) : null;

  /** The activation whose result v is, where the one operation that reads v carries its error through it. */
  private carriedThrough(v: number): ActivationOperation | null {
    if (this.curvature || v === 0) return null;
    const maker = this.structure.operations[v - 1];
    const [reader, ...others] = this.readers(v);
    if (maker.kind !== 'activation' || reader === undefined || others.length > 0 || !carrying.includes(reader.kind)) return null;
    return this.learns[v] && this.readers(maker.from[0]).length === 1 ? maker : null;
  }

  /** Whether value v is nowhere kept: the activation after it is computed with it, and nothing asks for it again. */
  private isPassedOver(v: number): boolean {
    const maker = v > 0 ? this.structure.operations[v - 1] : null;
    const after = maker && this.fused(maker);
    return after !== null && !slopeReadsInput(after.function);
  }

  private readers(v: number): readonly Operation[] {
    return this.structure.operations.filter(({ from }) => from.includes(v));
  }

  /** @param what of the value: there is none of what nothing learns from */
  private matrix(buffer: string, v: number, what?: string): Place {
    if (what !== undefined && !this.learns[v]) throw new Error(`Nothing before value ${v} learns: it has no ${what}.`);
    return this.place(buffer, this.capacity * stride(sizeOf(this.structure.values[v])));
  }

  private oneAfterAnother(buffer: string, parts: readonly { readonly parameters: number }[]): Place[] {
    const { offsets, total } = layerPlaces(parts);
    this.place(buffer, total);
    return parts.map(({ parameters }, i) => ({ buffer, at: offsets[i], words: parameters }));
  }

  private like(model: string, buffer: string, { at, words }: Place): Place {
    this.place(buffer, this.words.get(model) ?? 0);
    return { buffer, at, words };
  }

  /** The start of a buffer, which is at least so large. */
  private place(buffer: string, words: number): Place {
    this.words.set(buffer, Math.max(words, this.words.get(buffer) ?? 0));
    return { buffer, at: 0, words };
  }
}

/** Whether an activation's slope is told from z, and not only from a: found in its own text. */
export const slopeReadsInput = ({ wgsl }: Activation): boolean => wgsl.slope('z_', 'a_').includes('z_');
