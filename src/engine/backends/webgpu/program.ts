/**
 * What follows what: a network on a GPU as lists of dispatches on a block of samples, from the data set's rows to loss and gradient, or to
 * products with a matrix of second derivatives. Each list is in an order in which it can be encoded as it stands; `info` says to which
 * samples it is done and whether sums are added to.
 */
import { sizeOf } from '../../network/builder';
import { type Structure, withoutDraws } from '../../network/structure';
import type { Adapter, CurvatureMatrix, Dispatch } from './definition';
import { gather } from './gather';
import { Layout } from './layout';
import { lossPart } from './layers/loss';

/** What samples are gathered from: the data set, or the rows of it that a block needs. */
export interface Origin {
  /** Samples there; null for as many as a block has. */
  readonly samples: number | null;
  /** Whether features are bytes, four a word; otherwise they are floats. */
  readonly bytes: boolean;
  /** Of a feature: what it is multiplied by. */
  readonly scale: number;
  /** Whether `y` holds the numbers of classes; otherwise it holds floats, one an output. */
  readonly labels: boolean;
  /** Whether outputs name a class, as `Samples.classifies` says. */
  readonly classifies: boolean;
}

/** A network as it trains. Gradients and losses of several blocks add up where `info.add` is 1. */
export interface TrainingProgram {
  readonly layout: Layout;
  /** The mean loss in training, into `result`, and its gradient. */
  readonly gradient: readonly Dispatch[];
  /** The same loss without a gradient. */
  readonly loss: readonly Dispatch[];
  /** Mean loss and share of right answers, into `result`. */
  readonly evaluate: readonly Dispatch[];
}

/** A network at frozen weights in which nothing is drawn. */
export interface CurvatureProgram {
  readonly layout: Layout;
  /** Carries values on and errors back; both stay for all that follows. The gradient goes into the product. */
  readonly begin: readonly Dispatch[];
  /** The gradient again. */
  readonly gradient: readonly Dispatch[];
  /** Product of the matrix and the direction. */
  readonly product: Readonly<Record<CurvatureMatrix, readonly Dispatch[]>>;
}

/** @param capacity samples of a block @param seed of all that is drawn */
export function trainingProgram(structure: Structure, adapter: Adapter, capacity: number, seed: number, origin: Origin): TrainingProgram {
  const layout = new Layout(structure, adapter, capacity, false, seed);
  const loss = lossPart(layout, origin.labels);
  const forward = [...arrival(layout, origin), ...layout.parts.flatMap((part) => part.forward())];
  const backward = [...layout.parts].reverse().flatMap((part) => part.backward());
  return {
    layout,
    gradient: [...forward, ...loss.gradient(), ...backward],
    loss: [...forward, ...loss.value()],
    evaluate: [...forward, ...loss.evaluate()],
  };
}

export function curvatureProgram(structure: Structure, adapter: Adapter, capacity: number, seed: number, origin: Origin): CurvatureProgram {
  const layout = new Layout(withoutDraws(structure), adapter, capacity, true, seed);
  const loss = lossPart(layout);
  const { parts } = layout;
  const back = [...parts].reverse();
  const gradient = back.flatMap((part) => part.backward());
  const along = [...parts.flatMap((part) => part.tangent()), ...loss.curvature()];
  const product = (matrix: CurvatureMatrix): Dispatch[] => [...along, ...back.flatMap((part) => part.tangentBackward(matrix))];
  return {
    layout,
    begin: [...arrival(layout, origin), ...parts.flatMap((part) => part.forward()), ...loss.gradient(), ...gradient],
    gradient,
    product: { hessian: product('hessian'), gaussNewton: product('gaussNewton') },
  };
}

/** @throws Error where a batch norm would have a single number to take the mean and the variance of */
export function checkStatistics({ operations }: Structure, samples: number): void {
  for (const operation of operations)
    if (operation.kind === 'batchNorm' && samples * operation.positions < 2)
      throw new Error(
        `${operation.name} has one number a channel to take the mean and the variance of; take more than one sample a batch.`,
      );
}

/** 32-bit words that features take, and what a sample is compared with. */
export function wordsOf(
  { bytes, labels }: Pick<Origin, 'bytes' | 'labels'>,
  structure: Structure,
  samples: number,
): { readonly x: number; readonly y: number } {
  const features = samples * sizeOf(structure.inputs);
  return { x: bytes ? Math.ceil(features / 4) : features, y: labels ? samples : samples * structure.outputs };
}

/** Samples come to the start of the network. */
function arrival(layout: Layout, origin: Origin): readonly Dispatch[] {
  const words = wordsOf(origin, layout.structure, origin.samples ?? layout.capacity);
  return gather(layout, { ...origin, x: layout.common('x', words.x), y: layout.common('y', words.y) });
}
