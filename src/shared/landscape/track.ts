/**
 * The way of one optimizer over a function: what the record tells of every step, kept whole, so that any step can be looked at again and is, bit
 * for bit, what it was. Flat arrays that double: ten thousand steps of two variables are half a megabyte.
 */
import type { StepEvent } from '../../engine/run/record';

/** Where an optimizer stands after a step. */
export interface Place {
  readonly step: number;
  /** One number a variable. */
  readonly position: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
  /** The effective learning rate of each axis in the step that led here; null before the first. */
  readonly rates: readonly number[] | null;
}

export class Track {
  /** Places, the start among them. */
  length = 0;
  private readonly width: number;
  private numbers: Float64Array;

  /** @param variables in the order in which places have them @param told in the order in which the run's rates come */
  constructor(
    private readonly variables: readonly string[],
    private readonly told: readonly string[] = variables,
  ) {
    this.width = 3 * variables.length + 1;
    this.numbers = new Float64Array(64 * this.width);
  }

  /** The last step that is known; −1 where not even the start is. */
  get last(): number {
    return this.length - 1;
  }

  /** Variables of the function. */
  get dimensions(): number {
    return this.variables.length;
  }

  begin(position: readonly number[], value: number, gradient: ArrayLike<number>): void {
    this.add(position, value, Array.from(gradient), []);
  }

  /** @param event of the step after the last one @throws Error where the run does not tell each step with its rates */
  take({ step, position, value, gradient, effectiveRatePerWeight }: StepEvent): void {
    if (step !== this.length || !position || value === undefined || !gradient || !effectiveRatePerWeight)
      throw new Error(`Step ${step} does not follow step ${this.last}, or tells no position; a run measured at every step is expected.`);
    const inOrder = (numbers: Readonly<Record<string, number>>): number[] => this.variables.map((name) => numbers[name]);
    const rates = this.variables.map((name) => effectiveRatePerWeight[0][this.told.indexOf(name)]);
    this.add(inOrder(position), value, inOrder(gradient), rates);
  }

  /** One coordinate after a step, without building the rest: for drawing. */
  coordinate(step: number, axis: number): number {
    return this.numbers[step * this.width + axis];
  }

  value(step: number): number {
    return this.numbers[step * this.width + this.variables.length];
  }

  /** @param step from 0 to `last` */
  at(step: number): Place {
    const n = this.variables.length;
    const row = Array.from(this.numbers.subarray(step * this.width, (step + 1) * this.width));
    return {
      step,
      position: row.slice(0, n),
      value: row[n],
      gradient: row.slice(n + 1, 2 * n + 1),
      rates: step === 0 ? null : row.slice(2 * n + 1),
    };
  }

  private add(position: readonly number[], value: number, gradient: readonly number[], rates: readonly number[]): void {
    const at = this.length * this.width;
    if (at === this.numbers.length) {
      const grown = new Float64Array(2 * at);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers.set([...position, value, ...gradient, ...rates], at);
    this.length++;
  }
}
