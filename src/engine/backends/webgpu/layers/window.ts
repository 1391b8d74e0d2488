/** Going through the places of a sliding window, and through the windows over a place: texts that shaders share. */
import type { Window } from '../../../network/operations';

/** Windows of up to so many places are written out, if none of their places can lie outside. */
const writtenOut = 25;

export const count = (length: number): readonly number[] => Array.from({ length }, (_, k) => k);

/**
 * The places of window (`i`, `j`) of a plane, row by row, without those in the padding.
 * @param body what is done at one, given its index in the plane, a u32 expression
 */
export function eachPlace(window: Window, body: (at: string) => string): string {
  const { height, width, kernelHeight, kernelWidth, padding, stride } = window;
  if (padding === 0 && kernelHeight * kernelWidth <= writtenOut)
    return `  let corner = i * ${stride * width}u + j * ${stride}u;
${count(kernelHeight * kernelWidth)
  .map((k) => `  { ${body(`(corner + ${Math.floor(k / kernelWidth) * width + (k % kernelWidth)}u)`)} }`)
  .join('\n')}`;
  return `  let top = i32(i * ${stride}u) - ${padding};
  let left = i32(j * ${stride}u) - ${padding};
  for (var u = max(top, 0); u < min(top + ${kernelHeight}, ${height}); u++) {
    for (var v = max(left, 0); v < min(left + ${kernelWidth}, ${width}); v++) { ${body(`u32(u * ${width} + v)`)} }
  }`;
}

/** WGSL of the first and the last window over a place along one dimension; none where the first is beyond the last. */
const over = (at: string, kernel: number, stride: number, padding: number, windows: number): readonly [first: string, last: string] => [
  `select(0u, (${at} + ${padding + stride}u - ${kernel}u) / ${stride}u, ${at} + ${padding + 1}u > ${kernel}u)`,
  `min((${at} + ${padding}u) / ${stride}u, ${windows - 1}u)`,
];

/**
 * The windows over place (`i`, `j`) of an image's plane, in their order.
 * @param body what is done with one, given its index among the plane's windows, a u32 expression
 */
export function eachWindowOver(window: Window, body: (at: string) => string): string {
  const { kernelHeight, kernelWidth, padding, stride, outHeight, outWidth } = window;
  const [top, bottom] = over('i', kernelHeight, stride, padding, outHeight);
  const [left, right] = over('j', kernelWidth, stride, padding, outWidth);
  return `  for (var u = ${top}; u <= ${bottom}; u++) {
    for (var v = ${left}; v <= ${right}; v++) { ${body(`(u * ${outWidth}u + v)`)} }
  }`;
}
