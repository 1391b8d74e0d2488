/** Samples in memory, as the engine draws batches from them. */

export interface Dataset {
  /** What a person calls it: `MNIST-like IDX, 28 × 28`, `spiral`, `iris.csv`. */
  readonly name: string;
  /** Number of samples. */
  readonly samples: number;
  /** Numbers of one sample. */
  readonly inputs: number;
  /**
   * samples × inputs, row-major; a stored value times `scale` is the feature. As small as it may be: bytes (pixels, tables of whole numbers up to
   * 255), float32 (all else that files hold), float64 (what a generator makes). `scale` is 1 unless these are bytes of an IDX file.
   */
  readonly x: Float64Array | Float32Array | Uint8Array;
  readonly scale: number;
  /** [channels, height, width] of one sample where it is an image, the width running fastest. */
  readonly shape?: readonly [number, number, number];
  /** What each number of a sample is called, where somebody has named it: `length`, `colour = red`. */
  readonly features?: readonly string[];
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
