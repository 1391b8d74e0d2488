/**
 * Packing: a panel of a few columns of B is laid out row by row, in whole vectors, so that the loop over the summed index reads it in one
 * stream. Where B's columns are contiguous instead of its rows, squares of 4 × 4 are transposed on the way.
 */
import type { Code, Local } from '../assembler';
import { f32x4, i32, pick, v128, type V128 } from '../instructions';
import { loadLanes } from './lanes';
import type { Factor } from './shape';

/** Packs the columns at `from` into rows of `lanes.length` vectors at `to`. @param depth rows */
export function emitPack(
  code: Code,
  from: Local<'i32'>,
  { rowStep, columnStep }: Factor,
  lanes: readonly number[],
  depth: Local<'i32'> | number,
  to: Local<'i32'>,
): void {
  const [source, target] = [code.local('i32', from), code.local('i32', to)];
  const left = code.local('i32', depth);
  const row = 16 * lanes.length;
  const go = (rows: number, body: () => void) =>
    code.while(i32.ge_u(left, rows), () => {
      body();
      code.set(source, i32.add(source, 4 * rows * rowStep));
      code.set(target, i32.add(target, rows * row));
      code.set(left, i32.sub(left, rows));
    });
  if (columnStep === 1)
    return go(1, () => lanes.forEach((count, v) => code.store('v128', target, loadLanes(source, count, 16 * v), 16 * v)));
  if (rowStep === 1)
    go(4, () =>
      lanes.forEach((count, v) => {
        const columns = Array.from({ length: 4 }, (_, lane) =>
          lane < count ? code.local('v128', v128.load(source, 4 * columnStep * (4 * v + lane))) : f32x4.const(0),
        );
        transpose(code, columns).forEach((vector, r) => code.store('v128', target, vector, r * row + 16 * v));
      }),
    );
  go(1, () =>
    lanes.forEach((count, v) => {
      let vector: V128 = v128.load32_zero(source, 16 * columnStep * v);
      for (let lane = 1; lane < count; lane++) vector = v128.load32_lane(source, vector, lane, 4 * columnStep * (4 * v + lane));
      code.store('v128', target, vector, 16 * v);
    }),
  );
}

/** The four rows of a square whose columns are given. */
export function transpose(code: Code, [a, b, c, d]: readonly V128[]): V128[] {
  const mix = (p: V128, q: V128, half: 0 | 2) => code.local('v128', pick(p, q, [half, half + 4, half + 1, half + 5]));
  const [ab, cd] = [mix(a, b, 0), mix(c, d, 0)];
  const [abHigh, cdHigh] = [mix(a, b, 2), mix(c, d, 2)];
  return [pick(ab, cd, [0, 1, 4, 5]), pick(ab, cd, [2, 3, 6, 7]), pick(abHigh, cdHigh, [0, 1, 4, 5]), pick(abHigh, cdHigh, [2, 3, 6, 7])];
}
