/**
 * Passes over buffers as WebAssembly SIMD kernels in float32: element-wise steps fused, each value in a variable of the kernel, reductions
 * accumulated in float64 in a fixed order. State of denormal size is flushed to zero where it is stored: arithmetic on such numbers
 * is a hundred times slower.
 */
import { Assembler, type Code, type Local } from '../backends/cpu/assembler';
import { f32, f32x4, f64, f64x2, i32, v128, type V128 } from '../backends/cpu/instructions';
import { alone } from '../backends/cpu/team';
import { compile, type WasmExports } from '../backends/cpu/webassembly';
import { bytesOffset, countOffset, type Buffers, type Table } from './buffers';
import { reductions } from './functions';
import { importsFor, VectorWriter, type Imports } from './kernel';
import type { Lowered } from './lower';
import { namesIn, type Pass, type ReduceStep } from './schedule';
import type { Scalars } from './scalars';
import type { Expression } from './tree';

/** The smallest normal number of float32. */
const smallestNormal = 2 ** -126;
const vectorBytes = 16;
const floatBytes = 4;
const doubleBytes = 8;
/** The numbers 0 to 3 stand before the scalars that a kernel reads: which element of a vector is which. */
const lanes = [0, 1, 2, 3];

/** What is stored as it is, also where it is of denormal size; so are values that only wait for a later pass. */
const unflushed: ReadonlySet<string> = new Set(['w', 'rate']);

/** A pass as it is run. */
export interface RunnablePass {
  /** Hands the scalars of the layer at hand to the kernels. */
  hand(): void;
  /** Runs it on these layers, the end exclusive. */
  run(from: number, to: number): void;
  /** What the reductions of the layer run last have come to, before they are finished. */
  readonly totals: Float64Array;
}

/** Some passes of one lowered program over the buffers of one arena, as one module. */
export class Passes {
  private readonly uniforms: readonly string[];
  private readonly uniformAddress: number;
  private readonly totalAddress: number;

  /**
   * Reserves room in the arena.
   * @param bufferOf the buffer that a name's value lies in
   */
  constructor(
    private readonly lowered: Lowered,
    private readonly passes: readonly Pass[],
    private readonly buffers: Buffers,
    private readonly bufferOf: (name: string) => string,
  ) {
    this.uniforms = [...new Set(passes.flatMap(expressionsOf).flatMap(namesIn))].filter((name) => !lowered.shapes.has(name));
    this.uniformAddress = buffers.arena.reserve((lanes.length + this.uniforms.length) * floatBytes, 'Scalars');
    this.totalAddress = buffers.arena.reserve(Math.max(1, ...passes.map((pass) => pass.reductions.length)) * doubleBytes, 'Sums');
  }

  /** Makes the kernels; the arena must be open and its tables reserved. @returns in the order of the passes */
  compile(scalars: Scalars): RunnablePass[] {
    const { arena } = this.buffers;
    const assembler = new Assembler({ shared: arena.team.shared });
    const imports = importsFor(assembler, this.passes.flatMap(expressionsOf));
    const tables = this.passes.map(({ shape }) => this.buffers.table(shape));
    this.passes.forEach((pass, i) => this.emit(assembler, imports, `pass${i}`, pass, tables[i]));
    const exports: WasmExports = alone.link(compile(assembler.bytes()), arena.memory, [...imports.keys()]);
    const handed = arena.floats(this.uniformAddress, lanes.length + this.uniforms.length);
    handed.set(lanes);
    const slots = Int32Array.from(this.uniforms, (name) => scalars.slot(name));
    const hand = (): void => {
      for (let i = 0; i < slots.length; i++) handed[lanes.length + i] = scalars.get(slots[i]);
    };
    return this.passes.map(({ reductions: { length } }, i) => {
      const { address, rowBytes } = tables[i];
      const kernel = exports[`pass${i}`];
      return {
        hand,
        run: (from, to) => void kernel(address + from * rowBytes, address + to * rowBytes),
        totals: arena.doubles(this.totalAddress, length),
      };
    });
  }

  private emit(assembler: Assembler, imports: Imports, name: string, pass: Pass, table: Table): void {
    const { truths } = this.lowered;
    assembler.function(name, ['i32', 'i32'], null, (code, [row, end]) => {
      const read = new Set(expressionsOf(pass).flatMap(namesIn));
      const uniforms = new Map<string, Local<'v128'>>();
      this.uniforms.forEach((uniform, i) => {
        if (read.has(uniform)) uniforms.set(uniform, this.uniform(code, uniform, i));
      });
      const touched = [...new Set([...pass.loads, ...pass.stores.map(({ to }) => to)])];
      const bases = new Map(touched.map((each) => [each, code.local('i32')]));
      const [bytes, count, offset] = [code.local('i32'), code.local('i32'), code.local('i32')];
      const totals = pass.reductions.map((step) => new Accumulator(code, step));
      const place = (each: string) => i32.add(bases.get(each) ?? missing(each), offset);
      code.while(i32.lt_u(row, end), () => {
        for (const [each, base] of bases) code.set(base, i32.load(row, table.offset(this.bufferOf(each))));
        code.set(bytes, i32.load(row, bytesOffset));
        code.set(count, i32.load(row, countOffset));
        code.set(offset, 0);
        for (const total of totals) total.clear();
        code.steps(offset, bytes, vectorBytes, () => {
          const writer = new VectorWriter(code, imports, truths);
          for (const [each, local] of uniforms) writer.names.set(each, local);
          for (const each of pass.loads) writer.names.set(each, writer.local(v128.load(place(each))));
          for (const step of pass.computes) writer.names.set(step.name, writer.local(writer.write(step.value)));
          for (const { value, to } of pass.stores) {
            const computed = writer.names.get(value) ?? missing(value);
            code.store('v128', place(to), value === to || unflushed.has(to) ? computed : flushed(computed));
          }
          if (totals.length === 0) return;
          const left = i32.sub(count, i32.shr_u(offset, 2));
          const counts = writer.local(f32x4.lt(v128.load(i32.const(this.uniformAddress)), f32x4.splat(f32.convert_i32_s(left))));
          for (const total of totals) total.add(writer.local(writer.write(total.step.operand)), counts);
        });
        totals.forEach((total, k) => code.store('f64', i32.const(this.totalAddress), total.value(), k * doubleBytes));
        code.set(row, i32.add(row, table.rowBytes));
      });
    });
  }

  /** A scalar in every element of a vector; truths as masks. */
  private uniform(code: Code, name: string, place: number): Local<'v128'> {
    const value = v128.load32_splat(i32.const(this.uniformAddress), (lanes.length + place) * floatBytes);
    return code.local('v128', this.lowered.truths.has(name) ? f32x4.ne(value, 0) : value);
  }
}

const expressionsOf = ({ computes, reductions: sums }: Pass): Expression[] => [
  ...computes.map((step) => step.value),
  ...sums.map((step) => step.operand),
];

/** Zero where a number is too small to be normal; not-a-number stays. */
const flushed = (value: Local<'v128'>): V128 => v128.andnot(value, f32x4.lt(f32x4.abs(value), smallestNormal));

/** The two high floats of a vector, in the low half. */
const highHalf = (value: Local<'v128'>): V128 => v128.shuffle(value, value, [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]);

/** A reduction on its way, over the elements that count: the padding behind the last does not. */
class Accumulator {
  private readonly even: Local<'v128'>;
  private readonly odd: Local<'v128'>;

  constructor(
    private readonly code: Code,
    readonly step: ReduceStep,
  ) {
    this.even = code.local('v128');
    this.odd = code.local('v128');
  }

  private get definition() {
    return reductions.get(this.step.reduction) ?? missing(this.step.reduction);
  }

  clear(): void {
    const { by } = this.definition;
    const nothing = by === 'sum' ? f64x2.const(0) : f32x4.const(by === 'max' ? -Infinity : Infinity);
    this.code.set(this.even, nothing);
    this.code.set(this.odd, nothing);
  }

  add(value: Local<'v128'>, counts: Local<'v128'>): void {
    const { code, even } = this;
    const { term, by } = this.definition;
    if (by !== 'sum') {
      const counted = v128.bitselect(value, even, counts);
      return code.set(even, by === 'max' ? f32x4.max(even, counted) : f32x4.min(even, counted));
    }
    const counted = code.local('v128', v128.and(value, counts));
    for (const [total, half] of [
      [even, counted],
      [this.odd, highHalf(counted)],
    ] as const) {
      const wide = code.local('v128', f64x2.promote_low_f32x4(half));
      code.set(total, f64x2.add(total, term === 'square' ? f64x2.mul(wide, wide) : wide));
    }
  }

  value() {
    const { by } = this.definition;
    if (by === 'sum') {
      const total = this.code.local('v128', f64x2.add(this.even, this.odd));
      return f64.add(f64x2.extract_lane(total, 0), f64x2.extract_lane(total, 1));
    }
    const lane = (i: number) => f32x4.extract_lane(this.even, i);
    const together = by === 'max' ? f32.max : f32.min;
    return f64.promote_f32(together(together(lane(0), lane(1)), together(lane(2), lane(3))));
  }
}

const missing = (name: string): never => {
  throw new Error(`The kernel has no ${name}.`);
};
