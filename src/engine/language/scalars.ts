/**
 * What is one number for a layer: compiled to closures over flat float64 slots, a block of slots for each layer, since they run at
 * every step of every run.
 */
import { elementwise } from './functions';
import { operate } from './scalar';
import type { Expression } from './tree';

/** Computes a number for the layer at hand; truths are 0 and 1. */
export type Compute = () => number;

export class Scalars {
  private readonly slots: ReadonlyMap<string, number>;
  private readonly values: Float64Array;
  /** Where the block of the layer at hand begins. */
  private readonly block = { start: 0 };

  constructor(names: Iterable<string>, layers: number) {
    this.slots = new Map([...new Set(names)].map((name, slot) => [name, slot]));
    this.values = new Float64Array(this.slots.size * layers);
  }

  /** From now on everything is computed for this layer. */
  at(layer: number): void {
    this.block.start = layer * this.slots.size;
  }

  slot(name: string): number {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new Error(`There is no scalar ${name}.`);
    return slot;
  }

  get(slot: number): number {
    return this.values[this.block.start + slot];
  }

  set(slot: number, value: number): void {
    this.values[this.block.start + slot] = value;
  }

  /** What computes a scalar and keeps it. */
  assign(name: string, value: Expression): () => void {
    const { values, block } = this;
    const slot = this.slot(name);
    const compute = this.compile(value);
    return () => {
      values[block.start + slot] = compute();
    };
  }

  compile(node: Expression): Compute {
    const { values, block } = this;
    switch (node.kind) {
      case 'number':
      case 'truth': {
        const value = Number(node.value);
        return () => value;
      }
      case 'name': {
        const slot = this.slot(node.name);
        return () => values[block.start + slot];
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
