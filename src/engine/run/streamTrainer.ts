/**
 * The run itself where answers come later: several steps are under way at a time, and each is told when its numbers are there. The events
 * and their order are those of `trainer.ts`. Only what the next step depends on is waited for: an evaluation that a schedule watches, and
 * the products of a curvature measurement, of which each goes with one step. That a run has diverged is found out too late: it is then put
 * back to a state kept on the way, and trained again up to that very step.
 */
import type { Floats } from '../backends/backend';
import { eventually, wait, type Eventually, type Waiting } from '../eventually';
import { version } from '../version';
import { AskedStep, evaluationsAsked, frozenAsked, ratesAsked, type Samples } from './askedStep';
import { checkBelongs } from './belongs';
import { changed, checkStatesStay, type AskedChange } from './changes';
import { decodeCheckpoint, type Notes } from './checkpoint';
import { weightsFingerprint } from './fingerprint';
import type { Prepared } from './prepare';
import type { ProbedHessian } from './probe';
import type { RecordEvent } from './record';
import { Standing, tensorsLike } from './standing';
import type { Rates } from './stepEvent';
import type { MachineTensors, StreamMachine } from './stream';
import type { Training } from './training';
import { ofLayer, quantitiesOf, stateAsked, type LayerValues } from './weightValues';

export interface StreamTrainerOptions {
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number;
  /** Milliseconds after which the state is kept again, so that no more has to be trained once more where the run diverges. */
  readonly keepEvery?: number;
}

const KEEP_EVERY = 4000;

/** What is asked of every weight, of all layers. */
interface Last extends Pick<MachineTensors, 'weights' | 'state'> {
  readonly gradients: readonly Floats[];
  /** Null where nothing was measured. */
  readonly rates: Rates | null;
}

/** A state that the run can be put back to. */
interface Anchor {
  readonly step: number;
  readonly tensors: MachineTensors;
}

export class StreamTrainer extends Standing implements Training {
  private readonly clock: () => number;
  private readonly keepEvery: number;
  private readonly samples: Samples;
  /** The steps asked for and not yet told, in their order. */
  private readonly under: AskedStep[] = [];
  private anchor: Anchor | null = null;
  /** When a state was last asked for to become the anchor. */
  private kept = -Infinity;
  /** The learning rates of the steps asked for since the anchor. */
  private paces: number[] = [];
  /** Events that a call which failed has left. */
  private left: RecordEvent[] = [];
  private spent = 0;
  /** Since when something has been under way; null where nothing is. */
  private since: number | null = null;
  /** Of a run that has ended, so that it is known when its machine is closed. */
  private last: Last | null = null;

  /** @param machine made for this run; it is closed with the trainer */
  constructor(
    prepared: Prepared,
    private readonly machine: StreamMachine,
    { clock = Date.now, keepEvery = KEEP_EVERY }: StreamTrainerOptions = {},
  ) {
    super(prepared, machine, false);
    this.clock = clock;
    this.keepEvery = keepEvery;
    this.samples = { train: this.train, heldOut: this.heldOut };
  }

  begin(): Eventually<RecordEvent[]> {
    return this.timed(async () => {
      const { machine, probe } = this;
      const origin = this.origin();
      const evaluations = evaluationsAsked(machine, this.samples);
      const measured = this.prepared.spec.measure.curvatureEvery > 0;
      const frozen = measured ? frozenAsked(machine, probe.rows, machine.hessian(probe.rows), null) : null;
      machine.flush();
      const [{ train, heldOut }, start] = await Promise.all([evaluations, frozen, origin]);
      this.divergence.startedAt(train.loss);
      if (start !== null) probe.begin(0, this.pace.rate(0), start);
      if (this.prepared.steps === 0) this.closing = { reason: 'completed' };
      return [this.start, this.evaluation(train, heldOut)];
    });
  }

  advance(upTo = Infinity): Eventually<RecordEvent[]> {
    return this.ended ? [] : this.timed(() => eventually(this.goOn(upTo)));
  }

  settle(): Eventually<RecordEvent[]> {
    return this.under.length === 0 ? [] : this.timed(() => eventually(this.tell(Infinity, true)));
  }

  measureOn(): Eventually<{ readonly events: RecordEvent[]; readonly busy: boolean }> {
    return this.probe.busy ? this.timed(() => eventually(this.measureOnce())) : { events: [], busy: false };
  }

  make(change: AskedChange): Eventually<RecordEvent[]> {
    return this.timed(async () => {
      if (this.ended) throw new Error('The run has ended; it can be changed while it goes on.');
      const prepared = changed(this.prepared, { ...change, step: this.taken });
      while (this.probe.busy) this.left.push(...(await eventually(this.measureOnce())).events);
      const states = await this.replace(prepared, change);
      const event = this.goOnAs(prepared, states);
      await this.saved();
      return [...this.left.splice(0), event];
    });
  }

  /** The state that is read for it is the one that the run is put back to where it diverges. */
  async checkpoint(notes: Notes = {}, sealed = true): Promise<ArrayBuffer> {
    return this.encoded(await this.saved(), notes, sealed);
  }

  get checkpointBytes(): number {
    return this.machine.bytes + this.probe.bytes;
  }

  get engine(): string {
    return `${version}, ${this.machine.backend}, ${this.machine.engine}`;
  }

  async restore(checkpoint: ArrayBuffer, prepared = this.prepared, sealed = true): Promise<void> {
    const { machine, probe } = this;
    const decoded = decodeCheckpoint(checkpoint, sealed);
    await Promise.allSettled(this.under.map(({ done }) => done));
    this.forget();
    const origin = this.anchor?.tensors ?? (await this.origin());
    const replaced = prepared !== this.prepared;
    if (replaced) await machine.replace(prepared.rule, prepared.settings);
    this.prepared = prepared;
    const like = replaced ? await this.saved() : origin;
    checkBelongs(decoded.header, prepared);
    const tensors = tensorsLike(decoded, like);
    machine.load(tensors);
    this.standAt(decoded);
    this.paces = [];
    this.keep({ step: this.taken, tensors: { ...tensors, state: { ...like.state, ...tensors.state } } });
    const hessianAt = (weights: readonly Floats[]): ProbedHessian => {
      machine.load({ weights });
      const hessian = machine.hessian(probe.rows);
      machine.load({ weights: tensors.weights });
      return hessian;
    };
    await eventually(this.flushing(probe.restored(decoded.header.curvature, decoded.tensors, hessianAt)));
    machine.flush();
    this.last = null;
    this.left = [];
    this.spent = decoded.header.milliseconds;
    this.since = null;
  }

  get quantities(): readonly string[] {
    return quantitiesOf(this.machine.states);
  }

  values(layer: number, quantity: string): Eventually<LayerValues | null> {
    const step = quantity === 'gradient' ? this.graded : quantity === 'rate' ? this.measured : this.taken;
    const brought = quantity === 'gradient' || quantity === 'rate'; // by a step
    if (brought && step === 0) return null;
    if (this.last !== null) return { step, values: this.lastValues(this.last, layer, quantity) };
    if (this.ended) return null; // by a fault
    const found = this.valuesAsked(layer, quantity);
    this.machine.flush();
    return found.then((values) => ({ step, values }));
  }

  override fail(message: string): RecordEvent[] {
    this.measured = 0; // nobody can be asked for the rates
    this.graded = 0;
    return super.fail(message);
  }

  close(): void {
    this.forget();
    this.machine.close();
  }

  protected get milliseconds(): number {
    return this.spent + (this.since === null ? 0 : this.clock() - this.since);
  }

  protected stabilityLimit(step: number, lr: number): number | null {
    return this.machine.stabilityLimit(step, lr);
  }

  private *goOn(upTo: number): Waiting<RecordEvent[]> {
    this.fill(upTo);
    if (this.under.length > 0) return yield* this.tell(upTo, false);
    const events = this.left.splice(0);
    if (this.closing === null) return events;
    if (this.probe.busy) return [...events, ...(yield* this.measureOnce()).events];
    if (this.evaluated !== this.taken) {
      const { train, heldOut } = yield* this.answer(evaluationsAsked(this.machine, this.samples));
      events.push(this.evaluation(train, heldOut));
    }
    this.last = yield* this.lastAsked();
    return [...events, this.endEvent(this.closing)];
  }

  /**
   * Asks for the coming steps: in bunches of half of what may be under way, so that one is computed while the other is told and asked for.
   * @param upTo none beyond this one
   */
  private fill(upTo: number): void {
    const { machine, under } = this;
    const last = Math.min(upTo, this.prepared.steps);
    const bunch = Math.max(1, Math.floor(machine.ahead / 2));
    let more = true;
    while (more && under.length + bunch <= Math.max(1, machine.ahead)) {
      const before = under.length;
      while (this.next <= last && !this.mustWait && under.length < before + bunch) this.ask(this.next);
      more = under.length === before + bunch;
      if (under.length > before) machine.flush();
    }
  }

  private get next(): number {
    return (this.under.at(-1)?.order.request.step ?? this.taken) + 1;
  }

  /** Is there nothing to be asked for until what is under way has been told? */
  private get mustWait(): boolean {
    if (this.closing !== null) return true;
    const newest = this.under.at(-1)?.order;
    if (newest === undefined) return false;
    return this.probe.busy || newest.freeze !== null || (newest.evaluate !== null && this.pace.watches);
  }

  /** Asks for a step, and all that it brings with it. */
  private ask(step: number): void {
    const { machine, probe, prepared } = this;
    const due = this.due(step);
    const curvature = probe.advance(); // its product lies before the step in the queue: the weights are frozen
    const now = this.clock();
    const save = now - this.kept >= this.keepEvery;
    if (save) this.kept = now;
    const order = {
      due,
      request: this.request(step, this.pace.rate(step - 1), due.told || due.curvature),
      perWeight: due.told && prepared.spec.measure.perWeight,
      evaluate: due.evaluation ? this.samples : null,
      freeze: due.curvature && !probe.busy ? probe.rows : null,
      save,
    };
    this.paces.push(order.request.lr);
    this.under.push(new AskedStep(machine, order, probe.waiting, curvature));
  }

  private request(step: number, lr: number, measured: boolean) {
    return { step, lr, measured, rows: this.batches.at(step - 1) };
  }

  /** Tells the steps that are answered, at least one. @param all and waits for all of them @param upTo none beyond this one */
  private *tell(upTo: number, all: boolean): Waiting<RecordEvent[]> {
    const { under } = this;
    const events = this.left.splice(0);
    for (let told = 0; under.length > 0 && under[0].order.request.step <= upTo; told++) {
      const [oldest] = under;
      if (told > 0 && !all && !oldest.answered) break;
      if (!oldest.answered) yield oldest.done;
      under.shift();
      events.push(...(yield* this.told(oldest)));
    }
    return events;
  }

  /** One step, as `Trainer` tells it. */
  private *told(asked: AskedStep): Waiting<RecordEvent[]> {
    const { order, evaluations, curvature, frozen, saved } = asked;
    const { step, lr } = order.request;
    const { loss } = asked.answer;
    let diverged = this.divergence.judge(step, loss);
    const told = order.due.told || diverged !== null;
    const late = diverged !== null || (evaluations !== null && this.divergence.judge(step, evaluations.train.loss) !== null);
    const overshot = late && (this.under.length > 0 || (told && !order.request.measured));
    const seen = overshot ? yield* this.again(step, told) : asked;
    this.taken = step;
    if (told || order.due.curvature) this.measured = step;
    this.graded = step;

    const events: RecordEvent[] = [];
    if (told) events.push(this.toldStep(loss, lr, seen.figures, { perWeight: seen.order.perWeight ? seen.rates : undefined }));
    if (evaluations !== null) {
      const evaluation = this.evaluation(evaluations.train, evaluations.heldOut);
      diverged ??= this.divergence.judge(step, evaluation.trainLoss);
      this.pace.observe(step, evaluation.heldOutLoss ?? evaluation.trainLoss);
      events.push(evaluation);
    }
    if (diverged !== null) this.closing = { reason: 'diverged', message: diverged };
    else if (step === this.prepared.steps) this.closing = { reason: 'completed' };
    if (curvature !== null) events.push(curvature);
    if (diverged !== null) asked.forget();
    else if (frozen !== null) this.probe.begin(step, lr, frozen);
    if (saved !== null && diverged === null) this.keep({ step, tensors: saved });
    return events;
  }

  /** Trains from the anchor up to a step that lies behind, with what was asked for beyond it forgotten. @returns that step, told or not */
  private *again(step: number, told: boolean): Waiting<AskedStep> {
    const { machine, anchor, paces } = this;
    if (anchor === null) throw new Error('The run has not begun.');
    for (const { done } of this.under) yield done;
    this.forgetSteps();
    machine.load(anchor.tensors);
    for (let k = anchor.step + 1; ; k++) {
      const due = this.due(k);
      const measured = due.told || due.curvature || (k === step && told);
      const perWeight = k === step && told && this.prepared.spec.measure.perWeight;
      const request = this.request(k, paces[k - anchor.step - 1], measured);
      const asked = new AskedStep(machine, { due, request, perWeight, evaluate: null, freeze: null, save: false });
      const last = k === step;
      if (!last && (k - anchor.step) % Math.max(1, machine.ahead) !== 0) continue;
      machine.flush();
      yield asked.done;
      if (last) return asked;
    }
  }

  private *measureOnce(): Waiting<{ readonly events: RecordEvent[]; readonly busy: boolean }> {
    const events = this.probeOnce();
    const { waiting } = this.probe;
    this.machine.flush();
    if (waiting !== null) yield waiting;
    return { events, busy: this.probe.busy };
  }

  /** What has just been asked for. */
  private *answer<Value>(asked: Promise<Value>): Waiting<Value> {
    this.machine.flush();
    return yield* wait(asked);
  }

  /** Begins whatever the work asks for before it is waited for. */
  private *flushing<Result>(work: Waiting<Result>): Waiting<Result> {
    for (let sent: unknown; ;) {
      const { done, value } = work.next(sent);
      if (done) return value as Result;
      this.machine.flush();
      sent = yield value;
    }
  }

  private valuesAsked(layer: number, quantity: string): Promise<Floats | number> {
    const { machine } = this;
    if (quantity === 'weight') return machine.tensor('weights', layer);
    if (quantity === 'gradient') return machine.tensor('gradients', layer);
    return quantity === 'rate' ? machine.rates(layer) : machine.state(this.stateCalled(quantity, machine.states), layer);
  }

  private lastValues({ weights, gradients, rates, state }: Last, layer: number, quantity: string): Floats | number {
    if (quantity === 'weight') return weights[layer];
    if (quantity === 'gradient') return gradients[layer];
    if (quantity === 'rate' && rates !== null) return rates[layer];
    return ofLayer(state[this.stateCalled(quantity, Object.keys(state))], this.start.layers, layer);
  }

  /** @throws Error where the rule keeps no such state */
  private stateCalled(quantity: string, states: readonly string[]): string {
    const state = stateAsked(states, quantity);
    if (state === undefined) throw new Error(`${this.prepared.title} keeps no ${quantity}; there are ${this.quantities.join(', ')}.`);
    return state;
  }

  /** All that may be asked for when the run has ended. */
  private *lastAsked(): Waiting<Last> {
    const { machine } = this;
    const gradients = Promise.all(machine.layers.map((_, layer) => machine.tensor('gradients', layer)));
    const rates = this.measured > 0 ? ratesAsked(machine) : null;
    const [found, measured, { weights, state }] = yield* wait(Promise.all([gradients, rates, this.saved()]));
    return { weights, state, gradients: found, rates: measured };
  }

  /** Another rule, or other hyperparameters, for the machine. @throws SpecificationError where states cannot go on; the machine is then as it was */
  private async replace(
    to: Prepared,
    change: AskedChange,
  ): Promise<{ readonly kept: readonly string[]; readonly fresh: readonly string[] }> {
    const { machine, prepared } = this;
    const { state } = await this.saved();
    const states = await machine.replace(to.rule, to.settings);
    try {
      checkStatesStay(change, states.fresh);
    } catch (error) {
      await machine.replace(prepared.rule, prepared.settings);
      machine.load({ state });
      throw error;
    }
    return states;
  }

  /** The machine as it was made, with the run's own initial weights. */
  private async origin(): Promise<MachineTensors> {
    const tensors = await this.saved();
    if (this.prepared.spec.initialWeights !== undefined) this.initialWeights = weightsFingerprint(tensors.weights);
    return tensors;
  }

  /** The machine as it is at this step. */
  private async saved(): Promise<MachineTensors> {
    const { taken: step } = this;
    const saved = this.machine.save();
    this.machine.flush();
    const tensors = await saved;
    this.keep({ step, tensors });
    return tensors;
  }

  private keep(anchor: Anchor): void {
    this.paces = this.paces.slice(anchor.step - (this.anchor?.step ?? 0));
    this.anchor = anchor;
    this.kept = this.clock();
  }

  private forget(): void {
    this.forgetSteps();
    this.probe.drop();
  }

  private forgetSteps(): void {
    for (const asked of this.under) asked.forget();
    this.under.length = 0;
  }

  /** Time counts while something is under way, or was asked. */
  private timed<Result>(work: () => Eventually<Result>): Eventually<Result> {
    this.since ??= this.clock();
    const rest = (): void => {
      if (this.under.length > 0 || this.since === null) return;
      this.spent += this.clock() - this.since;
      this.since = null;
    };
    let result: Eventually<Result>;
    try {
      result = work();
    } catch (error) {
      rest();
      throw error;
    }
    if (result instanceof Promise) return result.finally(rest);
    rest();
    return result;
  }
}
