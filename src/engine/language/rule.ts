/**
 * A rule as everybody but the language itself sees it: its name, its hyperparameters, where it comes from. Most are a text in the
 * language, with the tree behind it (`tree.ts`); what no text can say (a line search) is TypeScript with the same face.
 */
import type { EventualModel, Model, Updater, Walker } from '../backends/backend';
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

/** What a rule asks of the model beside the gradient of the step, `g`; `samples` are the gradients of single samples. */
export type Need = 'loss' | 'gradient' | 'hessian' | 'gaussNewton' | 'moments' | 'samples' | 'random';

interface RuleFace {
  /** `adam`; what a specification calls it. */
  readonly name: string;
  /** `Adam`; what a person reads. */
  readonly title: string;
  /** One paragraph: what it does. */
  readonly summary: string;
  /** When to use it and when not; empty where nobody said. */
  readonly use: string;
  /** Names of its near kin. */
  readonly relatives: readonly string[];
  /** The paper, and the outside implementation that it follows. */
  readonly source: string;
  /** All of them, `lr` first. */
  readonly hyperparameters: readonly Hyperparameter[];
  /** Names of the state tensors. */
  readonly states: readonly string[];
  readonly needs: ReadonlySet<Need>;
  readonly file: string;
}

/** A rule that is a text in the language. */
export interface TextRule extends RuleFace {
  readonly kind: 'text';
  readonly text: string;
  readonly tree: RuleTree;
}

/** A rule that no text can say, in TypeScript: L-BFGS, SFO. */
export interface CodeRule extends RuleFace {
  readonly kind: 'code';
  /** The rule as papers write it, a line a line. */
  readonly formula: readonly string[];
  /** Null where the settings fit together; otherwise what to tell. */
  require(settings: Settings): string | null;
  /** The rule at work; the same for every backend, since it reads and writes the model's own arrays. @param seed of the run */
  updater(settings: Settings, model: Model, seed: number): Updater;
  /** The same where the model's answers may have to be waited for. */
  walker(settings: Settings, model: EventualModel, seed: number): Walker;
}

export type Rule = TextRule | CodeRule;

/** Every hyperparameter of a rule by its own name, complete and checked. */
export type Settings = Readonly<Record<string, HyperparameterValue>>;

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
