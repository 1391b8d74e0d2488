/**
 * What an initialiser is: how the weights of one layer are drawn before the first step. One file in this folder is one
 * initialiser; the specification's check and the network builder read the same definition.
 */
import type { Random } from '../../random';

export interface Initialiser {
  /** What a specification calls it: `heUniform`. */
  readonly name: string;
  /** What a person reads: `He uniform`. */
  readonly title: string;
  /** What it draws, in one sentence. */
  readonly doc: string;
  /** The paper; empty where there is nothing to cite. */
  readonly source: string;
  /**
   * The weights of a layer. A dense layer's fans are its inputs and its outputs; a convolution's are channels and filters, each times the
   * extent of the window.
   * @param fanIn numbers that one unit sees @param fanOut numbers that one input goes into @param units rows
   * @returns [units, fanIn], row-major
   */
  draw(random: Random, fanIn: number, fanOut: number, units: number): Float64Array;
}

type Draw = Initialiser['draw'];

/** Each weight by itself. */
export const independent =
  (one: (random: Random, fanIn: number, fanOut: number) => number): Draw =>
  (random, fanIn, fanOut, units) => {
    const weights = new Float64Array(fanIn * units);
    for (let i = 0; i < weights.length; i++) weights[i] = one(random, fanIn, fanOut);
    return weights;
  };

/** Each uniform on [−bound, bound). */
export const uniformWithin =
  (boundOf: (fanIn: number, fanOut: number) => number): Draw =>
  (random, fanIn, fanOut, units) => {
    const weights = random.uniforms(new Float64Array(fanIn * units));
    const bound = boundOf(fanIn, fanOut);
    for (let i = 0; i < weights.length; i++) weights[i] = bound * (2 * weights[i] - 1);
    return weights;
  };

/** Each normal with mean 0. */
export const normalOf = (variance: (fanIn: number, fanOut: number) => number): Draw =>
  independent((random, fanIn, fanOut) => Math.sqrt(variance(fanIn, fanOut)) * random.normal());
