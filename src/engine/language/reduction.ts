/** A reduction inside a kernel: all elements of a value put together in float64, in a fixed order. */
import type { Code, Local } from '../backends/cpu/assembler';
import { f32, f32x4, f64, f64x2, v128, type V128 } from '../backends/cpu/instructions';
import { reductions, type Reduction } from './functions';
import type { ReduceStep } from './schedule';

/** The two high floats of a vector, in the low half. */
export const highHalf = (value: Local<'v128'>): V128 =>
  v128.shuffle(value, value, [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]);

/** A reduction on its way, over the elements that count: the padding behind the last does not. */
export class Accumulator {
  private readonly even: Local<'v128'>;
  private readonly odd: Local<'v128'>;
  private readonly definition: Reduction;

  constructor(
    private readonly code: Code,
    readonly step: ReduceStep,
  ) {
    const found = reductions.get(step.reduction);
    if (found === undefined) throw new Error(`There is no reduction ${step.reduction}.`);
    this.definition = found;
    this.even = code.local('v128');
    this.odd = code.local('v128');
  }

  clear(): void {
    const { by } = this.definition;
    const nothing = by === 'sum' ? f64x2.const(0) : f32x4.const(by === 'max' ? -Infinity : Infinity);
    this.code.set(this.even, nothing);
    this.code.set(this.odd, nothing);
  }

  /** @param counts a mask of the elements that count; null where all do */
  add(value: Local<'v128'>, counts: Local<'v128'> | null): void {
    const { code, even } = this;
    const { term, by } = this.definition;
    if (by !== 'sum') {
      const counted = counts === null ? value : v128.bitselect(value, even, counts);
      return code.set(even, by === 'max' ? f32x4.max(even, counted) : f32x4.min(even, counted));
    }
    const counted = counts === null ? value : code.local('v128', v128.and(value, counts));
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
