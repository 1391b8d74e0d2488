/** One run as the editor keeps it: where it stands, its steps so far within a bound, and every rare event. */
import type { BackendName } from '../engine/run/backendNames';
import type { CurvatureEvent, EndEvent, EvaluationEvent, StartEvent } from '../engine/run/record';
import type { RunSpecification } from '../engine/run/specification';
import { History } from '../shared/history';
import type { ChangeEvent, RareEvent, RunId, RunSnapshot, RunState, Standing } from '../shared/protocol';
import { append } from '../shared/series';
import type { CallReference } from './optimizerChoice';

/** What is to be run, and where it comes from. */
export interface RunRequest {
  readonly spec: RunSpecification;
  /** What paths in `spec` are relative to; empty where there are none. */
  readonly folder: string;
  /** The line of the user's code that it stands for. */
  readonly origin: CallReference | null;
}

export interface Checkpoint {
  readonly step: number;
  readonly bytes: ArrayBuffer;
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
  checkpoint: Checkpoint | null = null;
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
    this.title = start.title;
    this.details = start.details;
    this.history ??= new History(start.layers.length);
    const { optimizer, wrappers } = start.spec;
    [optimizer, ...wrappers].forEach((rule, i) => {
      if ('file' in rule) this.texts.set(String(rule.file), [start.rule, ...start.wrapperRules][i]);
    });
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
        this.title = event.title;
        this.details = event.details;
        this.texts.set(event.file, event.text);
        this.changes = [...this.changes, event];
        break;
      case 'settings':
        this.title = event.title;
        this.details = event.details;
        this.changes = [...this.changes, event];
        break;
      case 'end':
        this.end = event;
        this.problem = event.message ?? null;
        break;
    }
  }

  /** Goes back to the last checkpoint: what came after it will come again. */
  rewind(): void {
    const step = this.checkpoint?.step ?? 0;
    this.forgetAfter(step);
    this.history?.forgetAfter(step);
    this.end = null;
    this.problem = null;
    this.state = 'starting';
  }

  /** Has gone back to an earlier step. */
  standAt({ step, title, details, rules }: Standing): void {
    this.forgetAfter(step);
    this.history?.forgetAfter(step);
    this.title = title;
    this.details = details;
    for (const [file, text] of Object.entries(rules)) this.texts.set(file, text);
  }

  private forgetAfter(step: number): void {
    this.evaluations = this.evaluations.filter((event) => event.step <= step);
    this.curvatures = this.curvatures.filter((event) => event.step <= step);
    this.changes = this.changes.filter((event) => event.step <= step);
  }

  snapshot(): RunSnapshot {
    return {
      run: this.id,
      name: this.title,
      from: 'engine',
      state: this.state,
      title: this.title,
      details: this.details,
      start: this.start,
      steps: this.history && this.history.rows > 0 ? this.history.encode() : null,
      evaluations: this.evaluations,
      curvatures: this.curvatures,
      changes: this.changes,
      branch: null,
      bound: null,
      end: this.end,
      problem: this.problem,
      checkpointStep: this.checkpoint?.step ?? null,
      place: this.place,
      notices: this.notices,
    };
  }
}
