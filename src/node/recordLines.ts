/**
 * Reads a record from its file in pieces: however long the file is, no more than a piece and one line of it are in memory. The file may be of
 * any origin and may still be written; what was there when it was opened is read.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RecordEvent } from '../engine/run/record';
import { RecordError, RecordEvents } from '../shared/record/events';
import { RecordReading, type ReadRecord } from '../shared/record/reading';

/** Bytes that are read at a time. */
const PIECE = 2 ** 20;
/** The longest line that is looked at, in bytes: the rates of two million weights. */
export const LONGEST_LINE = 2 ** 26;
const NEW_LINE = 0x0a;

/** Gets every line, without its end. */
export interface LineTaker {
  /** @returns false where no more lines are wanted */
  line(text: string): boolean;
  /** What follows the last line's end, if anything. */
  last(text: string): void;
  /** A line was longer than `longest` and is passed over. */
  tooLong(longest: number): void;
  /** Called after each piece of the file; the next is read when this ends. */
  breath?(): Promise<void>;
}

/** Gets every event. */
export interface EventTaker {
  /** @returns false where no more are wanted */
  take(event: RecordEvent): boolean | void;
  breath?(): Promise<void>;
}

/** @param longest the longest line that is looked at, in bytes @throws RecordError where the file cannot be read */
export async function eachLine(path: string, taker: LineTaker, longest = LONGEST_LINE): Promise<void> {
  const { file, size } = await openPlain(path);
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    let begun: Buffer[] = []; // of a line that ends in a later piece
    let begunBytes = 0;
    for (let position = 0; position < size;) {
      const { bytesRead } = await file.read(piece, 0, Math.min(PIECE, size - position), position);
      if (bytesRead === 0) break; // it became shorter meanwhile
      position += bytesRead;
      const bytes = piece.subarray(0, bytesRead);
      const [firstEnd, lastEnd] = [bytes.indexOf(NEW_LINE), bytes.lastIndexOf(NEW_LINE)];
      if (firstEnd >= 0) {
        if (begunBytes + firstEnd > longest) taker.tooLong(longest);
        else if (!taker.line(Buffer.concat([...begun, bytes.subarray(0, firstEnd)]).toString())) return;
        [begun, begunBytes] = [[], 0];
        if (lastEnd > firstEnd)
          for (const line of bytes.toString('utf8', firstEnd + 1, lastEnd).split('\n'))
            if (line.length > longest) taker.tooLong(longest);
            else if (!taker.line(line)) return;
      }
      const rest = bytes.subarray(lastEnd + 1);
      begunBytes += rest.length;
      if (begunBytes <= longest) begun.push(Buffer.from(rest));
      else begun = [];
      await taker.breath?.();
    }
    if (begunBytes > longest) taker.tooLong(longest);
    else taker.last(Buffer.concat(begun).toString());
  } finally {
    await file.close();
  }
}

/** Hands over every event of a record. @returns what else there is to say of it @throws RecordError where it is none */
export async function eachEvent(path: string, { take, breath }: EventTaker): Promise<RecordEvents> {
  const events = new RecordEvents(basename(path));
  const heard = (event: RecordEvent | null): boolean => (event === null || take(event) !== false) && !events.over;
  await eachLine(path, {
    line: (text) => heard(events.read(events.line === 0 ? text.replace(/^\ufeff/, '') : text)),
    last: (text) => void heard(events.readLast(text)),
    tooLong: (longest) => events.passOver(longest),
    breath,
  });
  if (events.start === null) throw new RecordError(`${basename(path)} is empty; a run record begins with {"type":"start", …}.`);
  return events;
}

/** Reads a record as panels draw it. @param run what to call it @throws RecordError */
export async function readRecord(path: string, run: string): Promise<ReadRecord> {
  let reading: RecordReading | undefined;
  const events = await eachEvent(path, {
    take(event) {
      if (event.type === 'start') reading = new RecordReading(event);
      else reading?.take(event);
    },
  });
  return reading!.finish(run, events);
}

/** Opens a plain file for reading. */
export async function openPlain(path: string): Promise<{ readonly file: FileHandle; readonly size: number }> {
  let file: FileHandle | undefined;
  try {
    // 'r' on a named pipe would wait for ever for a writer; O_NONBLOCK does not, and changes nothing for a plain file.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = await file.stat();
    if (!status.isFile()) throw new RecordError(`${path} is not a plain file; a run record is expected.`);
    return { file, size: status.size };
  } catch (error) {
    await file?.close();
    if (error instanceof RecordError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new RecordError(`${path} cannot be read: ${message}.`);
  }
}
