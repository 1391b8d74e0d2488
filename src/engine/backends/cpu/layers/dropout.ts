/**
 * Dropout and noise: what is drawn lies ready, number after number and sample after sample without gaps, and is multiplied with the values
 * or added to them. Masks are drawn here, already divided by what is kept; noise is put there from outside. In evaluation the values pass
 * as they are; curvature is measured on a network without these operations.
 */
import type { DropoutOperation, NoiseOperation } from '../../../network/operations';
import { f32x4, i32, i32x4, v128, type V128 } from '../instructions';
import { type Call, type Kernels, type Operand, rows, shifted } from '../kernels';
import { rowBytes, sizeOf } from '../matrix';
import { drawnWords, sixteenWords, stateWords } from '../philox';
import type { Part, Site } from './definition';
import { copied, passedBack } from './elementwise';

const neverMeasured = (): never => {
  throw new Error('Curvature is of a network in which nothing is drawn.');
};

/** Room before what is drawn: a stream may stand inside a block of four words, the first of which are then written there. */
const before = 64;

export function dropout(operation: DropoutOperation | NoiseOperation, index: number, site: Site): Part {
  const { kernels, structure, capacity } = site;
  const [from] = operation.from;
  const to = index + 1;
  const size = sizeOf(structure, to);
  const bytes: Operand = { perRow: rowBytes(size) };
  const scales = operation.kind === 'dropout';
  const state = site.keep(0, 4 * stateWords);
  const drawn = shifted(site.keep(0, before + 4 * (capacity * size + 16)), before);
  const with_ = (x: Operand, y: Operand): Call => ({
    kernel: byRows(kernels, scales ? 'scaled' : 'shifted', size, scales ? f32x4.mul : f32x4.add),
    operands: [x, drawn, y, rows],
  });
  return {
    drawn: { numbers: drawn, state },
    forward(training) {
      const [x, y] = [site.value(from), site.value(to)];
      if (!training) return [copied(kernels, x, y, bytes)];
      return [...(scales ? [{ kernel: mask(kernels, operation.rate), operands: [state, drawn, { perRow: size }] }] : []), with_(x, y)];
    },
    backward() {
      if (!site.wanted(from)) return [];
      const e = site.error(to);
      return [...(scales ? [with_(e, e)] : []), passedBack(kernels, e, site.error(from), bytes, site.first(operation, from))];
    },
    tangent: neverMeasured,
    tangentBackward: neverMeasured,
  };
}

/** y = x∘d, row by row, where x and y have room for whole vectors at the end of a row and d has no gaps. Operands: x, d, y, rows. */
function byRows(kernels: Kernels, name: string, size: number, join: (x: V128, d: V128) => V128): string {
  return kernels.map(`${name}/${size}`, 4, (code, [x, d, y, samples], part) => {
    const [row, end] = kernels.share(code, samples, 1, part);
    const moves = [
      [x, rowBytes(size)],
      [d, 4 * size],
      [y, rowBytes(size)],
    ] as const;
    for (const [pointer, bytes] of moves) code.set(pointer, i32.add(pointer, i32.mul(row, bytes)));
    const at = code.local('i32');
    code.while(i32.lt_u(row, end), () => {
      code.set(at, 0);
      code.while(i32.lt_u(at, i32.const(4 * size)), () => {
        code.store('v128', i32.add(y, at), join(v128.load(i32.add(x, at)), v128.load(i32.add(d, at))));
        code.set(at, i32.add(at, 16));
      });
      for (const [pointer, bytes] of moves) code.set(pointer, i32.add(pointer, bytes));
      code.set(row, i32.add(row, 1));
    });
  });
}

/** Draws a mask: 1/(1 − rate) where a word is at least rate·2³², otherwise 0. Operands: the stream's state, where the mask goes, how many numbers. */
function mask(kernels: Kernels, rate: number): string {
  return kernels.map(`mask/${rate}`, 3, (code, [state, out, count], part) => {
    const skipped = code.local('i32', drawnWords(state));
    const words = code.local('i32', i32.add(count, skipped));
    const [word, end] = kernels.share(code, words, 16, part);
    const target = code.local('i32', i32.add(out, i32.shl(i32.sub(word, skipped), 2)));
    const least = i32x4.const(Math.min(Math.ceil(rate * 2 ** 32), 2 ** 32 - 1) | 0);
    const kept = f32x4.const(1 / (1 - rate));
    code.while(i32.lt_u(word, end), () => {
      sixteenWords(code, state, i32.shr_u(word, 2)).forEach((four, i) => {
        code.store('v128', target, v128.and(kept, i32x4.ge_u(four, least)), 16 * i);
      });
      code.set(target, i32.add(target, 64));
      code.set(word, i32.add(word, 16));
    });
  });
}
