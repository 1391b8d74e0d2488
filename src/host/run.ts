/** One run as the editor keeps it: where it stands, its steps so far within a bound, every rare event, and the future that it left by going back. */
import type { BackendName } from '../engine/run/backendNames';
import type { Settings } from '../engine/language';
import { decodeCheckpoint } from '../engine/run/checkpoint';
import type { CurvatureEvent, EndEvent, EvaluationEvent, StartEvent } from '../engine/run/record';
import { checkedSettings, runSettings, textsOf, type SettingNow } from '../engine/run/runSettings';
import type { RunSpecification } from '../engine/run/specification';
import { column } from '../shared/frame';
import { History } from '../shared/history';
import type { Branch, ChangeEvent, RareEvent, Replay, RunId, RunSnapshot, RunState, Standing } from '../shared/protocol';
import { append } from '../shared/series';
import { branchOff } from './branch';
import { Checkpoints, type Checkpoint } from './checkpoints';
import { shortName } from './library/name';
import type { CallReference } from './optimizerChoice';

/** What is to be run, and where it comes from. */
export interface RunRequest {
  readonly spec: RunSpecification;
  /** What paths in `spec` are relative to; empty where there are none. */
  readonly folder: string;
  /** The line of the user's code that it stands for. */
  readonly origin: CallReference | null;
}

export class Run {
  state: RunState = 'starting';
  start: StartEvent | null = null;
  history: History | null = null;
  evaluations: EvaluationEvent[] = [];
  curvatures: CurvatureEvent[] = [];
  changes: ChangeEvent[] = [];
  end: EndEvent | null = null;
  problem: string | null = null;
  readonly checkpoints = new Checkpoints();
  /** A person's own name for it. */
  name: string | null = null;
  branch: Branch | null = null;
  /** The way that it is on to a step at which it is to stand still. */
  replay: Replay | null = null;
  /** Where it computes; null until that is chosen. */
  backend: BackendName | null = null;
  /** The same in words, and why there; null where there was nothing to choose. */
  place: string | null = null;
  /** What befell it and how it went on. */
  notices: readonly string[] = [];
  /** It is to be stopped as soon as it runs. */
  stopping = false;
  /** How often it was given to an engine: what an earlier one still says of it is passed over. */
  attempt = 0;
  /** Did it stand still when it was last rewound? */
  stood = false;
  /** What it did after the checkpoint that it goes on from, to be done again; null where that is nothing. */
  redo: Replay | null = null;
  /** Ends when it goes on again, after its engine has ended. */
  rescue: Promise<void> = Promise.resolve();
  private readonly texts = new Map<string, string>();

  constructor(
    readonly id: RunId,
    readonly request: RunRequest,
    public title: string,
    public details: string,
    /** Where its record is kept. */
    readonly recordFile: string,
  ) {}

  get active(): boolean {
    return this.state === 'starting' || this.state === 'running' || this.state === 'paused';
  }

  /** Takes in the start: now it is known what runs, and its layers. */
  begin(start: StartEvent): void {
    this.start = start;
    this.history ??= new History(start.layers.length);
    this.describe();
  }

  /** The newest checkpoint; null where there is none yet. */
  get checkpoint(): Checkpoint | null {
    return this.checkpoints.newest;
  }

  /** The last step that has been told; 0 before the first. */
  get step(): number {
    return this.history && this.history.rows > 0 ? this.history.last(column.step) : 0;
  }

  /** Its hyperparameters as a step leaves them. @param step the newest, if missing */
  settings(step = Infinity): SettingNow[] {
    return this.start ? runSettings(this.start, upTo(this.changes, step)) : [];
  }

  /** Those that a change at a step makes other. @throws SpecificationError where one will not do */
  checked(settings: Settings, step: number): Settings {
    return this.start ? checkedSettings(this.start, upTo(this.changes, step), settings) : {};
  }

  /** What doing it again up to a step takes, but for a checkpoint. */
  replayTo(to: number): Replay {
    return { to, rules: this.start ? textsOf(this.start) : {}, changes: this.changes };
  }

  /** The text of a rule as the run has it now. @param file as the specification gives it */
  textOf(file: string): string | undefined {
    return this.texts.get(file);
  }

  addFrame(frame: ArrayBuffer): void {
    this.history?.add(frame);
  }

  addEvent(event: RareEvent): void {
    switch (event.type) {
      case 'evaluation':
        append(this.evaluations, event);
        break;
      case 'curvature':
        append(this.curvatures, event);
        break;
      case 'rule':
      case 'settings':
        this.changes = [...this.changes, event];
        this.describe();
        break;
      case 'end':
        this.end = event;
        this.problem = event.message ?? null;
        break;
    }
  }

  /** Becomes a run that was read from its record: no engine has it, it can be trained once more. */
  takeOver({ start, steps, evaluations, curvatures, changes, branch, end }: RunSnapshot): void {
    if (!start) throw new Error('This record has no start: nobody knows what run it is of.');
    this.begin(start);
    if (steps) this.history?.add(steps);
    [this.evaluations, this.curvatures, this.changes] = [[...evaluations], [...curvatures], [...changes]];
    [this.branch, this.end, this.state] = [branch, end, 'lost'];
    this.describe();
  }

  /** Goes back to a checkpoint, or to its beginning: what came after it will come again. */
  rewind(checkpoint: Checkpoint | null = this.checkpoint): void {
    const known = checkpoint ? decodeCheckpoint(checkpoint.bytes, false).header.changes.length : 0;
    if (this.state !== 'starting') this.redo = this.since(checkpoint?.step ?? 0, known); // its engine may end again before it is done
    this.forgetAfter(checkpoint?.step ?? 0);
    this.changes = this.changes.slice(0, known); // one of this very step may have come after the checkpoint
    if (checkpoint === null) [this.evaluations, this.curvatures] = [[], []];
    this.describe();
    this.stood = this.state === 'paused' || (this.state === 'starting' && this.stood); // its engine may end again before it stands
    this.state = 'starting';
  }

  /** What it did after a checkpoint: where it stood still, and what was changed. @param known changes that the checkpoint knows */
  private since(step: number, known: number): Replay | null {
    const on = this.state !== 'paused';
    const changed = this.changes.length > known;
    const to = Math.max(on ? 0 : this.step, changed ? this.changes[this.changes.length - 1].step : 0);
    return changed || to > step ? { ...this.replayTo(to), on } : null;
  }

  /** Has gone back to an earlier step. @param branch what it had measured after it, taken before it was told to go */
  standAt({ step, title, details, rules }: Standing, branch: Branch | null): void {
    this.branch = branch;
    this.forgetAfter(step);
    this.title = title;
    this.details = details;
    for (const [file, text] of Object.entries(rules)) this.texts.set(file, text);
  }

  /** The future that it leaves when it goes back to a step. */
  branchOff(step: number): Branch | null {
    return branchOff(step, this, this.branch);
  }

  private forgetAfter(step: number): void {
    this.history?.forgetAfter(step);
    this.checkpoints.forgetAfter(step);
    this.evaluations = this.evaluations.filter((event) => event.step <= step);
    this.curvatures = this.curvatures.filter((event) => event.step <= step);
    this.changes = this.changes.filter((event) => event.step <= step);
    this.end = null;
    this.problem = null;
  }

  /** Takes title, details and texts from the newest that tells them. */
  private describe(): void {
    if (!this.start) return;
    const { title, details } = this.changes.at(-1) ?? this.start;
    [this.title, this.details] = [title, details];
    for (const [file, text] of Object.entries(textsOf(this.start))) this.texts.set(file, text);
    for (const change of this.changes) if (change.type === 'rule') this.texts.set(change.file, change.text);
  }

  snapshot(): RunSnapshot {
    return {
      run: this.id,
      name: this.name ?? shortName(this.title, this.details),
      from: 'engine',
      state: this.state,
      title: this.title,
      details: this.details,
      start: this.start,
      steps: this.history && this.history.rows > 0 ? this.history.encode() : null,
      evaluations: this.evaluations,
      curvatures: this.curvatures,
      changes: this.changes,
      branch: this.branch,
      bound: this.replay?.to ?? null,
      end: this.end,
      problem: this.problem,
      checkpointStep: this.checkpoint?.step ?? null,
      place: this.place,
      notices: this.notices,
    };
  }
}

const upTo = (changes: readonly ChangeEvent[], step: number): ChangeEvent[] => changes.filter((change) => change.step <= step);
