/**
 * What reading a user's code gives: the optimizer constructor calls in it and what else tells about the training, each with its
 * place. Values are known only where the text alone decides them; everything else is `unknown`, with its source, to be asked for.
 */

import type { LayerSpecification } from '../engine/network/layers';

/** A stretch of the text, in UTF-16 offsets as the editor counts, `to` excluded. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A value that the text alone decides. Python's `None` is null; tuples and lists are arrays. */
export type Literal = number | boolean | string | null | readonly Literal[];

/** A value that only running the code would tell. */
export interface Unknown {
  /** The expression as written: `args.lr`. */
  readonly source: string;
  /** What it probably is (the default of a parameter, of a command-line option): offered when asking, never used unasked. */
  readonly suggestion?: Literal;
}

export type Reading<T> = { readonly known: T } | { readonly unknown: Unknown };

export interface CallArgument {
  /** The framework's name, `betas`. */
  readonly name: string;
  /** Our hyperparameter, `beta1`; null where our rules have nothing like it. */
  readonly ours: string | null;
  readonly value: Reading<Literal>;
  /** The keyword; null for an argument by position. */
  readonly nameRange: Range | null;
  /** The value; for one of a tuple, that element. */
  readonly valueRange: Range;
}

export interface OptimizerCall {
  /** `torch` */
  readonly framework: string;
  /** As the framework calls it: `Adam`. */
  readonly constructorName: string;
  /** Our rule of the same arithmetic, `adam`; null where this version has none. */
  readonly rule: string | null;
  /** The whole call. */
  readonly range: Range;
  /** `torch.optim.Adam` of `torch.optim.Adam(…)`. */
  readonly callee: Range;
  readonly arguments: readonly CallArgument[];
  /** `*rest` and `**options`: what they pass cannot be seen. Their source. */
  readonly spread: readonly string[];
  /** What a person should know before trusting a comparison, one sentence each. */
  readonly notes: readonly string[];
}

/** What stands in the way of training the program's network here, in one sentence, and where. */
export interface Obstacle {
  readonly range: Range;
  readonly message: string;
}

/** A network of the program: `nn.Sequential`, or a class whose `forward` is a chain of layers. */
export interface NetworkSketch {
  readonly range: Range;
  /** What the class is called; null for a chain by itself. */
  readonly name: string | null;
  /** As a specification has them; empty where something stands in the way. */
  readonly layers: readonly LayerSpecification[];
  /** How many features or channels come into each layer with weights, as the program says it, in order. */
  readonly incoming: readonly number[];
  /** What a person should know before trusting a comparison, one phrase each. */
  readonly notes: readonly string[];
  readonly obstacle: Obstacle | null;
}

export interface SourceReading {
  /** In order of appearance. */
  readonly optimizers: readonly OptimizerCall[];
  readonly networks: readonly NetworkSketch[];
  /** Batch sizes of data loaders, in order of appearance. */
  readonly batchSizes: readonly number[];
  /** `crossEntropy`, `meanSquaredError`, in order of appearance. */
  readonly losses: readonly string[];
  /** Paths of tables (`.csv`) that calls are given, as written, each once, in order of appearance; earlier cells of a notebook count. */
  readonly tables: readonly string[];
}

export const nothingRead: SourceReading = { optimizers: [], networks: [], batchSizes: [], losses: [], tables: [] };
