/**
 * What an operation computes, in float64, as plain loops: the way there, the way back, and both differentiated once more along a direction
 * (the R-operator of Pearlmutter 1994), from which exact products with the Hessian and the Gauss–Newton matrix are made.
 *
 * With y = f(x, w) and a bar for ∂loss/∂: back, x̄ += (∂f/∂x)ᵀ·ȳ and w̄ += (∂f/∂w)ᵀ·ȳ. With R the derivative as the weights move along
 * a direction: Ry = (∂f/∂x)·Rx + (∂f/∂w)·Rw, and Rx̄ += (∂f/∂x)ᵀ·Rȳ + R{(∂f/∂x)ᵀ}·ȳ, likewise for w. Without the last term, which
 * holds f's own curvature, it is the Gauss–Newton matrix.
 */
import type { Operation } from '../../../network/operations';
import type { Random } from '../../../random';

/** How samples are carried. */
export interface Mode {
  /** The step's streams of dropout and noise, by operation; null where nothing is drawn. */
  readonly draws: Draws | null;
  /** Whether batch norms take the mini-batch's own statistics or the running ones. */
  readonly statistics: 'batch' | 'running';
  /** Running statistics, in the order of `Structure.buffers`. */
  readonly buffers: readonly Float64Array[];
  /** Whether the running statistics move. */
  readonly move: boolean;
}

/** The stream of an operation that draws, at the step's start. */
export type Draws = (operation: Extract<Operation, { kind: 'dropout' | 'noise' }>) => Random;

/** The numbers that an operation meets: row-major, one row a sample. */
export interface Site {
  readonly count: number;
  /** What it reads. */
  readonly x: readonly Float64Array[];
  /** What it makes. */
  readonly y: Float64Array;
  /** Its weight and bias, if any. */
  readonly w: readonly Float64Array[];
  /** What the way there leaves for the way back. */
  readonly kept: Float64Array;
}

/** Derivatives in the same places; null where nobody asks for them, and where nothing moves. */
export interface Derivatives {
  readonly x: readonly (Float64Array | null)[];
  readonly y: Float64Array;
  readonly w: readonly Float64Array[];
}

export interface Arithmetic {
  /** How many numbers it keeps of `count` samples. @param size numbers that it makes of one */
  keeps(count: number, size: number): number;
  /** Fills y and kept. */
  forward(site: Site, mode: Mode): void;
  /** Adds x̄ and w̄ to what is in `d`, from ȳ. */
  backward(site: Site, d: Derivatives): void;
  /** Fills Ry, from Rx and Rw. */
  tangent(site: Site, r: Derivatives): void;
  /** Adds Rx̄ and Rw̄ to what is in `rd`, from Rȳ. @param whole with f's own curvature */
  tangentBackward(site: Site, d: Derivatives, r: Derivatives, rd: Derivatives, whole: boolean): void;
}

/** Where an operation is linear in what it reads and has no weights, the ways of derivatives are the ways of numbers. */
export function linear(
  keeps: Arithmetic['keeps'],
  forward: Arithmetic['forward'],
  carry: (site: Site, x: readonly (Float64Array | null)[], y: Float64Array) => void,
  carryBack: (site: Site, y: Float64Array, x: readonly (Float64Array | null)[]) => void,
): Arithmetic {
  return {
    keeps,
    forward,
    backward: (site, d) => carryBack(site, d.y, d.x),
    tangent: (site, r) => carry(site, r.x, r.y),
    tangentBackward: (site, _d, _r, rd) => carryBack(site, rd.y, rd.x),
  };
}
