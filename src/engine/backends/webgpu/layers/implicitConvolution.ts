/**
 * A convolution as matrix products of which one factor, the patches of the images, is nowhere laid out: whoever multiplies finds each of
 * its elements where it lies. Columns are the positions of all samples, one sample after another.
 */
import { sizeOf } from '../../../network/builder';
import type { ConvolutionOperation } from '../../../network/operations';
import { type Place, type Site, stride } from '../definition';
import { type Epilogue, product, type Start } from '../matmul/product';
import { channelSums } from './channelSums';
import type { ConvolutionSums } from './convolution';
import type { FusedActivation } from './fused';
import { dispatchOf, read, written } from './shader';
import { slopeBefore } from './slope';

export function implicitConvolution(
  operation: ConvolutionOperation,
  index: number,
  site: Site,
  after: FusedActivation | null,
): ConvolutionSums {
  const { window, filters } = operation;
  const { channels, height, width, kernelHeight, kernelWidth, outHeight, outWidth, padding } = window;
  const step = window.stride;
  const [from] = operation.from;
  const to = index + 1;
  const [weight, bias] = operation.parameters;
  const [inRow, outRow] = [stride(sizeOf(site.structure.values[from])), stride(sizeOf(site.structure.values[to]))];
  const [kernel, places, pixels] = [kernelHeight * kernelWidth, outHeight * outWidth, height * width];
  const depth = channels * kernel;
  const title = `convolution ${filters}×${channels}×${kernelHeight}×${kernelWidth}`;

  // No branches (`&&` is one): these stand in the innermost loops.
  /** What stands at `tap` (channel, line and column of the window) of the patch of `position` (sample, line and column of the result). */
  const patches = `fn patchNumber(tap: u32, position: u32) -> f32 {
  let place = position % ${places}u;
  let within = tap % ${kernel}u;
  let line = (place / ${outWidth}u) * ${step}u + within / ${kernelWidth}u - ${padding}u;
  let column = (place % ${outWidth}u) * ${step}u + within % ${kernelWidth}u - ${padding}u;
  let at = (position / ${places}u) * ${inRow}u + (tap / ${kernel}u) * ${pixels}u + line * ${width}u + column;
  return ${padding > 0 ? `select(0.0f, b[at], (line < ${height}u) & (column < ${width}u))` : 'b[at]'};
}`;
  /** The error that went from `pixel` (sample, line and column of the image) through `tap` (filter, line and column of the window). */
  const reached = `fn reachedError(tap: u32, pixel: u32) -> f32 {
  let place = pixel % ${pixels}u;
  let within = tap % ${kernel}u;
  let line = place / ${width}u + ${padding}u - within / ${kernelWidth}u;
  let column = place % ${width}u + ${padding}u - within % ${kernelWidth}u;
  let at = (pixel / ${pixels}u) * ${outRow}u + (tap / ${kernel}u) * ${places}u + line / ${step}u * ${outWidth}u + column / ${step}u;
  let inside = ${step > 1 ? `(line % ${step}u == 0u) & (column % ${step}u == 0u) & ` : ''}(line / ${step}u < ${outHeight}u) & (column / ${step}u < ${outWidth}u);
  return select(0.0f, b[at], inside);
}`;
  const across = `fn weightAcross(channel: u32, tap: u32) -> f32 { return a[(tap / ${kernel}u * ${channels}u + channel) * ${kernel}u + tap % ${kernel}u]; }`;
  const outIndex = (filter: string, position: string): string =>
    `(${position} / ${places}u) * ${outRow}u + ${filter} * ${places}u + ${position} % ${places}u`;

  const toResult = (start: Start, epilogue?: Epilogue) =>
    product(site, `${title} forward`, {
      m: filters,
      k: depth,
      n: { rows: places },
      a: { rowStep: depth, columnStep: 1 },
      b: { load: (tap, position) => `patchNumber(${tap}, ${position})`, helpers: patches },
      c: { index: outIndex },
      start,
      ...(epilogue && { epilogue }),
    });
  const fresh = toResult('column', after ? { ...after, keepsSum: after.keepsInput } : undefined);
  const further = site.curvature ? toResult('add') : null;

  const before = site.wanted(from) ? slopeBefore(operation, from, site) : null;
  const toImage = (start: Start) =>
    product(site, `${title} input gradient`, {
      m: channels,
      k: filters * kernel,
      n: { rows: pixels },
      a: { load: (channel, tap) => `weightAcross(${channel}, ${tap})`, helpers: across },
      b: { load: (tap, pixel) => `reachedError(${tap}, ${pixel})`, helpers: reached },
      c: { index: (channel, pixel) => `(${pixel} / ${pixels}u) * ${inRow}u + ${channel} * ${pixels}u + ${pixel} % ${pixels}u` },
      start,
      ...(before && { epilogue: before.epilogue }),
    });
  const [replaced, added] = site.wanted(from) ? [toImage('zero'), toImage('add')] : [null, null];

  const toWeights = (start: Start) =>
    product(site, `${title} weight gradient`, {
      m: filters,
      k: { rows: places },
      n: depth,
      a: { load: (filter, position) => `a[${outIndex(filter, position)}]` },
      b: { load: (position, tap) => `patchNumber(${tap}, ${position})`, helpers: patches },
      c: { rowStep: depth },
      start,
    });
  const gradient = toWeights('info');
  const moreGradient = site.curvature ? toWeights('add') : null;
  const sums = channelSums(site, title, filters, places, outRow);
  const biasGradient = (e: Place) => [
    sums.partial('bias gradient', { e: read(e) }, 'let terms = vec2f(e[at], 0.0f);'),
    dispatchOf(site, {
      name: `${title} bias gradient`,
      bind: { partial: sums.result, gradient: written(site.gradient(bias)) },
      size: 64,
      groups: () => Math.ceil(filters / 64),
      body: `  let filter_ = group * 64u + local;
  if (filter_ >= ${filters}u) { return; }
  var sum = 0.0f;
  for (var g = 0u; g < ${sums.groups}u; g++) { sum += partial[g * ${filters}u + filter_].x; }
  if (info.add == 1u) { gradient[filter_] += sum; } else { gradient[filter_] = sum; }`,
    }),
  ];
  return {
    forward(x, w, start, result, sum) {
      const places = { a: w, b: x, c: result };
      if (start === null) return further?.dispatches(places) ?? [];
      return fresh.dispatches({ ...places, start, ...(sum && { kept: sum }) });
    },
    back: (e, w, x, replace) => (replace ? replaced : added)?.dispatches({ a: w, b: e, c: x, reads: before?.reads ?? [] }) ?? [],
    learn(e, x, adds) {
      const places = { a: e, b: x, c: site.gradient(weight) };
      return adds ? (moreGradient?.dispatches(places) ?? []) : [...gradient.dispatches(places), ...biasGradient(e)];
    },
  };
}
