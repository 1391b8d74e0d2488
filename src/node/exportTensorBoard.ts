/** A record as an event file in a folder that TensorBoard shows as one run. */
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RecordEvent } from '../engine/run/record';
import { measuredType, stepOf, type Column, type MeasuredType } from '../shared/export/column';
import { histogram } from '../shared/export/histogram';
import { columnsOf } from '../shared/export/quantities';
import { rateDistributions, type Distribution } from '../shared/export/singleWeights';
import { EventFile, type Precision, type Scalar, type Spread } from '../shared/export/tensorBoard';
import { RecordError } from '../shared/record/events';
import { newSettingsIn, tellFaults, type Tell } from './exportRecord';
import { glanceAt } from './recordGlance';
import { eachEvent } from './recordLines';
import { PARTIAL, wholeFile } from './wholeFile';

/**
 * Writes every number of the record's quantities; of single weights' rates how they are spread. A record has no clock: its steps are spread evenly over the seconds that the run took, the
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

  const columns = columnsOf(start, ['all'], await newSettingsIn(record, start)).filter(({ tag }) => tag !== null);
  const byType = new Map<MeasuredType, Column[]>();
  for (const column of columns) byType.set(column.event, [...(byType.get(column.event) ?? []), column]);
  const distributions = rateDistributions(start);
  await wholeFile(out, async (file) => {
    const events = new EventFile(precision);
    let ready: Uint8Array[] = [events.beginning(began)];
    const breath = async (): Promise<void> => {
      const bytes = Buffer.concat(ready);
      ready = [];
      await file.appendFile(bytes);
    };
    const take = (event: RecordEvent): void => {
      const type = measuredType(event);
      if (type === null) return;
      const step = stepOf(event);
      const [scalars, spreads] = [scalarsOf(byType.get(type) ?? [], event), spreadsOf(distributions, event)];
      if (scalars.length + spreads.length > 0) ready.push(events.scalars(step, timeOf(step), scalars, spreads));
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

function spreadsOf(distributions: readonly Distribution[], event: RecordEvent): Spread[] {
  return distributions.flatMap(({ tag, of }): Spread[] => {
    const buckets = histogram(of(event) ?? []);
    return buckets.length > 0 ? [[tag, buckets]] : [];
  });
}

/** TensorBoard draws all event files of one folder as one run. */
async function refuseSecond(folder: string, mine: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const other = (await readdir(folder)).find((name) => name.includes('tfevents') && name !== mine && !name.endsWith(PARTIAL));
  if (other !== undefined)
    throw new RecordError(`${folder} has an event file already, ${other}; TensorBoard would draw both as one run. Choose another folder.`);
}
