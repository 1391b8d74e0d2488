/**
 * What the panels show, and look at together: the current run or one opened from its record, a second one pinned for comparison, the step and
 * the layer that are looked at. Panels and the list of runs talk to this; the runs service knows nothing of it.
 */
import * as vscode from 'vscode';
import type { RunSnapshot, SharedView } from '../shared/protocol';
import type { OpenedRun } from './library/opened';
import type { FrameListener, RunChange, Runs } from './runs';

export type StageChange = RunChange | { readonly kind: 'pinned' } | { readonly kind: 'view' };

const nowhere: SharedView = { at: null, layer: null, hiddenLayers: [] };

export class Stage implements vscode.Disposable {
  private opened: OpenedRun | null = null;
  private second: RunSnapshot | null = null;
  private looking = nowhere;
  /** The current run, as it was last heard of. */
  private current: string | null = null;
  private readonly changes = new vscode.EventEmitter<StageChange>();
  readonly onDidChange = this.changes.event;
  private readonly following: vscode.Disposable;

  constructor(private readonly runs: Runs) {
    this.following = runs.onDidChange((change) => this.follow(change));
  }

  /** What is shown: the current run, unless another was opened since. */
  get shown(): RunSnapshot | null {
    return this.opened?.snapshot ?? this.runs.snapshot();
  }

  /** What was opened from its record; null where the current run is shown. */
  get record(): OpenedRun | null {
    return this.opened;
  }

  get pinned(): RunSnapshot | null {
    return this.second;
  }

  get view(): SharedView {
    return this.looking;
  }

  /** Is the current run what is shown? */
  get live(): boolean {
    return this.opened === null;
  }

  look(change: Partial<SharedView>): void {
    this.looking = { ...this.looking, ...change };
    this.changes.fire({ kind: 'view' });
  }

  /** Shows a run read from its record; null: the current one again. */
  open(run: OpenedRun | null): void {
    this.opened = run;
    this.looking = { ...this.looking, at: null };
    this.changes.fire({ kind: 'run' });
    this.changes.fire({ kind: 'view' });
  }

  pin(run: RunSnapshot | null): void {
    this.second = run;
    this.changes.fire({ kind: 'pinned' });
  }

  /** Gets the frames of the current run while it is shown. */
  onFrame(listener: FrameListener): vscode.Disposable {
    return this.runs.onFrame((run, frame) => (this.live ? listener(run, frame) : undefined));
  }

  dispose(): void {
    this.following.dispose();
    this.changes.dispose();
  }

  private follow(change: RunChange): void {
    const id = this.runs.current?.id ?? null;
    if (id !== this.current) {
      this.current = id;
      this.open(null); // a new run is what one wants to see
      return;
    }
    if (this.live) this.changes.fire(change);
    // the current run, pinned, is drawn as far as it was then; what it becomes is told now and again
    if (id !== null && this.second?.run === id && change.kind !== 'event') this.pin(this.runs.snapshot());
  }
}
