/**
 * A run's quantities as one table, a row a step. A curvature measurement is told some steps after the one that it is of, so what is not
 * measured with every step is collected first and put beside its step; the steps themselves stream by, however many there are.
 */
import type { RecordEvent } from '../../engine/run/record';
import { csvLine, type Cell } from './csv';
import { isMeasured, type Column, type MeasuredType } from './quantities';

export class Table {
  /** Places of the columns by the event that they are measured with. */
  private readonly places: Readonly<Record<MeasuredType, readonly number[]>>;
  /** Cells of evaluations and curvature measurements, by step. */
  private readonly collected = new Map<number, Cell[]>();
  /** Steps of those, in order, and how many have been written. */
  private steps: number[] = [];
  private written = 0;

  constructor(private readonly columns: readonly Column[]) {
    const placesOf = (event: MeasuredType): readonly number[] =>
      columns.flatMap((column, place) => (column.event === event ? [place] : []));
    this.places = { step: placesOf('step'), evaluation: placesOf('evaluation'), curvature: placesOf('curvature') };
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
    if (!isMeasured(event) || event.type === 'step' || this.places[event.type].length === 0) return;
    const cells = this.collected.get(event.step) ?? this.empty();
    this.fill(cells, event, event.type);
    this.collected.set(event.step, cells);
  }

  /** The rows that are whole with this event, the second time through. */
  rows(event: RecordEvent): string {
    if (event.type !== 'step' || this.places.step.length === 0) return '';
    const before = this.rowsBefore(event.step);
    const cells = this.collected.get(event.step) ?? this.empty();
    if (this.inOrder()[this.written] === event.step) this.written++;
    this.fill(cells, event, 'step');
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
      rows += csvLine([steps[this.written], ...this.collected.get(steps[this.written])!]);
    return rows;
  }

  private inOrder(): readonly number[] {
    if (this.steps.length < this.collected.size) this.steps = [...this.collected.keys()].sort((a, b) => a - b);
    return this.steps;
  }

  private fill(cells: Cell[], event: RecordEvent, type: MeasuredType): void {
    for (const place of this.places[type]) cells[place] = this.columns[place].of(event);
  }

  private empty(): Cell[] {
    return new Array<Cell>(this.columns.length).fill(null);
  }
}
