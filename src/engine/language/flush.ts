/**
 * Sets state of denormal size to zero: arithmetic on such numbers is a hundred times slower on some processors, and a state that
 * decays would stay among them for a long time. It need not be done at every step, since few steps are slow before the next time.
 */
import { Assembler, type Code, type Local } from '../backends/cpu/assembler';
import { i32, i32x4, v128 } from '../backends/cpu/instructions';
import { alone } from '../backends/cpu/team';
import { compile } from '../backends/cpu/webassembly';
import { block, blockBytes, type Buffers } from './buffers';
import { size } from './kernel';
import type { Shape } from './shape';

const vectorBytes = 16;
/** Vectors of a turn of the loop. */
const vectorsOfTurn = 4;
/** The bits of the largest denormal number. */
const largestDenormal = 0x007fffff;

/** Steps from one time to the next; the first step is one. */
const every = 8;
export const flushesAfter = (t: number): boolean => t % every === 1;

/** Makes what flushes some buffers of one arena, in all layers; the arena must be open. @param states by shape, their names */
export function flusher(buffers: Buffers, states: ReadonlyMap<Shape, readonly string[]>): () => void {
  const { arena } = buffers;
  const assembler = new Assembler({ shared: arena.team.shared });
  const ranges = [...states].map(([shape, names], i) => {
    const table = buffers.table(shape);
    assembler.function(`flush${i}`, ['i32', 'i32'], null, (code, [at, end]) => {
      code.while(i32.lt_u(at, end), () => {
        for (const name of names) emitFlush(code, at, table.offset(name));
        code.set(at, i32.add(at, blockBytes));
      });
    });
    return [table.blocks, table.blocks + table.first[table.first.length - 1] * blockBytes];
  });
  const exports = alone.link(compile(assembler.bytes()), arena.memory);
  const calls = ranges.map(([from, to], i) => ({ flush: exports[`flush${i}`], from, to }));
  return () => {
    for (const { flush, from, to } of calls) flush(from, to);
  };
}

/** One buffer of one block. */
function emitFlush(code: Code, at: Local<'i32'>, buffer: number): void {
  const base = i32.load(i32.load(at, block.row), buffer);
  const place = code.local('i32', i32.add(base, i32.load(at, block.from)));
  const end = code.local('i32', i32.add(base, i32.load(at, block.end)));
  const vector = (offset: number): void => {
    const value = code.local('v128', v128.load(place, offset));
    code.store('v128', place, v128.and(value, i32x4.gt_s(size(value), i32x4.const(largestDenormal))), offset); // not-a-number stays
  };
  code.steps(place, end, vectorsOfTurn * vectorBytes, () => {
    for (let i = 0; i < vectorsOfTurn; i++) vector(i * vectorBytes);
  });
  code.steps(place, end, vectorBytes, () => vector(0));
}
