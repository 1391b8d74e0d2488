/**
 * What reading a user's code gives: the optimizer constructor calls in it and what else tells about the training, each with its
 * place. Values are known only where the text alone decides them; everything else is `unknown`, with its source, to be asked for.
 */

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

/** A chain of dense layers, as `nn.Sequential` writes it. */
export interface NetworkSketch {
  readonly range: Range;
  readonly inputs: number;
  readonly layers: readonly { readonly dense: number; readonly activation: string }[];
  /** Layers that were left out because this version has none like them: `Dropout`. */
  readonly omitted: readonly string[];
}

export interface SourceReading {
  /** In order of appearance. */
  readonly optimizers: readonly OptimizerCall[];
  readonly networks: readonly NetworkSketch[];
  /** Batch sizes of data loaders, in order of appearance. */
  readonly batchSizes: readonly number[];
  /** `crossEntropy`, `meanSquaredError`, in order of appearance. */
  readonly losses: readonly string[];
}

export const nothingRead: SourceReading = { optimizers: [], networks: [], batchSizes: [], losses: [] };
