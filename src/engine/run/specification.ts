/**
 * The run specification: the one description that "Train with…", a file, the command line and the tests all make.
 * `RunSpecification` is what a person writes; `CompleteSpecification` is the same with every default filled in, as the record keeps it.
 */
import type { HyperparameterValue } from '../language/rule';
import type { LayerSpecification } from '../network/layers';
import type { SettingValue } from '../setting';
import type { BackendChoice, BackendName } from './backendNames';

export interface NetworkSpecification {
  /** Features of a sample, or [channels, height, width]; [height, width] is one channel. */
  readonly inputs?: number | readonly number[];
  readonly layers: readonly LayerSpecification[];
  readonly loss?: string;
}

/** What any source of data may say besides. */
export interface DataOptions {
  /** Share of the samples held out of the training. */
  readonly heldOut?: number;
  /** Share of the training labels that get another class. */
  readonly labelNoise?: number;
  /** Draws all training labels anew. */
  readonly randomLabels?: boolean;
}
export interface IdxSource extends DataOptions {
  readonly idx: { readonly images: string; readonly labels: string };
}
export interface CsvSource extends DataOptions {
  readonly csv: {
    readonly file: string;
    readonly label?: string;
    readonly targets?: readonly string[];
    /** Whether the first row names the columns; found out where left out. */
    readonly header?: boolean;
    /** Columns that are not learnt from. */
    readonly ignore?: readonly string[];
    /** Columns of categories that look like numbers. */
    readonly categories?: readonly string[];
    /** What is done about missing cells: told as a fault, their rows left out, or the mean of the training samples put there. */
    readonly missing?: 'refuse' | 'drop' | 'mean';
    readonly standardise?: boolean;
  };
}
export interface GeneratorSource extends DataOptions {
  readonly generator: string;
  readonly samples?: number;
  /** What else the generator takes: `noise`, `classes`, … */
  readonly [setting: string]: number | string | boolean | undefined;
}
export type DataSource = IdxSource | CsvSource | GeneratorSource;

export interface NetworkProblem {
  readonly network: NetworkSpecification;
  readonly data: DataSource;
}
export interface FunctionProblem {
  readonly function: string;
  readonly start: Readonly<Record<string, number>>;
}

/** What is measured, and how often, in steps. */
export interface MeasureSpecification {
  /** A `step` event every so many steps. */
  readonly every?: number;
  /** A curvature measurement every so many steps; 0 is off. */
  readonly curvatureEvery?: number;
  /** An `evaluation` event every so many steps; 0 is only at the start and the end. */
  readonly evaluateEvery?: number;
  /** The most samples that a curvature measurement uses. */
  readonly probeSamples?: number;
  /** Also record the effective rate of every single weight. */
  readonly perWeight?: boolean;
}

/** An update rule with its hyperparameters: one of the library by its name, or a text of the user's own by its file. */
export type RuleSpecification = Readonly<Record<string, HyperparameterValue>> & ({ readonly name: string } | { readonly file: string });

/** A schedule with its settings. */
export type ScheduleSpecification = Readonly<Record<string, SettingValue>> & { readonly name: string };

export interface RunSpecification {
  readonly problem: NetworkProblem | FunctionProblem;
  readonly optimizer: RuleSpecification;
  /** What goes round the optimizer; the first is the outermost and the first to see the gradient. */
  readonly wrappers?: readonly RuleSpecification[];
  readonly schedule?: ScheduleSpecification;
  readonly batchSize?: number | 'all';
  readonly steps?: number;
  readonly epochs?: number;
  readonly seed?: number;
  readonly order?: 'shuffled' | 'sequential';
  readonly initialWeights?: string;
  readonly backend?: BackendChoice;
  readonly measure?: MeasureSpecification;
}

/** A specification with nothing left open. Exactly one of `steps` and `epochs` stays, as the person gave it. */
export interface CompleteSpecification extends RunSpecification {
  readonly wrappers: readonly RuleSpecification[];
  readonly schedule: ScheduleSpecification;
  readonly batchSize: number | 'all';
  readonly seed: number;
  readonly order: 'shuffled' | 'sequential';
  readonly backend: BackendName;
  readonly measure: Required<MeasureSpecification>;
}

/** What is wrong with a specification: where, what was found, what was expected. */
export class SpecificationError extends Error {
  override readonly name = 'SpecificationError';
  constructor(
    /** The field's path, `optimizer.lr`. */
    readonly path: string,
    message: string,
  ) {
    super(`${path}: ${message}`);
  }
}
