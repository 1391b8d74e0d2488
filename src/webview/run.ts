/**
 * The run that a panel shows: a snapshot, and what the editor has told since. Frames go into a bounded history; the rare events are
 * kept as they are. Where a run goes back to a checkpoint, what it measures again replaces what was there. A run can be looked at as it was
 * at an earlier step (`at`): then the numbers are those of the last step measured up to there.
 */
import type { CurvatureEvent, EndEvent, EvaluationEvent, StartEvent } from '../engine/run/record';
import { column, decodeFrame } from '../shared/frame';
import { History } from '../shared/history';
import type { Branch, ChangeEvent, RareEvent, RunSnapshot, RunState } from '../shared/protocol';
import { append } from '../shared/series';
import { horizon } from './charts/axis';

/** The speed is measured over this many milliseconds of arriving frames. */
const SPEED_WINDOW = 1500;

export class Run {
  title: string;
  details: string;
  start: StartEvent | null;
  /** Null before the first step. */
  history: History | null = null;
  readonly evaluations: EvaluationEvent[];
  readonly curvatures: CurvatureEvent[];
  readonly changes: ChangeEvent[];
  /** The future that it left last, as a run of its own; null where it never went back. */
  readonly branch: Run | null;
  /** The step that is looked at; null: the newest. */
  at: number | null = null;
  end: EndEvent | null;
  state: RunState;
  problem: string | null;
  checkpointStep: number | null;
  /** When frames came, and at which step. */
  private readonly arrivals: { time: number; step: number }[] = [];

  constructor(readonly snapshot: RunSnapshot) {
    const { title, details, start, steps, evaluations, curvatures, end, state, problem, checkpointStep } = snapshot;
    [this.title, this.details, this.start, this.end] = [title, details, start, end];
    [this.evaluations, this.curvatures, this.changes] = [[...evaluations], [...curvatures], [...snapshot.changes]];
    this.branch = snapshot.branch && new Run(asRun(snapshot, snapshot.branch));
    [this.state, this.problem, this.checkpointStep] = [state, problem, checkpointStep];
    if (steps) this.takeIn(steps);
  }

  get id(): string {
    return this.snapshot.run;
  }

  get name(): string {
    return this.snapshot.name;
  }

  /** What ran, in one line: `Adam · lr 0.001 · 784-128-10 ReLU · …`. */
  get line(): string {
    return `${this.title} · ${this.details}`;
  }

  /** The newest step; 0 before the first. */
  get step(): number {
    return this.history?.last(column.step) || this.end?.step || 0;
  }

  /** Is an earlier step looked at than the newest? */
  get past(): boolean {
    return this.at !== null && this.at < this.step;
  }

  /** The row of the history that is looked at: the last of a step not after `at`; -1 where there is none. */
  get row(): number {
    const { history } = this;
    if (!history) return -1;
    return this.at === null ? history.rows - 1 : history.rowOf(this.at);
  }

  /** A number of the step that is looked at; NaN before the first. */
  value(place: number): number {
    const { row } = this;
    return row < 0 ? NaN : this.history!.at(row, place);
  }

  /** The step whose numbers those are; 0 before the first. */
  get looked(): number {
    return this.row < 0 ? 0 : this.value(column.step);
  }

  /** The last evaluation up to the step that is looked at. */
  get evaluation(): EvaluationEvent | undefined {
    return upTo(this.evaluations, this.at);
  }

  /** The last curvature measurement up to the step that is looked at. */
  get curvature(): CurvatureEvent | undefined {
    return upTo(this.curvatures, this.at);
  }

  /** The steps that the run will take; what is known so far where that is not. */
  get steps(): number {
    return Math.max(this.start?.steps ?? 0, this.step);
  }

  /** The steps that an axis spans: all, or a round number beyond the newest where that would be lost at the left edge. */
  get horizon(): number {
    return horizon(this.steps, this.step);
  }

  get layers(): StartEvent['layers'] {
    return this.start?.layers ?? [];
  }

  /** Steps a second: at the end those of the whole run, before that those of the last moments. NaN where they are unknown. */
  get stepsPerSecond(): number {
    if (this.end) return this.end.stepsPerSecond;
    const [first, last] = [this.arrivals[0], this.arrivals[this.arrivals.length - 1]];
    if (this.state !== 'running' || !last || last.time - first.time < 200) return NaN;
    return (1000 * (last.step - first.step)) / (last.time - first.time);
  }

  /** @param now milliseconds of a steady clock */
  frame(frame: ArrayBuffer, now: number): void {
    this.takeIn(frame);
    this.arrivals.push({ time: now, step: this.step });
    while (this.arrivals[0].time < now - SPEED_WINDOW || this.arrivals[0].step > this.step) this.arrivals.shift();
  }

  event(event: RareEvent): void {
    if (event.type === 'start') this.start = event;
    else if (event.type === 'evaluation') append(this.evaluations, event);
    else if (event.type === 'curvature') append(this.curvatures, event);
    else if (event.type === 'rule' || event.type === 'settings') {
      [this.title, this.details] = [event.title, event.details];
      this.changes.push(event);
    } else if (event.type === 'end') this.end = event;
  }

  become(state: RunState, problem: string | null, checkpointStep: number | null): void {
    [this.state, this.problem, this.checkpointStep] = [state, problem, checkpointStep];
    if (state !== 'running') this.arrivals.length = 0;
    if (state === 'running' || state === 'starting') this.end = null;
  }

  private takeIn(frame: ArrayBuffer): void {
    const rows = decodeFrame(frame);
    this.history ??= new History(rows.layers);
    this.history.addRows(rows);
  }
}

/** The last event of a step not after `step`. */
function upTo<Event extends { readonly step: number }>(events: readonly Event[], step: number | null): Event | undefined {
  let last = events.length - 1;
  while (step !== null && last >= 0 && events[last].step > step) last--;
  return events[last];
}

/** A future that was left, as a snapshot of a run that ended there. */
const asRun = (snapshot: RunSnapshot, { steps, evaluations, curvatures }: Branch): RunSnapshot => ({
  ...snapshot,
  state: 'ended',
  steps,
  evaluations,
  curvatures,
  changes: [],
  branch: null,
  bound: null,
});
