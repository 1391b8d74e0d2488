/** A run that was read from its record: what panels draw of it, and what training it once more needs. */
import type { RunSnapshot } from '../../shared/protocol';
import type { RunRequest } from '../run';

export interface OpenedRun {
  readonly snapshot: RunSnapshot;
  /** Its complete specification, the folder that paths in it are relative to, and the line of code that it stands for. */
  readonly request: RunRequest;
  /** Its record. */
  readonly file: string;
}
