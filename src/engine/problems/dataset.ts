/** Samples in memory, as the engine draws batches from them. */

export interface Dataset {
  /** What a person calls it: `MNIST-like IDX, 28 × 28`, `spiral`, `iris.csv`. */
  readonly name: string;
  /** Number of samples. */
  readonly samples: number;
  /** Features of one sample. */
  readonly inputs: number;
  /** samples × inputs, row-major; a stored value times `scale` is the feature. Bytes stay bytes. */
  readonly x: Float64Array | Float32Array | Uint8Array;
  readonly scale: number;
  /** Extent of one sample where it has a form, e.g. [28, 28]. */
  readonly shape?: readonly number[];
  /** What is to be learnt. */
  readonly y: Labels | Targets;
}

/** A class for each sample. */
export interface Labels {
  readonly kind: 'classes';
  readonly classes: number;
  /** Names in the order of their numbers. */
  readonly names: readonly string[];
  /** Class number of each sample. */
  readonly labels: Int32Array;
}

/** Numbers for each sample. */
export interface Targets {
  readonly kind: 'targets';
  /** Numbers a sample. */
  readonly outputs: number;
  /** samples × outputs, row-major. */
  readonly values: Float64Array;
}
