/**
 * The patches of a convolution: a matrix [channels·kernelHeight·kernelWidth, outHeight·outWidth] whose column is what one window sees, so
 * that the convolution is a matrix product; and the way back, where each number of a patch is added to the place it came from.
 */
import type { Window } from '../../../network/operations';
import type { Code, Local } from '../assembler';
import { f32, f32x4, i32, v128 } from '../instructions';
import { countUp } from './window';

type Pointer = Local<'i32'>;

/** Rows and columns of the matrix of patches. */
export const patchRows = ({ channels, kernelHeight, kernelWidth }: Window): number => channels * kernelHeight * kernelWidth;
export const patchColumns = ({ outHeight, outWidth }: Window): number => outHeight * outWidth;

/** Bytes of one sample's patches: vectors may be written past the end. */
export const patchBytes = (window: Window): number => 4 * patchRows(window) * patchColumns(window) + 16;

/** Whether each row of an output image reads a stretch of a row of the input, so that whole vectors can be taken. */
const inStretches = ({ stride, padding }: Window): boolean => stride === 1 && padding === 0;

/**
 * Goes through the matrix in the order in which it lies, row by row of an output image.
 * @param body with what the row of the input image is at the window's place: its address for the first column of the output, its number
 * (which may be outside), and the first column's number
 */
function eachRow(code: Code, window: Window, sample: Pointer, body: (source: Pointer, y: Pointer, x: Pointer) => void): void {
  const { channels, height, width, kernelHeight, kernelWidth, outHeight, stride, padding } = window;
  const plane = code.local('i32', sample);
  const [source, y, x] = [code.local('i32'), code.local('i32'), code.local('i32')];
  countUp(code, channels, () => {
    countUp(code, kernelHeight, (ky) =>
      countUp(code, kernelWidth, (kx) => {
        code.set(y, i32.sub(ky, padding));
        code.set(x, i32.sub(kx, padding));
        code.set(source, i32.add(plane, i32.shl(i32.add(i32.mul(y, width), x), 2)));
        countUp(code, outHeight, () => {
          body(source, y, x);
          code.set(y, i32.add(y, stride));
          code.set(source, i32.add(source, 4 * stride * width));
        });
      }),
    );
    code.set(plane, i32.add(plane, 4 * height * width));
  });
}

/** Goes through the columns of a row of an output image, where each lies outside or inside. */
function eachColumn(
  code: Code,
  { height, width, outWidth, stride }: Window,
  source: Pointer,
  y: Pointer,
  x: Pointer,
  inside: (place: Pointer) => void,
  outside: () => void,
  after: () => void,
): void {
  const [place, column] = [code.local('i32', source), code.local('i32', x)];
  countUp(code, outWidth, () => {
    // As unsigned numbers, those below 0 are above any extent.
    code.if(i32.and(i32.lt_u(y, i32.const(height)), i32.lt_u(column, i32.const(width))), () => inside(place), outside);
    code.set(column, i32.add(column, stride));
    code.set(place, i32.add(place, 4 * stride));
    after();
  });
}

/** Lays the patches of a sample out at `patches`. */
export function gatherPatches(code: Code, window: Window, sample: Pointer, patches: Pointer): void {
  const { outWidth } = window;
  const into = code.local('i32', patches);
  if (inStretches(window)) {
    // What is written past the end of a row is overwritten by the next.
    eachRow(code, window, sample, (source) => {
      for (let at = 0; at < outWidth; at += 4) code.store('v128', into, v128.load(source, 4 * at), 4 * at);
      code.set(into, i32.add(into, 4 * outWidth));
    });
    return;
  }
  eachRow(code, window, sample, (source, y, x) =>
    eachColumn(
      code,
      window,
      source,
      y,
      x,
      (place) => code.store('f32', into, f32.load(place)),
      () => code.store('f32', into, f32.const(0)),
      () => code.set(into, i32.add(into, 4)),
    ),
  );
}

/** Adds each number of the patches at `patches` to its place in a sample. */
export function scatterPatches(code: Code, window: Window, patches: Pointer, sample: Pointer): void {
  const { outWidth } = window;
  const from = code.local('i32', patches);
  const give = (place: Pointer, offset: number) =>
    code.store('f32', place, f32.add(f32.load(place, offset), f32.load(from, offset)), offset);
  if (inStretches(window)) {
    const whole = outWidth - (outWidth % 4);
    eachRow(code, window, sample, (source) => {
      for (let at = 0; at < whole; at += 4)
        code.store('v128', source, f32x4.add(v128.load(source, 4 * at), v128.load(from, 4 * at)), 4 * at);
      for (let at = whole; at < outWidth; at++) give(source, 4 * at);
      code.set(from, i32.add(from, 4 * outWidth));
    });
    return;
  }
  eachRow(code, window, sample, (source, y, x) =>
    eachColumn(
      code,
      window,
      source,
      y,
      x,
      (place) => code.store('f32', place, f32.add(f32.load(place), f32.load(from))),
      () => undefined,
      () => code.set(from, i32.add(from, 4)),
    ),
  );
}
