/**
 * How one framework constructs layers: what each parameter says in our words. Which constructor means which layer or activation is not said
 * here: the definitions in `engine/network` know the paths that programs write them by.
 */
import type { LayerSpecification, LayerValue } from '../../engine/network/layers';
import type { Literal } from '../reading';

interface Named {
  /** The framework's name: `kernel_size`. */
  readonly name: string;
  /** What it is where it is left out; undefined where it must be given. */
  readonly default?: Literal;
}

export type LayerParameter = Named &
  (
    | {
        readonly as: 'field';
        /** A field of our layer: `kernel`. */
        readonly field: string;
        /** The value as our field holds it; undefined where it cannot. Left out, it is taken as it is. */
        readonly take?: (value: Literal) => LayerValue | undefined;
        /** What the field can hold, where `take` may find that a value cannot be held: `one number for both ways`. */
        readonly holds?: string;
      }
    /** How much comes in: features, or channels. */
    | { readonly as: 'incoming' }
    /** What comes in, as the functional forms take it. */
    | { readonly as: 'input' }
    /** Our layers have nothing like it: only these values can be had, the first of them being the default. */
    | { readonly as: 'only'; readonly values: readonly Literal[] }
    /** Whether there is a bias; ours always have one. */
    | { readonly as: 'bias' }
    /** Which of our activations it is, by its value. */
    | { readonly as: 'activation'; readonly names: Readonly<Record<string, string>> }
    /** Says nothing about the arithmetic. */
    | { readonly as: 'mechanical' }
  );

export interface LayerConstructor {
  /** In order of position. */
  readonly parameters: readonly LayerParameter[];
  /** How many of them may be given by position; all, where it is left out. */
  readonly positional?: number;
  /** Fields of our layer that the framework has fixed. */
  readonly fixed?: LayerSpecification;
  /** What the settings together ask for that ours cannot do; null where they can. */
  refuse?(layer: LayerSpecification): string | null;
}

/** The layers of one framework. */
export interface LayerTable {
  /** Dotted path → constructor. */
  readonly constructors: Readonly<Record<string, LayerConstructor>>;
  /** Paths of what puts layers in a row. */
  readonly chains: readonly string[];
  /** Paths of what a class of layers is derived from. */
  readonly bases: readonly string[];
  /** The path of a function of the same name as a method: `x.relu()` is `torch.relu(x)`. */
  readonly methods: string;
  /** Paths of what may be left out at the end, because the loss does it, with the loss of ours that does. */
  readonly inLoss: Readonly<Record<string, string>>;
}
