/** What one run in an engine is made of, and what it needs of where it lives. */
import type { Change } from '../../engine/run/changes';
import type { Course } from '../../engine/run/course';
import type { RecordEvent } from '../../engine/run/record';
import type { EngineEvents, RunId } from '../protocol';
import type { RunRecord } from './boundedRecord';

/** What a run needs of where it lives. */
export interface Surroundings {
  /** Milliseconds since any fixed moment. */
  clock(): number;
  /** Ends after messages have been looked at: a task of its own, not a microtask. */
  breath(): Promise<void>;
}

export interface RunParts {
  readonly id: RunId;
  /** Of a run that has begun, or stands where its checkpoint does. */
  readonly course: Course;
  readonly record: RunRecord | null;
  /** Opens the record again after the run's end, to go on after so many bytes of it. @throws where they are not there any more */
  readonly reopen: (position: number) => Promise<RunRecord>;
  readonly host: EngineEvents;
  /** The events before the first step, in the record already; none for a run that goes on from a checkpoint. */
  readonly first: readonly RecordEvent[];
  /** Does it stand still from the beginning? */
  readonly paused?: boolean;
  /** It is to come to a step, after changes on the way, and to stand still there or to train on. */
  readonly route?: { readonly to: number; readonly changes: readonly Change[]; readonly on: boolean };
}
