/**
 * Scalar expressions as a graph in which equal parts are one node: derivatives of derivatives stay small, because what they share is
 * written and computed once. Nodes are numbers into flat arrays; a node's parts come before it, so one pass in order evaluates all.
 */
import { constants, elementwise } from './functions';
import { operate } from './scalar';
import type { BinaryOperator, Expression } from './tree';

type Node = number;
/** An operator or a function of up to three parts; `choice` is condition, then, otherwise. */
export type Operation = BinaryOperator | 'constant' | 'variable' | 'negate' | 'not' | 'choice' | (string & {});

/** The most nodes that a function and its derivatives may have together. */
const mostNodes = 2_000_000;

export class Graph {
  private readonly operations: Operation[] = [];
  private readonly parts: (readonly Node[])[] = [];
  /** Of a constant its number, of a variable its index. */
  private readonly numbers: number[] = [];
  private readonly known = new Map<string, Node>();
  private readonly derivatives = new Map<number, Map<Node, Node>>();

  constructor(private readonly variables: readonly string[]) {}

  /** Adds an expression of the variables. */
  add(expression: Expression): Node {
    switch (expression.kind) {
      case 'number':
        return this.constant(expression.value);
      case 'truth':
        return this.constant(Number(expression.value));
      case 'name': {
        const constant = constants.get(expression.name);
        return constant === undefined ? this.node('variable', [], this.variables.indexOf(expression.name)) : this.constant(constant);
      }
      case 'unary': {
        const operand = this.add(expression.operand);
        return expression.operator === '-' ? this.negate(operand) : this.node('not', [operand]);
      }
      case 'binary':
        return this.binary(expression.operator, this.add(expression.left), this.add(expression.right));
      case 'choice':
        return this.choice(this.add(expression.condition), this.add(expression.then), this.add(expression.otherwise));
      case 'call':
        return this.call(
          expression.name,
          expression.operands.map((operand) => this.add(operand)),
        );
      case 'text':
        throw new Error('A function has no texts; the reader lets none through.');
    }
  }

  /** The derivative of a node by a variable (its index), exact and simplified. */
  derivative(node: Node, variable: number): Node {
    const known = this.derivatives.get(variable) ?? new Map<Node, Node>();
    this.derivatives.set(variable, known);
    // Parts come before wholes, so going upwards over what `node` is made of needs no recursion.
    for (const each of this.below([node])) if (!known.has(each)) known.set(each, this.differentiate(each, variable, known));
    return known.get(node) ?? this.constant(0);
  }

  /** The nodes that these are made of, themselves included, parts before wholes. */
  private below(roots: readonly Node[]): Node[] {
    const needed = new Set<Node>();
    const open = [...roots];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (needed.has(node)) continue;
      needed.add(node);
      open.push(...this.parts[node]);
    }
    return [...needed].sort((a, b) => a - b);
  }

  private differentiate(node: Node, variable: number, known: ReadonlyMap<Node, Node>): Node {
    const zero = this.constant(0);
    const operation = this.operations[node];
    const [a, b, c] = this.parts[node];
    const d = (part: Node): Node => known.get(part) ?? zero;
    const times = (x: Node, y: Node): Node => this.binary('*', x, y);
    const over = (x: Node, y: Node): Node => this.binary('/', x, y);
    const minus = (x: Node, y: Node): Node => this.binary('-', x, y);
    const one = this.constant(1);
    switch (operation) {
      case 'variable':
        return this.numbers[node] === variable ? one : zero;
      case 'negate':
        return this.negate(d(a));
      case '+':
        return this.binary('+', d(a), d(b));
      case '-':
        return minus(d(a), d(b));
      case '*':
        return this.binary('+', times(d(a), b), times(a, d(b)));
      case '/':
        return minus(over(d(a), b), over(times(a, d(b)), times(b, b)));
      case '^':
      case 'pow': {
        const rising = times(times(b, this.binary('^', a, minus(b, one))), d(a));
        return this.isConstant(d(b), 0) ? rising : this.binary('+', rising, times(times(node, this.call('log', [a])), d(b)));
      }
      case 'choice':
        return this.choice(a, d(b), d(c));
      case 'min':
      case 'max':
        return this.choice(this.binary(operation === 'min' ? '<=' : '>=', a, b), d(a), d(b));
      case 'mod':
        return minus(d(a), times(this.call('floor', [over(a, b)]), d(b)));
      case 'sqrt':
        return over(d(a), times(this.constant(2), node));
      case 'abs':
        return times(this.call('sign', [a]), d(a));
      case 'exp':
        return times(node, d(a));
      case 'log':
        return over(d(a), a);
      case 'sin':
        return times(this.call('cos', [a]), d(a));
      case 'cos':
        return this.negate(times(this.call('sin', [a]), d(a)));
      case 'tan':
        return times(this.binary('+', one, times(node, node)), d(a));
      case 'tanh':
        return times(minus(one, times(node, node)), d(a));
      case 'sigmoid':
        return times(times(node, minus(one, node)), d(a));
      default:
        return zero; // constants, sign, comparisons and connectives are flat wherever they have a slope
    }
  }

  private node(operation: Operation, parts: readonly Node[], number = 0): Node {
    const key = `${operation} ${parts.join(' ')} ${Object.is(number, -0) ? '-0' : number}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const made = this.operations.length;
    if (made >= mostNodes) throw new RangeError(`The derivatives of this function have more than ${mostNodes.toLocaleString('en')} parts.`);
    this.operations.push(operation);
    this.parts.push(parts);
    this.numbers.push(number);
    this.known.set(key, made);
    return made;
  }

  private constant(value: number): Node {
    return this.node('constant', [], value);
  }

  private isConstant(node: Node, value: number): boolean {
    return this.operations[node] === 'constant' && this.numbers[node] === value;
  }

  private negate(a: Node): Node {
    if (this.operations[a] === 'constant') return this.constant(-this.numbers[a]);
    return this.operations[a] === 'negate' ? this.parts[a][0] : this.node('negate', [a]);
  }

  private choice(condition: Node, then: Node, otherwise: Node): Node {
    if (then === otherwise) return then;
    if (this.operations[condition] === 'constant') return this.numbers[condition] !== 0 ? then : otherwise;
    return this.node('choice', [condition, then, otherwise]);
  }

  private call(name: string, operands: readonly Node[]): Node {
    if (operands.every((operand) => this.operations[operand] === 'constant')) {
      const known = elementwise.get(name);
      if (known !== undefined) return this.constant(known.value(this.numbers[operands[0]], this.numbers[operands[1] ?? 0]));
    }
    return this.node(name, operands);
  }

  private binary(operator: BinaryOperator, a: Node, b: Node): Node {
    if (this.operations[a] === 'constant' && this.operations[b] === 'constant')
      return this.constant(operate[operator](this.numbers[a], this.numbers[b]));
    switch (operator) {
      case '+':
        if (this.isConstant(a, 0)) return b;
        if (this.isConstant(b, 0)) return a;
        break;
      case '-':
        if (this.isConstant(b, 0)) return a;
        if (this.isConstant(a, 0)) return this.negate(b);
        break;
      case '*':
        if (this.isConstant(a, 0) || this.isConstant(b, 1)) return a;
        if (this.isConstant(b, 0) || this.isConstant(a, 1)) return b;
        break;
      case '/':
        if (this.isConstant(a, 0) || this.isConstant(b, 1)) return a;
        break;
      case '^':
        if (this.isConstant(b, 1)) return a;
        if (this.isConstant(b, 0)) return this.constant(1);
        break;
      default:
        break;
    }
    return this.node(operator, [a, b]);
  }

  /**
   * Compiles nodes to one pass of arithmetic.
   * @returns a function that computes them all at `x` (one number a variable) into `out`, in the order of `roots`
   */
  compile(roots: readonly Node[]): (x: ArrayLike<number>, out: Float64Array) => void {
    const order = this.below(roots);
    const slot = new Map(order.map((node, i) => [node, i]));
    const values = new Float64Array(order.length);
    const at = (node: Node): number => slot.get(node) ?? 0;
    const steps: ((x: ArrayLike<number>) => void)[] = [];
    order.forEach((node, i) => {
      const number = this.numbers[node];
      const operation = this.operations[node];
      if (operation === 'constant') values[i] = number;
      else if (operation === 'variable') steps.push((x) => (values[i] = x[number]));
      else steps.push(compute(operation, values, i, this.parts[node].map(at)));
    });
    const results = roots.map(at);
    return (x, out) => {
      for (const step of steps) step(x);
      for (let i = 0; i < results.length; i++) out[i] = values[results[i]];
    };
  }
}

/** One step of the pass: `values[to]` from the values of its parts. */
function compute(operation: Operation, values: Float64Array, to: number, [a, b, c]: readonly number[]): () => void {
  if (operation === 'negate') return () => (values[to] = -values[a]);
  if (operation === 'not') return () => (values[to] = Number(values[a] === 0));
  if (operation === 'choice') return () => (values[to] = values[a] !== 0 ? values[b] : values[c]);
  const known = elementwise.get(operation);
  if (known?.operands === 1) return () => (values[to] = known.value(values[a], 0));
  const f = known?.value ?? operate[operation as BinaryOperator];
  return () => (values[to] = f(values[a], values[b]));
}
