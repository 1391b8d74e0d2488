/**
 * The run itself: step by step, each step telling the record's events. Synchronous, and it never looks at the time but to say how long
 * it took: whoever drives it (the worker's loop, the command line, a test) decides when the next step is due, and the same
 * specification gives the same events in the same order.
 */
import type { Floats } from '../backends/backend';
import { fusedMultiplyAdd } from '../backends/cpu/features';
import { version } from '../version';
import { Batches } from './batches';
import { checkBelongs } from './belongs';
import {
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  type Checkpoint,
  type CheckpointHeader,
  type CheckpointTensors,
  type Notes,
} from './checkpoint';
import { Divergence } from './divergence';
import { dataFingerprint, weightsFingerprint } from './fingerprint';
import { assemble, type Machine } from './machine';
import type { Pace } from './pace';
import type { Prepared } from './prepare';
import { CurvatureProbe } from './probe';
import { filesOf, replaceRule } from './replaceRule';
import type { EndEvent, EvaluationEvent, RecordEvent, StartEvent, StepEvent } from './record';
import { ratesOf, stepEvent } from './stepEvent';
import type { Training } from './training';

export interface TrainerOptions {
  /** What to compute with; made from the specification where it is missing. */
  readonly machine?: Machine;
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number;
  /** Goes on from here, so that `begin` is not called. */
  readonly checkpoint?: ArrayBuffer;
}

const noRows = new Uint32Array(0);

export class Trainer implements Training {
  /** The record's first event. */
  readonly start: StartEvent;
  /** The run as it is now: with the rules that it has now. */
  prepared: Prepared;
  machine: Machine;
  private readonly train: Uint32Array;
  private readonly heldOut: Uint32Array;
  private readonly batches: Batches;
  private readonly probe: CurvatureProbe;
  private readonly divergence: Divergence;
  private pace: Pace;
  private readonly clock: () => number;
  /** What the initial weights are, where they come from a file. */
  private readonly initialWeights: string;
  private taken = 0;
  private evaluated = -1;
  private milliseconds = 0;
  private measured = 0;
  private closing: Pick<EndEvent, 'reason' | 'message'> | null = null;
  private over = false;

  /** @throws CheckpointError where the checkpoint is damaged or of another run */
  constructor(prepared: Prepared, { machine = assemble(prepared), clock = Date.now, checkpoint }: TrainerOptions = {}) {
    const { spec, problem, batch, steps } = prepared;
    const { model } = machine;
    this.prepared = prepared;
    this.machine = machine;
    this.clock = clock;
    this.train = problem.kind === 'network' ? problem.train : new Uint32Array(1);
    this.heldOut = problem.kind === 'network' ? problem.heldOut : noRows;
    this.batches = new Batches(this.train, batch, spec.seed, spec.order === 'shuffled');
    this.pace = prepared.pace();
    const limit = (step: number, lr: number): number | null => this.machine.updater.stabilityLimit(Math.max(step, 1), lr);
    this.probe = new CurvatureProbe(machine, spec.seed, limit, this.train, spec.measure.probeSamples);
    this.divergence = new Divergence(machine.variables !== null);
    this.start = {
      type: 'start',
      title: prepared.title,
      details: prepared.details,
      spec,
      rule: prepared.texts.optimizer,
      wrapperRules: prepared.texts.wrappers,
      parameters: model.parameters,
      layers: model.layers.map(({ name, shape, parameters }) => ({ name, shape, parameters })),
      backend: machine.backend,
      precision: machine.precision,
      steps,
      trainSamples: this.train.length,
      heldOutSamples: this.heldOut.length,
      version,
    };
    this.initialWeights = spec.initialWeights === undefined ? '' : weightsFingerprint(model.weights);
    if (checkpoint) this.restore(checkpoint);
  }

  /** The last step taken; 0 before the first. */
  get step(): number {
    return this.taken;
  }

  /** Has the `end` event been told? */
  get ended(): boolean {
    return this.over;
  }

  /** Is nothing left but to finish (all steps taken, stopped or diverged)? */
  get finishing(): boolean {
    return this.closing !== null;
  }

  /** The last step whose effective rates were measured; 0 before the first. */
  get ratesAt(): number {
    return this.measured;
  }

  /** The events before the first step: `start` and the first evaluation. A curvature measurement of the initial weights begins. */
  begin(): RecordEvent[] {
    return this.timed(() => {
      const evaluation = this.evaluate();
      this.divergence.startedAt(evaluation.trainLoss);
      if (this.prepared.spec.measure.curvatureEvery > 0) this.probe.begin(0, null, this.pace.rate(0));
      if (this.prepared.steps === 0) this.closing = { reason: 'completed' };
      return [this.start, evaluation];
    });
  }

  /**
   * One step of training; then, when there are no more, one product at a time of a curvature measurement still under way; at last the
   * final evaluation and `end`. @param upTo no step beyond this one is taken @returns the events of it, often none
   */
  advance(upTo = Infinity): RecordEvent[] {
    if (this.over || (this.closing === null && this.taken >= upTo)) return [];
    return this.timed(() => {
      if (this.closing === null) return this.trainOnce();
      if (this.probe.busy) return this.probeOnce();
      return this.finish(this.closing);
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

  /** Is a curvature measurement under way? */
  get measuring(): boolean {
    return this.probe.busy;
  }

  /**
   * Goes on with another text of a rule that the specification gives by its file, from the next step on. A curvature measurement under way
   * is finished first: it belongs to the rule before.
   * @param file as the specification gives it
   * @returns the events of it, `rule` the last
   * @throws LanguageError or SpecificationError where the text will not do; the run is then as it was
   */
  replaceRule(file: string, text: string): RecordEvent[] {
    return this.timed(() => {
      if (this.over) throw new Error('The run has ended; a rule can be replaced while it goes on.');
      const { prepared, machine, kept, fresh } = replaceRule(this.prepared, this.machine, file, text);
      const events: RecordEvent[] = [];
      while (this.probe.busy) events.push(...this.probeOnce());
      if (prepared.settings.lr !== this.prepared.settings.lr) this.pace = prepared.pace();
      this.prepared = prepared;
      this.machine = machine;
      this.probe.move(machine);
      this.measured = 0; // the new rule has made no rate yet
      const { title, details, settings } = prepared;
      return [...events, { type: 'rule', step: this.taken, file, text, title, details, settings, kept, fresh }];
    });
  }

  /** Lets the coming `advance`s finish the run instead of training. */
  stop(): void {
    this.closing ??= { reason: 'stopped' };
  }

  /** Ends at once because of a fault outside training. */
  fail(message: string): RecordEvent[] {
    return this.over ? [] : [this.endEvent({ reason: 'error', message })];
  }

  /** The last step up to `step` that is told, and measured for it; 0 where none is. */
  toldUpTo(step: number): number {
    return step - (step % this.prepared.spec.measure.every);
  }

  /** Everything needed to go on from here. @param notes come back with the header @param sealed with a checksum: for what leaves the memory */
  checkpoint(notes: Notes = {}, sealed = true): ArrayBuffer {
    const { model, updater } = this.machine;
    const states = Object.keys(updater.state);
    const { start } = this.divergence;
    const curvature = this.probe.save();
    const header: CheckpointHeader = {
      spec: this.prepared.spec,
      step: this.taken,
      milliseconds: this.milliseconds,
      evaluated: this.evaluated,
      closing: this.closing?.reason === 'diverged' ? this.closing : null,
      data: dataFingerprint(this.prepared),
      initialWeights: this.initialWeights,
      engine: this.engine,
      rules: filesOf(this.prepared),
      states,
      curvature: curvature.header,
      notes,
    };
    const tensors: CheckpointTensors = {
      weights: model.weights,
      buffers: model.buffers,
      states: states.flatMap((name) => updater.state[name]),
      startLoss: start === null ? [] : [Float64Array.of(start)],
      schedule: this.pace.save(),
      ...curvature.tensors,
    };
    return encodeCheckpoint({ header, tensors }, sealed);
  }

  /** About how many bytes a checkpoint takes now, without its header of a few kilobytes. */
  get checkpointBytes(): number {
    const { model, updater } = this.machine;
    const { tensors } = this.probe.save();
    const all = [model.weights, model.buffers, ...Object.values(updater.state), ...Object.values(tensors)];
    return all.flat().reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** What computes: its version, backend and arithmetic. Another one goes on from a checkpoint, too, but may differ in the last digit. */
  get engine(): string {
    const { backend } = this.machine;
    return `${version}, ${backend}${backend === 'cpu' && fusedMultiplyAdd() ? ', fused multiply-add' : ''}`;
  }

  /**
   * Is this the beginning of the run that the checkpoint is of? What going on does not need, the initial weights in a file, is looked at, too.
   * @throws CheckpointError where it is not
   */
  beginningOf({ header }: Checkpoint): void {
    checkBelongs(header, this.prepared);
    if (header.initialWeights !== this.initialWeights)
      throw new CheckpointError(
        `The weights in ${String(header.spec.initialWeights)} have changed since this checkpoint: its run began with ${header.initialWeights}, ` +
          `and they are ${this.initialWeights} now. Put the file back, or start the run anew.`,
      );
  }

  /**
   * Puts the run to where it was at a checkpoint of it, whatever it has done since.
   * @param prepared the run as it was then, where its rules have been replaced since @param sealed hold it to its checksum
   * @throws CheckpointError where the checkpoint is damaged or of another run
   */
  restore(checkpoint: ArrayBuffer, prepared = this.prepared, sealed = true): void {
    const { header, tensors } = decodeCheckpoint(checkpoint, sealed);
    if (prepared !== this.prepared) {
      this.prepared = prepared;
      this.machine = assemble(prepared, this.machine.team);
      this.probe.move(this.machine);
    }
    checkBelongs(header, this.prepared);
    const { model, updater } = this.machine;
    const states = header.states.flatMap((name) => updater.state[name] ?? []);
    put(tensors.weights, model.weights);
    put(tensors.buffers, model.buffers);
    put(tensors.states, states);
    this.taken = header.step;
    this.milliseconds = header.milliseconds;
    this.evaluated = header.evaluated;
    this.measured = 0; // rates come with the next step that is measured
    this.divergence.startedAt(tensors.startLoss.length > 0 ? tensors.startLoss[0][0] : null);
    this.pace = this.prepared.pace();
    this.pace.restore(tensors.schedule);
    this.probe.restore(header.curvature, tensors);
    this.over = false;
    this.closing = header.closing ?? (this.taken >= this.prepared.steps ? { reason: 'completed' } : null);
  }

  /** The effective rate of every weight of a layer at `ratesAt`; one number where the rule gives all the same. */
  rates(layer: number): Floats | number {
    return this.machine.updater.rate(layer);
  }

  /** Ends the threads that compute. */
  close(): void {
    this.machine.team.close();
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

    const { every, curvatureEvery, evaluateEvery } = spec.measure;
    const curvatureDue = curvatureEvery > 0 && step % curvatureEvery === 0;
    const told = step % every === 0 || step === steps || diverged !== null;
    updater.step(step, lr, told || curvatureDue ? 'rates' : 'nothing', { rows, loss });
    this.taken = step;
    if (told || curvatureDue) this.measured = step;

    const events: RecordEvent[] = [];
    if (told) events.push(this.told(loss, lr));
    if (variables !== null) diverged ??= this.divergence.judge(step, model.evaluate(noRows).loss);
    if (step === steps || (evaluateEvery > 0 && step % evaluateEvery === 0)) {
      const evaluation = this.evaluate();
      diverged ??= this.divergence.judge(step, evaluation.trainLoss);
      this.pace.observe(step, evaluation.heldOutLoss ?? evaluation.trainLoss);
      events.push(evaluation);
    }
    if (diverged !== null) this.closing = { reason: 'diverged', message: diverged };
    else if (step === steps) this.closing = { reason: 'completed' };
    events.push(...this.probeOnce());
    if (curvatureDue && !this.probe.busy && diverged === null) this.probe.begin(step, ratesOf(this.machine), lr);
    return events;
  }

  private probeOnce(): RecordEvent[] {
    const event = this.probe.advance();
    return event ? [event] : [];
  }

  private told(loss: number, lr: number): StepEvent {
    const { measure } = this.prepared.spec;
    return stepEvent(this.machine, { step: this.taken, epoch: this.batches.passes(this.taken), loss, lr }, measure.perWeight);
  }

  private evaluate(): EvaluationEvent {
    const { model } = this.machine;
    const train = model.evaluate(this.train);
    const heldOut = this.heldOut.length > 0 ? model.evaluate(this.heldOut) : null;
    this.evaluated = this.taken;
    return {
      type: 'evaluation',
      step: this.taken,
      trainLoss: train.loss,
      trainAccuracy: train.accuracy,
      heldOutLoss: heldOut?.loss ?? null,
      heldOutAccuracy: heldOut?.accuracy ?? null,
    };
  }

  private finish(closing: Pick<EndEvent, 'reason' | 'message'>): RecordEvent[] {
    const events: RecordEvent[] = this.evaluated === this.taken ? [] : [this.evaluate()];
    return [...events, this.endEvent(closing)];
  }

  private endEvent({ reason, message }: Pick<EndEvent, 'reason' | 'message'>): EndEvent {
    this.over = true;
    const seconds = this.milliseconds / 1000;
    const stepsPerSecond = seconds > 0 ? this.taken / seconds : 0;
    return { type: 'end', reason, step: this.taken, seconds, stepsPerSecond, ...(message !== undefined && { message }) };
  }

  private timed<Result>(work: () => Result): Result {
    const from = this.clock();
    const result = work();
    this.milliseconds += this.clock() - from;
    return result;
  }
}

/** Copies tensors into those of the same layout. */
function put(from: readonly Floats[], to: readonly Floats[]): void {
  const lengths = (tensors: readonly Floats[]): string => tensors.map((tensor) => tensor.length).join(', ');
  if (lengths(from) !== lengths(to))
    throw new CheckpointError(`This checkpoint has tensors of ${lengths(from)} numbers; this run has ${lengths(to)}. Start the run anew.`);
  from.forEach((tensor, i) => to[i].set(tensor));
}
