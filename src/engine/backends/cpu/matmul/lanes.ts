/** Vectors of fewer than four floats, read and written without touching what lies beyond, and the folding of vectors to sums. */
import type { Code, Local } from '../assembler';
import { f32x4, type I32, pick, v128, type V128 } from '../instructions';

/** The first `lanes` (1 to 4) floats at an address, and zeros. */
export function loadLanes(address: I32, lanes: number, offset = 0): V128 {
  if (lanes >= 4) return v128.load(address, offset);
  if (lanes === 3) return v128.load32_lane(address, v128.load64_zero(address, offset), 2, offset + 8);
  return lanes === 2 ? v128.load64_zero(address, offset) : v128.load32_zero(address, offset);
}

/** Writes the first `lanes` (1 to 4) floats of a vector. */
export function storeLanes(code: Code, address: I32, vector: Local<'v128'>, lanes: number, offset = 0): void {
  if (lanes >= 4) return code.store('v128', address, vector, offset);
  if (lanes >= 2) code.storeLane(64, address, vector, 0, offset);
  if (lanes === 1) code.storeLane(32, address, vector, 0, offset);
  if (lanes === 3) code.storeLane(32, address, vector, 2, offset + 8);
}

/**
 * Leaves in `into` the sums of the lanes of one to four vectors, one a lane, each as (0 + 2) + (1 + 3).
 * @param spare is overwritten
 */
export function foldLanes(code: Code, vectors: readonly Local<'v128'>[], into: Local<'v128'>, spare: Local<'v128'>): void {
  const [a, b = a, c, d = c] = vectors;
  const pairs = (p: V128, q: V128) => f32x4.add(pick(p, q, [0, 4, 1, 5]), pick(p, q, [2, 6, 3, 7]));
  code.set(spare, pairs(a, b));
  if (vectors.length <= 2) return code.set(into, f32x4.add(spare, pick(spare, spare, [2, 3, 2, 3])));
  code.set(into, pairs(c, d));
  code.set(into, f32x4.add(pick(spare, into, [0, 1, 4, 5]), pick(spare, into, [2, 3, 6, 7])));
}
