/**
 * What is kept of a run beside its record, in a small file of its own (`RUN.about.json`), so that a list of a thousand runs is read without
 * opening a record. It is written when the run starts, when it changes its state and when it ends; where it is missing or behind, as after
 * a crash, it is made anew from the record's first and last lines. Knows nothing of the editor.
 */
import type { EndEvent, EvaluationEvent, StartEvent } from '../../engine/run/record';
import type { Schema } from '../../engine/run/schema';
import type { Glance } from '../../node/recordGlance';
import { column } from '../../shared/frame';
import type { RunId } from '../../shared/protocol';
import { checkOf } from '../../shared/record/shape';
import type { CallReference } from '../optimizerChoice';
import type { Run } from '../run';

/** `under way`; how it ended; `cut off`: whatever trained it ended without a word. */
export type Outcome = 'under way' | EndEvent['reason'] | 'cut off';

export interface About {
  readonly version: 1;
  readonly run: RunId;
  /** A person's own name for it. */
  readonly name: string | null;
  readonly title: string;
  readonly details: string;
  /** What paths in its specification are relative to; empty where there are none. */
  readonly folder: string;
  /** The line of code that it stands for. */
  readonly origin: CallReference | null;
  /** When it began, and when this was last so, in ms since 1970. */
  readonly began: number;
  readonly written: number;
  readonly outcome: Outcome;
  /** What went wrong. */
  readonly message: string | null;
  /** The last step, and those that it was to take. */
  readonly step: number;
  readonly steps: number;
  /** Loss of the last batch. Numbers that are not finite are null in the file. */
  readonly loss: number | null;
  /** The lowest loss on the samples held out (on all training samples where none are), of those that were looked at, and where it was. */
  readonly lowest: { readonly step: number; readonly loss: number; readonly heldOut: boolean } | null;
  /** The process that trains it, while it is under way. */
  readonly process: number | null;
}

const text: Schema = { type: 'string' };
const maybe = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const count: Schema = { type: 'integer', minimum: 0 };
const number: Schema = { type: 'number' };
const fields: Readonly<Record<keyof About, Schema>> = {
  version: { const: 1 },
  run: text,
  name: maybe(text),
  title: text,
  details: text,
  folder: text,
  origin: maybe({ required: ['uri', 'constructorName', 'ordinal'], properties: { uri: text, constructorName: text, ordinal: count } }),
  began: number,
  written: number,
  outcome: { enum: ['under way', 'completed', 'stopped', 'diverged', 'error', 'cut off'] satisfies Outcome[] },
  message: maybe(text),
  step: count,
  steps: count,
  loss: maybe(number),
  lowest: maybe({ required: ['step', 'loss', 'heldOut'], properties: { step: count, loss: number, heldOut: { type: 'boolean' } } }),
  process: maybe(count),
};
const check = checkOf({ type: 'object', required: Object.keys(fields), properties: fields });

/** @returns null where the text is not what was written here: it is then made anew */
export function parseAbout(content: string, run: RunId): About | null {
  try {
    const about = JSON.parse(content) as About;
    return check(about) === null && about.run === run ? about : null;
  } catch {
    return null;
  }
}

/** A run as it is now. @param process that trains it */
export function aboutRun(run: Run, start: StartEvent, began: number, process: number): About {
  const { id, name, title, details, request, state, end, problem, history, evaluations, active } = run;
  return {
    version: 1,
    run: id,
    name,
    title,
    details,
    folder: request.folder,
    origin: request.origin,
    began,
    written: Date.now(),
    outcome: active ? 'under way' : (end?.reason ?? (state === 'failed' ? 'error' : 'cut off')),
    message: problem,
    step: Math.max(0, Math.trunc(history?.last(column.step) || end?.step || 0)),
    steps: start.steps,
    loss: finite(history?.last(column.loss)),
    lowest: lowestOf(evaluations),
    process: active ? process : null,
  };
}

/** What a record says of its run. @param known what was written of it before */
export function aboutRecord(run: RunId, { start, step, evaluation, end, written }: Glance, known: About | null): About {
  const lasted = end ? end.seconds * 1000 : 0;
  return {
    version: 1,
    run,
    name: known?.name ?? null,
    title: start.title,
    details: start.details,
    folder: known?.folder ?? '',
    origin: known?.origin ?? null,
    began: known?.began ?? written - (Number.isFinite(lasted) ? lasted : 0),
    written,
    outcome: end?.reason ?? 'cut off',
    message: end?.message ?? null,
    step: end?.step ?? step?.step ?? evaluation?.step ?? 0,
    steps: start.steps,
    loss: finite(step?.loss),
    lowest: known?.lowest ?? lowestOf(evaluation ? [evaluation] : []),
    process: null,
  };
}

/** A file that is no record, or one of another version: it is listed all the same, so that a person can see why and delete it. */
export const aboutUnreadable = (run: RunId, written: number, message: string, known: About | null): About => ({
  version: 1,
  run,
  name: known?.name ?? null,
  title: known?.title ?? 'Unreadable record',
  details: known?.details ?? '',
  folder: known?.folder ?? '',
  origin: known?.origin ?? null,
  began: known?.began ?? written,
  written,
  outcome: 'cut off',
  message,
  step: 0,
  steps: 0,
  loss: null,
  lowest: null,
  process: null,
});

const finite = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);

function lowestOf(evaluations: readonly EvaluationEvent[]): About['lowest'] {
  let lowest: About['lowest'] = null;
  for (const { step, heldOutLoss, trainLoss } of evaluations) {
    const loss = heldOutLoss ?? trainLoss;
    if (Number.isFinite(loss) && (lowest === null || loss < lowest.loss)) lowest = { step, loss, heldOut: heldOutLoss !== null };
  }
  return lowest;
}
