/**
 * A run as whoever drives it sees it (the worker's loop, the command line, the engine in the webview): begun once, advanced again and
 * again, each time telling the record's next events. On the CPU all of it answers at once, a step at a time (`trainer.ts`); on a GPU several
 * steps are under way at a time and the answers come later (`streamTrainer.ts`). The events and their order are the same.
 */
import type { Eventually } from '../eventually';
import type { AskedChange } from './changes';
import type { Notes } from './checkpoint';
import type { Prepared } from './prepare';
import type { RecordEvent, StartEvent } from './record';
import type { LayerValues } from './weightValues';

export interface Training {
  /** The record's first event. */
  readonly start: StartEvent;
  /** The run as it is now: with the rules and hyperparameters that it has now. */
  readonly prepared: Prepared;
  /** The last step whose events have been told; 0 before the first. */
  readonly step: number;
  /** Has the `end` event been told? */
  readonly ended: boolean;
  /** Is nothing left but to finish (all steps taken, stopped or diverged)? */
  readonly finishing: boolean;
  /** Is a curvature measurement under way? */
  readonly measuring: boolean;
  /** The training samples of every curvature measurement. */
  readonly probed: Uint32Array;
  /** What can be asked of every weight: `weight`, `gradient`, `rate`, then the rule's states by their names. */
  readonly quantities: readonly string[];
  /** The events before the first step. */
  begin(): Eventually<RecordEvent[]>;
  /**
   * Goes on: at least one step where any is left, then whatever comes after the last. @param upTo no step beyond this one is told, nor begun
   * @returns the events of it, often none
   */
  advance(upTo?: number): Eventually<RecordEvent[]>;
  /** Waits for what is under way beyond `step`. Afterwards weights and state are those of `step`. @returns the events of it */
  settle(): Eventually<RecordEvent[]>;
  /** One product of a curvature measurement under way, without training: what a paused run goes on with until it is not `busy`. Settled. */
  measureOn(): Eventually<{ readonly events: RecordEvent[]; readonly busy: boolean }>;
  /** Goes on with another text of a rule, or other hyperparameters, from the next step on. Settled. @throws LanguageError or SpecificationError where it will not do */
  make(change: AskedChange): Eventually<RecordEvent[]>;
  /** Lets the coming `advance`s finish the run instead of training. */
  stop(): void;
  /** Ends at once because of a fault outside training. */
  fail(message: string): RecordEvent[];
  /** The last step up to `step` that is told, and measured for it; 0 where none is. */
  toldUpTo(step: number): number;
  /** Everything needed to go on from `step`. Settled. */
  checkpoint(notes?: Notes, sealed?: boolean): Eventually<ArrayBuffer>;
  /** About how many bytes a checkpoint takes now. */
  readonly checkpointBytes: number;
  /** Puts the run to where it was at a checkpoint of it, whatever it has done since. @throws CheckpointError */
  restore(checkpoint: ArrayBuffer, prepared?: Prepared, sealed?: boolean): Eventually<void>;
  /**
   * One of `quantities` of every weight of a layer. Settled. Null where there is none: a gradient and rates come with a step, and a run that was put
   * back to a checkpoint, or ended by a fault on a machine that is gone, has none of them.
   */
  values(layer: number, quantity: string): Eventually<LayerValues | null>;
  /** Gives back what it holds: threads, buffers of a GPU. */
  close(): void;
}
