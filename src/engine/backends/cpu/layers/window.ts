/** Going through the places of a sliding window: loops that pooling and the patches of a convolution share. */
import type { Window } from '../../../network/operations';
import type { Code, Local } from '../assembler';
import { f32x4, i32, type I32 } from '../instructions';

type Pointer = Local<'i32'>;

/** Repeats the body for `count` values of a counter from 0. */
export function countUp(code: Code, count: number, body: (counter: Pointer) => void): void {
  const counter = code.local('i32', 0);
  code.while(i32.lt_s(counter, i32.const(count)), () => {
    body(counter);
    code.set(counter, i32.add(counter, 1));
  });
}

/** Goes through samples `from` to `to`. @param rows by how many bytes each pointer advances from one sample to the next; it starts at sample 0 */
export function eachSample(
  code: Code,
  from: Pointer,
  to: Pointer,
  rows: readonly (readonly [pointer: Pointer, bytes: number])[],
  body: () => void,
): void {
  for (const [pointer, bytes] of rows) code.set(pointer, i32.add(pointer, i32.mul(from, bytes)));
  code.while(i32.lt_u(from, to), () => {
    body();
    for (const [pointer, bytes] of rows) code.set(pointer, i32.add(pointer, bytes));
    code.set(from, i32.add(from, 1));
  });
}

/** Windows of up to so many places are written out, if none of their places can lie outside. */
const writtenOut = 16;

/**
 * Goes through the places of a window over one channel, row by row, without those that lie in the padding.
 * @param top, left where the window begins, in the padded image; `plane`: address of the channel
 */
export function eachPlace(
  code: Code,
  { height, width, kernelHeight, kernelWidth, padding }: Window,
  plane: I32,
  top: I32,
  left: I32,
  body: (address: Pointer) => void,
): void {
  const address = code.local('i32');
  if (padding === 0 && kernelHeight * kernelWidth <= writtenOut) {
    const corner = code.local('i32', i32.add(plane, i32.shl(i32.add(i32.mul(top, width), left), 2)));
    for (let y = 0; y < kernelHeight; y++)
      for (let x = 0; x < kernelWidth; x++) {
        code.set(address, i32.add(corner, 4 * (y * width + x)));
        body(address);
      }
    return;
  }
  const [y, x] = [code.local('i32'), code.local('i32')];
  countUp(code, kernelHeight, (ky) => {
    code.set(y, i32.sub(i32.add(top, ky), padding));
    // As unsigned numbers, those below 0 are above any extent.
    code.if(i32.lt_u(y, i32.const(height)), () =>
      countUp(code, kernelWidth, (kx) => {
        code.set(x, i32.sub(i32.add(left, kx), padding));
        code.if(i32.lt_u(x, i32.const(width)), () => {
          code.set(address, i32.add(plane, i32.shl(i32.add(i32.mul(y, width), x), 2)));
          body(address);
        });
      }),
    );
  });
}

/** Goes through all windows of one sample, channel by channel. @param input address of the sample */
export function eachWindow(code: Code, window: Window, input: Pointer, body: (plane: Pointer, top: Pointer, left: Pointer) => void): void {
  const { channels, height, width, outHeight, outWidth, stride } = window;
  const plane = code.local('i32', input);
  const [top, left] = [code.local('i32'), code.local('i32')];
  countUp(code, channels, () => {
    code.set(top, 0);
    countUp(code, outHeight, () => {
      code.set(left, 0);
      countUp(code, outWidth, () => {
        body(plane, top, left);
        code.set(left, i32.add(left, stride));
      });
      code.set(top, i32.add(top, stride));
    });
    code.set(plane, i32.add(plane, 4 * height * width));
  });
}

/** Sets whole vectors to zero, from `address` on. */
export function clear(code: Code, address: Pointer, bytes: number): void {
  const at = code.local('i32', address);
  const end = code.local('i32', i32.add(address, bytes));
  code.while(i32.lt_u(at, end), () => {
    code.store('v128', at, f32x4.const(0));
    code.set(at, i32.add(at, 16));
  });
}
