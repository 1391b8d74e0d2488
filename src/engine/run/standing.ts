/**
 * What every training has, whatever computes it: where the run stands, what it remembers of its way, the events that it tells of it and
 * what a checkpoint keeps of it. How a step is computed, and when its numbers come, is not in here.
 */
import type { Evaluation, Layer } from '../backends/backend';
import { checkOrigin } from './belongs';
import { Batches } from './batches';
import { filesOf, originOf, type CarriedOn } from './changes';
import {
  CheckpointError,
  encodeCheckpoint,
  type Checkpoint,
  type CheckpointHeader,
  type CheckpointTensors,
  type Notes,
} from './checkpoint';
import { Divergence } from './divergence';
import { dataFingerprint } from './fingerprint';
import type { Pace } from './pace';
import type { Prepared } from './prepare';
import { CurvatureProbe } from './probe';
import type { EndEvent, EvaluationEvent, RecordEvent, RuleEvent, SettingsEvent, StartEvent, StepEvent } from './record';
import { stepEvent, type StepDetails } from './stepEvent';
import type { MachineTensors, StepFigures } from './stream';
import { version } from '../version';

/** What computes a run, as far as the record tells of it. */
export interface Computer {
  readonly backend: StartEvent['backend'];
  readonly precision: StartEvent['precision'];
  readonly layers: readonly Layer[];
  readonly parameters: number;
}

/** What is to be done at a step. */
export interface Due {
  /** To be told, and measured for it. */
  readonly told: boolean;
  /** A curvature measurement begins after it, where none is under way. */
  readonly curvature: boolean;
  readonly evaluation: boolean;
}

type Closing = Pick<EndEvent, 'reason' | 'message'>;

const noRows = new Uint32Array(0);

export abstract class Standing {
  readonly start: StartEvent;
  /** The run as it is now: with the rules and hyperparameters that it has now. */
  prepared: Prepared;
  protected readonly train: Uint32Array;
  protected readonly heldOut: Uint32Array;
  protected readonly batches: Batches;
  protected readonly probe: CurvatureProbe;
  protected readonly divergence: Divergence;
  protected pace: Pace;
  /** What the initial weights are, where they come from a file. */
  protected initialWeights = '';
  protected taken = 0;
  protected evaluated = -1;
  /** The last step whose effective rates were measured; 0 before the first. */
  protected measured = 0;
  /** The step whose gradient is still there, which is `taken`; 0 where none is. */
  protected graded = 0;
  protected closing: Closing | null = null;
  private over = false;

  /** @param ofFunction the problem is a function of variables */
  constructor(prepared: Prepared, { backend, precision, layers, parameters }: Computer, ofFunction: boolean) {
    const { spec, problem, batch, steps } = prepared;
    this.prepared = prepared;
    this.train = problem.kind === 'network' ? problem.train : new Uint32Array(1);
    this.heldOut = problem.kind === 'network' ? problem.heldOut : noRows;
    this.batches = new Batches(this.train, batch, spec.seed, spec.order === 'shuffled');
    this.pace = prepared.pace();
    const limit = (step: number, lr: number): number | null => this.stabilityLimit(Math.max(step, 1), lr);
    this.probe = new CurvatureProbe(spec.seed, limit, this.train, spec.measure.probeSamples);
    this.divergence = new Divergence(ofFunction);
    const { title, details, spec: began, texts } = originOf(prepared);
    this.start = {
      type: 'start',
      title,
      details,
      spec: began,
      rule: texts.optimizer,
      wrapperRules: texts.wrappers,
      parameters,
      layers: layers.map(({ name, shape, parameters }) => ({ name, shape, parameters })),
      backend,
      precision,
      steps,
      trainSamples: this.train.length,
      heldOutSamples: this.heldOut.length,
      version,
    };
  }

  /** What computes: its version, backend and arithmetic. Another one goes on from a checkpoint, too, but may differ in the last digit. */
  abstract get engine(): string;

  /** The rule's stability limit at a step, where it states one. */
  protected abstract stabilityLimit(step: number, lr: number): number | null;

  /** Milliseconds spent on the run so far. */
  protected abstract get milliseconds(): number;

  /** The last step taken and told; 0 before the first. */
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

  /** Is a curvature measurement under way? */
  get measuring(): boolean {
    return this.probe.busy;
  }

  /** The training samples of every curvature measurement. */
  get probed(): Uint32Array {
    return this.probe.rows;
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

  /**
   * Is this the beginning of the run that the checkpoint is of? What going on does not need, the initial weights in a file, is looked at, too.
   * @throws CheckpointError where it is not
   */
  beginningOf({ header }: Checkpoint): void {
    checkOrigin(header, this.prepared);
    if (header.initialWeights !== this.initialWeights)
      throw new CheckpointError(
        `The weights in ${String(header.spec.initialWeights)} have changed since this checkpoint: its run began with ${header.initialWeights}, ` +
          `and they are ${this.initialWeights} now. Put the file back, or start the run anew.`,
      );
  }

  /** What a step brings with it, as long as the run does not diverge. */
  protected due(step: number): Due {
    const { measure } = this.prepared.spec;
    const each = (every: number): boolean => every > 0 && step % every === 0;
    const last = step === this.prepared.steps;
    return { told: each(measure.every) || last, curvature: each(measure.curvatureEvery), evaluation: each(measure.evaluateEvery) || last };
  }

  protected toldStep(loss: number, lr: number, figures: StepFigures, details: StepDetails): StepEvent {
    const step = { step: this.taken, epoch: this.batches.passes(this.taken), loss, lr };
    return stepEvent(this.start.layers, step, figures, details);
  }

  /** @param heldOut null where no samples are held out */
  protected evaluation(train: Evaluation, heldOut: Evaluation | null): EvaluationEvent {
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

  /** One product of a curvature measurement under way. */
  protected probeOnce(): RecordEvent[] {
    const event = this.probe.advance();
    return event ? [event] : [];
  }

  /** Takes over the run as a change has made it, with a rule that made no rate yet. */
  protected goOnAs(prepared: Prepared, { kept, fresh }: Omit<CarriedOn, 'machine'>): RuleEvent | SettingsEvent {
    if (prepared.settings.lr !== this.prepared.settings.lr) this.pace = prepared.pace();
    this.prepared = prepared;
    this.measured = 0;
    const { title, details, settings } = prepared;
    const change = prepared.changes[prepared.changes.length - 1];
    if ('settings' in change) return { type: 'settings', step: change.step, changed: change.settings, title, details, settings };
    const { step, file, text } = change;
    return { type: 'rule', step, file, text, title, details, settings, kept, fresh };
  }

  protected endEvent({ reason, message }: Closing): EndEvent {
    this.over = true;
    const seconds = this.milliseconds / 1000;
    const stepsPerSecond = seconds > 0 ? this.taken / seconds : 0;
    return { type: 'end', reason, step: this.taken, seconds, stepsPerSecond, ...(message !== undefined && { message }) };
  }

  /** A checkpoint of where the run stands. @param sealed with a checksum: for what leaves the memory */
  protected encoded({ weights, buffers, state }: MachineTensors, notes: Notes, sealed: boolean): ArrayBuffer {
    const { start } = this.divergence;
    const curvature = this.probe.save();
    const origin = originOf(this.prepared);
    const header: CheckpointHeader = {
      spec: origin.spec,
      changes: this.prepared.changes,
      step: this.taken,
      milliseconds: this.milliseconds,
      evaluated: this.evaluated,
      closing: this.closing?.reason === 'diverged' ? this.closing : null,
      data: dataFingerprint(this.prepared),
      initialWeights: this.initialWeights,
      engine: this.engine,
      rules: filesOf(origin),
      states: Object.keys(state),
      curvature: curvature.header,
      notes,
    };
    const tensors: CheckpointTensors = {
      weights,
      buffers,
      states: Object.values(state).flat(),
      startLoss: start === null ? [] : [Float64Array.of(start)],
      schedule: this.pace.save(),
      ...curvature.tensors,
    };
    return encodeCheckpoint({ header, tensors }, sealed);
  }

  /** Stands where a checkpoint of the run says; what computes has its tensors. */
  protected standAt({ header, tensors }: Checkpoint): void {
    this.taken = header.step;
    this.evaluated = header.evaluated;
    this.measured = 0; // rates come with the next step that is measured
    this.graded = 0;
    this.divergence.startedAt(tensors.startLoss.length > 0 ? tensors.startLoss[0][0] : null);
    this.pace = this.prepared.pace();
    this.pace.restore(tensors.schedule);
    this.over = false;
    this.closing = header.closing ?? (this.taken >= this.prepared.steps ? { reason: 'completed' } : null);
  }
}

/**
 * The tensors of a checkpoint as a machine has them.
 * @param like of the machine @throws CheckpointError where they are laid out in another way
 */
export function tensorsLike({ header, tensors }: Checkpoint, like: MachineTensors): MachineTensors {
  const [weights, buffers] = [sameLayout(tensors.weights, like.weights), sameLayout(tensors.buffers, like.buffers)];
  const known = header.states.filter((name) => Object.hasOwn(like.state, name));
  const states = sameLayout(
    tensors.states,
    known.flatMap((name) => like.state[name]),
  );
  let at = 0;
  const state = Object.fromEntries(known.map((name) => [name, states.slice(at, (at += like.state[name].length))]));
  return { weights, buffers, state };
}

function sameLayout<Tensor extends { readonly length: number }>(from: readonly Tensor[], like: readonly Tensor[]): readonly Tensor[] {
  const lengths = (tensors: readonly Tensor[]): string => tensors.map((tensor) => tensor.length).join(', ');
  if (lengths(from) !== lengths(like))
    throw new CheckpointError(
      `This checkpoint has tensors of ${lengths(from)} numbers; this run has ${lengths(like)}. Start the run anew.`,
    );
  return from;
}
