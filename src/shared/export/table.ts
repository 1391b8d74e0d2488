/**
 * A run's quantities as one table, a row a step. A curvature measurement is told some steps after the one that it is of, so what is not
 * measured with every step is collected first and put beside its step; the steps themselves stream by, however many there are.
 */
import type { RecordEvent } from '../../engine/run/record';
import { csvLine, type Cell } from './csv';
import { measuredType, stepOf, type Column, type MeasuredType } from './column';

export class Table {
  /** Places of the columns by the event that they are measured with. */
  private readonly places: Readonly<Record<MeasuredType, readonly number[]>>;
  /** Cells of what is not measured with every step, by step and by place; a table of single weights is far wider than these. */
  private readonly collected = new Map<number, Map<number, Cell>>();
  /** Steps of those, in order, and how many have been written. */
  private steps: number[] = [];
  private written = 0;

  constructor(private readonly columns: readonly Column[]) {
    const placesOf = (event: MeasuredType): readonly number[] =>
      columns.flatMap((column, place) => (column.event === event ? [place] : []));
    this.places = {
      step: placesOf('step'),
      evaluation: placesOf('evaluation'),
      curvature: placesOf('curvature'),
      setting: placesOf('setting'),
      end: placesOf('end'),
    };
  }

  /** Has the record to be gone through with `collect` first? */
  get collects(): boolean {
    return this.places.step.length < this.columns.length;
  }

  /** `step,loss [nat],gradientNorm dense1.weight`. */
  header(): string {
    return csvLine(['step', ...this.columns.map(({ name, unit }) => (unit === '1' ? name : `${name} [${unit}]`))]);
  }

  /** The first time through the record. */
  collect(event: RecordEvent): void {
    const type = measuredType(event);
    if (type === null || type === 'step' || this.places[type].length === 0) return;
    const step = stepOf(event);
    const cells = this.collected.get(step) ?? new Map<number, Cell>();
    for (const place of this.places[type]) cells.set(place, this.columns[place].of(event));
    this.collected.set(step, cells);
  }

  /** The rows that are whole with this event, the second time through. */
  rows(event: RecordEvent): string {
    if (event.type !== 'step' || this.places.step.length === 0) return '';
    const before = this.rowsBefore(event.step);
    const cells = this.cellsAt(event.step);
    if (this.inOrder()[this.written] === event.step) this.written++;
    for (const place of this.places.step) cells[place] = this.columns[place].of(event);
    return before + csvLine([event.step, ...cells]);
  }

  /** The rows that are left at the end. */
  rest(): string {
    return this.rowsBefore(Infinity);
  }

  /** Of steps that have no `step` event. */
  private rowsBefore(step: number): string {
    let rows = '';
    for (const steps = this.inOrder(); steps[this.written] < step; this.written++)
      rows += csvLine([steps[this.written], ...this.cellsAt(steps[this.written])]);
    return rows;
  }

  private inOrder(): readonly number[] {
    if (this.steps.length < this.collected.size) this.steps = [...this.collected.keys()].sort((a, b) => a - b);
    return this.steps;
  }

  /** A row with what was collected of a step. */
  private cellsAt(step: number): Cell[] {
    const cells = new Array<Cell>(this.columns.length).fill(null);
    for (const [place, cell] of this.collected.get(step) ?? []) cells[place] = cell;
    return cells;
  }
}
