/**
 * A record read into what panels draw, within a bound however long it is: steps are thinned as those of a run under way are, evaluations and
 * curvature measurements likewise. Events are taken in one after the other; nothing else of the file is kept.
 */
import type { CurvatureEvent, EndEvent, EvaluationEvent, RecordEvent, StartEvent } from '../../engine/run/record';
import { column, consecutive, rowWidth, writeRow, type StepRows } from '../frame';
import { History } from '../history';
import type { ChangeEvent, RunSnapshot } from '../protocol';
import { append } from '../series';
import type { RecordEvents, RecordFault } from './events';

/** A record as it was read. */
export interface ReadRecord {
  /** The run as it can be drawn and trained again; it has no name of a person's yet. */
  readonly snapshot: RunSnapshot;
  readonly start: StartEvent;
  /** The first `MOST_FAULTS`. */
  readonly faults: readonly RecordFault[];
  readonly faultCount: number;
  /** Does it break off, without an end? */
  readonly brokenOff: boolean;
  /** The last step in it; 0 where there is none. */
  readonly lastStep: number;
}

/** Faults that a panel names. */
const NAMED = 3;
/** The most rows that are kept, and the most numbers in them: fewer rows of a run of very many layers. */
const MOST_ROWS = 2048;
const MOST_NUMBERS = 2 ** 23;
/** The most changes of a run that are kept. */
const MOST_CHANGES = 4096;

export class RecordReading {
  private readonly history: History;
  private readonly row: StepRows;
  private readonly evaluations: EvaluationEvent[] = [];
  private readonly curvatures: CurvatureEvent[] = [];
  private readonly changes: ChangeEvent[] = [];
  private leftOut = 0;
  private end: EndEvent | null = null;
  private title: string;
  private details: string;

  constructor(private readonly start: StartEvent) {
    const layers = start.layers.length;
    const width = rowWidth(layers);
    this.history = new History(layers, Math.max(2, Math.min(MOST_ROWS, Math.floor(MOST_NUMBERS / width))));
    this.row = { layers, rows: 1, width, data: new Float64Array(width), spacing: consecutive };
    [this.title, this.details] = [start.title, start.details];
  }

  take(event: RecordEvent): void {
    switch (event.type) {
      case 'step':
        writeRow(this.row.data, 0, event);
        this.history.addRows(this.row);
        break;
      case 'evaluation':
        append(this.evaluations, event);
        break;
      case 'curvature':
        append(this.curvatures, event);
        break;
      case 'rule':
      case 'settings':
        [this.title, this.details] = [event.title, event.details];
        if (this.changes.length < MOST_CHANGES) this.changes.push(event);
        else this.leftOut++;
        break;
      case 'end':
        this.end = event;
        break;
    }
  }

  /** @param run what to call it @param events where it was read from */
  finish(run: string, { faults, faultCount, brokenLine }: RecordEvents): ReadRecord {
    const { start, end, history, evaluations, curvatures, changes, title, details } = this;
    const lastStep = history.last(column.step) || evaluations.at(-1)?.step || 0;
    const snapshot: RunSnapshot = {
      run,
      name: title,
      from: 'record',
      state: 'ended',
      title,
      details,
      start,
      steps: history.rows > 0 ? history.encode() : null,
      evaluations,
      curvatures,
      changes,
      branch: null,
      bound: null,
      end,
      problem: end ? (end.message ?? null) : endless(lastStep, start.steps, brokenLine),
      checkpointStep: null,
      place: null,
      notices: [...noticesOf(faults, faultCount), ...(this.leftOut > 0 ? [leftOutOf(this.leftOut)] : [])],
    };
    return { snapshot, start, faults, faultCount, brokenOff: end === null, lastStep };
  }
}

const show = (count: number): string => count.toLocaleString('en');

function endless(lastStep: number, steps: number, brokenLine: number | null): string {
  const where = brokenLine === null ? '' : ` in the middle of line ${show(brokenLine)}`;
  return `The record stops${where} after step ${show(lastStep)} of ${show(steps)}, without an end: the run was still under way or was cut off there. Going on from there trains it once more up to that step, exactly as it was.`;
}

function noticesOf(faults: readonly RecordFault[], count: number): string[] {
  if (count === 0) return [];
  const named = faults.slice(0, NAMED).map(({ text }) => text);
  const rest = count > NAMED ? [`And ${show(count - NAMED)} more.`] : [];
  const lines =
    count === 1 ? 'A line of the record is not of its run and is' : `${show(count)} lines of the record are not of its run and are`;
  return [[`${lines} left out:`, ...named, ...rest].join(' ')];
}

const leftOutOf = (count: number): string =>
  `The run was changed more than ${show(MOST_CHANGES)} times; the last ${show(count)} changes are left out.`;
