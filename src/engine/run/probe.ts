/**
 * Curvature beside training. A measurement freezes the weights of its step and from then on does one Hessian-vector product for every
 * training step, so that frames keep flowing and the order of a record's events depends on steps alone, never on time. While one
 * is under way no other begins. Where products come later, the next is asked for when the last is there.
 */
import type { Floats } from '../backends/backend';
import type { Measuring } from '../curvature/ends';
import { measureCurvature, noMemory, type CurvatureMemory, type CurvatureResult, type FrozenHessian } from '../curvature/measurement';
import type { Waiting } from '../eventually';
import { Random } from '../random';
import { norm } from '../vectors';
import type { CheckpointTensors, CurvatureHeader } from './checkpoint';
import type { CurvatureEvent } from './record';
import type { Rates } from './stepEvent';

type SavedTensors = 'max' | 'min' | 'preconditioned' | 'frozen' | 'figures' | 'scaling';

/** The weights of a step, frozen. */
export interface Frozen {
  readonly weights: readonly Floats[];
  /** The loss over the probe's samples at them, where its zero means something; 0 for a function, to which any constant can be added. */
  readonly loss: number;
  /** The effective rates of that step; null before the first. */
  readonly rates: Rates | null;
  readonly hessian: ProbedHessian;
}

/** A Hessian that may hold memory of a GPU. */
export interface ProbedHessian extends FrozenHessian {
  close?(): void;
}

/** One measurement under way. */
interface Pending {
  readonly step: number;
  /** Learning rate of that step. */
  readonly lr: number;
  /** The loss at the frozen weights where its zero means something; 0 for a function, to which any constant can be added. */
  readonly lossSize: number;
  readonly frozen: readonly Floats[];
  readonly scaling: number | Float64Array | null;
  readonly hessian: ProbedHessian;
  readonly work: Measuring<CurvatureResult>;
  products: number;
}

export class CurvatureProbe {
  /** The samples of every measurement. */
  readonly rows: Uint32Array;
  private memory: CurvatureMemory = noMemory;
  private pending: Pending | null = null;
  private product: Promise<void> | null = null;

  /** @param train the training samples @param most how many of them a measurement uses at most: always the same ones */
  constructor(
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

  /** What the last product has to be waited for before the next; null where it is there. */
  get waiting(): Promise<void> | null {
    return this.product;
  }

  /** Begins a measurement of the weights after `step`. @param lr the step's learning rate */
  begin(step: number, lr: number, { weights, loss, rates, hessian }: Frozen): void {
    const scaling = rates && relative(rates, lr, weights);
    this.start({ step, lr, lossSize: Math.abs(loss), frozen: weights, scaling, hessian });
  }

  /** Does, or asks for, one product of the measurement under way. @returns the event once it is complete */
  advance(): CurvatureEvent | null {
    const { pending } = this;
    if (pending === null) return null;
    const { done, value } = pending.work.next();
    pending.products++;
    this.product = null;
    if (!done) {
      if (value instanceof Promise) {
        value.catch(() => undefined); // whoever waits for it is told
        this.product = value;
      }
      return null;
    }
    this.drop();
    this.memory = value.memory;
    const { step, lr } = pending;
    return { type: 'curvature', step, ...value.figures, stabilityLimit: this.stabilityLimit(step, lr), probeSamples: this.rows.length };
  }

  /** Gives up what is under way. */
  drop(): void {
    this.pending?.hessian.close?.();
    this.pending = null;
    this.product = null;
  }

  /** Bytes of what a checkpoint keeps. */
  get bytes(): number {
    return Object.values(this.save().tensors)
      .flat()
      .reduce((sum, { byteLength }) => sum + byteLength, 0);
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

  /**
   * Goes on from what `save` gave: the products of a measurement under way are done again.
   * @param freeze the Hessian at these weights
   */
  *restored(header: CurvatureHeader, tensors: CheckpointTensors, freeze: (weights: readonly Floats[]) => ProbedHessian): Waiting<void> {
    const copy = ([vector]: readonly Floats[]): Float64Array | null => (vector ? Float64Array.from(vector) : null);
    const { largestGradient, largestCurvature, pending } = header;
    const [max, min, preconditioned] = [tensors.max, tensors.min, tensors.preconditioned].map(copy);
    this.memory = { max, min, preconditioned, largestGradient, largestCurvature };
    this.drop();
    if (pending === null) return;
    const frozen = tensors.frozen.map((weights) => weights.slice());
    const [lr, lossSize] = tensors.figures[0];
    const scaling = copy(tensors.scaling);
    const hessian = freeze(frozen);
    this.start({ step: pending.step, lr, lossSize, frozen, scaling: scaling && pending.uniform ? scaling[0] : scaling, hessian });
    for (let done = 0; done < pending.products; done++) {
      this.advance();
      if (this.product !== null) yield this.product;
    }
  }

  private start(begun: Omit<Pending, 'work' | 'products'>): void {
    const { frozen, scaling, lossSize, hessian } = begun;
    const work = measureCurvature({
      operator: hessian,
      weightNorm: norm(Float64Array.from(frozen, (weights) => norm(weights))),
      lossSize,
      scaling,
      memory: this.memory,
      seed: this.seed,
    });
    this.pending = { ...begun, work, products: 0 };
  }
}

/** rate/lr: one number where all weights have the same, otherwise one a weight, layer after layer. */
function relative(rates: Rates, lr: number, weights: readonly Floats[]): number | Float64Array {
  const [first] = rates;
  if (typeof first === 'number' && rates.every((rate) => rate === first)) return first / lr;
  const all = new Float64Array(weights.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  rates.forEach((rate, layer) => {
    const { length } = weights[layer];
    for (let i = 0; i < length; i++) all[at + i] = (typeof rate === 'number' ? rate : rate[i]) / lr;
    at += length;
  });
  return all;
}
