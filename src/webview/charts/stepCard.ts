/**
 * A card with lines over steps: the base of every chart of a run. It draws the run, faintly the future that the run left last, and dashed the
 * pinned run; at the step looked at stands a line, and what comes after it is dimmed. What a card shows is said by its `Picture`; what can be
 * done with it (reading, linear or logarithmic, zoom, hiding lines, copying, the table) is the same for all.
 */
import { Card, entry } from '../card';
import { recall, remember } from '../connection';
import { iconButton, toggleButton, type Control, type Toggle } from '../controls';
import { element, setText, show } from '../dom';
import { integer } from '../format';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { CardTools } from './cardTools';
import type { Tabular } from './csv';
import { LegendToggles } from './legendToggles';
import type { Series } from './decimate';
import type { DrawnLine, Frame } from './lineChart';
import { joined } from './series';
import { StepPlot } from './stepPlot';
import { stepWindow } from './stepWindow';
import { tabulate } from './tabulate';
import { Turn } from './turns';
import type { Range, Scale } from './viewport';
import { Watch } from './watch';

export interface StepCardOptions {
  /** For the grid, for tests, and for what is remembered of the card: unique within a panel. */
  readonly name: string;
  readonly title: string;
  /** The quantity and its unit, at the title; `, log axis` is put behind it. */
  readonly unit: string;
  /** The unit of the numbers in the table, where the axis writes them in another. */
  readonly exactUnit?: string;
  readonly scale: Scale;
  readonly legend?: HTMLElement;
  /** What stands between the title and the chart. */
  readonly before?: readonly HTMLElement[];
}

/** What a card draws. */
export interface Picture extends Pick<Frame, 'bounds' | 'leastSpread' | 'include' | 'format'> {
  /** The lines of a run; asked for the run, for the future that it left, and for the pinned one. */
  lines(run: Run): readonly DrawnLine[];
  /** The current values in words; asked for where the picture is drawn. */
  summary(): string;
  /** Where another scale than the card's own suits these numbers. */
  readonly scale?: Scale;
}

/** The legend entries that stand for whole runs. A legend that has the first of them already, with numbers of its own, gets no other. */
const [PINNED, LEFT] = ['pinned run', 'future left behind'];

export class StepCard {
  private readonly card: Card;
  private readonly plot: StepPlot;
  private readonly tools: CardTools;
  private readonly toggles: LegendToggles;
  private readonly turn: Turn;
  private readonly scene = new Watch();
  private readonly data = new Watch();
  private readonly tabled = new Watch();
  private readonly logarithmic: Toggle;
  private readonly reset: Control;
  private readonly pinnedName = element('span');
  private readonly pinnedEntry = entry('foreground', 'dashed', '', this.pinnedName);
  private readonly leftEntry = entry('foreground', 'faint', LEFT);
  /** The scale that a person chose; null: the one that suits. */
  private chosen: Scale | null;
  private text: { title: string; unit: string };
  private seen: { readonly shown: Shown; readonly picture: Picture } | undefined;
  private outdated = true;
  /** The step that the picture's words are about; null: the newest. */
  private told: number | null = null;

  constructor(
    context: PanelContext,
    private readonly options: StepCardOptions,
  ) {
    const { name, title, unit, legend = element('div', { class: 'legend' }), before = [] } = options;
    this.text = { title, unit };
    this.turn = new Turn(() => context.redraw());
    const redraw = (): void => {
      this.outdate();
      context.redraw();
    };
    this.plot = new StepPlot(name, { redraw, look: (at) => context.looking.look({ at }) });
    this.pinnedEntry.dataset.line = PINNED;
    const line = legend.matches('.legend') ? legend : (legend.querySelector('.legend') ?? legend);
    if (!legend.querySelector(`[data-line='${PINNED}']`)) line.append(this.pinnedEntry);
    line.append(this.leftEntry);
    this.toggles = new LegendToggles(name, legend, redraw);
    this.card = new Card(name, title, unit, ...before, this.plot.element, legend);
    this.chosen = (recall(`scale ${name}`) as Scale | undefined) ?? null;
    this.logarithmic = toggleButton({ words: 'log' }, 'Logarithmic axis', false, (pressed) => {
      this.chosen = pressed ? 'logarithmic' : 'linear';
      remember(`scale ${name}`, this.chosen);
      redraw();
    });
    this.reset = iconButton('screen-normal', 'Show all steps and values (0)', async () => this.plot.showAll());
    this.reset.element.classList.add('reset');
    this.tools = new CardTools(context, this.card, {
      title: () => this.text.title,
      caption: () => this.caption(),
      picture: this.plot.element,
      before: [this.logarithmic],
      after: [this.reset],
      data: () => this.tabular(null),
      seen: () => this.tabular(this.plot.window),
      sharpened: (ratio, use) => this.plot.sharpened(ratio, use),
    });
    this.turn.watch(this.plot.element);
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  title(text: string): void {
    this.text.title = text;
    this.card.title(text);
  }

  /** Says the quantity and its unit. */
  note(text: string): void {
    this.text.unit = text;
  }

  recolour(): void {
    this.plot.chart.recolour();
    this.outdate();
  }

  /** It is to be drawn anew at once. */
  outdate(): void {
    this.outdated = true;
    this.turn.hurry();
  }

  /** Called with every frame of the panel; draws when it is due. */
  draw(shown: Shown, picture: Picture): void {
    const { run, pinned, view } = shown;
    this.seen = { shown, picture };
    const scale = this.chosen ?? picture.scale ?? this.options.scale;
    this.card.note(this.unit(scale));
    this.logarithmic.press(scale === 'logarithmic');
    show(this.pinnedEntry, pinned !== null);
    show(this.leftEntry, run.branch !== null);
    if (pinned) setText(this.pinnedName, pinned.name);
    const whole = { min: 0, max: Math.max(run.horizon, pinned?.step ?? 0, run.branch?.step ?? 0) };
    const window = stepWindow.of(run.id, whole, run.step);
    show(this.reset.element, this.plot.zoomed);
    this.plot.mark(run.past ? run.looked : null, run.changes);
    for (const value of [run.id, run.state, pinned?.id, view.layer, scale]) this.scene.see(value);
    if (this.scene.done()) this.outdate();
    const told = run.past ? run.looked : null;
    if (told !== this.told) this.plot.chart.describe(picture.summary());
    this.told = told;
    if (this.plot.chart.fresh && !this.turn.due()) return;
    const lines = this.lines(shown, picture).filter(({ entry, label }) => !this.toggles.isHidden(entry ?? label));
    if (this.changed(window, whole, lines, run.state === 'running')) this.outdated = true;
    this.retable(window, shown);
    if (!this.outdated && this.plot.chart.fresh) return;
    this.turn.take(() => {
      this.outdated = false;
      this.plot.draw({ ...picture, summary: picture.summary(), lines, scale, whole, run: run.id, newest: run.step });
    });
  }

  /** What ran, for a picture of it. */
  private caption(): string {
    if (!this.seen) return '';
    const { run, pinned } = this.seen.shown;
    return pinned ? `${run.line}; dashed: ${pinned.line}` : run.line;
  }

  private unit(scale: Scale): string {
    return `${this.text.unit ? `${this.text.unit}, ` : ''}${scale === 'logarithmic' ? 'log' : 'linear'} axis`;
  }

  /** The lines of all runs that are shown. */
  private lines({ run, pinned }: Shown, picture: Picture): DrawnLine[] {
    const own = picture.lines(run);
    const lines = [...own];
    if (pinned && !this.toggles.isHidden(PINNED)) for (const line of picture.lines(pinned)) lines.push(pinnedLine(line, pinned));
    const { branch } = run;
    if (!branch || this.toggles.isHidden(LEFT)) return lines;
    for (const line of picture.lines(branch)) lines.push(leftLine(line, own.find(({ label }) => label === line.label)?.series, run));
    return lines;
  }

  /**
   * Whether anything that is drawn has changed. A line is known by its ends: what is between is never measured again alone. While the run goes
   * on, a line has changed when its end has come a pixel further.
   */
  private changed({ min, max }: Range, whole: Range, lines: readonly DrawnLine[], running: boolean): boolean {
    const { data, plot } = this;
    const pixel = running ? (max - min) / plot.width : 0;
    for (const value of [min, max, whole.max]) data.see(value);
    for (const { label, colour, width, opacity, annotation, series } of lines) {
      for (const value of [label, colour, width, opacity, annotation]) data.see(value);
      const end = series.length - 1;
      if (end < 0) continue;
      data.see(series.x(0));
      data.see(pixel > 0 ? Math.floor(series.x(end) / pixel) : series.x(end));
      if (pixel === 0) data.see(series.y(end));
    }
    return data.done();
  }

  /** Brings the table up to date, but not with every step: it would not hold still to be read. */
  private retable({ min, max }: Range, { run, pinned, view }: Shown): void {
    if (!this.tools.showsTable) return;
    const window = stepWindow.zoomed ? [min, max] : [null, null];
    for (const value of [run.id, run.state, pinned?.id, view.layer, ...window]) this.tabled.see(value);
    if (this.tabled.done()) this.tools.refresh();
  }

  /** The numbers as a table. @param window the steps that are in sight, of the lines that are; null: all there are */
  private tabular(window: Range | null): Tabular {
    const { title } = this.text;
    if (!this.seen) return { caption: title, columns: [], rows: 0, cell: () => null };
    const { shown, picture } = this.seen;
    const all = window === null;
    const lines = this.lines(shown, picture).filter(({ entry, label, guide }) => !guide && (all || !this.toggles.isHidden(entry ?? label)));
    const steps = all
      ? ''
      : `, steps ${integer(window.min)} to ${integer(Math.min(window.max, Math.max(shown.run.step, shown.pinned?.step ?? 0)))}`;
    const unit = this.options.exactUnit ?? this.text.unit;
    return tabulate(`${title}${unit ? `, ${unit}` : ''}${steps}`, lines, window ?? undefined);
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

/** The same of the future that was left: faint, without a word, and from where it parts from what came instead. */
const leftLine = (line: DrawnLine, past: Series | undefined, { snapshot }: Run): DrawnLine => ({
  ...line,
  series: past && snapshot.branch ? joined(past, line.series, snapshot.branch.from) : line.series,
  entry: line.entry ?? line.label,
  label: `${line.label} · left behind`,
  opacity: 0.3 * (line.opacity ?? 1),
  fill: line.fill && { ...line.fill, opacity: 0.3 * line.fill.opacity },
  silent: true,
  annotation: undefined,
});
