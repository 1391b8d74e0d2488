/** Operations over windows, channels and samples, as the page of these tests runs them on a GPU and the tests report them. */
import type { Adapter } from '../../src/engine/backends/webgpu/definition';
import type { Operation, ValueShape, Window } from '../../src/engine/network/operations';

export interface WindowCase {
  readonly title: string;
  /** All but the activation, which a page finds by its name. */
  readonly operation: Operation;
  /** Of the values that it reads, then of the one it makes. */
  readonly values: readonly ValueShape[];
  /** Extents of its parameters. */
  readonly tensors: readonly ValueShape[];
  /** Samples, of so many that there is room for. */
  readonly rows: number;
  readonly capacity: number;
  readonly kind: Adapter['kind'];
  /** The activation that it computes with its own result, and the one whose error it carries back, by name. */
  readonly fused?: string;
  readonly slope?: string;
  /** Whether what it reads comes of something that learns; yes, if missing. */
  readonly still?: boolean;
  /** Whether errors, gradients and products are added to what is there. */
  readonly adds: boolean;
  /** Whether many of the numbers are equal, and a few are NaN. */
  readonly ties?: boolean;
}

const kinds: readonly Adapter['kind'][] = ['software', 'hardware'];

export function windowOf(
  channels: number,
  [height, width]: readonly [number, number],
  [kernelHeight, kernelWidth]: readonly [number, number],
  stride = 1,
  padding = 0,
): Window {
  const out = (extent: number, kernel: number): number => Math.floor((extent + 2 * padding - kernel) / stride) + 1;
  return {
    channels,
    height,
    width,
    kernelHeight,
    kernelWidth,
    stride,
    padding,
    outHeight: out(height, kernelHeight),
    outWidth: out(width, kernelWidth),
  };
}

const shown = ({ channels, height, width, kernelHeight, kernelWidth, stride, padding }: Window): string =>
  `${channels}×${height}×${width}, window ${kernelHeight}×${kernelWidth}, stride ${stride}, padding ${padding}`;

type Rest = Partial<Omit<WindowCase, 'kind'>>;
const common = { rows: 3, capacity: 5, adds: false, tensors: [] } as const;

/** Both ways of writing shaders. */
const both = (one: Omit<WindowCase, 'kind'>): WindowCase[] =>
  kinds.map((kind) => ({ ...one, kind, title: `${one.title}${one.adds ? ', adding' : ''}, for ${kind}` }));

function pooling(kind: 'maxPooling' | 'averagePooling', window: Window, rest: Rest = {}): WindowCase[] {
  const { channels, height, width, outHeight, outWidth } = window;
  return both({
    title: `${kind} of ${shown(window)}${rest.slope ? ` after ${rest.slope}` : ''}${rest.ties ? ', with ties and NaN' : ''}`,
    operation: { kind, name: 'pooling1', from: [0], parameters: [], window },
    values: [
      [channels, height, width],
      [channels, outHeight, outWidth],
    ],
    ...common,
    ...rest,
  });
}

function batchNorm(channels: number, positions: number, rest: Rest = {}): WindowCase[] {
  const shape = positions === 1 ? [channels] : [channels, positions, 1];
  return both({
    title: `batch norm of ${channels}×${positions}, ${rest.rows ?? common.rows} samples${rest.still ? ', whose input is still' : ''}`,
    operation: {
      kind: 'batchNorm',
      name: 'batchNorm1',
      from: [0],
      parameters: [0, 1],
      channels,
      positions,
      eps: 1e-5,
      momentum: 0.1,
      buffer: 0,
    },
    values: [shape, shape],
    ...common,
    tensors: [[channels], [channels]],
    ...rest,
  });
}

function convolution(filters: number, window: Window, rest: Rest = {}): WindowCase[] {
  const { channels, height, width, kernelHeight, kernelWidth, outHeight, outWidth } = window;
  const with_ = [rest.fused && `with ${rest.fused}`, rest.slope && `after ${rest.slope}`, rest.still && 'whose input is still'].filter(
    (text) => text,
  );
  return both({
    title: `convolution of ${shown(window)}, ${[`${filters} filters`, ...with_].join(', ')}`,
    operation: { kind: 'convolution', name: 'convolution1', from: [0], parameters: [0, 1], window, filters },
    values: [
      [channels, height, width],
      [filters, outHeight, outWidth],
    ],
    ...common,
    tensors: [[filters, channels, kernelHeight, kernelWidth], [filters]],
    ...rest,
  });
}

const addition = (from: readonly number[], shape: ValueShape, rest: Rest = {}): WindowCase[] =>
  both({
    title: `addition of ${new Set(from).size} values of ${shape.join('×')}`,
    operation: { kind: 'add', name: 'add1', from, parameters: [] },
    values: [...new Set(from)].map(() => shape).concat([shape]),
    ...common,
    ...rest,
  });

export const windowCases: readonly WindowCase[] = [
  ...addition([0, 1], [2, 3, 3]),
  ...addition([0, 1], [5], { adds: true }),
  ...addition([0, 0], [6], { adds: true }),

  ...pooling('maxPooling', windowOf(2, [6, 8], [2, 2], 2), { ties: true }),
  ...pooling('maxPooling', windowOf(3, [7, 5], [3, 2], 2, 1), { adds: true, ties: true }),
  ...pooling('maxPooling', windowOf(1, [6, 7], [3, 3], 1, 1), { ties: true }),
  ...pooling('maxPooling', windowOf(2, [7, 9], [2, 2], 3), { adds: true, slope: 'tanh' }),
  ...pooling('averagePooling', windowOf(3, [4, 6], [2, 2], 2), { slope: 'tanh' }),
  ...pooling('averagePooling', windowOf(2, [7, 9], [1, 2], 3), { adds: true }),
  ...pooling('averagePooling', windowOf(2, [5, 6], [3, 2], 2, 1), { slope: 'gelu' }),
  ...pooling('averagePooling', windowOf(8, [6, 6], [6, 6], 6), { adds: true }),
  ...pooling('averagePooling', windowOf(1, [9, 8], [5, 3], 1, 2)),

  ...batchNorm(3, 20, { rows: 5 }),
  ...batchNorm(8, 1, { rows: 40, capacity: 64, adds: true }),
  ...batchNorm(4, 70, { rows: 18, capacity: 18, still: true }),
  ...batchNorm(5, 49, { rows: 33, capacity: 40, adds: true }),
  ...batchNorm(70, 1, { rows: 3, still: true, adds: true }),

  ...convolution(6, windowOf(1, [12, 12], [5, 5], 1, 2), { fused: 'tanh', still: true, capacity: 64 }),
  ...convolution(3, windowOf(4, [6, 9], [1, 1]), { adds: true }),
  ...convolution(5, windowOf(2, [7, 5], [3, 3], 1, 1)),
  ...convolution(8, windowOf(3, [9, 8], [3, 2], 2, 1), { adds: true, capacity: 48 }),
  ...convolution(10, windowOf(8, [7, 7], [5, 5], 2, 2), { slope: 'gelu', fused: 'gelu' }),
  ...convolution(2, windowOf(3, [5, 40], [3, 3]), { still: true, rows: 2 }),
  ...convolution(4, windowOf(1, [4, 6], [4, 6]), { rows: 9, capacity: 9 }),
  ...convolution(3, windowOf(2, [11, 31], [2, 3], 3, 1), { adds: true }),
  ...convolution(2, windowOf(1, [3, 20], [2, 17])),
];
