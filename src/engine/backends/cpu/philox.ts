/**
 * The random generator of `random.ts`, Philox4x32-10, four blocks at a time: the same words in the same order. Word n of a stream comes from
 * block ⌊n/4⌋, so that threads can begin anywhere.
 */
import { increments, multipliers, type Random, rounds } from '../../random';
import type { Code, Local } from './assembler';
import { i32, type I32, i32x4, i64x2, pick, v128, type V128 } from './instructions';
import { transpose } from './matmul/pack';

/** Where a stream stands, in memory: the number of its next block and that block's words which are drawn already; then its name and seed. */
export const stateWords = 8;

/** Writes where a stream stands. @param state of `stateWords` */
export function writeState({ counter, stream, key }: Random, state: Int32Array): void {
  const block = Math.floor(counter / 4);
  state.set([block | 0, Math.floor(block / 2 ** 32) | 0, counter % 4, stream[0] | 0, stream[1] | 0, key[0] | 0, key[1] | 0]);
}

/** How many words of the next block are drawn already. */
export const drawnWords = (state: I32): I32 => i32.load(state, 8);

/**
 * Emits sixteen words of a stream, four a vector, in order.
 * @param blocks how many blocks after the one that the state names; a step's blocks never run over 32 bits
 */
export function sixteenWords(code: Code, state: I32, blocks: I32): V128[] {
  const word = (value: V128): Local<'v128'> => code.local('v128', value);
  const from = (index: number): Local<'v128'> => word(v128.load32_splat(state, 4 * index));
  const constant = (value: number): V128 => i32x4.const(value | 0);
  let [c0, c1, c2, c3] = [word(i32x4.add(i32x4.add(from(0), i32x4.splat(blocks)), order())), from(1), from(3), from(4)];
  const keys = [from(5), from(6)];
  for (let round = 0; round < rounds; round++) {
    const products = (factor: V128, multiplier: number) => {
      const [first, last] = [i64x2.extmul_low_i32x4_u, i64x2.extmul_high_i32x4_u].map((of) => word(of(factor, constant(multiplier))));
      return { low: pick(first, last, [0, 2, 4, 6]), high: pick(first, last, [1, 3, 5, 7]) };
    };
    const [one, two] = [products(c0, multipliers[0]), products(c2, multipliers[1])];
    const next = [v128.xor(v128.xor(two.high, c1), keys[0]), two.low, v128.xor(v128.xor(one.high, c3), keys[1]), one.low].map(word);
    [c0, c1, c2, c3] = next;
    keys.forEach((key, i) => code.set(key, i32x4.add(key, constant(increments[i]))));
  }
  return transpose(code, [c0, c1, c2, c3]);
}

/** 0, 1, 2, 3. */
const order = (): V128 => [1, 2, 3].reduce<V128>((vector, k) => i32x4.replace_lane(vector, k, k), i32x4.const(0));
