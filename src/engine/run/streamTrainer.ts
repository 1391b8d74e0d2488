/**
 * The run itself where answers come later: several steps are under way at a time, and each is told when its numbers are there. The events
 * and their order are those of `trainer.ts`. Only what the next step depends on is waited for: an evaluation that a schedule watches, and
 * the products of a curvature measurement, of which each goes with one step. That a run has diverged is found out too late: it is then put
 * back to a state kept on the way, and trained again up to that very step.
 */
import type { Floats } from '../backends/backend';
import { eventually, wait, type Eventually, type Waiting } from '../eventually';
import { version } from '../version';
import { Anchor } from './anchor';
import { AskedStep, evaluationsAsked, frozenAsked, type Samples } from './askedStep';
import { checkBelongs } from './belongs';
import { changed, checkStatesStay, type AskedChange } from './changes';
import { decodeCheckpoint, type Notes } from './checkpoint';
import { weightsFingerprint } from './fingerprint';
import type { Prepared } from './prepare';
import type { ProbedHessian } from './probe';
import type { RecordEvent } from './record';
import { Standing, tensorsLike } from './standing';
import { Stopwatch } from './stopwatch';
import type { MachineTensors, StreamMachine } from './stream';
import { allValuesAsked, valuesAsked, valuesKept, type LastValues } from './streamValues';
import type { Training } from './training';
import { quantitiesOf, type LayerValues } from './weightValues';

export interface StreamTrainerOptions {
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number;
  /** Milliseconds after which the state is kept again, so that no more has to be trained once more where the run diverges. */
  readonly keepEvery?: number;
}

const KEEP_EVERY = 4000;

export class StreamTrainer extends Standing implements Training {
  private readonly samples: Samples;
  /** The steps asked for and not yet told, in their order. */
  private readonly under: AskedStep[] = [];
  private readonly anchor: Anchor;
  /** Events that a call which failed has left. */
  private left: RecordEvent[] = [];
  private readonly stopwatch: Stopwatch;
  /** Of a run that has ended, so that it is known when its machine is closed. */
  private last: LastValues | null = null;

  /** @param machine made for this run; it is closed with the trainer */
  constructor(
    prepared: Prepared,
    private readonly machine: StreamMachine,
    { clock = Date.now, keepEvery = KEEP_EVERY }: StreamTrainerOptions = {},
  ) {
    super(prepared, machine, false);
    this.anchor = new Anchor(clock, keepEvery);
    this.stopwatch = new Stopwatch(clock, () => this.under.length > 0);
    this.samples = { train: this.train, heldOut: this.heldOut };
  }

  begin(): Eventually<RecordEvent[]> {
    return this.stopwatch.during(async () => {
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
    return this.ended ? [] : this.stopwatch.during(() => eventually(this.goOn(upTo)));
  }

  settle(): Eventually<RecordEvent[]> {
    return this.under.length === 0 ? [] : this.stopwatch.during(() => eventually(this.tell(Infinity, true)));
  }

  measureOn(): Eventually<{ readonly events: RecordEvent[]; readonly busy: boolean }> {
    return this.probe.busy ? this.stopwatch.during(() => eventually(this.measureOnce())) : { events: [], busy: false };
  }

  make(change: AskedChange): Eventually<RecordEvent[]> {
    return this.stopwatch.during(async () => {
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
    const origin = this.anchor.tensors ?? (await this.origin());
    const replaced = prepared !== this.prepared;
    if (replaced) await machine.replace(prepared.rule, prepared.settings);
    this.prepared = prepared;
    const like = replaced ? await this.saved() : origin;
    checkBelongs(decoded.header, prepared);
    const tensors = tensorsLike(decoded, like);
    machine.load(tensors);
    this.standAt(decoded);
    this.anchor.restart(this.taken, { ...tensors, state: { ...like.state, ...tensors.state } });
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
    this.stopwatch.set(decoded.header.milliseconds);
  }

  get quantities(): readonly string[] {
    return quantitiesOf(this.machine.states);
  }

  values(layer: number, quantity: string): Eventually<LayerValues | null> {
    const step = quantity === 'gradient' ? this.graded : quantity === 'rate' ? this.measured : this.taken;
    const brought = quantity === 'gradient' || quantity === 'rate'; // by a step
    if (brought && step === 0) return null;
    if (this.last !== null) return { step, values: valuesKept(this.last, this.prepared.title, this.start.layers, layer, quantity) };
    if (this.ended) return null; // by a fault
    const found = valuesAsked(this.machine, this.prepared.title, layer, quantity);
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
    return this.stopwatch.milliseconds;
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
    this.last = yield* allValuesAsked(this.machine, this.measured > 0, () => this.saved());
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
    return this.probe.waiting !== null || newest.freeze !== null || (newest.evaluate !== null && this.pace.watches);
  }

  /** Asks for a step, and all that it brings with it. */
  private ask(step: number): void {
    const { machine, probe, prepared } = this;
    const due = this.due(step);
    const curvature = probe.advance(); // its product lies before the step in the queue: the weights are frozen
    const lr = this.pace.rate(step - 1);
    const order = {
      due,
      request: this.request(step, lr, due.told || due.curvature),
      perWeight: due.told && prepared.spec.measure.perWeight,
      evaluate: due.evaluation ? this.samples : null,
      freeze: due.curvature && !probe.busy ? probe.rows : null,
      save: this.anchor.pass(lr),
    };
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
    if (saved !== null && diverged === null) this.anchor.keep(step, saved);
    return events;
  }

  /** Trains from the anchor up to a step that lies behind, with what was asked for beyond it forgotten. @returns that step, told or not */
  private *again(step: number, told: boolean): Waiting<AskedStep> {
    const { machine, anchor } = this;
    if (anchor.tensors === null) throw new Error('The run has not begun.');
    for (const { done } of this.under) yield done;
    for (const { curvature } of this.under) if (curvature !== null) this.left.push(curvature); // of weights that the run had before
    this.forgetSteps();
    machine.load(anchor.tensors);
    for (let k = anchor.step + 1; ; k++) {
      const due = this.due(k);
      const measured = due.told || due.curvature || (k === step && told);
      const perWeight = k === step && told && this.prepared.spec.measure.perWeight;
      const request = this.request(k, anchor.rate(k), measured);
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
    this.anchor.keep(step, tensors);
    return tensors;
  }

  private forget(): void {
    this.forgetSteps();
    this.probe.drop();
  }

  private forgetSteps(): void {
    for (const asked of this.under) asked.forget();
    this.under.length = 0;
  }
}
