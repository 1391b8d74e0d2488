/**
 * Going through a matrix of samples channel by channel, for batch norm: all samples' numbers of a channel at its positions. Where a channel
 * has one position a sample, four channels are taken at a time, each in its lane; otherwise vectors run along the positions and a channel's
 * constants are spread over the lanes. The same expressions serve both.
 */
import type { Code, Local } from '../assembler';
import { f32, f32x4, f64, f64x2, i32, type I32, pick, v128, type V128 } from '../instructions';

type Pointer = Local<'i32'>;
type Vector = Local<'v128'>;

/** Sums in 64-bit floats of the lanes 0, 1 and 2, 3. */
export interface Totals {
  readonly low: Vector;
  readonly high: Vector;
}

export class Channels {
  /** Whether vectors run across channels. */
  readonly across: boolean;
  /** Channels, or groups of four of them. */
  readonly groups: number;

  constructor(
    readonly channels: number,
    readonly positions: number,
  ) {
    this.across = positions === 1;
    this.groups = this.across ? Math.ceil(channels / 4) : channels;
  }

  /** Bytes from one group to the next: in a sample, and in a tensor of one number a channel. */
  get step(): number {
    return this.across ? 16 : 4 * this.positions;
  }
  get constantStep(): number {
    return this.across ? 16 : 4;
  }

  /** A group's constants, from a tensor of one number a channel. */
  load(address: I32, offset = 0): V128 {
    return this.across ? v128.load(address, offset) : v128.load32_splat(address, offset);
  }

  /** Writes them; a tensor has room for whole vectors. */
  store(code: Code, address: Pointer, values: V128, offset = 0): void {
    if (this.across) code.store('v128', address, values, offset);
    else code.store('f32', address, f32x4.extract_lane(values, 0), offset);
  }

  /**
   * Goes through one group's numbers in all samples.
   * @param matrices addresses of the group in the first sample @param row bytes from one sample to the next @param samples how many
   * @param body of the vectors at one place, and where they lie; `mask` clears the lanes that do not count, null where all do
   * @param after once a sample
   */
  each(
    code: Code,
    matrices: readonly Pointer[],
    row: number,
    samples: I32,
    body: (values: readonly Vector[], store: (matrix: number, value: V128) => void, mask: (value: V128) => V128) => void,
    after: () => void = () => undefined,
  ): void {
    const sample = code.local('i32', 0);
    const bases = matrices.map((matrix) => code.local('i32', matrix));
    const places = matrices.map(() => code.local('i32'));
    const values = matrices.map(() => code.local('v128'));
    const whole = this.across ? 1 : Math.floor(this.positions / 4);
    const rest = this.across ? 0 : this.positions % 4;
    const first = f32x4.replace_lane(f32x4.const(0), 0, f32.const(1));
    code.while(i32.lt_u(sample, samples), () => {
      bases.forEach((base, i) => code.set(places[i], base));
      const once = () => {
        places.forEach((place, i) => code.set(values[i], v128.load(place)));
        body(
          values,
          (matrix, value) => code.store('v128', places[matrix], value),
          (value) => value,
        );
        for (const place of places) code.set(place, i32.add(place, 16));
      };
      if (whole === 1) once();
      else if (whole > 1) {
        const left = code.local('i32', whole);
        code.while(left, () => {
          once();
          code.set(left, i32.sub(left, 1));
        });
      }
      for (let k = 0; k < rest; k++) {
        places.forEach((place, i) => code.set(values[i], v128.load32_zero(place)));
        body(
          values,
          (matrix, value) => code.store('f32', places[matrix], f32x4.extract_lane(value, 0)),
          (value) => v128.and(value, f32x4.gt(first, 0)),
        );
        for (const place of places) code.set(place, i32.add(place, 4));
      }
      after();
      for (const base of bases) code.set(base, i32.add(base, row));
      code.set(sample, i32.add(sample, 1));
    });
  }

  totals(code: Code): Totals {
    return { low: code.local('v128', f64x2.const(0)), high: code.local('v128', f64x2.const(0)) };
  }

  /** Adds a vector's lanes to their totals. */
  collect(code: Code, { low, high }: Totals, lanes: Vector): void {
    code.set(low, f64x2.add(low, f64x2.promote_low_f32x4(lanes)));
    code.set(high, f64x2.add(high, f64x2.promote_low_f32x4(pick(lanes, lanes, [2, 3, 2, 3]))));
  }

  /** The totals times a factor, in 32-bit floats: each channel's in its lane, or the one channel's in all. */
  scaled(code: Code, { low, high }: Totals, factor: Local<'f64'>): Vector {
    if (this.across) {
      const spread = f64x2.splat(factor);
      const lower = f64x2Demoted(f64x2.mul(low, spread));
      return code.local('v128', pick(lower, f64x2Demoted(f64x2.mul(high, spread)), [0, 1, 4, 5]));
    }
    const both = code.local('v128', f64x2.add(low, high));
    const sum = f64.add(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1));
    return code.local('v128', f32x4.splat(f32.demote_f64(f64.mul(sum, factor))));
  }
}

const f64x2Demoted = (value: V128): V128 => f32x4.demote_f64x2_zero(value);
