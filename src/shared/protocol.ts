/**
 * Every message that crosses a boundary, one map a direction: editor ↔ training worker, editor ↔ panels. (What the WebGPU engine's page
 * needs besides is in `gpuProtocol.ts`.) Frames are binary (`frame.ts`); everything rare is a plain object.
 */
import type { CurvatureEvent, EndEvent, EvaluationEvent, FindingEvent, RuleEvent, StartEvent } from '../engine/run/record';
import type { RunSpecification } from '../engine/run/specification';

/** Names a run everywhere: never a position. */
export type RunId = string;

/** Where a run stands. `lost`: its worker died; it may be resumed from its last checkpoint. */
export type RunState = 'starting' | 'running' | 'paused' | 'ended' | 'failed' | 'lost';

/** The rare events of a record; the frequent `step` events travel in frames. */
export type RareEvent = StartEvent | EvaluationEvent | CurvatureEvent | RuleEvent | FindingEvent | EndEvent;

/** What an engine needs to start a run. Paths in `spec` are relative to `folder`. */
export interface StartRequest {
  readonly run: RunId;
  /** Its `backend` says where it computes, whatever a checkpoint was computed by. */
  readonly spec: RunSpecification;
  readonly folder: string;
  /** Where the record is to be kept, as JSON Lines; none is kept where this is missing. */
  readonly recordFile?: string;
  /** Go on from here instead of from the start. */
  readonly checkpoint?: ArrayBuffer;
  /** Stand still at once, as if paused there. */
  readonly paused?: boolean;
}

/** What is to be timed. */
export interface SpeedRequest {
  /** A name for this measurement, as a run has one. */
  readonly run: RunId;
  readonly spec: RunSpecification;
  readonly folder: string;
}

/** Where a run stands that went back, and what runs there: a rule replaced later than that is the old one again. */
export interface Standing {
  readonly step: number;
  readonly title: string;
  readonly details: string;
  /** The texts of the rules that it has from files, by what the specification calls them. */
  readonly rules: Readonly<Record<string, string>>;
}

/** The effective rate of every weight of one layer, for the heat map; large layers are thinned evenly, and say so. */
export interface RateMap {
  readonly layer: string;
  readonly step: number;
  /** Rows and columns of `values`. */
  readonly rows: number;
  readonly columns: number;
  /** The layer's own shape. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What the host may ask of an engine, wherever the engine lives. Every call is answered or rejected. */
export interface EngineCalls {
  /** Validates, loads and starts. Rejects with a message that names the place, before anything else happens. */
  start(request: StartRequest): Promise<StartEvent>;
  /** Stands still after the current step. @returns the step at which it stands. */
  pause(run: RunId): Promise<number>;
  resume(run: RunId): Promise<void>;
  /** One step, while paused. @returns the step at which it stands then. */
  step(run: RunId): Promise<number>;
  /**
   * Goes back to an earlier step, while paused: the state is, bit for bit, what it was, and what came later is forgotten, also in the record. The
   * steps on the way are told again in frames. @param step the one before where it stands, if missing @returns where it stands then. Rejects
   * where the step cannot be reached; the run is then as it was.
   */
  goBack(run: RunId, step?: number): Promise<Standing>;
  stop(run: RunId): Promise<void>;
  /**
   * Goes on with another text of a rule that the specification gives by `file`, from the next step on; while paused. @returns what goes on of it.
   * Rejects where the text will not do, with the place; the run is then as it was.
   */
  replaceRule(run: RunId, file: string, text: string): Promise<RuleEvent>;
  /** The rates of the last measured step. Null before the first. */
  rateMap(run: RunId, layer: string): Promise<RateMap | null>;
  /** Trains for a moment and forgets it. @returns microseconds that a step takes on this engine */
  measure(request: SpeedRequest): Promise<number>;
  /** The listener has taken in the frame with this sequence number: the engine keeps at most `FRAMES_UNDER_WAY`. */
  acknowledge(run: RunId, sequence: number): void;
}

/** What an engine tells, unasked. */
export interface EngineEvents {
  frame(run: RunId, sequence: number, frame: ArrayBuffer): void;
  event(run: RunId, event: RareEvent): void;
  state(run: RunId, state: RunState): void;
  /** The newest checkpoint: everything needed to go on from `step`. */
  checkpoint(run: RunId, step: number, bytes: ArrayBuffer): void;
}

/** Everything a view needs to draw a run from nothing. */
export interface RunSnapshot {
  readonly run: RunId;
  readonly state: RunState;
  /** One line that says what runs: `Adam`, and `lr 0.001 · β₁ 0.9 · … · 784-128-10 ReLU · MNIST · batch 64 · CPU`. */
  readonly title: string;
  readonly details: string;
  readonly start: StartEvent | null;
  /** Steps so far as one frame (thinned evenly where there are many). Null before the first. */
  readonly steps: ArrayBuffer | null;
  readonly evaluations: readonly EvaluationEvent[];
  readonly curvatures: readonly CurvatureEvent[];
  readonly end: EndEvent | null;
  /** What went wrong, for a person to read. */
  readonly problem: string | null;
  /** The step of the last checkpoint; null where there is none. */
  readonly checkpointStep: number | null;
  /** Where it computes and why there: `WebGPU: 4.1 ms a step, CPU: 9.6 ms`. Null where there was nothing to choose. */
  readonly place: string | null;
  /** What befell it and how it went on, the newest last. */
  readonly notices: readonly string[];
}

/** What a panel may ask of the editor. */
export interface HostCalls {
  /** The panel is there and listening; answers with what to draw. Null: no run yet. */
  ready(): Promise<RunSnapshot | null>;
  trainWith(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  step(): Promise<void>;
  stepBack(): Promise<void>;
  stop(): Promise<void>;
  again(): Promise<void>;
  resumeFromCheckpoint(): Promise<void>;
  openGradientInspector(): Promise<void>;
  rateMap(layer: string): Promise<RateMap | null>;
}

/** What the editor tells a visible panel. A hidden one is told nothing; it gets a snapshot when it is seen again. */
export interface PanelEvents {
  snapshot(snapshot: RunSnapshot | null): void;
  frame(run: RunId, frame: ArrayBuffer): void;
  event(run: RunId, event: RareEvent): void;
  state(run: RunId, state: RunState, problem: string | null, checkpointStep: number | null): void;
}
