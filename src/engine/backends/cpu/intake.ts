/**
 * How the samples of a batch come in. A small data set lies in the kernels' memory, where they pick the rows that are asked for. Of a larger
 * one nobody holds a second copy: rows are copied out as they lie there, and bytes become numbers in the kernel that begins a step.
 */
import type { Structure } from '../../network/structure';
import type { Dataset } from '../../problems/dataset';
import type { Code, Local } from './assembler';
import { f32x4, i32, i32x4, v128 } from './instructions';
import { type Call, type Kernels, type Operand, rows as allRows } from './kernels';
import { rowBytes, sizeOf, stride } from './matrix';
import type { Arena } from './memory';

/** The most bytes of a data set that is kept beside the weights. */
const small = 2 ** 20;
/** Rows of at least so many numbers are copied as a whole; for shorter ones a call costs more than a loop. */
const long = 48;

type Pointer = Local<'i32'>;
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Where things lie: the rows of the data set, or of the batch, as they are; which rows are picked; what the outputs are compared with. */
export interface IntakePlaces {
  readonly source: number;
  readonly picked: number;
  readonly wanted: number;
}

/** What JavaScript writes to. */
interface Views {
  readonly x: Float32Array;
  readonly bytes: Uint8Array;
  readonly picked: Uint32Array;
  readonly classes: Int32Array;
  readonly numbers: Float32Array;
}

export class Intake {
  /** Whether the data set lies in the kernels' memory. */
  private readonly resident: boolean;
  private readonly ofBytes: boolean;
  private readonly inputs: number;
  /** Bytes from one row to the next at the source. */
  private readonly sourceRow: number;
  private readonly ofClass: boolean;
  private readonly outputs: number;
  private views: Views | null = null;

  constructor(
    private readonly data: Dataset,
    structure: Structure,
  ) {
    this.inputs = sizeOf(structure, 0);
    this.ofBytes = data.x instanceof Uint8Array;
    this.sourceRow = this.ofBytes ? Math.ceil(this.inputs / 8) * 8 : rowBytes(this.inputs);
    this.resident = data.samples * this.sourceRow <= small;
    this.ofClass = structure.loss.against === 'class';
    this.outputs = structure.outputs;
  }

  /** Lays out what coming in takes. @param capacity samples of a block @returns the places, from 0, and how many bytes they take */
  layOut(capacity: number): { readonly places: IntakePlaces; readonly bytes: number } {
    const { data, sourceRow, resident, ofBytes, ofClass, outputs } = this;
    const source = aligned(resident ? data.samples * sourceRow : ofBytes ? capacity * sourceRow : 0);
    const picked = aligned(4 * capacity);
    const wanted = aligned(capacity * (ofClass ? 4 : rowBytes(outputs)));
    return { places: { source: 0, picked: source, wanted: source + picked }, bytes: source + picked + wanted };
  }

  /** The calls that make numbers of what lies at the source: none where JavaScript writes them. @param x value 0 of the network */
  emit(kernels: Kernels, { source, picked }: IntakePlaces, x: Operand): Call[] {
    const { resident, ofBytes, sourceRow, inputs } = this;
    if (!resident && !ofBytes) return [];
    const kernel = kernels.map('samples', 4, (code, [from, which, to, samples], part) => {
      const [sample, end] = kernels.share(code, samples, 1, part);
      const [at, target] = [code.local('i32'), code.local('i32')];
      code.while(i32.lt_u(sample, end), () => {
        const row = resident ? i32.load(i32.add(which, i32.shl(sample, 2))) : sample;
        code.set(at, i32.add(from, i32.mul(row, sourceRow)));
        code.set(target, i32.add(to, i32.mul(sample, rowBytes(inputs))));
        if (ofBytes) this.widen(code, at, target);
        else copyRow(code, at, target, rowBytes(inputs));
        code.set(sample, i32.add(sample, 1));
      });
    });
    return [{ kernel, operands: [source, picked, x, allRows] }];
  }

  /** Bytes of a row as numbers, eight at a time. */
  private widen(code: Code, source: Pointer, target: Pointer): void {
    const row = rowBytes(this.inputs);
    const { scale } = this.data;
    const stop = code.local('i32', i32.add(source, this.sourceRow));
    const eight = code.local('v128');
    code.while(i32.lt_u(source, stop), () => {
      code.set(eight, v128.load8x8_u(source));
      [i32x4.extend_low_i16x8_u(eight), i32x4.extend_high_i16x8_u(eight)].forEach((four, half) => {
        // The last eight may be wider than a row, which ends with a whole vector.
        const put = () => code.store('v128', target, f32x4.mul(f32x4.convert_i32x4_s(four), scale), 16 * half);
        if (half === 0 || row % 32 === 0) put();
        else code.if(i32.lt_u(i32.add(source, 8), stop), put);
      });
      code.set(source, i32.add(source, 8));
      code.set(target, i32.add(target, 32));
    });
  }

  /** The memory is there. @param places in it @param x value 0 of the network */
  open(arena: Arena, { source, picked, wanted }: IntakePlaces, capacity: number, x: Float32Array): void {
    const { data, resident, ofBytes, sourceRow, ofClass, outputs } = this;
    const rows = resident ? data.samples : capacity;
    const views: Views = {
      x: resident && !ofBytes ? arena.floats(source, (rows * sourceRow) / 4) : x,
      bytes: arena.bytes(source, ofBytes ? rows * sourceRow : 0),
      picked: arena.indices(picked, capacity),
      classes: arena.integers(wanted, ofClass ? capacity : 0),
      numbers: arena.floats(wanted, ofClass ? 0 : capacity * stride(outputs)),
    };
    this.views = views;
    if (!resident) return;
    const all = Uint32Array.from({ length: data.samples }, (_, i) => i);
    this.copyIn(all, 0, all.length, views);
  }

  /**
   * Brings in `count` samples, those at `rows[from …]`, and what the outputs are compared with.
   * @throws RangeError where a row is not in the data set
   */
  gather(rows: Uint32Array, from: number, count: number): void {
    const { views, resident } = this;
    const { samples, name } = this.data;
    if (views === null) throw new Error('The memory is not open yet.');
    for (let i = from; i < from + count; i++)
      if (!(rows[i] < samples)) throw new RangeError(`Sample ${rows[i]} is asked for, but ${name} has ${samples}, counted from 0.`);
    if (resident) for (let i = 0; i < count; i++) views.picked[i] = rows[from + i];
    else this.copyIn(rows, from, count, views);
    this.want(rows, from, count, views);
  }

  private copyIn(rows: Uint32Array, from: number, count: number, views: Views): void {
    const { x, scale } = this.data;
    const step = this.ofBytes ? this.sourceRow : this.sourceRow / 4;
    if (x instanceof Uint8Array) this.copy(rows, from, count, x, views.bytes, step);
    else if (x instanceof Float32Array && scale === 1) this.copy(rows, from, count, x, views.x, step);
    else this.convert(rows, from, count, views.x, step);
  }

  private copy<Numbers extends Uint8Array | Float32Array>(
    rows: Uint32Array,
    from: number,
    count: number,
    x: Numbers,
    into: Numbers,
    step: number,
  ): void {
    const { inputs } = this;
    for (let i = 0; i < count; i++) {
      const source = rows[from + i] * inputs;
      const target = i * step;
      if (inputs >= long) into.set(x.subarray(source, source + inputs), target);
      else for (let j = 0; j < inputs; j++) into[target + j] = x[source + j];
    }
  }

  private convert(rows: Uint32Array, from: number, count: number, into: Float32Array, step: number): void {
    const { inputs } = this;
    const { x, scale } = this.data;
    for (let i = 0; i < count; i++) {
      const source = rows[from + i] * inputs;
      const target = i * step;
      for (let j = 0; j < inputs; j++) into[target + j] = x[source + j] * scale;
    }
  }

  private want(rows: Uint32Array, from: number, count: number, { classes, numbers }: Views): void {
    const { y } = this.data;
    const { outputs } = this;
    const step = stride(outputs);
    if (y.kind === 'targets') {
      for (let i = 0; i < count; i++) for (let j = 0; j < outputs; j++) numbers[i * step + j] = y.values[rows[from + i] * outputs + j];
    } else if (this.ofClass) for (let i = 0; i < count; i++) classes[i] = y.labels[rows[from + i]];
    else if (outputs === 1) for (let i = 0; i < count; i++) numbers[i * step] = y.labels[rows[from + i]];
    else for (let i = 0; i < count; i++) for (let j = 0; j < outputs; j++) numbers[i * step + j] = y.labels[rows[from + i]] === j ? 1 : 0;
  }
}

/** Copies a row that is whole vectors. */
function copyRow(code: Code, source: Pointer, target: Pointer, bytes: number): void {
  const stop = code.local('i32', i32.add(source, bytes));
  code.while(i32.lt_u(source, stop), () => {
    code.store('v128', target, v128.load(source));
    code.set(source, i32.add(source, 16));
    code.set(target, i32.add(target, 16));
  });
}
