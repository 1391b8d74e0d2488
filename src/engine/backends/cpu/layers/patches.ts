/**
 * The patches of a convolution: a matrix [channels·kernelHeight·kernelWidth, outHeight·outWidth] whose column is what one window sees, so
 * that the convolution is a matrix product; and the way back, where each number of a patch is added to the place it came from. Where there
 * is padding, the image is copied into a frame of zeros first, so that no window needs to look where it is.
 */
import type { Window } from '../../../network/operations';
import type { Code, Local } from '../assembler';
import { f32, f32x4, i32, v128 } from '../instructions';
import { clear, countUp } from './window';

type Pointer = Local<'i32'>;

/** Rows and columns of the matrix of patches. */
export const patchRows = ({ channels, kernelHeight, kernelWidth }: Window): number => channels * kernelHeight * kernelWidth;
export const patchColumns = ({ outHeight, outWidth }: Window): number => outHeight * outWidth;

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Bytes of one sample's patches: vectors may be written past the end. */
const matrixBytes = (window: Window): number => aligned(4 * patchRows(window) * patchColumns(window) + 16);

/** The window over the framed image, in which nothing lies outside. */
const framed = (window: Window): Window => ({
  ...window,
  height: window.height + 2 * window.padding,
  width: window.width + 2 * window.padding,
  padding: 0,
});

const frameBytes = (window: Window): number => {
  const { channels, height, width } = framed(window);
  return window.padding === 0 ? 0 : aligned(4 * channels * height * width + 16);
};

/** Room that gathering and scattering need: the patches, then the framed image. */
export const patchBytes = (window: Window): number => matrixBytes(window) + frameBytes(window);

/**
 * Goes through the matrix in the order in which it lies: for each row of an output image at each place of the window.
 * @param body with the address in the image of what the first column reads
 */
function eachRow(code: Code, window: Window, image: Pointer, body: (source: Pointer) => void): void {
  const { channels, height, width, kernelHeight, kernelWidth, outHeight, stride } = window;
  const plane = code.local('i32', image);
  const source = code.local('i32');
  countUp(code, channels, () => {
    countUp(code, kernelHeight, (y) =>
      countUp(code, kernelWidth, (x) => {
        code.set(source, i32.add(plane, i32.shl(i32.add(i32.mul(y, width), x), 2)));
        countUp(code, outHeight, () => {
          body(source);
          code.set(source, i32.add(source, 4 * stride * width));
        });
      }),
    );
    code.set(plane, i32.add(plane, 4 * height * width));
  });
}

/** Goes through the rows of all channels of an image and of its frame. */
function eachImageRow(code: Code, window: Window, image: Pointer, frame: Pointer, body: (row: Pointer, inside: Pointer) => void): void {
  const { channels, height, width, padding } = window;
  const outer = width + 2 * padding;
  const row = code.local('i32', image);
  const inside = code.local('i32', i32.add(frame, 4 * padding * (outer + 1)));
  countUp(code, channels, () => {
    countUp(code, height, () => {
      body(row, inside);
      code.set(row, i32.add(row, 4 * width));
      code.set(inside, i32.add(inside, 4 * outer));
    });
    code.set(inside, i32.add(inside, 8 * padding * outer));
  });
}

/** Takes vectors, and single numbers at the end, of a stretch whose length is known. */
function stretch(length: number, vector: (offset: number) => void, single: (offset: number) => void): void {
  const whole = length - (length % 4);
  for (let at = 0; at < whole; at += 4) vector(4 * at);
  for (let at = whole; at < length; at++) single(4 * at);
}

/** Lays the patches of a sample out at `patches`, in the room that `patchBytes` says. */
export function gatherPatches(code: Code, window: Window, sample: Pointer, patches: Pointer): void {
  const { outWidth, stride, padding, width } = window;
  let image = sample;
  if (padding > 0) {
    image = code.local('i32', i32.add(patches, matrixBytes(window)));
    clear(code, image, frameBytes(window));
    eachImageRow(code, window, sample, image, (row, inside) =>
      stretch(
        width,
        (offset) => code.store('v128', inside, v128.load(row, offset), offset),
        (offset) => code.store('f32', inside, f32.load(row, offset), offset),
      ),
    );
  }
  const into = code.local('i32', patches);
  eachRow(code, framed(window), image, (source) => {
    // What vectors write past the end of a row is overwritten by the next.
    if (stride === 1) for (let at = 0; at < outWidth; at += 4) code.store('v128', into, v128.load(source, 4 * at), 4 * at);
    else for (let at = 0; at < outWidth; at++) code.store('f32', into, f32.load(source, 4 * stride * at), 4 * at);
    code.set(into, i32.add(into, 4 * outWidth));
  });
}

/** Adds each number of the patches at `patches` to its place in a sample. @param replace whether the sample counts as zero before */
export function scatterPatches(code: Code, window: Window, patches: Pointer, sample: Pointer, sampleBytes: number, replace: boolean): void {
  const { outWidth, stride, padding, width } = window;
  const image = padding > 0 ? code.local('i32', i32.add(patches, matrixBytes(window))) : sample;
  if (padding > 0) clear(code, image, frameBytes(window));
  else if (replace) clear(code, image, sampleBytes);
  const from = code.local('i32', patches);
  const give = (place: Pointer, to: number, offset: number) =>
    code.store('f32', place, f32.add(f32.load(place, to), f32.load(from, offset)), to);
  eachRow(code, framed(window), image, (source) => {
    if (stride > 1) for (let at = 0; at < outWidth; at++) give(source, 4 * stride * at, 4 * at);
    else
      stretch(
        outWidth,
        (offset) => code.store('v128', source, f32x4.add(v128.load(source, offset), v128.load(from, offset)), offset),
        (offset) => give(source, offset, offset),
      );
    code.set(from, i32.add(from, 4 * outWidth));
  });
  if (padding === 0) return;
  eachImageRow(code, window, sample, image, (row, inside) =>
    stretch(
      width,
      (offset) => {
        const found = v128.load(inside, offset);
        code.store('v128', row, replace ? found : f32x4.add(found, v128.load(row, offset)), offset);
      },
      (offset) => {
        const found = f32.load(inside, offset);
        code.store('f32', row, replace ? found : f32.add(found, f32.load(row, offset)), offset);
      },
    ),
  );
}
