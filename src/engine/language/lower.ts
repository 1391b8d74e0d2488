/**
 * A program in single assignment, with everything that is one number for the layer hoisted out of the element-wise lines, and everything
 * that needs a whole matrix or the whole model a step of its own: what the lowerings to vector hardware (WebAssembly, WGSL) start from.
 * Numbers are computed in float64 once a step; element-wise steps between two operations run in one pass over memory.
 *
 * Under their plain names `w`, `g` and the states keep the value that the step begins with; `final` names what they end with. A state
 * of shape [1, 1], like the result of a reduction, of `trace` and of `loss`, is a number; every other result is a buffer or can be
 * computed again at will.
 */
import { isReduction } from './functions';
import { operations, type Operation } from './operations';
import { print } from './print';
import { shapeOf, type Program } from './program';
import { isScalar, sameShape, tensorShape, type Shape } from './shape';
import { children, mapChildren, type Expression } from './tree';

/** One step of the lowered program; a name is assigned once. */
export type Step =
  /** One number a layer, from numbers. */
  | { readonly kind: 'scalar'; readonly name: string; readonly value: Expression }
  /** One number, from all elements of an element-wise expression, over a layer or all layers. @see reductions */
  | {
      readonly kind: 'reduce';
      readonly name: string;
      readonly reduction: string;
      readonly operand: Expression;
      /** Of the operand, which may itself be one number that counts for every element. */
      readonly shape: Shape;
      readonly over: 'layer' | 'all';
    }
  /** A number or a truth for each element: its tensors have the same shape, its scalars are literals or names. */
  | { readonly kind: 'tensor'; readonly name: string; readonly value: Expression; readonly shape: Shape }
  /** A function of whole buffers, of the model, or a draw. @see operations */
  | {
      readonly kind: 'operation';
      readonly name: string;
      readonly operation: Operation;
      /** Names of tensors. */
      readonly operands: readonly string[];
      readonly operandShapes: readonly Shape[];
      /** The operands that are numbers: literals or names. */
      readonly numbers: readonly Expression[];
      /** [1, 1] where the result is a number. */
      readonly shape: Shape;
      /** Of a draw: which of the rule's draws. */
      readonly site: number;
      /** A truth, one a layer: where it holds in no layer, the result is not used and need not be computed. */
      readonly when: string | null;
    };

export interface Lowered {
  readonly steps: readonly Step[];
  /** The name that holds the final value of `w`, `g`, each state, `rate` and each intermediate. */
  readonly final: ReadonlyMap<string, string>;
  /** Names that are true or false rather than a number. */
  readonly truths: ReadonlySet<string>;
  /** Of every tensor. */
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** Whether an expression is true or false. */
export function isTruth(node: Expression, truths: ReadonlySet<string>): boolean {
  switch (node.kind) {
    case 'truth':
      return true;
    case 'name':
      return truths.has(node.name);
    case 'unary':
      return node.operator === 'not';
    case 'binary':
      return !['+', '-', '*', '/', '^'].includes(node.operator);
    case 'choice':
      return isTruth(node.then, truths);
    default:
      return false;
  }
}

/** Names made here contain a `.`, which the language's own cannot. */
export function lower(program: Program): Lowered {
  return new Lowering(program).run();
}

class Lowering {
  private readonly steps: Step[] = [];
  private readonly shapes = new Map<string, Shape>();
  private readonly current = new Map<string, string>();
  private readonly truths = new Set(['matrix']);
  /** Names of what has been computed, by how it is written. */
  private readonly made = new Map<string, string>();

  constructor(private readonly program: Program) {
    const lasting = [...program.states, { name: 'w', shape: tensorShape }, { name: 'g', shape: tensorShape }];
    for (const { name, shape } of lasting) {
      this.current.set(name, name);
      if (!isScalar(shape)) this.shapes.set(name, shape);
    }
  }

  run(): Lowered {
    for (const { target, value, shape } of this.program.lines) {
      const whole = value.kind === 'call' && value.name === 'expand' ? value.operands[0] : value;
      const inner = this.extract(this.rename(whole), null);
      const name = `${target}.${this.steps.length}`;
      if (isScalar(shape)) this.scalar(name, inner);
      else this.tensor(name, inner, shape);
      this.current.set(target, name);
    }
    return { steps: this.steps, final: this.current, truths: this.truths, shapes: this.shapes };
  }

  private rename(node: Expression): Expression {
    return node.kind === 'name'
      ? { ...node, name: this.current.get(node.name) ?? node.name }
      : mapChildren(node, (part) => this.rename(part));
  }

  /** The step of this name, made where there is none of the same text yet. */
  private once(node: Expression, guard: string | null, make: (name: string) => void): Expression {
    const key = guard === null ? print(node) : `${print(node)} if ${guard}`;
    const known = this.made.get(key);
    if (known !== undefined) return { kind: 'name', name: known, at: node.at };
    const name = `.${this.made.size}`;
    this.made.set(key, name);
    make(name);
    return { kind: 'name', name, at: node.at };
  }

  private scalar(name: string, value: Expression): void {
    if (isTruth(value, this.truths)) this.truths.add(name);
    this.steps.push({ kind: 'scalar', name, value });
  }

  private tensor(name: string, value: Expression, shape: Shape): void {
    const fitting = this.fit(value, shape);
    if (isTruth(fitting, this.truths)) this.truths.add(name);
    this.shapes.set(name, shape);
    this.steps.push({ kind: 'tensor', name, value: fitting, shape });
  }

  /**
   * Takes reductions and operations out of an expression, inner ones first: what is left is element-wise.
   * @param guard a truth that must hold for the value to be used; null where it always is
   */
  private extract(node: Expression, guard: string | null): Expression {
    if (node.kind === 'name' && operations.get(node.name)?.name) return this.operation({ ...node, kind: 'call', operands: [] }, guard);
    if (node.kind === 'choice') return this.choice(node, guard);
    if (node.kind !== 'call') return mapChildren(node, (part) => this.extract(part, guard));
    if (isReduction(node)) return this.reduction(node, guard);
    if (operations.has(node.name)) return this.operation(node, guard);
    const { shape } = node;
    if (shape !== undefined) return this.repeated(this.extract(node.operands[0], guard), shape);
    return mapChildren(node, (part) => this.extract(part, guard));
  }

  private choice(node: Expression & { kind: 'choice' }, guard: string | null): Expression {
    const condition = this.extract(node.condition, guard);
    if (!isScalar(shapeOf(condition, this.shapes)) || !asksForMuch(node.then, node.otherwise))
      return { ...node, condition, then: this.extract(node.then, guard), otherwise: this.extract(node.otherwise, guard) };
    const within = (holds: Expression): string => {
      const outer: Expression | null = guard === null ? null : { kind: 'name', name: guard, at: node.at };
      const both: Expression = outer ? { kind: 'binary', operator: 'and', left: outer, right: holds, at: node.at } : holds;
      const named = this.hoisted(both);
      return named.kind === 'name' ? named.name : this.named(both);
    };
    const not: Expression = { kind: 'unary', operator: 'not', operand: condition, at: node.at };
    return { ...node, condition, then: this.extract(node.then, within(condition)), otherwise: this.extract(node.otherwise, within(not)) };
  }

  private reduction(node: Expression & { kind: 'call' }, guard: string | null): Expression {
    const [operand] = node.operands;
    const repeated = operand.kind === 'call' && operand.name === 'expand' ? operand.shape : undefined;
    const inner = this.extract(repeated && 'operands' in operand ? operand.operands[0] : operand, guard);
    const shape = repeated ?? shapeOf(inner, this.shapes);
    return this.once({ ...node, operands: [repeated ? ({ ...operand, operands: [inner] } as Expression) : inner] }, null, (name) =>
      this.steps.push({
        kind: 'reduce',
        name,
        reduction: node.name,
        operand: this.fit(inner, shape),
        shape,
        over: node.all ? 'all' : 'layer',
      }),
    );
  }

  private operation(node: Expression & { kind: 'call' }, guard: string | null): Expression {
    const known = operations.get(node.name);
    const shape = shapeOf(node, this.shapes);
    const inputs = node.name === 'identity' ? [] : node.operands.map((operand) => this.extract(operand, guard));
    const matrices = inputs.slice(0, known?.matrices ?? 0);
    if (node.name === 'outer') {
      const turned = this.operation({ ...node, name: 'transpose', operands: [matrices[1]] }, guard);
      return this.operation({ ...node, name: 'matmul', operands: [matrices[0], turned] }, guard);
    }
    const settled = { ...node, operands: node.name === 'identity' ? node.operands : inputs };
    return this.once(settled, guard, (name) => {
      const operandShapes = matrices.map((operand) => shapeOf(operand, this.shapes));
      const operands = matrices.map((operand, i) => this.buffer(operand, operandShapes[i]));
      const numbers = inputs.slice(matrices.length).map((operand) => this.hoisted(operand));
      this.push(name, { operation: node.name as Operation, operands, operandShapes, numbers, shape, site: node.site ?? 0, when: guard });
    });
  }

  private push(name: string, step: Omit<Step & { kind: 'operation' }, 'kind' | 'name'>): void {
    if (!isScalar(step.shape)) this.shapes.set(name, step.shape);
    this.steps.push({ kind: 'operation', name, ...step });
  }

  /** The name of a tensor with this value. */
  private buffer(node: Expression, shape: Shape): string {
    if (node.kind === 'name' && this.shapes.has(node.name)) return node.name;
    const made = isScalar(shape) ? this.repeated(node, shape) : this.once(node, null, (name) => this.tensor(name, node, shape));
    return (made as Expression & { kind: 'name' }).name;
  }

  private repeated(node: Expression, shape: Shape): Expression {
    return this.once({ kind: 'call', name: 'expand', operands: [node], shape, at: node.at }, null, (name) =>
      this.tensor(name, node, shape),
    );
  }

  /** An element-wise expression whose every tensor has this shape and whose every number is a literal or a name. */
  private fit(node: Expression, shape: Shape): Expression {
    const own = shapeOf(node, this.shapes);
    if (isScalar(own)) return this.hoisted(node);
    if (node.kind === 'name') return sameShape(own, shape) ? node : this.expand(node.name, own, shape, node);
    if (!sameShape(own, shape)) return this.expand(this.buffer(node, own), own, shape, node);
    if (node.kind === 'binary' && node.operator === '/' && isScalar(shapeOf(node.right, this.shapes)))
      return this.fit({ ...node, operator: '*', right: reciprocal(node.right) }, shape);
    return mapChildren(node, (part) => this.fit(part, shape));
  }

  /** A tensor repeated to a larger shape. */
  private expand(from: string, own: Shape, shape: Shape, { at }: Expression): Expression {
    return this.once({ kind: 'call', name: 'expand', operands: [{ kind: 'name', name: from, at }], shape, at }, null, (name) =>
      this.push(name, { operation: 'expand', operands: [from], operandShapes: [own], numbers: [], shape, site: 0, when: null }),
    );
  }

  /** A literal or a name for an expression of numbers. */
  private hoisted(node: Expression): Expression {
    if (node.kind === 'number' || node.kind === 'truth' || node.kind === 'name') return node;
    return this.once(node, null, (name) => this.scalar(name, node));
  }

  private named(node: Expression): string {
    const made = this.once({ kind: 'call', name: 'value', operands: [node], at: node.at }, null, (name) => this.scalar(name, node));
    return (made as Expression & { kind: 'name' }).name;
  }
}

/** Is there anything in these that is worth leaving out where it is not used? */
const asksForMuch = (...sides: readonly Expression[]): boolean =>
  sides.some(
    (node) =>
      ((node.kind === 'call' || (node.kind === 'name' && operations.get(node.name)?.name)) && operations.has(node.name)) ||
      asksForMuch(...children(node)),
  );

/** Division by one number for all is multiplication by its reciprocal, taken in float64. */
const reciprocal = (node: Expression): Expression =>
  node.kind === 'number'
    ? { ...node, value: 1 / node.value }
    : { kind: 'binary', operator: '/', left: { kind: 'number', value: 1, at: node.at }, right: node, at: node.at };
