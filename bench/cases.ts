/**
 * The networks that are timed, each with its batch and its bars: how many times as fast as a peer one step must be. A step is forward,
 * backward and Adam's update in float32. The bars are ratios of one run on one machine, so that they mean the same on any of its kind.
 */

/** A bar on the ratio peer ÷ ours of the times of a step. */
export interface Bar {
  /** Our threads; 0: whichever number of threads is faster. */
  readonly ours: 0 | 1 | 2;
  /** Name of a peer, and its threads (0: whichever is faster). */
  readonly peer: string;
  readonly threads: 0 | 1 | 2;
  /** The least the ratio may be. */
  readonly atLeast: number;
}

export interface Case {
  readonly id: string;
  /** Numbers in, of each hidden layer, and out. */
  readonly widths: readonly number[];
  /** Of the hidden layers. */
  readonly activation: 'tanh' | 'relu';
  readonly loss: 'meanSquaredError' | 'crossEntropy';
  readonly batch: number;
  /** Are features stored as bytes, as images are, or as 32-bit floats? */
  readonly stored: 'bytes' | 'floats';
  readonly bars: readonly Bar[];
  /** Two threads over one: the least ratio of the times of a step. On small networks one thread may be chosen, which is never slower. */
  readonly twoThreads: number | null;
}

export const cases: readonly Case[] = [
  {
    id: 'a',
    widths: [2, 16, 16, 1],
    activation: 'tanh',
    loss: 'meanSquaredError',
    batch: 32,
    stored: 'floats',
    bars: [
      { ours: 0, peer: 'PyTorch', threads: 1, atLeast: 40 },
      { ours: 0, peer: 'JAX', threads: 0, atLeast: 9 },
      { ours: 0, peer: 'jax-js', threads: 1, atLeast: 70 },
    ],
    twoThreads: null,
  },
  {
    id: 'b',
    widths: [64, 64, 10],
    activation: 'relu',
    loss: 'crossEntropy',
    batch: 64,
    stored: 'floats',
    bars: [
      { ours: 0, peer: 'PyTorch', threads: 1, atLeast: 6 },
      { ours: 0, peer: 'JAX', threads: 0, atLeast: 1.6 },
      { ours: 0, peer: 'jax-js', threads: 1, atLeast: 10 },
    ],
    twoThreads: null,
  },
  {
    id: 'c',
    widths: [784, 128, 10],
    activation: 'relu',
    loss: 'crossEntropy',
    batch: 64,
    stored: 'bytes',
    bars: [
      { ours: 1, peer: 'PyTorch', threads: 1, atLeast: 1.2 },
      { ours: 2, peer: 'PyTorch', threads: 1, atLeast: 2 },
      { ours: 2, peer: 'JAX', threads: 0, atLeast: 1.4 },
      { ours: 1, peer: 'jax-js', threads: 1, atLeast: 3.2 },
    ],
    twoThreads: 1.75,
  },
  {
    id: 'd',
    widths: [784, 500, 300, 10],
    activation: 'tanh',
    loss: 'crossEntropy',
    batch: 100,
    stored: 'bytes',
    bars: [
      { ours: 2, peer: 'PyTorch', threads: 1, atLeast: 1 },
      { ours: 1, peer: 'jax-js', threads: 1, atLeast: 2.4 },
    ],
    twoThreads: 1.75,
  },
  {
    id: 'e',
    widths: [784, 1024, 1024, 10],
    activation: 'relu',
    loss: 'crossEntropy',
    batch: 128,
    stored: 'bytes',
    bars: [
      { ours: 2, peer: 'PyTorch', threads: 1, atLeast: 1 / 1.35 },
      { ours: 1, peer: 'jax-js', threads: 1, atLeast: 2.4 },
    ],
    twoThreads: 1.75,
  },
];

/** `784-128-10 ReLU, 64` */
export const nameOf = ({ widths, activation, batch }: Case): string =>
  `${widths.join('-')} ${activation === 'relu' ? 'ReLU' : activation}, ${batch}`;

/** Weights and biases. */
export const parametersOf = ({ widths }: Case): number => widths.slice(1).reduce((sum, outputs, l) => sum + outputs * (widths[l] + 1), 0);

/** Floating-point operations of the matrix products of a step, two each multiply-add: forward, weight gradient, and input gradient from the second layer on. */
export const operationsOf = ({ widths, batch }: Case): number =>
  widths.slice(1).reduce((sum, outputs, l) => sum + 2 * batch * widths[l] * outputs * (l === 0 ? 2 : 3), 0);
