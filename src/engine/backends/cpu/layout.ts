/**
 * Where the numbers of a network lie, and what shares a place. What does not depend on the samples is fixed: weights, gradients, running
 * statistics, room for the kernels' own use. A block holds the values and errors of some samples; there may be several, one after another,
 * each laid out alike. In training an activation takes the place of what it is computed from, where its slope can be told from its result,
 * and an error that of the one it is made into. Addresses begin at 0: whoever makes the memory reserves it from its start.
 */
import type { Activation } from '../../network/activations';
import type { ActivationOperation, Operation } from '../../network/operations';
import type { Structure } from '../../network/structure';
import { Code, type Local } from './assembler';
import { barrierBytes } from './barrier';
import type { Kernels, Operand } from './kernels';
import { makePart, type AnyPart } from './layers';
import type { Site } from './layers/definition';
import { rowBytes, sizeOf } from './matrix';

/** Places begin at multiples of a cache line. */
const alignment = 64;
/** Vectors may be read this far past the end of what lies before. */
const margin = 64;

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** The fixed places, in bytes from the start of the memory. */
export interface FixedPlaces {
  readonly barrier: number;
  /** By layer. */
  readonly weights: readonly number[];
  readonly gradients: readonly number[];
  /** By layer; only where directions are carried through. */
  readonly directions: readonly number[];
  /** By buffer. */
  readonly buffers: readonly number[];
}

export class Layout implements Site {
  readonly places: FixedPlaces;
  readonly parts: readonly AnyPart[];
  /** Bytes of all fixed places; blocks come after them. */
  readonly fixedBytes: number;
  /** Bytes of a block. */
  readonly blockBytes: number;
  /** Where the further fixed room begins. */
  readonly moreAt: number;
  private fixed = 0;
  private block = 0;
  private readonly values: number[] = [];
  private readonly errors: number[] = [];
  private readonly tangents: number[] = [];
  private readonly tangentErrors: number[] = [];
  private readonly learns: boolean[] = [false];
  private readonly scratchBytes: [number, number] = [0, 0];
  private scratchAt: readonly number[] = [];

  /**
   * Lays everything out and emits all kernels.
   * @param capacity samples of a block @param curvature whether directions are carried through, too
   * @param more bytes of further fixed room
   */
  constructor(
    readonly structure: Structure,
    readonly kernels: Kernels,
    readonly capacity: number,
    readonly curvature: boolean,
    more = 0,
  ) {
    const { operations, layers, buffers } = structure;
    for (const { from, parameters } of operations) this.learns.push(parameters.length > 0 || from.some((v) => this.learns[v]));
    const parameters = (): number[] => layers.map((layer) => this.reserve(4 * layer.parameters));
    this.places = {
      barrier: this.reserve(barrierBytes),
      weights: parameters(),
      gradients: parameters(),
      directions: curvature ? parameters() : [],
      buffers: buffers.map(({ length }) => this.reserve(4 * length)),
    };
    this.moreAt = this.reserve(more);
    this.placeValues();
    this.parts = operations.map((operation, i) => makePart(operation, i, this));
    this.scratchAt = this.scratchBytes.map((bytes) => this.reserve(bytes));
    this.fixedBytes = this.reserve(margin);
    this.blockBytes = this.keepBytes(margin);
  }

  private placeValues(): void {
    const { structure, capacity, curvature } = this;
    structure.values.forEach((_, v) => {
      const bytes = capacity * rowBytes(sizeOf(structure, v));
      const maker = v > 0 ? structure.operations[v - 1] : null;
      const source = maker?.kind === 'activation' ? maker.from[0] : null;
      const alone = source !== null && !curvature && this.readers(source).length === 1;
      const before = source !== null && source > 0 ? structure.operations[source - 1] : null;
      const inPlace = alone && before !== null && this.fused(before) === maker;
      this.values.push(inPlace && source !== null ? this.values[source] : this.keepBytes(bytes));
      this.errors.push(
        !this.learns[v] ? NaN : alone && source !== null && this.learns[source] ? this.errors[source] : this.keepBytes(bytes),
      );
      if (curvature) {
        this.tangents.push(this.learns[v] ? this.reserve(bytes) : NaN);
        this.tangentErrors.push(this.learns[v] ? this.reserve(bytes) : NaN);
      }
    });
  }

  value = (v: number): Operand => ({ inBlock: this.values[v] });
  error = (v: number): Operand => ({ inBlock: known(this.errors[v], `error of value ${v}`) });
  wanted = (v: number): boolean => this.learns[v];
  parameter = (p: number): Operand => this.places.weights[p];
  gradient = (p: number): Operand => this.places.gradients[p];
  buffer = (b: number): Operand => this.places.buffers[b];
  direction = (p: number): Operand => this.places.directions[p];
  tangent = (v: number): Operand => known(this.tangents[v], `derivative of value ${v}`);
  tangentError = (v: number): Operand => known(this.tangentErrors[v], `derivative of the error of value ${v}`);

  first(operation: Operation, v: number): boolean {
    return this.readers(v).at(-1) === operation;
  }

  fused(operation: Operation): ActivationOperation | null {
    if (this.curvature || (operation.kind !== 'dense' && operation.kind !== 'convolution')) return null;
    const [reader, ...others] = this.readers(this.structure.operations.indexOf(operation) + 1);
    return reader?.kind === 'activation' && others.length === 0 && !slopeReadsInput(reader.function) ? reader : null;
  }

  slope(operation: Operation, v: number): ActivationOperation | null {
    if (this.curvature || v === 0 || this.readers(v).length > 1 || operation.kind !== 'dense') return null;
    const maker = this.structure.operations[v - 1];
    return maker.kind === 'activation' && this.readers(maker.from[0]).length === 1 ? maker : null;
  }

  keep(bytesPerSample: number, bytes = 0): Operand {
    return { inBlock: this.keepBytes(bytesPerSample * this.capacity + bytes) };
  }

  scratch(slot: 0 | 1, bytes: number): () => Operand {
    this.scratchBytes[slot] = Math.max(this.scratchBytes[slot], bytes);
    return () => this.scratchAt[slot];
  }

  private readers(v: number): readonly Operation[] {
    return this.structure.operations.filter(({ from }) => from.includes(v));
  }

  private reserve(bytes: number): number {
    const at = this.fixed;
    this.fixed += aligned(bytes);
    return at;
  }

  private keepBytes(bytes: number): number {
    const at = this.block;
    this.block += aligned(bytes);
    return at;
  }
}

function known(address: number | undefined, what: string): number {
  if (address === undefined || Number.isNaN(address)) throw new Error(`There is no ${what}.`);
  return address;
}

/** Whether the code of an activation's slope reads z, and not only a: found in the code itself. */
export function slopeReadsInput({ vector }: Activation): boolean {
  const code = new Code(2);
  const operand = (index: number): Local<'v128'> => ({ type: 'v128', index, code: [0x20, index] });
  const result = vector.slope(code, operand(0), operand(1));
  const all = [...code.bytes(), ...result.code];
  return all.some((byte, i) => byte === 0x20 && all[i + 1] === 0);
}
