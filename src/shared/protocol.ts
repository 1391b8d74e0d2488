/**
 * Every message that crosses a boundary, one map a direction: editor ↔ training worker, editor ↔ panels. (What the WebGPU engine's page
 * needs besides is in `gpuProtocol.ts`.) Frames are binary (`frame.ts`); everything rare is a plain object.
 */
import type { Settings } from '../engine/language';
import type { CurvatureEvent, EndEvent, EvaluationEvent, FindingEvent, RuleEvent, SettingsEvent, StartEvent } from '../engine/run/record';
import type { RunSpecification } from '../engine/run/specification';

/** Names a run everywhere: never a position. */
export type RunId = string;

/** Where a run stands. `lost`: its worker died; it may be resumed from its last checkpoint. */
export type RunState = 'starting' | 'running' | 'paused' | 'ended' | 'failed' | 'lost';

/** The rare events of a record; the frequent `step` events travel in frames. */
export type RareEvent = StartEvent | EvaluationEvent | CurvatureEvent | RuleEvent | SettingsEvent | FindingEvent | EndEvent;

/** What a person changed of a run while it stood still. */
export type ChangeEvent = RuleEvent | SettingsEvent;

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
  /** Train to a step of an earlier run of this specification, with what was changed on its way. */
  readonly replay?: Replay;
}

/** How to come to a step once more. */
export interface Replay {
  readonly to: number;
  /** The texts of the rules that the run had from files at its beginning, by what the specification calls them. */
  readonly rules: Readonly<Record<string, string>>;
  /** Of the record, in order; those up to `to` are done again. */
  readonly changes: readonly ChangeEvent[];
  /** Train on from there; otherwise it stands still. */
  readonly on?: boolean;
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

/** One number of every weight of one layer, for the heat map; large layers are thinned evenly: `values` has fewer cells than `shape`. */
export interface WeightMap {
  readonly layer: string;
  readonly step: number;
  /** `weight`, `gradient`, `rate`, or the name of one of the rule's states. */
  readonly quantity: string;
  /** All that can be asked for of this run, in that order. */
  readonly quantities: readonly string[];
  /** Rows and columns of `values`: a row a unit or filter; a bias is one row. One cell where all weights share one number. */
  readonly rows: number;
  readonly columns: number;
  /** The layer's own shape; for a state that is not one number a weight, the state's. */
  readonly shape: readonly number[];
  /** Where the weights of a row are an image (a first dense layer on images, a filter): its channels, rows and columns. */
  readonly image: readonly [channels: number, rows: number, columns: number] | null;
  /** As the engine has them. */
  readonly values: Float32Array | Float64Array;
}

/** What to draw of the loss around the place where a run stands. */
export interface SliceRequest {
  /** Cells a side, odd, 3 … 101. */
  readonly resolution: number;
  /** Half the width in units of the weights' distance; null: so that it holds the path. */
  readonly reach: number | null;
}

/** The training loss on the plane through the weights of a step along the Hessian's two leading eigenvectors. */
export interface Slice {
  /** Of the weights in the middle. */
  readonly step: number;
  readonly eigenvalues: readonly [number, number];
  readonly residuals: readonly [number, number];
  /** Coordinates along the two eigenvectors (unit length), `resolution` each. */
  readonly u: Float64Array;
  readonly v: Float64Array;
  /** Mean loss over the probe samples, [v, u] row by row. */
  readonly loss: Float64Array;
  readonly samples: number;
  /** Where the run came along: its weights projected on the plane, and their distance from it. */
  readonly path: readonly { readonly step: number; readonly u: number; readonly v: number; readonly distance: number }[];
}

/** What the host may ask of an engine, wherever the engine lives. Every call is answered or rejected. */
export interface EngineCalls {
  /** Validates, loads and starts. Rejects with a message that names the place, before anything else happens. */
  start(request: StartRequest): Promise<StartEvent>;
  /** Stands still after the current step. @returns the step at which it stands. */
  pause(run: RunId): Promise<number>;
  /** @param upTo stands still after this step */
  resume(run: RunId, upTo?: number): Promise<void>;
  /** One step, while paused. @returns the step at which it stands then. */
  step(run: RunId): Promise<number>;
  /**
   * Goes back to an earlier step, while paused or after the end: the state is, bit for bit, what it was, and what came later is forgotten, also in the record. The
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
  /**
   * Goes on with other hyperparameters from the next step on; while paused. @param settings the changed ones by name (`lr`; those of wrappers
   * `sam.rho`). Rejects where one will not do, with its domain; the run is then as it was.
   */
  change(run: RunId, settings: Settings): Promise<SettingsEvent>;
  /**
   * Of where the run stands; rates are those of the last measured step. @param quantity as in `WeightMap`. Null where there is none yet (a gradient
   * and rates come with a step), and for a layer that is not there.
   */
  weightMap(run: RunId, layer: string, quantity: string): Promise<WeightMap | null>;
  /** Looks at the loss around where the run stands, which it does meanwhile. Rejects for a function, whose landscape is drawn whole. */
  slice(run: RunId, request: SliceRequest): Promise<Slice>;
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

/** A future that a run left by going back: what it had measured after `from`, to be seen beside what comes instead. */
export interface Branch {
  readonly from: number;
  /** As one frame. */
  readonly steps: ArrayBuffer | null;
  readonly evaluations: readonly EvaluationEvent[];
  readonly curvatures: readonly CurvatureEvent[];
}

/** Everything a view needs to draw a run from nothing. */
export interface RunSnapshot {
  readonly run: RunId;
  /** What a person calls it; their own name for it, or its title. */
  readonly name: string;
  /** `engine`: an engine has it, or had until it ended; `record`: read from its record, it can be seen and replayed. */
  readonly from: 'engine' | 'record';
  readonly state: RunState;
  /** One line that says what runs: `Adam`, and `lr 0.001 · β₁ 0.9 · … · 784-128-10 ReLU · MNIST · batch 64 · CPU`. */
  readonly title: string;
  readonly details: string;
  readonly start: StartEvent | null;
  /** Steps so far as one frame (thinned evenly where there are many). Null before the first. */
  readonly steps: ArrayBuffer | null;
  readonly evaluations: readonly EvaluationEvent[];
  readonly curvatures: readonly CurvatureEvent[];
  /** What was changed on its way. */
  readonly changes: readonly ChangeEvent[];
  /** The future that it left last; null where it never went back. */
  readonly branch: Branch | null;
  /** The step that it is on its way to by replay; null where it is not. */
  readonly bound: number | null;
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

/** What all panels look at together: the editor keeps it, so that one panel's scrubber moves all of them. */
export interface SharedView {
  /** The step that is looked at; null: the newest. */
  readonly at: number | null;
  /** The chosen layer; null: the first. */
  readonly layer: string | null;
  /** Layers that are not drawn. */
  readonly hiddenLayers: readonly string[];
}

/** All that a panel draws. */
export interface PanelState {
  readonly run: RunSnapshot | null;
  /** A second run, for comparison. */
  readonly pinned: RunSnapshot | null;
  readonly view: SharedView;
}

/** A hyperparameter of the shown run as it is now. */
export interface RunSetting {
  /** As `EngineCalls.change` takes it. */
  readonly name: string;
  readonly value: number | string | boolean;
  /** What people call it: `β₁`, `weight decay λ`. */
  readonly label: string;
  /** `how long the average of the gradient remembers`. */
  readonly meaning: string;
  /** `(0, ∞)`, as a person reads it. */
  readonly domain: string;
}

/** What a panel may ask of the editor. */
export interface HostCalls {
  /** The panel is there and listening; answers with what to draw. */
  ready(): Promise<PanelState>;
  trainWith(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  step(): Promise<void>;
  stepBack(): Promise<void>;
  stop(): Promise<void>;
  again(): Promise<void>;
  resumeFromCheckpoint(): Promise<void>;
  /** Looks at another step or layer, in all panels. @returns what is looked at then */
  look(change: Partial<SharedView>): Promise<SharedView>;
  /** Puts the run to a step that it has passed, by replay where its engine no longer has it, changes hyperparameters there, and stands still. */
  goTo(step: number, settings?: Settings): Promise<void>;
  /** The hyperparameters that `goTo` can change. */
  settings(): Promise<readonly RunSetting[]>;
  weightMap(layer: string, quantity: string): Promise<WeightMap | null>;
  slice(request: SliceRequest): Promise<Slice>;
  /** Lets the person choose a run to compare with. */
  pin(): Promise<void>;
  unpin(): Promise<void>;
  /** @param panel its file's name in src/webview/panels */
  openPanel(panel: string): Promise<void>;
  exportRun(): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Where a picture cannot be put on the clipboard. */
  saveImage(name: string, png: ArrayBuffer): Promise<void>;
}

/** What the editor tells a visible panel. A hidden one is told nothing; it gets everything anew when it is seen again. */
export interface PanelEvents {
  snapshot(snapshot: RunSnapshot | null): void;
  pinned(snapshot: RunSnapshot | null): void;
  view(view: SharedView): void;
  frame(run: RunId, frame: ArrayBuffer): void;
  event(run: RunId, event: RareEvent): void;
  state(run: RunId, state: RunState, problem: string | null, checkpointStep: number | null): void;
}
