/**
 * A function worth looking at: with the window in which it reads well, a start, optimizers that show something on it, and one sentence that says
 * what. Adding one is adding one file to this folder.
 */
import type { RuleSpecification } from '../../run/specification';

/** Where the gradient vanishes; `degenerate`: where the Hessian does not tell which of the others it is. */
export interface CriticalPoint {
  readonly kind: 'minimum' | 'maximum' | 'saddle' | 'degenerate';
  readonly at: Readonly<Record<string, number>>;
  readonly value: number;
}

export interface GalleryFunction {
  /** As its file. */
  readonly name: string;
  readonly title: string;
  /** Of one or two variables; the first is drawn along the horizontal axis. */
  readonly formula: string;
  /** From where to where each variable is drawn. */
  readonly window: Readonly<Record<string, readonly [from: number, to: number]>>;
  readonly start: Readonly<Record<string, number>>;
  /** What to look out for. */
  readonly notice: string;
  /** Where it comes from, or what is known of it. */
  readonly source: string;
  /** Known ones; not always all. */
  readonly points: readonly CriticalPoint[];
  /** To begin with. */
  readonly optimizers: readonly RuleSpecification[];
  /** What goes round each of them: noise on the gradient. */
  readonly wrappers?: readonly RuleSpecification[];
  /** How many steps are worth looking at. */
  readonly steps: number;
  /** The step that is looked at first, where the last one is too far. */
  readonly look?: number;
}

export const galleryFunction = (definition: GalleryFunction): GalleryFunction => definition;
