// The random generator in WebAssembly: the words that the plain one draws, from any place of any stream.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Assembler } from '../../../src/engine/backends/cpu/assembler';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import { sixteenWords, stateWords, writeState } from '../../../src/engine/backends/cpu/philox';
import { instantiate } from '../../../src/engine/backends/cpu/webassembly';
import { Random } from '../../../src/engine/random';

describe('Philox in WebAssembly', () => {
  const assembler = new Assembler();
  assembler.function('words', ['i32', 'i32', 'i32'], null, (code, [state, blocks, out]) => {
    sixteenWords(code, state, blocks).forEach((four, i) => code.store('v128', out, four, 16 * i));
  });
  const arena = new Arena();
  const [state, out] = [arena.reserve(4 * stateWords, 'state'), arena.reserve(64, 'words')];
  arena.open();
  const { words } = instantiate(assembler.bytes(), arena.memory);

  it('draws the same words as the plain generator', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.string(),
        fc.integer({ min: 0, max: 2 ** 52 }),
        fc.integer({ min: 0, max: 2 ** 20 }),
        (seed, name, counter, blocks) => {
          const random = new Random(seed, name);
          // As in a step: its first block is a multiple of 2^29 or a little above, so that no lower half overflows.
          random.counter = Math.floor(counter / 2 ** 31) * 2 ** 31 + (counter % 1000);
          writeState(random, arena.integers(state, stateWords));
          words(state, blocks, out);
          random.counter = 4 * (Math.floor(random.counter / 4) + blocks);
          const expected = Array.from({ length: 16 }, () => random.uint32() | 0);
          assert.deepEqual([...arena.integers(out, 16)], expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});
