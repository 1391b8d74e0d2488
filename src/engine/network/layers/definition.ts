/**
 * What a kind of layer is: the name by which a specification calls it, the fields that it may have beside, and how it becomes operations.
 * One file in this folder is one kind; the specification's check, the JSON Schema, the backends' structure, the documentation and the
 * tests read the same definition.
 */
import type { NetworkBuilder } from '../builder';
import type { Field } from '../layerFields';

/** What a field of a layer may hold. */
export type LayerValue = number | string | boolean | readonly number[] | readonly LayerSpecification[];

/** One layer as a specification writes it: `{ "dense": 16, "activation": "relu" }`. Complete, every field of its kind is there. */
export interface LayerSpecification {
  readonly [field: string]: LayerValue | undefined;
}

/** A kind of layer as everybody sees it. */
export interface LayerDefinition {
  /** The key by which a specification calls it: `dense`. The field of the same name is the first of `fields`. */
  readonly name: string;
  /** What a person reads: `Dense`. */
  readonly title: string;
  /** What it does, in one or two sentences. */
  readonly doc: string;
  /** The same as formulas, a line a line. */
  readonly formula: readonly string[];
  /** When to use it, and what to beware of. */
  readonly use: string;
  /** The paper, and what it follows. */
  readonly source: string;
  /** Dotted paths that programs know it by: `torch.nn.Linear`. */
  readonly written: readonly string[];
  readonly fields: Readonly<Record<string, Field<LayerValue>>>;
  /** Whether it makes new numbers of all that come in: the last such layer makes the network's outputs. */
  readonly mixes: boolean;
  /** Whether it needs channels, height and width. */
  readonly needsForm: boolean;
  /** Whether it draws random numbers in training, which must not reach the outputs unmixed. */
  readonly draws: boolean;
  /** Whether an activation of the layer before would be in its way, so that it has none unless one is named. */
  readonly activates: boolean;
  /** The layer in a line that describes a network: `conv 6`. Empty where it need not be told. */
  brief(settings: LayerSpecification): string;
  /**
   * Adds the layer's operations.
   * @param settings complete @param from the signal that comes in @returns the signal that goes out
   * @throws LayerFault where what comes in does not fit
   */
  build(network: NetworkBuilder, settings: LayerSpecification, from: number): number;
}

type Fields = Readonly<Record<string, Field<LayerValue>>>;
/** A value for each field. */
type Values<All extends Fields> = { readonly [Name in keyof All]: All[Name] extends Field<infer Value> ? Value : never };

type Traits = Pick<LayerDefinition, 'mixes' | 'needsForm' | 'draws' | 'activates'>;

/** Declares a kind of layer; its fields become the names that `build` and `brief` receive. Traits that are not named are false. */
export function defineLayer<All extends Fields>(
  definition: Omit<LayerDefinition, 'fields' | 'build' | 'brief' | keyof Traits> &
    Partial<Traits> & {
      readonly fields: All;
      brief(settings: Values<All>): string;
      build(network: NetworkBuilder, settings: Values<All>, from: number): number;
    },
): LayerDefinition {
  return {
    mixes: false,
    needsForm: false,
    draws: false,
    activates: false,
    ...definition,
    // A caller of the plain face passes every field, checked, so the narrower parameter is always satisfied.
    brief: (settings) => definition.brief(settings as Values<All>),
    build: (network, settings, from) => definition.build(network, settings as Values<All>, from),
  };
}
