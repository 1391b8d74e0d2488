/**
 * How a loss is computed on the CPU: row by row, the gradient with it. A row's loss is given as log(total) + rest, where `total` is left out
 * if there is no logarithm: the logarithms of many rows are taken at once, as that of a product, which 64-bit floats hold.
 */
import type { Code, Local } from './assembler';
import { type Expression, f32, f32x4, f64, i32, i32x4, pick, v128, type V128 } from './instructions';

type Pointer = Local<'i32'>;

/** A row of outputs in memory, and what it is compared with. */
export interface LossRow {
  readonly outputs: Pointer;
  /** For a class: where its number lies, 32 bits; otherwise a row of numbers. */
  readonly wanted: Pointer;
  /** Where weight·∂loss/∂outputs goes; null where only the loss is asked for. */
  readonly gradient: Pointer | null;
  readonly columns: number;
  readonly weight: Local<'f32'>;
}

export interface RowLoss {
  readonly total: Expression<'f64'> | null;
  readonly rest: Expression<'f64'>;
}

/** Emits the loss of a row. Rows have room for whole vectors, and what lies beyond `columns` may be overwritten. */
export type EmitRow = (code: Code, row: LossRow) => RowLoss;

/** Goes through a row four numbers at a time. @param body with the offset in bytes of each, and which of its lanes count, null for all */
function eachVector(code: Code, columns: number, body: (offset: Expression<'i32'>, lanes: V128 | null) => void): void {
  const rest = columns % 4;
  const whole = (columns - rest) * 4;
  const at = code.local('i32', 0);
  code.while(i32.lt_u(at, i32.const(whole)), () => {
    body(at, null);
    code.set(at, i32.add(at, 16));
  });
  const count = Array.from({ length: 4 }, (_, lane) => (lane < rest ? 4 : 0)) as [number, number, number, number];
  if (rest > 0) body(i32.const(whole), pick(f32x4.const(0), v128.not(f32x4.const(0)), count));
}

const masked = (value: V128, lanes: V128 | null): V128 => (lanes === null ? value : v128.and(value, lanes));

/** The sum of a vector's lanes. */
function laneSum(code: Code, vector: Local<'v128'>): Expression<'f32'> {
  const pairs = code.local('v128', f32x4.add(vector, pick(vector, vector, [2, 3, 2, 3])));
  return f32.add(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/**
 * A loss that is the mean over outputs of a function of y and t.
 * @param value of each output @param slope its derivative by y
 */
export const meanOverOutputs =
  (
    value: (code: Code, y: Local<'v128'>, t: Local<'v128'>) => V128,
    slope: (code: Code, y: Local<'v128'>, t: Local<'v128'>) => V128,
  ): EmitRow =>
  (code, { outputs, wanted, gradient, columns, weight }) => {
    const sum = code.local('v128', f32x4.const(0));
    const factor = code.local('v128', f32x4.splat(f32.mul(weight, 1 / columns)));
    eachVector(code, columns, (offset, lanes) => {
      const y = code.local('v128', v128.load(i32.add(outputs, offset)));
      const t = code.local('v128', v128.load(i32.add(wanted, offset)));
      code.set(sum, f32x4.add(sum, masked(value(code, y, t), lanes)));
      if (gradient !== null) code.store('v128', i32.add(gradient, offset), masked(f32x4.mul(factor, slope(code, y, t)), lanes));
    });
    return { total: null, rest: f64.mul(f64.promote_f32(laneSum(code, sum)), 1 / columns) };
  };

/** Below this a number of the gradient is zero: arithmetic on numbers without leading digit is slow. */
const smallest = 2 ** -126;

/**
 * Softmax cross-entropy. With the largest output m, u = Σ e^(y − m) over the other classes and v = e^(y − m) of the wanted one, the loss is
 * log(u + v) + m − y, and its gradient −u/(u + v) for the wanted class, which does not cancel when that is almost certain.
 * @param exponential emits e^x of numbers up to 0
 */
export const softmaxRow =
  (exponential: (code: Code, x: V128) => V128): EmitRow =>
  (code, { outputs, wanted, gradient, columns, weight }) => {
    const far = f32x4.const(-3e38);
    const largest = code.local('v128', far);
    eachVector(code, columns, (offset, lanes) => {
      const y = code.local('v128', v128.load(i32.add(outputs, offset)));
      code.set(largest, f32x4.max(largest, lanes === null ? y : v128.bitselect(y, far, lanes)));
    });
    code.set(largest, f32x4.max(largest, pick(largest, largest, [2, 3, 2, 3])));
    code.set(largest, f32x4.max(largest, pick(largest, largest, [1, 1, 1, 1])));
    code.set(largest, pick(largest, largest, [0, 0, 0, 0]));
    const label = code.local('i32', i32.load(wanted));
    const target = code.local('v128', i32x4.splat(label));
    const [others, own, chosen] = [code.local('v128'), code.local('v128'), code.local('v128')];
    for (const sum of [others, own, chosen]) code.set(sum, f32x4.const(0));
    const [power, isTarget] = [code.local('v128'), code.local('v128')];
    const numbers = code.local('v128', fourFrom(0));
    const look = (offset: Expression<'i32'>, lanes: V128 | null): Local<'v128'> => {
      const y = code.local('v128', v128.load(i32.add(outputs, offset)));
      code.set(isTarget, i32x4.eq(numbers, target));
      code.set(power, masked(exponential(code, f32x4.sub(y, largest)), lanes));
      code.set(numbers, i32x4.add(numbers, 4));
      return y;
    };
    eachVector(code, columns, (offset, lanes) => {
      const y = look(offset, lanes);
      code.set(others, f32x4.add(others, v128.andnot(power, isTarget)));
      code.set(own, f32x4.add(own, v128.and(power, isTarget)));
      code.set(chosen, f32x4.add(chosen, v128.and(y, isTarget)));
      if (gradient !== null) code.store('v128', i32.add(gradient, offset), power);
    });
    const rest = code.local('f32', laneSum(code, others));
    const mine = code.local('f32', laneSum(code, own));
    const total = code.local('f64', f64.add(f64.promote_f32(rest), f64.promote_f32(mine)));
    if (gradient !== null) {
      const share = code.local('f32', f32.demote_f64(f64.div(f64.promote_f32(weight), total)));
      const factor = code.local('v128', f32x4.splat(share));
      eachVector(code, columns, (offset) => {
        const place = code.local('i32', i32.add(gradient, offset));
        const scaled = code.local('v128', f32x4.mul(v128.load(place), factor));
        code.store('v128', place, v128.andnot(scaled, f32x4.lt(scaled, smallest)));
      });
      code.store('f32', i32.add(gradient, i32.shl(label, 2)), f32.neg(f32.mul(share, rest)));
    }
    const distance = f64.sub(f64.promote_f32(f32x4.extract_lane(largest, 0)), f64.promote_f32(laneSum(code, chosen)));
    return { total, rest: distance };
  };

/** The whole numbers from `first`, a vector of them. */
const fourFrom = (first: number): V128 =>
  i32x4.replace_lane(
    i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(i32.const(first)), 1, i32.const(first + 1)), 2, i32.const(first + 2)),
    3,
    i32.const(first + 3),
  );
