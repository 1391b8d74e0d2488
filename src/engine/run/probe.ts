/**
 * Curvature beside training. A measurement freezes the weights of its step and from then on does one Hessian-vector product for every
 * training step, so that frames keep flowing and the order of a record's events depends on steps alone, never on time. While one
 * is under way no other begins.
 */
import { measureCurvature, noMemory, type CurvatureMemory, type CurvatureResult } from '../curvature/measurement';
import type { Floats } from '../backends/backend';
import { Random } from '../random';
import { norm } from '../vectors';
import type { CheckpointTensors, CurvatureHeader } from './checkpoint';
import type { Machine } from './machine';
import type { CurvatureEvent } from './record';

type SavedTensors = 'max' | 'min' | 'preconditioned' | 'frozen' | 'figures' | 'scaling';

/** One measurement under way. */
interface Pending {
  readonly step: number;
  /** Learning rate of that step. */
  readonly lr: number;
  /** The loss at the frozen weights where its zero means something; 0 for a function, to which any constant can be added. */
  readonly lossSize: number;
  readonly frozen: readonly Floats[];
  readonly scaling: number | Float64Array | null;
  readonly work: Generator<void, CurvatureResult>;
  products: number;
}

export class CurvatureProbe {
  private readonly rows: Uint32Array;
  private memory: CurvatureMemory = noMemory;
  private pending: Pending | null = null;

  /** @param train the training samples @param most how many of them a measurement uses at most: always the same ones */
  constructor(
    private machine: Machine,
    private readonly seed: number,
    private readonly stabilityLimit: (step: number, lr: number) => number | null,
    train: Uint32Array,
    most: number,
  ) {
    const chosen = new Random(seed, 'curvature/samples').permutation(train.length).slice(0, most).sort();
    this.rows = chosen.map((i) => train[i]);
  }

  /** Is a measurement under way? */
  get busy(): boolean {
    return this.pending !== null;
  }

  /** Measures another machine from now on, one of the same problem. What is under way belongs to the old one and must be finished. */
  move(machine: Machine): void {
    this.machine = machine;
  }

  /** Freezes the weights as they are after `step`. @param rates the effective rates of that step, one entry a layer; null before the first @param lr its learning rate */
  begin(step: number, rates: readonly (Floats | number)[] | null, lr: number): void {
    const { model, variables } = this.machine;
    const frozen = model.weights.map((weights) => weights.slice());
    const lossSize = variables === null ? Math.abs(model.evaluate(this.rows).loss) : 0;
    this.start({ step, lr, lossSize, frozen, scaling: rates === null ? null : this.relative(rates, lr) }, 0);
  }

  /** Does one product of the measurement under way. @returns the event once it is complete */
  advance(): CurvatureEvent | null {
    const { pending } = this;
    if (pending === null) return null;
    const { done, value } = pending.work.next();
    pending.products++;
    if (!done) return null;
    this.pending = null;
    this.memory = value.memory;
    const { step, lr } = pending;
    return { type: 'curvature', step, ...value.figures, stabilityLimit: this.stabilityLimit(step, lr), probeSamples: this.rows.length };
  }

  /** What a checkpoint keeps. */
  save(): { header: CurvatureHeader; tensors: Pick<CheckpointTensors, SavedTensors> } {
    const { pending, memory } = this;
    const { largestGradient, largestCurvature } = memory;
    const scaling = pending?.scaling ?? null;
    const uniform = typeof scaling === 'number';
    const some = (vector: Float64Array | null): Float64Array[] => (vector ? [vector] : []);
    return {
      header: {
        largestGradient,
        largestCurvature,
        pending: pending && { step: pending.step, products: pending.products, uniform },
      },
      tensors: {
        max: some(memory.max),
        min: some(memory.min),
        preconditioned: some(memory.preconditioned),
        frozen: pending?.frozen ?? [],
        figures: some(pending && Float64Array.of(pending.lr, pending.lossSize)),
        scaling: some(uniform ? Float64Array.of(scaling) : scaling),
      },
    };
  }

  /** Goes on from what `save` gave: the products of a measurement under way are done again. */
  restore(header: CurvatureHeader, tensors: CheckpointTensors): void {
    const copy = ([vector]: readonly Floats[]): Float64Array | null => (vector ? Float64Array.from(vector) : null);
    const { largestGradient, largestCurvature, pending } = header;
    const [max, min, preconditioned] = [tensors.max, tensors.min, tensors.preconditioned].map(copy);
    this.memory = { max, min, preconditioned, largestGradient, largestCurvature };
    this.pending = null;
    if (pending === null) return;
    const { model } = this.machine;
    const now = model.weights.map((weights) => weights.slice());
    const frozen = tensors.frozen.map((weights) => weights.slice());
    const [lr, lossSize] = tensors.figures[0];
    const scaling = copy(tensors.scaling);
    frozen.forEach((weights, layer) => model.weights[layer].set(weights));
    this.start({ step: pending.step, lr, lossSize, frozen, scaling: scaling && pending.uniform ? scaling[0] : scaling }, pending.products);
    now.forEach((weights, layer) => model.weights[layer].set(weights));
  }

  private start(begun: Omit<Pending, 'work' | 'products'>, products: number): void {
    const { frozen, scaling, lossSize } = begun;
    const work = measureCurvature({
      operator: this.machine.model.hessian(this.rows),
      weightNorm: norm(Float64Array.from(frozen, (weights) => norm(weights))),
      lossSize,
      scaling,
      memory: this.memory,
      seed: this.seed,
    });
    for (let done = 0; done < products; done++) work.next();
    this.pending = { ...begun, work, products };
  }

  /** rate/lr: one number where all weights have the same, otherwise one a weight, layer after layer. */
  private relative(rates: readonly (Floats | number)[], lr: number): number | Float64Array {
    const [first] = rates;
    if (typeof first === 'number' && rates.every((rate) => rate === first)) return first / lr;
    const all = new Float64Array(this.machine.model.parameters);
    let at = 0;
    rates.forEach((rate, layer) => {
      const { parameters } = this.machine.model.layers[layer];
      for (let i = 0; i < parameters; i++) all[at + i] = (typeof rate === 'number' ? rate : rate[i]) / lr;
      at += parameters;
    });
    return all;
  }
}
