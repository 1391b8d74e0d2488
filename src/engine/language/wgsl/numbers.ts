/**
 * Numbers of a layer, divided: what follows from the step, the learning rate and the layer's extents is computed on the CPU in float64
 * and handed to the GPU; what follows from a reduction, from the loss or from such a state is computed on the GPU, because asking for it
 * back would make every step wait. A state that is one number a layer (a product of momenta, a sum of learning rates) stays on the CPU
 * where all that it is made of does.
 */
import type { Lowered } from '../lower';
import { Scalars } from '../scalars';
import { namesIn, type ScalarStep } from '../schedule';
import type { Environment } from '../evaluate';
import { write } from './expression';
import { Writer, type GpuKernel, type Names } from './writer';

/** What every step is given, and what is known of a layer. */
const given = ['t', 'lr', 'lr0', 'rows', 'columns', 'matrix'];

/** Where each number is computed. */
export interface Division {
  /** Computed on the CPU. */
  readonly host: ReadonlySet<string>;
  /** Of those, what the GPU reads. */
  readonly uploaded: readonly string[];
  /** The place of the states that the GPU keeps, then of the uploaded ones, then of what it computes. */
  readonly slots: ReadonlyMap<string, number>;
  /** The place of the first uploaded one. */
  readonly firstUploaded: number;
}

/** @param states names of the states that are one number a layer */
export function divide({ steps, final, shapes }: Lowered, states: readonly string[]): Division {
  const scalars = steps.filter((step) => step.kind === 'scalar');
  let kept = states;
  let host = new Set<string>();
  for (;;) {
    host = new Set([...given, ...kept]);
    for (const { name, value } of scalars) if (namesIn(value).every((each) => host.has(each))) host.add(name);
    const still = kept.filter((name) => host.has(final.get(name) ?? name));
    if (still.length === kept.length) break;
    kept = still;
  }
  const read = new Set<string>();
  const stays = states.filter((name) => !host.has(name));
  const made: string[] = [];
  for (const step of steps) {
    if (step.kind !== 'tensor' && !shapes.has(step.name) && !host.has(step.name)) made.push(step.name);
    const parts = step.kind === 'operation' ? step.numbers : step.kind === 'reduce' ? [step.operand] : [step.value];
    if (!host.has(step.name)) for (const name of parts.flatMap(namesIn)) read.add(name);
  }
  if (read.has('loss')) made.push('loss');
  const uploaded = [...read].filter((name) => host.has(name));
  const slots = new Map([...stays, ...uploaded, ...made].map((name, slot) => [name, slot]));
  return { host, uploaded, slots, firstUploaded: stays.length };
}

/** The CPU's part. */
export class HostNumbers {
  /** What the GPU is to be given, number after number, a value a layer each. */
  readonly uploaded: Float32Array;
  private readonly scalars: Scalars;
  private readonly compute: readonly (() => void)[];
  private readonly states: readonly { readonly name: string; readonly slot: number; readonly end: number }[];

  /**
   * @param layers what is known of each before the first step, and what its states that are one number start as
   * @param states names of those states that stay here
   */
  constructor(
    { steps, final }: Lowered,
    private readonly division: Division,
    private readonly layers: readonly Environment[],
    states: readonly string[],
  ) {
    const { host, uploaded } = division;
    this.scalars = new Scalars([...given, ...host], layers.length);
    this.uploaded = new Float32Array(uploaded.length * layers.length);
    const here = steps.filter((step) => step.kind === 'scalar').filter(({ name }) => host.has(name));
    this.compute = here.map(({ name, value }) => this.scalars.assign(name, value));
    const slot = (name: string): number => this.scalars.slot(name);
    this.states = states.map((name) => ({ name, slot: slot(name), end: slot(final.get(name) ?? name) }));
    layers.forEach((known, layer) => {
      this.scalars.at(layer);
      for (const [name, value] of known) if (typeof value === 'number' && host.has(name)) this.scalars.set(slot(name), value);
    });
  }

  /** Computes what a step needs, into `uploaded`. */
  begin(t: number, lr: number, lr0: number): void {
    const { scalars, division } = this;
    for (let layer = 0; layer < this.layers.length; layer++) {
      scalars.at(layer);
      scalars.set(0, t);
      scalars.set(1, lr);
      scalars.set(2, lr0);
      for (const compute of this.compute) compute();
      division.uploaded.forEach((name, k) => {
        this.uploaded[k * this.layers.length + layer] = scalars.get(scalars.slot(name));
      });
    }
  }

  /** A number of this step. */
  value(name: string, layer: number): number {
    this.scalars.at(layer);
    return this.scalars.get(this.scalars.slot(name));
  }

  /** The step is done: the states take their new values. */
  end(): void {
    for (let layer = 0; layer < this.layers.length; layer++) {
      this.scalars.at(layer);
      const values = this.states.map(({ end }) => this.scalars.get(end));
      this.states.forEach(({ slot }, k) => this.scalars.set(slot, values[k]));
    }
  }

  /** Goes on with the states of another, which has the same. */
  takeOver(other: HostNumbers): void {
    for (const { name } of this.states)
      for (let layer = 0; layer < this.layers.length; layer++) this.restore(name, layer, other.value(name, layer));
  }

  /** Puts a state back, from a checkpoint. */
  restore(name: string, layer: number, value: number): void {
    this.scalars.at(layer);
    this.scalars.set(this.scalars.slot(name), value);
  }
}

/** The GPU's part: a thread a layer computes these in order. */
export function numbersKernel(names: Names, steps: readonly ScalarStep[]): GpuKernel {
  const writer = new Writer(names, steps.map(({ name }) => name).join(', '));
  for (const { name, value } of steps) {
    writer.at(value.at);
    const text = writer.fresh(name);
    writer.line(`let ${text} = ${write(value, writer)};`);
    writer.line(`${writer.slot(name)} = ${names.truths.has(name) ? `select(0f, 1f, ${text})` : text};`);
    writer.define(name, text);
  }
  return writer.aThreadALayer();
}

/** Puts the new values of states in the place of the old. @param moves from, to */
export function moveKernel(names: Names, moves: readonly (readonly [from: string, to: string])[]): GpuKernel {
  const writer = new Writer(names, moves.map(([, to]) => to).join(', '));
  moves.forEach(([from], k) => writer.line(`let moved${k} = ${writer.slot(from)};`));
  moves.forEach(([, to], k) => writer.line(`${writer.slot(to)} = moved${k};`));
  return writer.aThreadALayer();
}
