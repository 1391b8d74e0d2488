/** A record as an event file in a folder that TensorBoard shows as one run. */
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RecordEvent } from '../engine/run/record';
import { columnsOf, isMeasured, type Column, type MeasuredType } from '../shared/export/quantities';
import { EventFile, type Precision, type Scalar } from '../shared/export/tensorBoard';
import { RecordError } from '../shared/record/events';
import { tellFaults, type Tell } from './exportRecord';
import { glanceAt } from './recordGlance';
import { eachEvent } from './recordLines';
import { PARTIAL, wholeFile } from './wholeFile';

/**
 * Writes every number of the record's quantities. A record has no clock: its steps are spread evenly over the seconds that the run took, the
 * last at the time when the record was last written.
 * @param folder made where it is missing; it must not have the event file of another run
 * @returns the file's path @throws RecordError
 */
export async function exportTensorBoard(record: string, folder: string, precision: Precision, tell: Tell): Promise<string> {
  const { start, step, end, written } = await glanceAt(record);
  const last = end?.step ?? step?.step ?? 0;
  const seconds = end && Number.isFinite(end.seconds) ? end.seconds : 0;
  const began = written / 1000 - seconds;
  const timeOf = (at: number): number => began + (last > 0 ? (seconds * Math.min(at, last)) / last : 0);
  const out = join(folder, `events.out.tfevents.${Math.max(0, Math.floor(began))}.optimizer-debugger`);
  await refuseSecond(folder, basename(out));

  const columns = columnsOf(start, ['all']).filter(({ tag }) => tag !== null);
  const of = (type: MeasuredType): readonly Column[] => columns.filter(({ event }) => event === type);
  const byType = { step: of('step'), evaluation: of('evaluation'), curvature: of('curvature') };
  await wholeFile(out, async (file) => {
    const events = new EventFile(precision);
    let ready: Uint8Array[] = [events.beginning(began)];
    const breath = async (): Promise<void> => {
      const bytes = Buffer.concat(ready);
      ready = [];
      await file.appendFile(bytes);
    };
    const take = (event: RecordEvent): void => {
      if (isMeasured(event)) ready.push(events.scalars(event.step, timeOf(event.step), scalarsOf(byType[event.type], event)));
    };
    const read = await eachEvent(record, { take, breath });
    await breath();
    tellFaults(read, tell);
  });
  return out;
}

/** The event's numbers; what was not measured is left out. */
function scalarsOf(columns: readonly Column[], event: RecordEvent): Scalar[] {
  const scalars: Scalar[] = [];
  for (const { tag, of } of columns) {
    const value = of(event);
    if (typeof value === 'number' && tag !== null) scalars.push([tag, value]);
  }
  return scalars;
}

/** TensorBoard draws all event files of one folder as one run. */
async function refuseSecond(folder: string, mine: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const other = (await readdir(folder)).find((name) => name.includes('tfevents') && name !== mine && !name.endsWith(PARTIAL));
  if (other !== undefined)
    throw new RecordError(`${folder} has an event file already, ${other}; TensorBoard would draw both as one run. Choose another folder.`);
}
