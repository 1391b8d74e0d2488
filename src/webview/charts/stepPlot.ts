/**
 * Lines over steps that one can read, zoom and move: the chart, what lies over it, and what pointer and keys do to both. The steps it spans are
 * the panel's (`stepWindow`), the values its own, remembered by its name.
 */
import type { ChangeEvent } from '../../shared/protocol';
import { recall, remember } from '../connection';
import { element } from '../dom';
import { changeInWords } from './changes';
import { listen, type Gestures } from './gestures';
import { LineChart, type DrawnLine, type Frame } from './lineChart';
import { drawOverlay, type ReadPoint } from './overlay';
import { ends, readingsAt, readOn, stepOf, stepOfPlace, type ReadingPlace } from './reading';
import { Readout } from './readout';
import { stepWindow } from './stepWindow';
import { moveSteps, moveValues, selectSteps, zoomSteps, zoomValues, type Range, type Scale } from './viewport';

/** What is drawn: the lines, and what the axes could span. */
export interface PlotFrame extends Omit<Frame, 'from' | 'to' | 'values'> {
  /** The run's id. */
  readonly run: string;
  /** Its steps without zoom. */
  readonly whole: Range;
  readonly newest: number;
}

/** What a plot asks of the panel. */
export interface PlotOwner {
  /** Draw it again at once. */
  redraw(): void;
  /** Looks at a step in all panels; null: the newest. */
  look(step: number | null): void;
}

const HINT =
  'Arrow keys read the numbers, Enter looks at that step in all panels, plus and minus zoom, 0 shows all steps. The button “Show the numbers as a table” lists them.';
/** CSS pixels within which a tick is read too. */
const NEAR = 6;
let count = 0;

export class StepPlot implements Gestures {
  readonly chart = new LineChart();
  private readonly readout = new Readout();
  private frame: PlotFrame | undefined;
  private cursor: number | null = null;
  private before: number | null = null;
  private changes: readonly ChangeEvent[] = [];
  private selection: Range | null = null;
  private reading: ReadingPlace | null = null;
  private points: readonly ReadPoint[] = [];
  /** The values chosen by zooming, and on which scale. */
  private chosen: { readonly range: Range; readonly scale: Scale } | null = null;
  private saving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly name: string,
    private readonly owner: PlotOwner,
  ) {
    const { canvas } = this.chart;
    const hint = element('span', { class: 'spoken', id: `hint${++count}` }, HINT);
    canvas.tabIndex = 0;
    canvas.setAttribute('aria-describedby', hint.id);
    this.chart.element.append(this.readout.element, this.readout.spoken, hint);
    const [scale, min, max] = (recall(`values ${name}`) ?? '').split(' ');
    if (Number(max) > Number(min)) this.chosen = { scale: scale as Scale, range: { min: Number(min), max: Number(max) } };
    listen(this.chart, this);
  }

  get element(): HTMLElement {
    return this.chart.element;
  }

  /** Whether a part of the picture is shown only. */
  get zoomed(): boolean {
    return stepWindow.zoomed || this.valuesZoomed;
  }

  private get valuesZoomed(): boolean {
    return this.chosen !== null && this.chosen.scale === this.frame?.scale;
  }

  /** CSS pixels that the steps span. */
  get width(): number {
    const { area } = this.chart;
    return area ? Math.max(1, area.right - area.left) : 1;
  }

  /** The steps that are in sight. */
  get window(): Range {
    const { run, whole, newest } = this.frame!;
    return stepWindow.of(run, whole, newest);
  }

  draw(frame: PlotFrame): void {
    this.frame = frame;
    const { min: from, max: to } = this.window;
    this.chart.draw({ ...frame, from, to, values: this.valuesZoomed ? this.chosen!.range : null });
    this.drawOver();
  }

  /** @param cursor the step that is looked at; null: the newest */
  mark(cursor: number | null, changes: readonly ChangeEvent[]): void {
    if (cursor === this.cursor && changes === this.changes && changes.length === this.marked) return;
    [this.cursor, this.changes, this.marked] = [cursor, changes, changes.length];
    this.drawOver();
  }

  private marked = 0;
  /** Nothing lies over the lines. */
  private clear = false;

  private drawOver(): void {
    if (!this.frame || !this.chart.area) return;
    this.read(false);
    const { cursor, selection, points } = this;
    this.chart.dimAfter(cursor);
    const empty = cursor === null && !selection && points.length === 0 && this.changes.length === 0;
    if (empty && this.clear) return;
    this.clear = empty;
    drawOverlay(this.chart.overlay.begin(), this.chart, { cursor, selection, points, marks: this.changes.map(({ step }) => step) });
  }

  /** Brings up to date what is read. @param spoken whether the keys moved */
  private read(spoken: boolean): void {
    const { area } = this.chart;
    const wanted = this.reading && stepOfPlace(this.reading, this.chart);
    const readings = wanted === null || !area ? [] : readingsAt(this.frame!.lines, wanted);
    this.points = readings;
    if (wanted === null || readings.length === 0 || !area) {
      this.readout.hide();
      return;
    }
    const step = stepOf(readings, wanted);
    const place = this.reading && 'place' in this.reading ? this.reading.place : this.chart.placeOfStep(step);
    const remarks = this.changes.filter((change) => Math.abs(this.chart.placeOfStep(change.step) - place) <= NEAR).map(changeInWords);
    const format = this.frame!.format?.value;
    this.readout.show(area, place, step, readings, remarks, format);
    if (spoken) this.readout.say(step, readings, remarks, format);
  }

  /** Calls `use` while all of it has `ratio` pixels for each CSS pixel. */
  async sharpened<Result>(ratio: number, use: () => Promise<Result>): Promise<Result> {
    this.chart.sharpen(ratio);
    this.redrawSharp();
    this.chart.burnDimmed(this.cursor);
    try {
      return await use();
    } finally {
      this.chart.sharpen(devicePixelRatio);
      this.redrawSharp();
    }
  }

  private redrawSharp(): void {
    if (this.frame) this.draw(this.frame);
  }

  // What pointer and keys ask for.

  zoomSteps(about: number, factor: number): void {
    const read = this.reading && stepOfPlace(this.reading, this.chart);
    const { window } = this;
    const centre = Number.isNaN(about) ? (read ?? (window.min + window.max) / 2) : about;
    this.choose(zoomSteps(window, centre, factor, this.frame!.whole));
  }

  moveSteps(share: number): void {
    if (stepWindow.zoomed) this.choose(moveSteps(this.window, share, this.frame!.whole));
  }

  zoomValues(about: number, factor: number): void {
    this.chooseValues(zoomValues(this.chart.values, about, factor, this.frame!.scale));
  }

  moveValues(share: number): void {
    this.chooseValues(moveValues(this.chart.values, share, this.frame!.scale));
  }

  select(one: number, other: number, done: boolean): void {
    const range = selectSteps(one, other, this.window);
    this.selection = done ? null : range;
    if (done) this.choose(range);
    else this.drawOver();
  }

  showAll(): void {
    this.choose(null);
    this.showAllValues();
  }

  showAllValues(): void {
    this.chooseValues(null);
  }

  lookAt(step: number): void {
    const readings = readingsAt(this.frame!.lines, step);
    if (readings.length === 0) return;
    const at = stepOf(readings, step);
    this.before = this.cursor;
    this.owner.look(at >= this.frame!.newest ? null : at);
  }

  lookBack(): void {
    this.owner.look(this.before);
  }

  readAt(place: number | null): void {
    if (place === null && this.reading === null) return;
    this.reading = place === null ? null : { place };
    this.drawOver();
  }

  readOn(share: number): void {
    const { window } = this;
    const { lines } = this.frame!;
    const from = this.reading ? stepOfPlace(this.reading, this.chart) : (this.cursor ?? Math.min(window.max, this.frame!.newest));
    const started = this.reading !== null && 'step' in this.reading;
    const width = window.max - window.min;
    this.readStep(started ? readOn(lines, from, share * width) : measuredStep(lines, from));
  }

  readEnd(last: boolean): void {
    const found = ends(this.frame!.lines, this.window);
    if (found) this.readStep(last ? found.max : found.min);
  }

  lookAtRead(): void {
    if (this.reading) this.lookAt(stepOfPlace(this.reading, this.chart));
  }

  /** Reads a step, and moves the window where it is out of sight. */
  private readStep(step: number): void {
    const { window } = this;
    this.reading = { step };
    if (step < window.min || step > window.max) {
      const by = step < window.min ? step - window.min : step - window.max;
      this.choose({ min: window.min + by, max: window.max + by });
    }
    this.drawOver();
    this.read(true);
  }

  private choose(range: Range | null): void {
    const { whole, newest } = this.frame!;
    stepWindow.choose(range, whole, newest);
    this.owner.redraw();
  }

  private chooseValues(range: Range | null): void {
    const { scale } = this.frame!;
    this.chosen = range && { range, scale };
    clearTimeout(this.saving);
    this.saving = setTimeout(() => remember(`values ${this.name}`, range ? `${scale} ${range.min} ${range.max}` : ''), 200);
    this.owner.redraw();
  }
}

/** The measured step nearest to `step`. */
function measuredStep(lines: readonly DrawnLine[], step: number): number {
  const readings = readingsAt(lines, step);
  return readings.length === 0 ? step : stepOf(readings, step);
}
