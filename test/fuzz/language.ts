/**
 * Random texts for the reader of rules: sentences of the grammar with random words in them, and built-in rules with bytes changed, moved
 * or lost. Whatever the text, it must be read as a rule that every lowering can take, or refused with a place; nothing else may come out,
 * and soon. The same seed gives the same texts.
 */
import { checkSettings, LanguageError, readRule, type TextRule } from '../../src/engine/language';
import { elementwise, reductions } from '../../src/engine/language/functions';
import { lower } from '../../src/engine/language/lower';
import { operations } from '../../src/engine/language/operations';
import { program } from '../../src/engine/language/program';
import { Random } from '../../src/engine/random';
import { SpecificationError } from '../../src/engine/run/specification';

/** Longer than this, in milliseconds, no text of these sizes may take. */
const longest = 2_000;

export interface FuzzCount {
  readonly inputs: number;
  /** Texts that are rules. */
  readonly accepted: number;
  /** The longest time for one, in milliseconds. */
  readonly slowest: number;
}

/** @param seeds built-in texts to mutate @param clock milliseconds @throws Error with the text that broke a promise */
export function fuzzLanguage(count: number, seed: number, seeds: readonly string[], clock: () => number): FuzzCount {
  const random = new Random(seed, 'fuzz');
  let accepted = 0;
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const text = i % 2 === 0 ? sentence(random) : mutation(random, seeds[random.integer(seeds.length)]);
    const began = clock();
    if (promiseKept(text)) accepted++;
    const took = clock() - began;
    slowest = Math.max(slowest, took);
    if (took > longest) throw new Error(`Input ${i} took ${Math.round(took)} ms:\n${text}`);
  }
  return { inputs: count, accepted, slowest };
}

/** @returns whether the text is a rule @throws Error where it is neither a rule nor refused with a place */
function promiseKept(text: string): boolean {
  let rule: TextRule;
  try {
    rule = readRule(text, 'fuzz.optim');
  } catch (error) {
    const lines = text.split('\n').length;
    if (!(error instanceof LanguageError)) throw new Error(`${String(error)} for:\n${text}`, { cause: error });
    if (!(error.line >= 1 && error.line <= lines && error.column >= 1 && error.problem.length > 0))
      throw new Error(`The fault stands at ${error.line}:${error.column} of ${lines} lines:\n${text}`);
    return false;
  }
  try {
    if (rule.tree.kind === 'optimizer') lower(program(rule, checkSettings(rule, {}), true));
  } catch (error) {
    // Requirements may forbid the defaults.
    if (!(error instanceof SpecificationError)) throw new Error(`Accepted and not lowered (${String(error)}):\n${text}`, { cause: error });
  }
  return true;
}

const pick = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)];

const names = [
  'w',
  'g',
  't',
  'lr',
  'lr0',
  'loss',
  'm',
  'v',
  'R',
  'C',
  'L',
  'd',
  'beta',
  'mode',
  'flag',
  'x',
  'rate',
  'limit',
  'rows',
  'matrix',
  'inputMoment',
  'nothing',
];
const functions = [...elementwise.keys(), ...reductions.keys(), ...operations.keys()];
const operators = ['+', '-', '*', '/', '^', '@', '==', '!=', '<', '<=', '>', '>=', 'and', 'or'];

function expression(random: Random, depth: number): string {
  const inner = (): string => expression(random, depth - 1);
  if (depth <= 0) return random.integer(3) === 0 ? pick(random, ['0', '1', '2', '0.5', '1e-8', '"a"', 'true', 'pi']) : pick(random, names);
  switch (random.integer(8)) {
    case 0:
      return `if ${inner()} then ${inner()} else ${inner()}`;
    case 1:
      return `${pick(random, ['-', 'not ', ''])}(${inner()})`;
    case 2:
    case 3: {
      const operands = Array.from({ length: random.integer(4) }, inner);
      if (random.integer(6) === 0) operands.push('all');
      return `${pick(random, functions)}(${operands.join(', ')})`;
    }
    default:
      return `${inner()} ${pick(random, operators)} ${inner()}`;
  }
}

/** A text that keeps to the grammar more often than not. */
function sentence(random: Random): string {
  const line = (): string => `${pick(random, names)} = ${expression(random, random.integer(4))}`;
  const declarations = [
    'parameter beta = 0.9 in [0, 1) as "β" "memory"',
    'parameter mode = "a" in {"a", "b"}',
    'parameter flag = false',
    'state m, v',
    'state R[rows], C[1, columns], L[rows, rows], d[1]',
    `state x = ${expression(random, 1)}`,
    `require ${expression(random, 2)} "no"`,
    'summary "…"',
    'relatives adam',
  ];
  return [
    random.integer(9) === 0 ? 'wrapper f "F"' : 'optimizer f "F"',
    'parameter lr = 0.1 in (0, inf)',
    ...declarations.filter(() => random.integer(3) === 0),
    ...Array.from({ length: random.integer(6) }, line),
    ...(random.integer(6) === 0 ? ['inner'] : []),
    ...(random.integer(2) === 0 ? ['w = w - lr*g'] : []),
  ].join('\n');
}

/** A text with some of its bytes changed, inserted, lost, doubled or moved. */
function mutation(random: Random, seed: string): string {
  let text = seed;
  for (let k = random.integer(4) + 1; k > 0; k--) {
    const at = random.integer(text.length + 1);
    const length = random.integer(24);
    const piece = text.slice(at, at + length);
    const noise = (): string => String.fromCodePoint(random.integer(4) === 0 ? random.integer(0xd800) : random.integer(128));
    const rest = (from: number): string => text.slice(from);
    switch (random.integer(5)) {
      case 0:
        text = text.slice(0, at) + noise() + rest(at + 1);
        break;
      case 1:
        text = text.slice(0, at) + Array.from({ length: random.integer(6) }, noise).join('') + rest(at);
        break;
      case 2:
        text = text.slice(0, at) + rest(at + length);
        break;
      case 3:
        text = text.slice(0, at) + piece + piece + rest(at + length);
        break;
      default: {
        const without = text.slice(0, at) + rest(at + length);
        const to = random.integer(without.length + 1);
        text = without.slice(0, to) + piece + without.slice(to);
      }
    }
  }
  return text;
}
