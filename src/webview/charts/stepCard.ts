/**
 * A card with lines over steps: the base of every chart of a run. It draws the run, faintly the future that the run left last, and dashed the
 * pinned run; at the step looked at stands a line, and what comes after it is dimmed. What a card shows is said by its `Picture`; what can be
 * done with it (linear or logarithmic, zoom, copy, table) is the same for all.
 */
import { Card } from '../card';
import { Cadence } from '../cadence';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { LineChart, type DrawnLine, type Frame } from './lineChart';

export type Scale = Frame['scale'];

export interface StepCardOptions {
  /** For the grid, for tests, and for what is remembered of the card: unique within a panel. */
  readonly name: string;
  readonly title: string;
  /** The quantity and its unit, as written at the right of the title; `, log axis` is put behind it. */
  readonly unit: string;
  readonly scale: Scale;
  readonly legend?: HTMLElement;
  /** What stands between the title and the chart. */
  readonly before?: readonly HTMLElement[];
}

/** What a card draws. */
export interface Picture extends Pick<Frame, 'bounds' | 'leastSpread' | 'include' | 'format' | 'summary'> {
  /** The lines of a run; asked for the run, for the future that it left, and for the pinned one. */
  lines(run: Run): readonly DrawnLine[];
  /** Where another scale than the card's own suits these numbers. */
  readonly scale?: Scale;
}

/** Milliseconds between two drawings of a picture; numbers follow every frame. */
const PERIOD = 50;

export class StepCard {
  private readonly chart = new LineChart();
  private readonly cadence = new Cadence(PERIOD, () => this.context.redraw());
  private readonly card: Card;
  private unit: string;
  private drawn: string | undefined;

  constructor(
    private readonly context: PanelContext,
    private readonly options: StepCardOptions,
  ) {
    const { name, title, unit, legend, before = [] } = options;
    this.unit = unit;
    this.card = new Card(name, title, unit, ...before, this.chart.element, ...(legend ? [legend] : []));
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  title(text: string): void {
    this.card.title(text);
  }

  /** Says the quantity and its unit. */
  note(text: string): void {
    this.unit = text;
  }

  recolour(): void {
    this.chart.recolour();
  }

  /** Called with every frame of the panel; draws when it is due. */
  draw(shown: Shown, picture: Picture): void {
    const { run, pinned, view } = shown;
    const scale = picture.scale ?? this.options.scale;
    this.card.note(`${this.unit ? `${this.unit}, ` : ''}${scale === 'logarithmic' ? 'log' : 'linear'} axis`);
    const stamp = `${run.id} ${run.state} ${view.at} ${pinned?.id}`;
    if (stamp !== this.drawn) this.cadence.hurry();
    if (!this.cadence.due() && this.chart.fresh) return;
    this.drawn = stamp;
    this.chart.draw({
      ...picture,
      lines: [
        ...picture.lines(run),
        ...(pinned ? picture.lines(pinned).map((line) => pinnedLine(line, pinned)) : []),
        ...(run.branch ? picture.lines(run.branch).map(leftLine) : []),
      ],
      from: 0,
      to: Math.max(run.horizon, pinned?.step ?? 0, run.branch?.step ?? 0),
      scale,
      cursor: run.past ? run.looked : null,
      marks: run.changes.map(({ step }) => step),
    });
  }
}

/** The same of the pinned run: dashed, with its name. */
const pinnedLine = (line: DrawnLine, run: Run): DrawnLine => ({
  ...line,
  entry: line.entry ?? line.label,
  label: `${line.label} · ${run.name}`,
  dashed: true,
  annotation: undefined,
});

/** The same of the future that was left: faint, and without a word. */
const leftLine = (line: DrawnLine): DrawnLine => ({
  ...line,
  entry: line.entry ?? line.label,
  opacity: 0.3 * (line.opacity ?? 1),
  fill: line.fill && { ...line.fill, opacity: 0.3 * line.fill.opacity },
  silent: true,
  annotation: undefined,
});
