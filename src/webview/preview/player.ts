/**
 * Plays a run: knows where it stands, what it has told so far, and the future that it left where it went back. Its snapshots are those that
 * the editor would send.
 */
import type { CurvatureEvent, EndEvent, EvaluationEvent, RecordEvent, StepEvent } from '../../engine/run/record';
import type { Branch, ChangeEvent, RareEvent, RunSnapshot, RunState } from '../../shared/protocol';
import { continued, frameOf, type Script } from './script';

/** What a run tells at once. */
export interface Told {
  readonly steps: readonly StepEvent[];
  readonly rare: readonly RareEvent[];
}

/** What the snapshot says beside what was played. */
export type Standing = Partial<Pick<RunSnapshot, 'from' | 'bound' | 'problem' | 'checkpointStep' | 'place' | 'notices' | 'name' | 'end'>>;

export class Player {
  state: RunState = 'paused';
  /** The last step taken. */
  step = 0;
  private steps: StepEvent[] = [];
  private rare: RareEvent[];
  private branch: Branch | null = null;

  constructor(
    readonly id: string,
    private script: Script,
  ) {
    this.rare = [...script.rare(0)];
  }

  get start(): Script['start'] {
    return this.script.start;
  }

  get over(): boolean {
    return this.step >= this.script.last;
  }

  /** What was changed on the way. */
  get changes(): ChangeEvent[] {
    return this.rare.filter((event): event is ChangeEvent => event.type === 'rule' || event.type === 'settings');
  }

  /** Takes up to `count` steps. @returns what happened meanwhile */
  take(count: number): Told {
    const [steps, rare]: [StepEvent[], RareEvent[]] = [[], []];
    for (let taken = 0; taken < count && !this.over; taken++) {
      const event = this.script.step(++this.step);
      if (event) steps.push(event);
      rare.push(...this.script.rare(this.step));
    }
    this.steps.push(...steps);
    this.rare.push(...rare);
    return { steps, rare };
  }

  /** Goes to a step, forwards or back; what lay after it stays as the future that was left. */
  goTo(step: number): void {
    if (step > this.step) return void this.take(step - this.step);
    const later = (event: { readonly step: number }): boolean => event.step > step;
    const isEvaluation = (event: RareEvent): event is EvaluationEvent => event.type === 'evaluation';
    const isCurvature = (event: RareEvent): event is CurvatureEvent => event.type === 'curvature';
    const left = this.rare.filter((event) => event.type !== 'start' && later(event));
    const steps = this.steps.filter(later);
    if (step < this.step)
      this.branch = {
        from: step,
        steps: steps.length > 0 ? frameOf(this.start.layers.length, steps) : null,
        evaluations: left.filter(isEvaluation),
        curvatures: left.filter(isCurvature),
      };
    this.steps = this.steps.filter((event) => !later(event));
    this.rare = this.rare.filter((event) => event.type === 'start' || (!later(event) && event.type !== 'end'));
    this.step = step;
  }

  /** From here on the run is another. @param future its events after this step, a change at this step the first of them */
  turn(future: readonly RecordEvent[]): void {
    this.script = continued(this.script, this.step, future);
    this.rare.push(...future.filter((event): event is ChangeEvent => event.type === 'settings' && event.step === this.step));
  }

  /** From the first step once more. */
  restart(): void {
    [this.step, this.steps, this.rare, this.branch] = [0, [], [...this.script.rare(0)], null];
  }

  frame(steps: readonly StepEvent[]): ArrayBuffer {
    return frameOf(this.start.layers.length, steps);
  }

  snapshot(standing: Standing = {}): RunSnapshot {
    const { start, state, steps, rare } = this;
    const { title, details } = this.changes.at(-1) ?? start;
    const begun = state !== 'starting' && state !== 'failed';
    const ended = state === 'ended' ? rare.find((event): event is EndEvent => event.type === 'end') : undefined;
    const stopped: EndEvent = { type: 'end', reason: 'stopped', step: this.step, seconds: this.step / 600, stepsPerSecond: 600 };
    return {
      run: this.id,
      name: title,
      from: 'engine',
      state,
      title,
      details,
      start: begun ? start : null,
      steps: steps.length > 0 ? this.frame(steps) : null,
      evaluations: !begun ? [] : rare.filter((event): event is EvaluationEvent => event.type === 'evaluation'),
      curvatures: !begun ? [] : rare.filter((event): event is CurvatureEvent => event.type === 'curvature'),
      changes: this.changes,
      branch: this.branch,
      bound: null,
      end: state === 'ended' ? (ended ?? stopped) : null,
      problem: null,
      checkpointStep: null,
      place: null,
      notices: [],
      ...standing,
    };
  }
}
