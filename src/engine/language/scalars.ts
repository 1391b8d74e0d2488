/** The scalar steps of a lowered program, compiled to closures over flat float64 slots: they run at every step of every run. */
import { elementwise } from './functions';
import type { Step } from './lower';
import { operate } from './scalar';
import type { Expression } from './tree';

type Compute = () => number;

export class Scalars {
  /** One number a name. */
  readonly values: Float64Array;
  private readonly slots: ReadonlyMap<string, number>;
  /** What to run before the first reduction, between the first and the second, … */
  private readonly phases: (() => void)[][] = [[]];

  constructor(steps: readonly Step[]) {
    const names = ['t', 'lr', 'lr0', ...steps.flatMap((step) => (step.kind === 'tensor' ? [] : [step.name]))];
    this.slots = new Map(names.map((name, slot) => [name, slot]));
    this.values = new Float64Array(names.length);
    for (const step of steps) {
      if (step.kind === 'reduce') this.phases.push([]);
      if (step.kind === 'scalar') this.phases[this.phases.length - 1].push(this.assign(this.slot(step.name), this.compile(step.value)));
    }
  }

  slot(name: string): number {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new Error(`There is no scalar ${name}.`);
    return slot;
  }

  /** Sets what every step is given. */
  begin(t: number, lr: number, lr0: number): void {
    this.values[0] = t;
    this.values[1] = lr;
    this.values[2] = lr0;
  }

  /** Computes what follows after so many reductions. */
  run(phase: number): void {
    for (const step of this.phases[phase]) step();
  }

  private assign(slot: number, compute: Compute): () => void {
    const { values } = this;
    return () => {
      values[slot] = compute();
    };
  }

  private compile(node: Expression): Compute {
    const { values } = this;
    switch (node.kind) {
      case 'number':
      case 'truth': {
        const value = Number(node.value);
        return () => value;
      }
      case 'name': {
        const slot = this.slot(node.name);
        return () => values[slot];
      }
      case 'unary': {
        const operand = this.compile(node.operand);
        return node.operator === '-' ? () => -operand() : () => Number(operand() === 0);
      }
      case 'binary': {
        const left = this.compile(node.left);
        const right = this.compile(node.right);
        const f = operate[node.operator];
        return () => f(left(), right());
      }
      case 'choice': {
        const condition = this.compile(node.condition);
        const then = this.compile(node.then);
        const otherwise = this.compile(node.otherwise);
        return () => (condition() !== 0 ? then() : otherwise());
      }
      case 'call': {
        const operands = node.operands.map((operand) => this.compile(operand));
        const [a, b] = operands;
        const f = elementwise.get(node.name)?.value;
        if (f === undefined) throw new Error(`There is no function ${node.name} of numbers.`);
        return b === undefined ? () => f(a(), 0) : () => f(a(), b());
      }
      case 'text':
        throw new Error('A text has no number; the checker lets none through.');
    }
  }
}
