/** Rows of C are taken in tiles of several heights: as tall as registers allow, and smaller ones so that nothing is computed in vain. */
import type { Code, Local } from '../assembler';
import { i32 } from '../instructions';

/** Heights in which rows are taken whose number is known at each call only, by the tallest. */
const heights: Readonly<Record<number, readonly number[]>> = { 8: [8, 4, 1], 6: [6, 4, 2, 1], 4: [4, 2, 1], 3: [3, 1], 2: [2, 1], 1: [1] };

/**
 * Goes through rows from the first to the last.
 * @param left is overwritten @param rows how many @param tall the most at a time
 * @param body emitted for each height that may be needed
 */
export function throughRows(
  code: Code,
  left: Local<'i32'>,
  rows: Local<'i32'> | number,
  tall: number,
  body: (height: number) => void,
): void {
  const take = (height: number) => {
    body(height);
    code.set(left, i32.sub(left, height));
  };
  code.set(left, rows);
  if (typeof rows === 'number') {
    // A constant number is taken in tiles that are equal, or differ by one row.
    const tiles = Math.ceil(rows / tall);
    const low = Math.floor(rows / tiles);
    const taller = rows % tiles;
    if (taller > 0) code.while(i32.gt_u(left, low * (tiles - taller)), () => take(low + 1));
    return code.while(left, () => take(low));
  }
  for (const height of heights[tall]) {
    const enough = i32.ge_u(left, height);
    // Of eight, 4 + 4 is faster than 6 + 2.
    code.while(height === 6 ? i32.and(enough, i32.ne(left, 8)) : enough, () => take(height));
  }
}
