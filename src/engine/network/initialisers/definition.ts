/**
 * What an initialiser is: how the weights of one dense layer are drawn before the first step. One file in this folder is one
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
  /** One weight of a layer with `fanIn` inputs and `fanOut` outputs. */
  draw(random: Random, fanIn: number, fanOut: number): number;
}

/** Uniform on [−bound, bound). */
export const symmetric = (random: Random, bound: number): number => bound * (2 * random.uniform() - 1);
