/**
 * A rule made ready to run: its settings put in, what they switch off left out, and every line marked with the shape of what it gives.
 * All lowerings run the same program, so they keep the same state.
 */
import { constants, elementwise, isReduction } from './functions';
import { operations, operationShape } from './operations';
import type { Settings, TextRule } from './rule';
import { settle } from './scalar';
import { broadcastShape, isScalar, sameShape, scalarShape, tensorShape, type Shape } from './shape';
import { children, mapChildren, nodes, type Assignment, type Expression, type RuleTree } from './tree';

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
  readonly shape: Shape;
  /** What it starts as; of numbers, `w`, `rows`, `columns`, `matrix` and identities. */
  readonly initial: Expression;
}

export interface Program {
  /** In order, without those whose result nothing uses. */
  readonly lines: readonly ProgramLine[];
  /** The states that carry something from step to step with these settings: SGD without momentum has none. */
  readonly states: readonly ProgramState[];
  /** Whether the effective rate is one number for a layer or one a weight. */
  readonly rate: 'scalar' | 'tensor';
  /** The lines that give the stability limit, the last being `limit`; empty where the rule states none. */
  readonly limit: readonly ProgramLine[];
}

/** Shapes of names; a name that is missing is one number. */
export type Shapes = ReadonlyMap<string, Shape>;

/** The shape of an expression that has been checked. */
export function shapeOf(node: Expression, shapes: Shapes): Shape {
  switch (node.kind) {
    case 'name':
      return shapes.get(node.name) ?? (operations.get(node.name)?.name ? (operationShape(node.name, []) as Shape) : scalarShape);
    case 'call': {
      if (node.shape !== undefined) return node.shape;
      if (isReduction(node)) return scalarShape;
      if (node.name === 'identity') {
        const extent = node.operands[0].kind === 'name' && node.operands[0].name === 'rows' ? 'rows' : 'columns';
        return [extent, extent];
      }
      if (elementwise.has(node.name)) return together(node, shapes);
      const shape = operationShape(
        node.name,
        node.operands.map((operand) => shapeOf(operand, shapes)),
      );
      if (typeof shape === 'string') throw new Error(`${node.name}: ${shape}; the checker lets none through.`);
      return shape;
    }
    default:
      return together(node, shapes);
  }
}

const together = (node: Expression, shapes: Shapes): Shape =>
  children(node).reduce<Shape>((shape, part) => broadcastShape(shape, shapeOf(part, shapes)) ?? shape, scalarShape);

/** Repeats a value to a shape; kept only where settings make the value smaller than the rule says. */
const expanded = (node: Expression, shape: Shape): Expression => ({ kind: 'call', name: 'expand', operands: [node], shape, at: node.at });

/**
 * Writes down what shape the rule means wherever that matters (what a sum runs over, what a matrix function gets), before settings
 * turn `momentum*b` into the number 0.
 */
function annotated(node: Expression, shapes: Shapes): Expression {
  const inner = mapChildren(node, (part) => annotated(part, shapes));
  if (inner.kind !== 'call' || node.kind !== 'call' || node.name === 'identity') return inner;
  const matrices = isReduction(node) ? 1 : elementwise.has(node.name) ? 0 : (operations.get(node.name)?.matrices ?? 0);
  return { ...inner, operands: inner.operands.map((part, i) => (i < matrices ? expanded(part, shapeOf(node.operands[i], shapes)) : part)) };
}

/** Without repetitions that repeat nothing. */
function plain(node: Expression, shapes: Shapes): Expression {
  const inner = mapChildren(node, (part) => plain(part, shapes));
  if (inner.kind !== 'call' || inner.name !== 'expand' || inner.shape === undefined) return inner;
  return sameShape(shapeOf(inner.operands[0], shapes), inner.shape) ? inner.operands[0] : inner;
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

/** The lines with the settings put in, and what each gives. */
function settledLines(tree: RuleTree, values: Settings): ProgramLine[] {
  const lasting = new Map<string, Shape>([
    ['w', tensorShape],
    ['g', tensorShape],
    ...tree.states.map(({ name, shape }): [string, Shape] => [name, shape]),
  ]);
  const declared = new Map(lasting);
  const actual = new Map(lasting);
  let draws = 0;
  const numbered = (node: Expression): Expression => {
    const inner = mapChildren(node, numbered);
    return inner.kind === 'call' && operations.get(inner.name)?.need === 'random' ? { ...inner, site: draws++ } : inner;
  };
  return tree.lines.map((line): ProgramLine => {
    const { target } = line;
    const kept = lasting.get(target);
    const marked = numbered(annotated(line.value, declared));
    const value = plain(settle(kept === undefined ? marked : expanded(marked, kept), values), actual);
    const shape = kept ?? shapeOf(value, actual);
    declared.set(target, kept ?? shapeOf(line.value, declared));
    actual.set(target, shape);
    return { target, value, shape, reads: names(value), line };
  });
}

/**
 * @param settings complete and checked; the value of `lr` among them, if there, is only what `lr0` means
 * @param measure whether the effective rate is wanted too
 */
export function program({ tree }: TextRule, settings: Settings, measure: boolean): Program {
  const { lr, ...constant } = settings;
  const values: Settings = lr === undefined ? constant : { ...constant, lr0: lr };
  const states = new Set(tree.states.map(({ name }) => name));
  // `g = g + weightDecay*w` without decay is `g = g`: nothing to do, and nowhere to stop.
  const all = settledLines(tree, values).filter(({ target, value }) => value.kind !== 'name' || value.name !== target);
  const rate = isScalar(all.find(({ target }) => target === 'rate')?.shape ?? scalarShape) ? 'scalar' : 'tensor';
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
      .map(({ name, shape, initial }) => ({ name, shape, initial: withConstants(settle(initial, values)) })),
    rate,
    limit: keep(all, new Set(['limit'])).kept,
  };
}

/** What a state starts as may be settled wholly: then it is one number. */
const withConstants = (node: Expression): Expression =>
  node.kind === 'name' && constants.has(node.name) ? { kind: 'number', value: constants.get(node.name) ?? 0, at: node.at } : node;
