/**
 * Keeps the catalogue up to date with the run under way: takes it down when it starts, whenever its state changes, and when it has another
 * name. Between these its record says the rest.
 */
import type * as vscode from 'vscode';
import type { RunId } from '../../shared/protocol';
import type { Run } from '../run';
import type { Runs } from '../runs';
import { aboutRun } from './about';
import type { Catalogue } from './catalogue';

export class Keeper implements vscode.Disposable {
  private readonly began = new Map<RunId, number>();
  private readonly following: vscode.Disposable;
  /** What was taken down last, so that nothing is written twice. */
  private last = '';

  /** @param fault told where something cannot be written */
  constructor(
    private readonly runs: Runs,
    private readonly catalogue: Catalogue,
    private readonly fault: (error: unknown) => void,
  ) {
    this.following = runs.onDidChange(({ kind }) => {
      const run = this.runs.current;
      if (run && kind !== 'event') this.take(run);
    });
  }

  dispose(): void {
    this.following.dispose();
  }

  private take(run: Run): void {
    if (!run.start) return; // it has no record yet
    const key = [run.id, run.state, run.name, run.title, run.details, run.step].join('\n');
    if (key === this.last) return;
    this.last = key;
    const began = this.began.get(run.id) ?? this.catalogue.entry(run.id)?.began ?? Date.now();
    this.began.set(run.id, began);
    this.catalogue.note(aboutRun(run, run.start, began, process.pid)).catch(this.fault);
    if (!run.active) this.catalogue.makeWay().catch(this.fault); // now it is known how much room it takes
  }
}
