/**
 * Lines over steps, drawn by chart.js: no animation, no parsing, no more points than pixels, colours of the editor's theme. The card
 * that holds a chart says what it shows; the canvas carries the current values as its text alternative.
 */
import {
  Chart,
  Filler,
  Interaction,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartDataset,
  type InteractionItem,
  type InteractionModeFunction,
} from 'chart.js';
import { askForRedraw, element } from '../dom';
import { integer, number, tickFormat } from '../format';
import { fade, theme, type Theme } from '../theme';
import { linearAxis, logarithmicAxis, stepTicks, type Axis } from './axis';
import { decimate, type Point, type Series } from './decimate';

declare module 'chart.js' {
  interface InteractionModeMap {
    nearestOfEach: InteractionModeFunction;
  }
}

Chart.register(Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement, Tooltip);

/** The point of each line that is nearest to the pointer's step: lines of different cadence are read together. */
Interaction.modes.nearestOfEach = (chart, event) => {
  const items: InteractionItem[] = [];
  const step = chart.scales.x.getValueForPixel(event.x ?? 0) ?? 0;
  for (const meta of chart.getSortedVisibleDatasetMetas()) {
    const points = chart.data.datasets[meta.index].data as Point[];
    let [low, high] = [0, points.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle].x < step) low = middle;
      else high = middle;
    }
    if (high < 0) continue;
    const index = Math.abs(points[low].x - step) <= Math.abs(points[high].x - step) ? low : high;
    if (meta.data[index]) items.push({ element: meta.data[index], datasetIndex: meta.index, index });
  }
  return items;
};

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
  /** Left out of the tooltip. */
  readonly silent?: boolean;
  /** Written above the line's end, at the right. */
  readonly annotation?: string;
  /** The legend entry that it belongs to (`data-line`), by which it is hidden and shown; its label, if missing. */
  readonly entry?: string;
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
  readonly scale: 'linear' | 'logarithmic';
  /** Where the quantity cannot go beyond (linear only). */
  readonly bounds?: readonly [lowest: number, highest: number];
  /** The least that the vertical axis spans (linear only): closer values would look as if they differed much. */
  readonly leastSpread?: number;
  /** A value that the vertical axis holds in any case. */
  readonly include?: number;
  /** How a number is written, at the vertical axis and under the pointer; else three digits, and at the axis as few as tell. */
  readonly format?: { readonly tick: (value: number) => string; readonly value: (value: number) => string };
  /** The step that is looked at: a line stands there, what comes after it is dimmed. */
  readonly cursor?: number | null;
  /** Steps after which something was changed, drawn as ticks. */
  readonly marks?: readonly number[];
  /** The current values in words. */
  readonly summary: string;
}

/** CSS pixels that two points share: a noisy line stays a line. */
const BUCKET_WIDTH = 2.5;

/** CSS pixels that the label of a step takes, with room beside it; the last one also says `steps`. */
const stepLabelWidth = (step: number): number => Math.max(66, 8 * integer(step).length + 32);

type LineDataset = ChartDataset<'line', Point[]>;

export class LineChart {
  readonly element: HTMLElement;
  private readonly canvas = element('canvas', { role: 'img' });
  private readonly chart: Chart<'line', Point[]>;
  private axis: Axis = { min: 0, max: 1, ticks: [] };
  private steps: readonly number[] = [];
  private format: (value: number) => string = number;
  private formatTick: (value: number) => string = number;
  private styled = '';
  private drawn = false;
  private lines: readonly DrawnLine[] = [];
  private cursor: number | null = null;
  private marks: readonly number[] = [];

  constructor() {
    this.element = element('div', { class: 'chart' }, this.canvas);
    this.chart = new Chart<'line', Point[]>(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      plugins: [{ id: 'annotations', afterDatasetsDraw: () => this.annotate() }],
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        maintainAspectRatio: false,
        onResize: () => this.outdate(),
        events: ['mousemove', 'mouseout'],
        interaction: { mode: 'nearestOfEach', intersect: false },
        layout: { padding: { top: 6, right: 2 } },
        elements: { line: { tension: 0, borderJoinStyle: 'round' }, point: { radius: 0, hitRadius: 0, hoverRadius: 3 } },
        plugins: {
          tooltip: {
            displayColors: true,
            multiKeyBackground: 'transparent',
            boxWidth: 8,
            boxHeight: 3,
            caretSize: 0,
            cornerRadius: 3,
            borderWidth: 1,
            filter: (item) => !(this.lines[item.datasetIndex]?.silent ?? false),
            callbacks: {
              labelColor: (item) => {
                const { colour } = this.lines[item.datasetIndex];
                return { borderColor: theme()[colour], backgroundColor: theme()[colour] };
              },
              title: (items) => (items.length > 0 ? `step ${integer(Math.max(...items.map((item) => (item.raw as Point).x)))}` : ''),
              label: (item) => ` ${item.dataset.label}  ${this.format((item.raw as Point).y)}`,
            },
          },
        },
        scales: {
          x: {
            type: 'linear',
            border: { display: false },
            grid: { display: false },
            afterBuildTicks: (scale) => void (scale.ticks = this.steps.map((value) => ({ value }))),
            ticks: { align: 'inner', maxRotation: 0, autoSkip: false, padding: 2, callback: (value) => this.stepLabel(Number(value)) },
          },
          y: {
            border: { display: false },
            afterBuildTicks: (scale) => void (scale.ticks = this.axis.ticks.map((value) => ({ value }))),
            ticks: { autoSkip: false, padding: 6, callback: (value) => this.formatTick(Number(value)) },
          },
        },
      },
    });
  }

  /** The last step says what is counted. */
  private stepLabel(step: number): string {
    return step === this.steps[this.steps.length - 1] ? `${integer(step)} steps` : integer(step);
  }

  /** Draws the ticks of what was changed, the cursor, and the annotations, each above the end of its line. */
  private annotate(): void {
    const { ctx: context, chartArea, scales } = this.chart;
    const { left, right, top, bottom } = chartArea;
    const colours = theme();
    const place = (step: number): number => scales.x.getPixelForValue(step);
    context.fillStyle = colours.foreground;
    for (const mark of this.marks) {
      const x = place(mark);
      if (x >= left && x <= right) context.fillRect(x - 0.5, bottom - 6, 1, 6);
    }
    if (this.cursor !== null && place(this.cursor) <= right) {
      const x = Math.max(left, place(this.cursor));
      context.fillStyle = fade(colours.background, 0.7);
      context.fillRect(x, top, right - x + 2, bottom - top);
      context.fillStyle = fade(colours.foreground, 0.7);
      context.fillRect(x - 0.5, top, 1, bottom - top);
    }
    context.font = `10px ${colours.font}`;
    context.textAlign = 'right';
    for (const [index, { annotation, colour }] of this.lines.entries()) {
      const end = (this.chart.data.datasets[index]?.data ?? []).filter((point) => Number.isFinite(point.y)).at(-1);
      if (!annotation || !end) continue;
      context.fillStyle = colours[colour];
      context.fillText(annotation, chartArea.right - 2, Math.max(chartArea.top + 4, scales.y.getPixelForValue(end.y) - 5));
    }
  }

  /** The colours changed. */
  recolour(): void {
    this.styled = '';
    this.outdate();
  }

  /** Whether what was drawn last still fits its size and its colours. */
  get fresh(): boolean {
    return this.drawn;
  }

  private outdate(): void {
    this.drawn = false;
    askForRedraw(this.element);
  }

  draw(frame: Frame): void {
    const { chart } = this;
    this.drawn = true;
    this.lines = frame.lines;
    [this.cursor, this.marks] = [frame.cursor ?? null, frame.marks ?? []];
    const style = JSON.stringify([frame.scale, frame.lines.map((line) => ({ ...line, series: undefined }))]);
    if (style !== this.styled) {
      this.style(frame, theme());
      this.styled = style;
    }
    const width = chart.chartArea ? chart.chartArea.right - chart.chartArea.left : 300;
    const height = chart.chartArea ? chart.chartArea.bottom - chart.chartArea.top : 150;
    let [low, high] = [frame.include ?? Infinity, frame.include ?? -Infinity];
    frame.lines.forEach(({ series }, index) => {
      const points = chart.data.datasets[index].data;
      const occupied = series.length > 1 ? (series.x(series.length - 1) - series.x(0)) / Math.max(1, frame.to - frame.from) : 0;
      decimate(series, Math.max(16, Math.ceil((width * Math.min(1, occupied)) / BUCKET_WIDTH)), points);
      for (const point of points) {
        if (frame.scale === 'logarithmic' && !(point.y > 0)) point.y = NaN;
        if (!Number.isFinite(point.y)) continue;
        low = Math.min(low, point.y);
        high = Math.max(high, point.y);
      }
    });
    const logarithmic = frame.scale === 'logarithmic';
    const most = Math.max(3, Math.min(6, Math.floor(height / 22)));
    this.axis = logarithmic
      ? logarithmicAxis(low, high, most)
      : linearAxis(low, high, { most, bounds: frame.bounds, leastSpread: frame.leastSpread });
    this.format = frame.format?.value ?? number;
    this.formatTick = frame.format?.tick ?? tickFormat(this.axis.ticks, logarithmic);
    this.steps = stepTicks(frame.from, frame.to, Math.max(2, Math.min(6, Math.floor(width / stepLabelWidth(frame.to)))));
    Object.assign(chart.options.scales!.x!, { min: frame.from, max: Math.max(frame.to, frame.from + 1) });
    Object.assign(chart.options.scales!.y!, { min: this.axis.min, max: this.axis.max });
    chart.update('none');
    if (this.canvas.getAttribute('aria-label') !== frame.summary) this.canvas.setAttribute('aria-label', frame.summary);
  }

  /** Everything that depends on the theme and on which lines there are, not on their numbers. */
  private style(frame: Frame, colours: Theme): void {
    const { chart } = this;
    chart.data.datasets = frame.lines.map((line, index): LineDataset => {
      const stroke = fade(colours[line.colour], line.opacity ?? 1);
      return {
        label: line.label,
        data: chart.data.datasets[index]?.data ?? [],
        borderColor: stroke,
        backgroundColor: line.fill ? fade(colours[line.colour], line.fill.opacity) : stroke,
        borderWidth: line.width ?? 1.6,
        borderDash: line.dashed ? [5, 4] : [],
        fill: line.fill ? `+${line.fill.to}` : false,
        pointHoverBackgroundColor: colours[line.colour],
        pointHoverBorderColor: colours.background,
      };
    });
    const font = { family: colours.font, size: 10 };
    const { scales, plugins } = chart.options;
    Object.assign(scales!.x!.ticks!, { color: colours.dim, font });
    Object.assign(scales!.y!, { type: frame.scale, grid: { color: colours.grid, drawTicks: false } });
    Object.assign(scales!.y!.ticks!, { color: colours.dim, font });
    Object.assign(plugins!.tooltip!, {
      backgroundColor: colours.tooltipBackground,
      titleColor: colours.tooltipForeground,
      bodyColor: colours.tooltipForeground,
      borderColor: colours.tooltipBorder,
      titleFont: { family: colours.font, size: 11, weight: 'bold' },
      bodyFont: { family: colours.font, size: 11 },
    });
  }
}
