/**
 * Pooling, window by window. The largest number's place is kept as its distance from the sample's first number, so that errors, and
 * directions, go through the places that values came from.
 */
import type { PoolingOperation } from '../../../network/operations';
import type { Code, Local } from '../assembler';
import { f32, i32, select } from '../instructions';
import { type Call, type Operand, rows } from '../kernels';
import { rowBytes, sizeOf } from '../matrix';
import type { Part, Site } from './definition';
import { clear, eachPlace, eachSample, eachWindow } from './window';

type Pointer = Local<'i32'>;

export function pooling(operation: PoolingOperation, index: number, site: Site): Part {
  const { kernels, structure } = site;
  const { window } = operation;
  const [from] = operation.from;
  const to = index + 1;
  const [inRow, outRow] = [rowBytes(sizeOf(structure, from)), rowBytes(sizeOf(structure, to))];
  const count = sizeOf(structure, to);
  const share = 1 / (window.kernelHeight * window.kernelWidth);
  const name = `${operation.kind}/${Object.values(window).join()}`;
  const largest = operation.kind === 'maxPooling';
  const places = largest ? site.keep(outRow) : 0;

  /** A kernel that goes through samples; operands: a matrix of what comes in, one of what comes out, the places, rows. */
  const kernel = (what: string, body: (code: Code, x: Pointer, y: Pointer, at: Pointer) => void): string =>
    kernels.map(`${name}.${what}`, 4, (code, [x, y, at, samples], part) => {
      const [first, end] = kernels.share(code, samples, 1, part);
      const moves = [
        [x, inRow],
        [y, outRow],
        [at, outRow],
      ] as const;
      eachSample(code, first, end, moves, () => body(code, x, y, at));
    });

  const emitLargest = (): string =>
    kernel('value', (code, x, y, at) => {
      const [out, place] = [code.local('i32', y), code.local('i32', at)];
      const [best, value, where] = [code.local('f32'), code.local('f32'), code.local('i32')];
      eachWindow(code, window, x, (plane, top, left) => {
        code.set(best, f32.const(-Infinity));
        code.set(where, x);
        eachPlace(code, window, plane, top, left, (address) => {
          code.set(value, f32.load(address));
          // A NaN wins, as in PyTorch.
          const better = code.local('i32', i32.or(f32.gt(value, best), f32.ne(value, value)));
          code.set(where, select(better, address, where));
          code.set(best, select(better, value, best));
        });
        code.store('f32', out, best);
        code.store('i32', place, i32.sub(where, x));
        code.set(out, i32.add(out, 4));
        code.set(place, i32.add(place, 4));
      });
    });
  const emitMean = (): string =>
    kernel('value', (code, x, y) => {
      const out = code.local('i32', y);
      const sum = code.local('f32');
      eachWindow(code, window, x, (plane, top, left) => {
        code.set(sum, f32.const(0));
        eachPlace(code, window, plane, top, left, (address) => code.set(sum, f32.add(sum, f32.load(address))));
        code.store('f32', out, f32.mul(sum, share));
        code.set(out, i32.add(out, 4));
      });
    });
  /** Of a direction, what is at the places of the largest. */
  const emitPicked = (): string =>
    kernel('picked', (code, x, y, at) => {
      const [out, place] = [code.local('i32', y), code.local('i32', at)];
      const end = code.local('i32', i32.add(y, 4 * count));
      code.while(i32.lt_u(out, end), () => {
        code.store('f32', out, f32.load(i32.add(x, i32.load(place))));
        code.set(out, i32.add(out, 4));
        code.set(place, i32.add(place, 4));
      });
    });
  const emitBack = (replace: boolean): string =>
    kernel(replace ? 'back' : 'addBack', (code, x, y, at) => {
      if (replace) clear(code, x, inRow);
      const [out, place] = [code.local('i32', y), code.local('i32', at)];
      const error = code.local('f32');
      const give = (address: Pointer) => code.store('f32', address, f32.add(f32.load(address), error));
      if (largest) {
        const [end, target] = [code.local('i32', i32.add(y, 4 * count)), code.local('i32')];
        code.while(i32.lt_u(out, end), () => {
          code.set(error, f32.load(out));
          code.set(target, i32.add(x, i32.load(place)));
          give(target);
          code.set(out, i32.add(out, 4));
          code.set(place, i32.add(place, 4));
        });
        return;
      }
      eachWindow(code, window, x, (plane, top, left) => {
        code.set(error, f32.mul(f32.load(out), share));
        eachPlace(code, window, plane, top, left, give);
        code.set(out, i32.add(out, 4));
      });
    });

  const value = largest ? emitLargest() : emitMean();
  const along = largest ? emitPicked() : value;
  const call = (what: string, x: Operand, y: Operand): Call => ({ kernel: what, operands: [x, y, places, rows] });
  const back = (x: Operand, y: Operand): Call[] => (site.wanted(from) ? [call(emitBack(site.first(operation, from)), x, y)] : []);
  return {
    forward: () => [call(value, site.value(from), site.value(to))],
    backward: () => back(site.error(from), site.error(to)),
    tangent: () => (site.wanted(from) ? [call(along, site.tangent(from), site.tangent(to))] : []),
    tangentBackward: () => back(site.tangentError(from), site.tangentError(to)),
  };
}
