/**
 * How the samples of a batch come in: those asked for are copied out of the data set as they lie there, and bytes become numbers on the
 * way, in the kernel that begins a step. Nobody holds a second copy of the data.
 */
import type { Structure } from '../../network/structure';
import type { Dataset } from '../../problems/dataset';
import { f32x4, i32, i32x4, v128 } from './instructions';
import type { Call, Kernels, Operand } from './kernels';
import { rows as allRows } from './kernels';
import { rowBytes, sizeOf, stride } from './matrix';

/** Rows of at least so many numbers are copied as a whole; for shorter ones a call costs more than a loop. */
const long = 48;

/** Where samples go: `x` and `wanted` are rows as the kernels take them, `bytes` as they are in the data set. */
export interface IntakeViews {
  readonly x: Float32Array;
  readonly bytes: Uint8Array;
  readonly classes: Int32Array;
  readonly numbers: Float32Array;
}

export class Intake {
  /** Bytes of a row of bytes; 0 where the data set has none. */
  readonly bytesRow: number;
  private readonly inputs: number;
  private readonly stride: number;
  private readonly ofClass: boolean;
  private readonly outputs: number;
  private readonly wantedStride: number;

  constructor(
    private readonly data: Dataset,
    structure: Structure,
  ) {
    this.inputs = sizeOf(structure, 0);
    this.stride = stride(this.inputs);
    this.bytesRow = data.x instanceof Uint8Array ? Math.ceil(this.inputs / 8) * 8 : 0;
    this.ofClass = structure.loss.against === 'class';
    this.outputs = structure.outputs;
    this.wantedStride = stride(structure.outputs);
  }

  /** The calls that make numbers of bytes: none where there are no bytes. */
  emitConversion(kernels: Kernels, bytes: number, x: Operand): Call[] {
    const { bytesRow, inputs } = this;
    if (bytesRow === 0) return [];
    const { scale } = this.data;
    const row = rowBytes(inputs);
    const kernel = kernels.map('numbers of bytes', 3, (code, [from, to, samples], part) => {
      const [sample, end] = kernels.share(code, samples, 1, part);
      const [source, target, stop, eight] = [code.local('i32'), code.local('i32'), code.local('i32'), code.local('v128')];
      code.while(i32.lt_u(sample, end), () => {
        code.set(source, i32.add(from, i32.mul(sample, bytesRow)));
        code.set(stop, i32.add(source, bytesRow));
        code.set(target, i32.add(to, i32.mul(sample, row)));
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
        code.set(sample, i32.add(sample, 1));
      });
    });
    return [{ kernel, operands: [bytes, x, allRows] }];
  }

  /**
   * Copies `count` samples, those at `rows[from …]`, and what the outputs are compared with.
   * @throws RangeError where a row is not in the data set
   */
  gather(rows: Uint32Array, from: number, count: number, views: IntakeViews): void {
    const { x, samples, name } = this.data;
    for (let i = from; i < from + count; i++)
      if (!(rows[i] < samples)) throw new RangeError(`Sample ${rows[i]} is asked for, but ${name} has ${samples}, counted from 0.`);
    if (x instanceof Uint8Array) this.copy(rows, from, count, x, views.bytes, this.bytesRow);
    else if (x instanceof Float32Array && this.data.scale === 1) this.copy(rows, from, count, x, views.x, this.stride);
    else this.convert(rows, from, count, views.x);
    this.want(rows, from, count, views);
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

  private convert(rows: Uint32Array, from: number, count: number, into: Float32Array): void {
    const { inputs, stride: step } = this;
    const { x, scale } = this.data;
    for (let i = 0; i < count; i++) {
      const source = rows[from + i] * inputs;
      const target = i * step;
      for (let j = 0; j < inputs; j++) into[target + j] = x[source + j] * scale;
    }
  }

  private want(rows: Uint32Array, from: number, count: number, { classes, numbers }: IntakeViews): void {
    const { y } = this.data;
    const { outputs, wantedStride: step } = this;
    if (y.kind === 'targets') {
      for (let i = 0; i < count; i++) for (let j = 0; j < outputs; j++) numbers[i * step + j] = y.values[rows[from + i] * outputs + j];
    } else if (this.ofClass) for (let i = 0; i < count; i++) classes[i] = y.labels[rows[from + i]];
    else if (outputs === 1) for (let i = 0; i < count; i++) numbers[i * step] = y.labels[rows[from + i]];
    else for (let i = 0; i < count; i++) for (let j = 0; j < outputs; j++) numbers[i * step + j] = y.labels[rows[from + i]] === j ? 1 : 0;
  }
}
