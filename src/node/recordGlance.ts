/** What a record's first line and its last lines say: enough for a list of runs, however long the record is. */
import { basename } from 'node:path';
import type { EndEvent, EvaluationEvent, StartEvent, StepEvent } from '../engine/run/record';
import { RecordEvents } from '../shared/record/events';
import { eachEvent, openPlain } from './recordLines';

/** Bytes at the end that are looked at. */
const TAIL = 2 ** 18;

export interface Glance {
  readonly start: StartEvent;
  /** The last ones in the tail; null where none is there. */
  readonly step: StepEvent | null;
  readonly evaluation: EvaluationEvent | null;
  readonly end: EndEvent | null;
  /** The file's size, and when it was last written, in ms since 1970. */
  readonly bytes: number;
  readonly written: number;
}

/** @throws RecordError where the file is no record */
export async function glanceAt(path: string): Promise<Glance> {
  let start: StartEvent | undefined;
  await eachEvent(path, {
    take(event) {
      if (event.type === 'start') start = event;
      return false;
    },
  });
  const { file, size } = await openPlain(path);
  try {
    const { mtimeMs } = await file.stat();
    const tail = Buffer.alloc(Math.min(TAIL, size));
    const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
    const lines = tail.toString('utf8', 0, bytesRead).split('\n');
    const rest = lines.pop() ?? '';
    const events = new RecordEvents(basename(path));
    if (size > TAIL) {
      lines.shift(); // it begins before
      events.start = start!;
    }
    return { ...lastOf(events, lines, rest), start: start!, bytes: size, written: mtimeMs };
  } finally {
    await file.close();
  }
}

function lastOf(events: RecordEvents, lines: readonly string[], rest: string): Pick<Glance, 'step' | 'evaluation' | 'end'> {
  const last: { step: StepEvent | null; evaluation: EvaluationEvent | null; end: EndEvent | null } = {
    step: null,
    evaluation: null,
    end: null,
  };
  for (const event of [...lines.map((line) => events.read(line)), events.readLast(rest)])
    if (event?.type === 'step') last.step = event;
    else if (event?.type === 'evaluation') last.evaluation = event;
    else if (event?.type === 'end') last.end = event;
  return last;
}
