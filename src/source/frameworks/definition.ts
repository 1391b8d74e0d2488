/** How one framework names optimizers and their hyperparameters. One file a framework; `index.gen.ts` gathers them. */
import type { LayerTable } from '../layers/definition';
import type { Literal } from '../reading';

export interface Parameter {
  /** The framework's name: `weight_decay`. */
  readonly name: string;
  /** Our hyperparameter; one name for each element of a tuple; null where our rules have nothing like it. */
  readonly ours: string | readonly string[] | null;
  /** The framework's own default, which need not be ours. */
  readonly default: Literal;
  /** Whether `None`, also in a tuple, may be written for the default. */
  readonly none?: true;
  /** Texts that the framework spells otherwise, ours by its own. */
  readonly spellings?: Readonly<Record<string, string>>;
  /** Says nothing about the arithmetic (`foreach`, `fused`): never worth a note. */
  readonly mechanical?: boolean;
}

export interface Constructor {
  /** Our rule of the same arithmetic; null where this version has none. */
  readonly rule: string | null;
  /** In order of position, the trained weights first; those from `keywordOnly` on take a keyword. */
  readonly parameters: readonly Parameter[];
  readonly keywordOnly: number;
  /** Hyperparameters of our rule that the framework has fixed, where they are not our default. */
  readonly fixed?: Readonly<Record<string, number | boolean | string>>;
}

export interface Framework {
  readonly name: string;
  /** What a person reads: `PyTorch`. */
  readonly title: string;
  /** The module that a program must mention to use it. */
  readonly module: string;
  readonly constructors: Readonly<Record<string, Constructor>>;
  readonly layers: LayerTable;
  /** The constructor that a dotted path names (`torch.optim.adam.Adam` → `Adam`), or null. */
  constructorOf(path: string): string | null;
}

export const defineFramework = <T extends Framework>(framework: T): Framework => framework;

/** The framework's defaults for our hyperparameters, `{ lr: 0.001, beta1: 0.9, … }`, and what it has fixed. */
export function defaultsOf(constructor: Constructor): Record<string, number | boolean | string> {
  const defaults: Record<string, number | boolean | string> = { ...constructor.fixed };
  for (const { ours, default: value } of constructor.parameters) {
    const names = typeof ours === 'string' ? [ours] : (ours ?? []);
    const values = Array.isArray(value) ? (value as readonly Literal[]) : [value];
    names.forEach((name, index) => {
      const one = values[index];
      if (typeof one === 'number' || typeof one === 'boolean' || typeof one === 'string') defaults[name] = one;
    });
  }
  return defaults;
}
