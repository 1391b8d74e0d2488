/**
 * The run itself where answers come at once: step by step, each step telling the record's events. Synchronous, and it never looks at the
 * time but to say how long it took: whoever drives it (the worker's loop, the command line, a test) decides when the next step is due,
 * and the same specification gives the same events in the same order.
 */
import type { Floats } from '../backends/backend';
import { fusedMultiplyAdd } from '../backends/cpu/features';
import { atOnce } from '../eventually';
import { version } from '../version';
import { checkBelongs } from './belongs';
import { carryOn, changed, checkStatesStay, type AskedChange } from './changes';
import { decodeCheckpoint, type Notes } from './checkpoint';
import { weightsFingerprint } from './fingerprint';
import { assemble, type Machine } from './machine';
import type { Prepared } from './prepare';
import type { ProbedHessian } from './probe';
import type { EvaluationEvent, RecordEvent } from './record';
import { Standing, tensorsLike } from './standing';
import { figuresOf, position, ratesOf, type Rates } from './stepEvent';
import type { MachineTensors } from './stream';
import type { Training } from './training';
import { ofLayer, quantitiesOf, stateAsked, type LayerValues } from './weightValues';

export interface TrainerOptions {
  /** What to compute with; made from the specification where it is missing. */
  readonly machine?: Machine;
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number;
  /** Goes on from here, so that `begin` is not called. */
  readonly checkpoint?: ArrayBuffer;
}

const noRows = new Uint32Array(0);

export class Trainer extends Standing implements Training {
  machine: Machine;
  private readonly clock: () => number;
  protected milliseconds = 0;

  /** @throws CheckpointError where the checkpoint is damaged or of another run */
  constructor(prepared: Prepared, { machine = assemble(prepared), clock = Date.now, checkpoint }: TrainerOptions = {}) {
    const { model, backend, precision, variables } = machine;
    super(prepared, { backend, precision, layers: model.layers, parameters: model.parameters }, variables !== null);
    this.machine = machine;
    this.clock = clock;
    if (prepared.spec.initialWeights !== undefined) this.initialWeights = weightsFingerprint(model.weights);
    if (checkpoint) this.restore(checkpoint);
  }

  /** The events before the first step: `start` and the first evaluation. A curvature measurement of the initial weights begins. */
  begin(): RecordEvent[] {
    return this.timed(() => {
      const evaluation = this.evaluate();
      this.divergence.startedAt(evaluation.trainLoss);
      if (this.prepared.spec.measure.curvatureEvery > 0) this.freeze(0, this.pace.rate(0), null);
      if (this.prepared.steps === 0) this.closing = { reason: 'completed' };
      return [this.start, evaluation];
    });
  }

  /**
   * One step of training; then, when there are no more, one product at a time of a curvature measurement still under way; at last the
   * final evaluation and `end`. @param upTo no step beyond this one is taken @returns the events of it, often none
   */
  advance(upTo = Infinity): RecordEvent[] {
    if (this.ended || (this.closing === null && this.taken >= upTo)) return [];
    return this.timed(() => {
      if (this.closing === null) return this.trainOnce();
      if (this.probe.busy) return this.probeOnce();
      const last = this.evaluated === this.taken ? [] : [this.evaluate()];
      return [...last, this.endEvent(this.closing)];
    });
  }

  /** Nothing is ever under way. */
  settle(): RecordEvent[] {
    return [];
  }

  /** One product of a curvature measurement under way, without training: what a paused run goes on with until it is not `busy`. */
  measureOn(): { readonly events: RecordEvent[]; readonly busy: boolean } {
    const events = this.timed(() => this.probeOnce());
    return { events, busy: this.probe.busy };
  }

  /**
   * Goes on with another text of a rule, or with other hyperparameters, from the next step on. A curvature measurement under way is finished
   * first: it belongs to the rule before.
   * @returns the events of it, `rule` or `settings` the last
   * @throws LanguageError or SpecificationError where the text or a value will not do; the run is then as it was
   */
  make(change: AskedChange): RecordEvent[] {
    return this.timed(() => {
      if (this.ended) throw new Error('The run has ended; it can be changed while it goes on.');
      const prepared = changed(this.prepared, { ...change, step: this.taken });
      const { machine, kept, fresh } = carryOn(prepared, this.machine);
      checkStatesStay(change, fresh);
      const events: RecordEvent[] = [];
      while (this.probe.busy) events.push(...this.probeOnce());
      this.machine = machine;
      return [...events, this.goOnAs(prepared, { kept, fresh })];
    });
  }

  /** Everything needed to go on from here. @param notes come back with the header @param sealed with a checksum: for what leaves the memory */
  checkpoint(notes: Notes = {}, sealed = true): ArrayBuffer {
    return this.encoded(this.tensors, notes, sealed);
  }

  /** About how many bytes a checkpoint takes now, without its header of a few kilobytes. */
  get checkpointBytes(): number {
    const { weights, buffers, state } = this.tensors;
    const all = [weights, buffers, ...Object.values(state)];
    return all.flat().reduce((sum, { byteLength }) => sum + byteLength, this.probe.bytes);
  }

  get engine(): string {
    const { backend } = this.machine;
    return `${version}, ${backend}${backend === 'cpu' && fusedMultiplyAdd() ? ', fused multiply-add' : ''}`;
  }

  /**
   * Puts the run to where it was at a checkpoint of it, whatever it has done since.
   * @param prepared the run as it was then, where it has been changed since @param sealed hold it to its checksum
   * @throws CheckpointError where the checkpoint is damaged or of another run
   */
  restore(checkpoint: ArrayBuffer, prepared = this.prepared, sealed = true): void {
    const decoded = decodeCheckpoint(checkpoint, sealed);
    if (prepared !== this.prepared) {
      this.prepared = prepared;
      this.machine = assemble(prepared, this.machine.team);
    }
    checkBelongs(decoded.header, prepared);
    const { weights, buffers, state } = this.tensors;
    const kept = tensorsLike(decoded, this.tensors);
    put(kept.weights, weights);
    put(kept.buffers, buffers);
    for (const [name, tensors] of Object.entries(kept.state)) put(tensors, state[name]);
    this.milliseconds = decoded.header.milliseconds;
    this.standAt(decoded);
    atOnce(this.probe.restored(decoded.header.curvature, decoded.tensors, (frozen) => this.hessianAt(frozen)));
  }

  get quantities(): readonly string[] {
    return quantitiesOf(Object.keys(this.machine.updater.state));
  }

  /** The values are the machine's own. */
  values(layer: number, quantity: string): LayerValues | null {
    const { model, updater } = this.machine;
    const { taken: step, graded, measured } = this;
    if (quantity === 'weight') return { step, values: model.weights[layer] };
    if (quantity === 'gradient') return graded > 0 ? { step: graded, values: model.gradients[layer] } : null;
    if (quantity === 'rate') return measured > 0 ? { step: measured, values: updater.rate(layer) } : null;
    const state = stateAsked(Object.keys(updater.state), quantity, this.prepared.title);
    return { step, values: ofLayer(updater.state[state], model.layers, layer) };
  }

  /** Ends the threads that compute. */
  close(): void {
    this.machine.team.close();
  }

  protected stabilityLimit(step: number, lr: number): number | null {
    return this.machine.updater.stabilityLimit(step, lr);
  }

  private get tensors(): MachineTensors {
    const { model, updater } = this.machine;
    return { weights: model.weights, buffers: model.buffers, state: updater.state };
  }

  private trainOnce(): RecordEvent[] {
    const { spec, steps } = this.prepared;
    const { model, updater, variables } = this.machine;
    const k = this.taken;
    const step = k + 1;
    const lr = this.pace.rate(k);
    const rows = this.batches.at(k);
    model.begin(step);
    const loss = model.gradient(rows);
    let diverged = this.divergence.judge(step, loss);

    const due = this.due(step);
    const told = due.told || diverged !== null;
    const measured = told || due.curvature;
    updater.step(step, lr, measured ? 'rates' : 'nothing', { rows, loss });
    this.taken = step;
    if (measured) this.measured = step;
    this.graded = variables === null || told ? step : 0; // a function's is looked up where the step arrived, if that is told

    const events: RecordEvent[] = [];
    const rates = measured ? ratesOf(this.machine) : [];
    if (told) {
      const details = { perWeight: spec.measure.perWeight ? rates : undefined, place: position(this.machine) };
      events.push(this.toldStep(loss, lr, figuresOf(this.machine, rates), details));
    }
    if (variables !== null) diverged ??= this.divergence.judge(step, model.evaluate(noRows).loss);
    if (due.evaluation) {
      const evaluation = this.evaluate();
      diverged ??= this.divergence.judge(step, evaluation.trainLoss);
      this.pace.observe(step, evaluation.heldOutLoss ?? evaluation.trainLoss);
      events.push(evaluation);
    }
    if (diverged !== null) this.closing = { reason: 'diverged', message: diverged };
    else if (step === steps) this.closing = { reason: 'completed' };
    events.push(...this.probeOnce());
    if (due.curvature && !this.probe.busy && diverged === null) this.freeze(step, lr, rates);
    return events;
  }

  /** Begins a curvature measurement of the weights as they are. */
  private freeze(step: number, lr: number, rates: Rates | null): void {
    const { model, variables } = this.machine;
    const { rows } = this.probe;
    const loss = variables === null ? model.evaluate(rows).loss : 0;
    const weights = model.weights.map((values) => values.slice());
    this.probe.begin(step, lr, { weights, loss, rates, hessian: model.hessian(rows) });
  }

  private hessianAt(frozen: readonly Floats[]): ProbedHessian {
    const { model } = this.machine;
    const now = model.weights.map((values) => values.slice());
    put(frozen, model.weights);
    const hessian = model.hessian(this.probe.rows);
    put(now, model.weights);
    return hessian;
  }

  private evaluate(): EvaluationEvent {
    const { model } = this.machine;
    return this.evaluation(model.evaluate(this.train), this.heldOut.length > 0 ? model.evaluate(this.heldOut) : null);
  }

  private timed<Result>(work: () => Result): Result {
    const from = this.clock();
    const result = work();
    this.milliseconds += this.clock() - from;
    return result;
  }
}

function put(from: readonly Floats[], to: readonly Floats[]): void {
  from.forEach((tensor, i) => to[i].set(tensor));
}
