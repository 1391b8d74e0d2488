/**
 * A rule made ready to run: its settings put in, what they switch off left out, and every line marked as one number for the layer or
 * one a weight. All lowerings run the same program, so they keep the same state.
 */
import { reductions } from './functions';
import type { HyperparameterValue, Rule } from './rule';
import { settle, settledNumber } from './scalar';
import { children, nodes, type Assignment, type Expression } from './tree';

export type Shape = 'scalar' | 'tensor';

export interface ProgramLine {
  readonly target: string;
  readonly value: Expression;
  readonly shape: Shape;
  /** The names in `value`. */
  readonly reads: readonly string[];
  /** The line of the text, for stopping there. */
  readonly line: Assignment;
}

export interface ProgramState {
  readonly name: string;
  /** What every element starts as. */
  readonly initial: number;
}

export interface Program {
  /** In order, without those whose result nothing uses. */
  readonly lines: readonly ProgramLine[];
  /** The states that carry something from step to step with these settings: SGD without momentum has none. */
  readonly states: readonly ProgramState[];
  /** Whether the effective rate is one number or one a weight. */
  readonly rate: Shape;
  /** The lines that give the stability limit, the last being `limit`; empty where the rule states none. */
  readonly limit: readonly ProgramLine[];
}

/** The shape of an expression, given which names are tensors. */
export function shapeOf(node: Expression, tensors: ReadonlySet<string>): Shape {
  if (node.kind === 'name') return tensors.has(node.name) ? 'tensor' : 'scalar';
  if (node.kind === 'call' && reductions.has(node.name)) return 'scalar';
  return children(node).some((part) => shapeOf(part, tensors) === 'tensor') ? 'tensor' : 'scalar';
}

const names = (node: Expression): string[] => nodes(node).flatMap((each) => (each.kind === 'name' ? [each.name] : []));

/** Goes backwards from what is wanted at the end and keeps the lines that lead there. @returns also the names wanted before the first line */
function keep(lines: readonly ProgramLine[], wanted: ReadonlySet<string>): { kept: ProgramLine[]; before: Set<string> } {
  const before = new Set(wanted);
  const kept: ProgramLine[] = [];
  for (const line of [...lines].reverse()) {
    if (!before.delete(line.target)) continue;
    for (const name of line.reads) before.add(name);
    kept.push(line);
  }
  return { kept: kept.reverse(), before };
}

/**
 * @param settings complete and checked; the value of `lr` among them, if there, is only what `lr0` means
 * @param measure whether the effective rate is wanted too
 */
export function program(rule: Rule, settings: Readonly<Record<string, HyperparameterValue>>, measure: boolean): Program {
  const { lr, ...constant } = settings;
  const values = lr === undefined ? constant : { ...constant, lr0: lr };
  const { tree } = rule;
  const states = new Set(tree.states.map(({ name }) => name));
  const tensors = new Set(['w', 'g', ...states]);
  const settled = tree.lines.map((line): ProgramLine => {
    const value = settle(line.value, values);
    const always = line.target === 'w' || line.target === 'g' || states.has(line.target);
    const shape = always ? 'tensor' : shapeOf(value, tensors);
    if (shape === 'tensor') tensors.add(line.target);
    else tensors.delete(line.target);
    return { target: line.target, value, shape, reads: names(value), line };
  });
  // `g = g + weightDecay*w` without decay is `g = g`: nothing to do, and nowhere to stop.
  const all = settled.filter(({ target, value }) => value.kind !== 'name' || value.name !== target);
  const rate = all.find(({ target }) => target === 'rate')?.shape ?? 'scalar';
  // A state lives where a later step reads it before this step has replaced it; which states do decides which lines do, and the other way round.
  const wanted = new Set(['w', 'rate']);
  for (;;) {
    const carried = [...keep(all, wanted).before].filter((name) => states.has(name) && !wanted.has(name));
    if (carried.length === 0) break;
    for (const name of carried) wanted.add(name);
  }
  const living = new Set(wanted);
  if (!measure && rate === 'tensor') wanted.delete('rate');
  return {
    lines: keep(all, wanted).kept,
    states: tree.states
      .filter(({ name }) => living.has(name))
      .map(({ name, initial }) => ({ name, initial: settledNumber(initial, values) })),
    rate,
    limit: keep(all, new Set(['limit'])).kept,
  };
}
