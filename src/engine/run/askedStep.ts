/**
 * A step that is under way: what has been asked of the machine for it, in the order of its queue, and the answers as they come. Everything
 * is asked for before any of it is answered, so that the next step can follow at once.
 */
import type { Evaluation, Floats } from '../backends/backend';
import type { Frozen } from './probe';
import type { CurvatureEvent } from './record';
import type { Due } from './standing';
import type { Rates } from './stepEvent';
import type { MachineTensors, StepAnswer, StepFigures, StepRequest, StreamMachine, StreamOperator } from './stream';

/** What is asked for. */
export interface Order {
  readonly request: StepRequest;
  readonly due: Due;
  /** The rates of every single weight are to be told. */
  readonly perWeight: boolean;
  /** Evaluate over these samples, and over these held out. */
  readonly evaluate: Samples | null;
  /** Freeze the weights for a curvature measurement over these samples. */
  readonly freeze: Uint32Array | null;
  /** Keep what the machine is after the step. */
  readonly save: boolean;
}

export interface Samples {
  readonly train: Uint32Array;
  readonly heldOut: Uint32Array;
}

export interface Evaluations {
  readonly train: Evaluation;
  /** Null where no samples are held out. */
  readonly heldOut: Evaluation | null;
}

export class AskedStep {
  rates: Rates | undefined;
  evaluations: Evaluations | null = null;
  frozen: Frozen | null = null;
  saved: MachineTensors | null = null;
  /** Ends when all of these are there. */
  readonly done: Promise<void>;
  /** Are they? */
  answered = false;
  private found: StepAnswer | null = null;
  private readonly hessian: StreamOperator | null = null;

  /** @param product of a curvature measurement under way, for which the step waits too @param curvature what that measurement has come to */
  constructor(
    machine: StreamMachine,
    readonly order: Order,
    product: Promise<void> | null = null,
    readonly curvature: CurvatureEvent | null = null,
  ) {
    const { request, perWeight, evaluate, freeze, save } = order;
    const all: Promise<unknown>[] = [machine.step(request).then((answer) => (this.found = answer))];
    const rates = perWeight || freeze !== null ? ratesAsked(machine) : null;
    if (rates !== null) all.push(rates.then((found) => (this.rates = found)));
    if (evaluate !== null) all.push(evaluationsAsked(machine, evaluate).then((found) => (this.evaluations = found)));
    if (freeze !== null) {
      this.hessian = machine.hessian(freeze);
      all.push(frozenAsked(machine, freeze, this.hessian, rates).then((frozen) => (this.frozen = frozen)));
    }
    if (save) all.push(machine.save().then((tensors) => (this.saved = tensors)));
    if (product !== null) all.push(product);
    this.done = (all.length === 1 ? all[0] : Promise.all(all)).then(() => void (this.answered = true));
    this.done.catch(() => undefined); // whoever waits for it is told
  }

  /** Once it is there. */
  get answer(): StepAnswer {
    if (this.found === null) throw new Error(`Step ${this.order.request.step} is still under way.`);
    return this.found;
  }

  /** Of a step that was to be measured. */
  get figures(): StepFigures {
    const { figures } = this.answer;
    if (figures === null) throw new Error(`Step ${this.order.request.step} was not measured.`);
    return figures;
  }

  /** Gives back what nobody will use. */
  forget(): void {
    this.hessian?.close();
  }
}

/** The rates of the last measured step, of every layer. */
export const ratesAsked = (machine: StreamMachine): Promise<Rates> =>
  Promise.all(machine.layers.map((_, layer): Promise<Floats | number> => machine.rates(layer)));

export async function evaluationsAsked(machine: StreamMachine, { train, heldOut }: Samples): Promise<Evaluations> {
  const [ofTrain, ofHeldOut] = await Promise.all([machine.evaluate(train), heldOut.length > 0 ? machine.evaluate(heldOut) : null]);
  return { train: ofTrain, heldOut: ofHeldOut };
}

/** The weights of this moment, for a curvature measurement. @param rates of the step; null before the first */
export async function frozenAsked(
  machine: StreamMachine,
  rows: Uint32Array,
  hessian: StreamOperator,
  rates: Promise<Rates> | null,
): Promise<Frozen> {
  const [weights, { loss }, found] = await Promise.all([machine.weights(), machine.evaluate(rows), rates]);
  return { weights, loss, rates: found, hessian };
}
