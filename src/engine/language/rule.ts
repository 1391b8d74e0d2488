/** A rule as everybody but the language itself sees it: its name, its hyperparameters, its text. The tree behind it is in `tree.ts`. */
import type { RuleTree } from './tree';

/** What a hyperparameter may be set to. */
export type HyperparameterValue = number | boolean | string;

export interface Hyperparameter {
  readonly name: string;
  /** Other names by which a specification may call it. */
  readonly aliases: readonly string[];
  readonly default: HyperparameterValue;
  /** The values allowed, as the rule writes it: `(0, inf)`, `[0, 1)`, `{"both", "first", "none"}`. */
  readonly domain: string;
  /** What it means, in one line. */
  readonly doc: string;
  /** How papers write it: `β₁`. */
  readonly symbol: string;
  /** Null where the value is allowed; otherwise what is expected, for an error message. */
  check(value: HyperparameterValue): string | null;
}

export interface Rule {
  /** `adam`; what a specification calls it. */
  readonly name: string;
  /** `Adam`; what a person reads. */
  readonly title: string;
  /** One paragraph: what it does and when to use it. */
  readonly summary: string;
  /** The paper. */
  readonly source: string;
  /** All of them, `lr` first. */
  readonly hyperparameters: readonly Hyperparameter[];
  /** Names of the state tensors. */
  readonly states: readonly string[];
  readonly file: string;
  readonly text: string;
  readonly tree: RuleTree;
}

/** A fault in a rule or a function: where it is, what was found, what was expected. */
export class LanguageError extends Error {
  override readonly name = 'LanguageError';
  constructor(
    readonly file: string,
    /** From 1. */
    readonly line: number,
    /** From 1. */
    readonly column: number,
    readonly problem: string,
  ) {
    super(`${file}:${line}:${column}: ${problem}`);
  }
}
