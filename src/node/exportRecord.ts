/**
 * A record's file made into other files: a copy of it, a table, TensorBoard's event file. The record streams by, so its length does not
 * matter; what is made is there only when it is whole, and never takes the place of the record itself.
 */
import { copyFile, open, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RuleEvent, StartEvent } from '../engine/run/record';
import type { Choosable } from '../shared/export/column';
import { columnsOf, quantitiesOf } from '../shared/export/quantities';
import { tooManyWeights } from '../shared/export/singleWeights';
import { Table } from '../shared/export/table';
import { RecordError, type RecordEvents } from '../shared/record/events';
import { eachEvent } from './recordLines';
import { whole, wholeFile } from './wholeFile';

/** Says something of the record that the person should know. */
export type Tell = (text: string) => void;

/** Takes a text before the next is made. */
export type Write = (text: string) => Promise<void>;

/** Bytes at the end of a copy among which its last line's end is looked for, at a time. */
const PIECE = 2 ** 20;

/** A record's first event. @throws RecordError */
export async function startOf(record: string): Promise<StartEvent> {
  const { start } = await eachEvent(record, { take: () => false });
  return start!;
}

/** What a run measures; only the record's first line is read. @throws RecordError */
export const quantitiesIn = async (record: string): Promise<readonly Choosable[]> => quantitiesOf(await startOf(record));

/** The changes of a run that may have brought other hyperparameters: only a rule of a file can be replaced. */
export async function newSettingsIn(record: string, start: StartEvent): Promise<readonly RuleEvent[]> {
  const changes: RuleEvent[] = [];
  if ([start.spec.optimizer, ...start.spec.wrappers].some((rule) => 'file' in rule))
    await eachEvent(record, { take: (event) => void (event.type === 'rule' && changes.push(event)) });
  return changes;
}

/** A copy, up to the end of its last whole line: the run may be under way. @throws RecordError where it is no record */
export async function copyRecord(record: string, out: string): Promise<void> {
  await startOf(record);
  await refuseItself(record, out);
  await whole(out, async (partial) => {
    await copyFile(record, partial);
    const file = await open(partial, 'r+');
    try {
      await file.truncate(await endOfLines(file));
    } finally {
      await file.close();
    }
  });
}

/** A table as text, piece by piece. @param quantities as `columnsOf` takes them @throws UnknownQuantity, RecordError */
export async function writeTable(record: string, quantities: readonly string[], write: Write, tell: Tell): Promise<void> {
  const start = await startOf(record);
  const table = new Table(columnsOf(start, quantities, await newSettingsIn(record, start)));
  const leftOut = quantities.includes('all') ? tooManyWeights(start) : null;
  if (leftOut !== null) tell(leftOut);
  if (table.collects) await eachEvent(record, { take: (event) => table.collect(event) });
  let text = table.header();
  const breath = async (): Promise<void> => {
    const ready = text;
    text = '';
    await write(ready);
  };
  const events = await eachEvent(record, { take: (event) => void (text += table.rows(event)), breath });
  text += table.rest();
  await breath();
  tellFaults(events, tell);
}

/** The same into a file. */
export async function exportTable(record: string, quantities: readonly string[], out: string, tell: Tell): Promise<void> {
  await refuseItself(record, out);
  await wholeFile(out, (file) => writeTable(record, quantities, (text) => file.appendFile(text), tell));
}

/** Says what of a record is not in what was made of it. */
export function tellFaults({ faults, faultCount, brokenLine }: RecordEvents, tell: Tell): void {
  for (const { text } of faults) tell(text);
  if (faultCount > faults.length) tell(`… and ${(faultCount - faults.length).toLocaleString('en')} more lines that could not be read.`);
  if (brokenLine !== null) tell(`line ${brokenLine.toLocaleString('en')}, the last, breaks off and is left out.`);
}

async function refuseItself(record: string, out: string): Promise<void> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
  if ((await real(record)) === (await real(out))) throw new RecordError(`${out} is the record itself; choose another file.`);
}

/** How many bytes the whole lines of a file take. */
async function endOfLines(file: Awaited<ReturnType<typeof open>>): Promise<number> {
  const piece = Buffer.alloc(PIECE);
  for (let end = (await file.stat()).size; end > 0;) {
    const begin = Math.max(0, end - PIECE);
    const { bytesRead } = await file.read(piece, 0, end - begin, begin);
    const last = piece.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (last >= 0) return begin + last + 1;
    end = begin;
  }
  return 0;
}
