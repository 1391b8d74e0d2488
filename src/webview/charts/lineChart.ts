/**
 * Lines over steps, drawn by chart.js: no animation, no parsing, no more points than pixels, colours of the editor's theme. The card
 * that holds a chart says what it shows; the canvas carries the current values as its text alternative.
 */
import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type ChartDataset,
  type Scale as ChartScale,
} from 'chart.js';
import { askForRedraw, element, show } from '../dom';
import { tickFormat } from '../format';
import { fade, theme, type Theme } from '../theme';
import { axisOf, linearAxis, logarithmicAxis, type Axis } from './axis';
import { Annotations } from './annotations';
import { ABOVE, BELOW, BESIDE, drawAxes, forgetWidths, stepsBelow, widthOf } from './axes';
import { Surface } from './canvas';
import type { Point, Series } from './decimate';
import { burnDimmed, dimFrom } from './dimming';
import { DrawnPoints } from './drawnPoints';
import type { Range, Scale } from './viewport';
import { Watch } from './watch';

Chart.register(Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement);

export type Colour = 'blue' | 'orange' | 'green' | 'purple' | 'red' | 'foreground';

/** How one line looks. */
export interface Line {
  readonly label: string;
  readonly colour: Colour;
  readonly width?: number;
  /** Of the colour, 0 … 1. */
  readonly opacity?: number;
  readonly dashed?: boolean;
  /** Fills down to the line this many places further in the list, with this opacity. */
  readonly fill?: { readonly to: number; readonly opacity: number };
  /** Left out of what is read under the pointer. */
  readonly silent?: boolean;
  /** Read and listed, but not drawn. */
  readonly unseen?: boolean;
  /** A guide for the eye beside a measured line: in no table. */
  readonly guide?: boolean;
  /** Written above the line's end, at the right. */
  readonly annotation?: string;
  /** The legend entry that it belongs to (`data-line`), by which it is hidden and shown; its label, if missing. */
  readonly entry?: string;
  /** What its numbers are in the record: `loss`, `effectiveRate.q50`; and of which layer. */
  readonly quantity?: string;
  readonly layer?: string;
}

/** A line and its numbers. */
export interface DrawnLine extends Line {
  readonly series: Series;
}

export interface Frame {
  readonly lines: readonly DrawnLine[];
  /** The steps that the horizontal axis spans. */
  readonly from: number;
  readonly to: number;
  readonly scale: Scale;
  /** The values that the vertical axis spans, where a person chose them. */
  readonly values?: Range | null;
  /** Where the quantity cannot go beyond (linear only). */
  readonly bounds?: readonly [lowest: number, highest: number];
  /** The least that the vertical axis spans (linear only): closer values would look as if they differed much. */
  readonly leastSpread?: number;
  /** A value that the vertical axis holds in any case. */
  readonly include?: number;
  /** How a number is written, at the vertical axis and in words; else three digits, and at the axis as few as tell. */
  readonly format?: { readonly tick: (value: number) => string; readonly value: (value: number) => string };
  /** The current values in words. */
  readonly summary: string;
}

/** CSS pixels that two points share: a noisy line stays a line. */
const BUCKET_WIDTH = 2.5;

/** Where measured points are this many CSS pixels apart, each has a dot of this radius. */
const [APART, DOT] = [14, 1.8];

/** The axes are drawn by hand (`axes.ts`). */
const noTicks = (scale: ChartScale): void => void (scale.ticks = []);

type LineDataset = ChartDataset<'line', Point[]>;

/** Where a chart has drawn: the rectangle between its axes, in CSS pixels of its canvas. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export class LineChart {
  readonly element: HTMLElement;
  readonly canvas = element('canvas', { role: 'img' });
  /** Lies below the lines: the axes. Drawn only where they differ, since a text costs more than a line. */
  private readonly axes: Surface;
  private readonly axesDrawn = new Watch();
  /** Lies over the lines, for what moves without them: the cursor, a selection. */
  readonly overlay: Surface;
  private readonly chart: Chart<'line', Point[]>;
  private axis: Axis = { min: 0, max: 1, ticks: [] };
  /** What the axis is made from, and what the steps below are. */
  private readonly axisOf = new Watch();
  private readonly stepsOf = new Watch();
  private steps: readonly number[] = [];
  /** The numbers at the ticks of the vertical axis. */
  private labels: readonly string[] = [];
  private readonly toStep = (step: number): number => this.placeOfStep(step);
  private readonly toValue = (value: number): number => this.placeOfValue(value);
  private readonly styled = new Watch();
  private recoloured = true;
  /** The points of each line. */
  private readonly drawnPoints: DrawnPoints[] = [];
  /** The radius of the dots of each line. */
  private readonly dots: number[] = [];
  /** CSS pixels that the labels of the values took last. */
  private left = 0;
  /** The steps that it spanned then. */
  private range: Range = { min: NaN, max: NaN };
  private drawn = false;
  private lines: readonly DrawnLine[] = [];
  private readonly annotations: Annotations;
  private readonly omission = element('span', { class: 'omission', hidden: true }, 'values at or below 0 are not on a log axis');
  /** Some numbers cannot be on this logarithmic axis. */
  private omits = false;

  constructor() {
    this.overlay = new Surface('overlay', () => this.outdate());
    this.axes = new Surface('axes', () => this.outdate());
    for (const { element: canvas } of [this.overlay, this.axes]) {
      canvas.removeAttribute('role');
      canvas.setAttribute('aria-hidden', 'true');
    }
    this.element = element('div', { class: 'chart' }, this.axes.element, this.canvas, this.overlay.element, this.omission);
    this.annotations = new Annotations(this.element);
    this.chart = new Chart<'line', Point[]>(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        maintainAspectRatio: false,
        onResize: () => this.outdate(),
        events: [],
        elements: { line: { tension: 0, borderJoinStyle: 'round' }, point: { radius: 0, hitRadius: 0, hoverRadius: 0 } },
        scales: { x: { type: 'linear', display: false, afterBuildTicks: noTicks }, y: { display: false, afterBuildTicks: noTicks } },
      },
    });
  }

  /** Null before the first drawing. */
  get area(): Area | null {
    return this.drawn ? this.chart.chartArea : null;
  }

  /** The values that the vertical axis spans now. */
  get values(): Range {
    return this.axis;
  }

  placeOfStep(step: number): number {
    return this.chart.scales.x.getPixelForValue(step);
  }

  stepAt(place: number): number {
    return this.chart.scales.x.getValueForPixel(place) ?? 0;
  }

  placeOfValue(value: number): number {
    return this.chart.scales.y.getPixelForValue(value);
  }

  valueAt(place: number): number {
    return this.chart.scales.y.getValueForPixel(place) ?? 0;
  }

  private drawAxes(): void {
    const { left, right, top, bottom } = this.chart.chartArea;
    const { min, max } = this.axis;
    const [first, last] = [this.toStep(this.steps[0]), this.toStep(this.steps[this.steps.length - 1])];
    for (const value of [left, right, top, bottom, min, max, this.labels, this.steps, first, last]) this.axesDrawn.see(value);
    if (!this.axesDrawn.done()) return;
    const context = this.axes.begin();
    // as long as the chart has no size of its own yet, all labels would lie on a heap
    if (right > left && bottom > top)
      drawAxes(context, this.chart.chartArea, this.axis, this.labels, this.toValue, this.steps, this.toStep);
  }

  /** Writes what is said at lines, and that a logarithmic axis cannot show some numbers. */
  private annotate(): void {
    const { annotations, chart } = this;
    for (const [index, { annotation, colour }] of this.lines.entries())
      if (annotation !== undefined) annotations.write(annotation, colour, this.pointsOf(index).points, chart.chartArea, this.toValue);
    annotations.done();
    show(this.omission, this.omits);
  }

  /** The colours changed. */
  recolour(): void {
    forgetWidths();
    this.recoloured = true;
    this.outdate();
  }

  /** Whether what was drawn last still fits its size and its colours. */
  get fresh(): boolean {
    return this.drawn;
  }

  private outdate(): void {
    this.drawn = false;
    this.axesDrawn.forget();
    askForRedraw(this.element);
  }

  draw(frame: Frame): void {
    const { chart } = this;
    this.lines = frame.lines.filter(({ unseen }) => !unseen);
    const restyled = this.styledAnew(frame.scale);
    if (restyled) this.style(frame.scale, theme());
    const to = Math.max(frame.to, frame.from + 1);
    const left = this.measure(frame, to);
    const width = this.widthBeside(left);
    const dotted = this.dot(width / (to - frame.from));
    if (dotted) this.style(frame.scale, theme());
    for (const value of [frame.from, to, width]) this.stepsOf.see(value);
    if (this.stepsOf.done()) this.steps = stepsBelow(chart.ctx, frame.from, to, width);
    // chart.js looks for the points in sight by the range of its last whole update: another range needs another one
    const ranged = this.range.min !== frame.from || this.range.max !== to;
    if (this.drawn && !restyled && !dotted && !ranged && left === this.left) this.renew();
    else {
      const { layout, scales } = chart.options;
      Object.assign(scales!.x!, { min: frame.from, max: to });
      Object.assign(scales!.y!, { min: this.axis.min, max: this.axis.max });
      layout!.padding = { left, right: BESIDE, top: ABOVE, bottom: BELOW };
      chart.update('none');
    }
    [this.drawn, this.left, this.range] = [true, left, { min: frame.from, max: to }];
    this.drawAxes();
    this.annotate();
    this.describe(frame.summary);
  }

  /** Says the current values in words. */
  describe(words: string): void {
    if (this.canvas.getAttribute('aria-label') !== words) this.canvas.setAttribute('aria-label', words);
  }

  /** Gives dots to lines whose measured points stand apart. @param scale CSS pixels a step @returns whether that has changed of any */
  private dot(scale: number): boolean {
    let changed = false;
    for (const [index, { width = 1, guide }] of this.lines.entries()) {
      const points = this.chart.data.datasets[index].data;
      const span = points.length > 1 ? points[points.length - 1].x - points[0].x : 0;
      const apart = points.length === 1 || span * scale >= APART * (points.length - 1);
      const radius = apart && width > 0 && !guide ? DOT : 0;
      changed ||= this.dots[index] !== radius;
      this.dots[index] = radius;
    }
    return changed;
  }

  /** What `chart.update` does for other numbers and ranges, without resolving all options anew: it takes half of the time. */
  private renew(): void {
    const { chart } = this;
    const { y } = chart.scales;
    [y.min, y.max] = [this.axis.min, this.axis.max];
    y.configure();
    for (const index of chart.data.datasets.keys()) {
      const { controller } = chart.getDatasetMeta(index);
      controller.buildOrUpdateElements();
      controller.update('none');
    }
    chart.draw();
  }

  /** CSS pixels between the labels of the values and the right edge. */
  private widthBeside(left: number): number {
    return Math.max(100, this.chart.width - left - BESIDE);
  }

  /**
   * Takes the points that are drawn from the lines, and an axis that holds them. How many points there are depends on the room beside the axis's
   * labels, so that is done again where they take another one than the time before: a picture is the same whatever was drawn before it.
   * @returns CSS pixels that the labels take
   */
  private measure(frame: Frame, to: number): number {
    let { left } = this;
    for (let tries = 0; tries < 2; tries++) {
      this.take(frame, to, Math.max(16, Math.ceil(this.widthBeside(left) / BUCKET_WIDTH)));
      const before = left;
      left = widthOf(this.chart.ctx, this.labels);
      if (left === before) break;
    }
    return left;
  }

  private take(frame: Frame, to: number, buckets: number): void {
    const mostTicks = Math.max(3, Math.min(6, Math.floor((this.chart.height - ABOVE - BELOW) / 20)));
    const logarithmic = frame.scale === 'logarithmic';
    let [low, high] = [frame.include ?? Infinity, frame.include ?? -Infinity];
    this.omits = false;
    const window = { from: frame.from, to, buckets, logarithmic };
    for (const [index, { series, guide = false }] of this.lines.entries()) {
      const drawn = this.pointsOf(index);
      drawn.take(series, window, guide);
      low = Math.min(low, drawn.extent.low);
      high = Math.max(high, drawn.extent.high);
      this.omits ||= drawn.extent.omits;
    }
    const { values, bounds, leastSpread, format } = frame;
    for (const value of [low, high, mostTicks, logarithmic, values?.min, values?.max, bounds?.[0], bounds?.[1], leastSpread, format?.tick])
      this.axisOf.see(value);
    if (!this.axisOf.done()) return;
    if (values) this.axis = axisOf(values, frame.scale, mostTicks);
    else if (logarithmic) this.axis = logarithmicAxis(low, high, mostTicks);
    else this.axis = linearAxis(low, high, { most: mostTicks, bounds, leastSpread });
    const write = format?.tick ?? tickFormat(this.axis.ticks, logarithmic);
    const labels = this.axis.ticks.map((value) => write(value));
    if (labels.join(' ') !== this.labels.join(' ')) this.labels = labels; // the same ones need not be drawn again
  }

  private pointsOf(line: number): DrawnPoints {
    return (this.drawnPoints[line] ??= new DrawnPoints());
  }

  /** Dims what comes after a step, without drawing anything anew; null: nothing. */
  dimAfter(step: number | null): void {
    dimFrom(this.canvas, this.dimmedFrom(step), this.chart.chartArea, this.chart.height);
  }

  /** The same, drawn into the canvas, for a copy of it. */
  burnDimmed(step: number | null): void {
    const place = this.dimmedFrom(step);
    if (place !== null) burnDimmed(this.chart.ctx, place, this.chart.width, this.chart.chartArea);
  }

  private dimmedFrom(step: number | null): number | null {
    if (step === null || !this.drawn) return null;
    const { left, right } = this.chart.chartArea;
    const place = Math.max(left, this.placeOfStep(step));
    return place < right ? place : null;
  }

  /** From now on the canvases have `ratio` pixels for each CSS pixel. */
  sharpen(ratio: number): void {
    this.chart.options.devicePixelRatio = ratio;
    this.chart.resize(this.chart.width, this.chart.height);
    this.overlay.sharpen(ratio);
    this.axes.sharpen(ratio);
    this.axesDrawn.forget();
  }

  /** Whether lines look otherwise than they were drawn last, or are others. */
  private styledAnew(scale: Scale): boolean {
    const { styled } = this;
    styled.see(scale);
    for (const { label, colour, width, opacity, dashed, fill } of this.lines)
      for (const value of [label, colour, width, opacity, dashed, fill?.to, fill?.opacity]) styled.see(value);
    const restyled = styled.done() || this.recoloured;
    this.recoloured = false;
    return restyled;
  }

  /** Everything that depends on the theme and on which lines there are, not on their numbers. */
  private style(scale: Scale, colours: Theme): void {
    const { chart } = this;
    chart.data.datasets = this.lines.map((line, index): LineDataset => {
      const stroke = fade(colours[line.colour], line.opacity ?? 1);
      return {
        label: line.label,
        data: this.pointsOf(index).points,
        borderColor: stroke,
        backgroundColor: line.fill ? fade(colours[line.colour], line.fill.opacity) : stroke,
        borderWidth: line.width ?? 1.6,
        borderDash: line.dashed ? [5, 4] : [],
        fill: line.fill ? `+${line.fill.to}` : false,
        pointRadius: this.dots[index] ?? 0,
        pointBorderWidth: 0,
        pointBackgroundColor: stroke,
      };
    });
    Object.assign(chart.options.scales!.y!, { type: scale });
    // it is asked before and after each line, also where nothing is to be filled
    Object.assign(chart.options.plugins!, { filler: this.lines.some(({ fill }) => fill) ? {} : false });
  }
}
