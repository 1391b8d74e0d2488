/**
 * The layers as a list to choose from: how the gradient norm went, what it is, and how far updates move the weights (‖Δw‖ / ‖w‖, the
 * mean of the last measured steps: one step's is noisy); which
 * layer learns slowest is said in words. Arrow keys, Home and End choose; H hides a layer from all pictures and shows it again; the head of the
 * last column sorts. While a run streams, rows change places at most once a second.
 */
import { column } from '../../shared/frame';
import { columnSeries } from '../charts/series';
import { Sparkline } from '../charts/sparkline';
import { recall, remember } from '../connection';
import { element, icon, setText, show } from '../dom';
import { compact, number } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { isHidden, type Shown } from '../shown';
import { layerName } from './layerName';
import { meanRatios, moves, RANKED_STEPS, slowestFirst } from './slowest';

/** Milliseconds between two orders of a run under way. */
const SETTLED = 1000;

/** A number that fits its column: with an exponent where three digits would need many places. */
const narrow = (value: number): string => (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4 ? number(value) : compact(value));

interface Row {
  readonly element: HTMLElement;
  readonly sparkline: Sparkline;
  readonly gradientNorm: Quantity;
  readonly ratio: Quantity;
  readonly slowest: HTMLElement;
  readonly eye: HTMLButtonElement;
  readonly eyeIcon: HTMLElement;
}

/** What a person does in the list. */
export interface LayerListActions {
  choose(layer: string): void;
  hide(layer: string, hidden: boolean): void;
  redraw(): void;
}

export class LayerList {
  readonly element: HTMLElement;
  /** Layers from above. */
  order: readonly number[] = [];
  private readonly list = element('div', { role: 'rowgroup', class: 'layers' });
  private readonly sort = element(
    'button',
    {
      type: 'button',
      class: 'sort',
      title: `Sort by Δw/w, the norm of the update over the norm of the weights (mean of the last ${RANKED_STEPS} measured steps): the slowest layer first`,
    },
    'Δw / w',
  );
  private readonly sortHead = element('span', { role: 'columnheader', class: 'right' }, this.sort);
  private rows: Row[] = [];
  private names: readonly string[] = [];
  private shown: Shown | null = null;
  private selected = -1;
  private sorted = recall('sorted') === 'yes';
  private ratios = new Float64Array(0);
  /** When, and of what, the ranks were last found. */
  private ranked = { at: -Infinity, of: '' };
  private slowest = -1;

  constructor(private readonly actions: LayerListActions) {
    const heading = element(
      'div',
      { class: 'row heading', role: 'row' },
      element('span', { role: 'columnheader' }, 'layer'),
      element('span', { role: 'columnheader', class: 'overSteps', title: 'gradient norm over steps, each on its own logarithmic scale' }, 'over steps'),
      element('span', { role: 'columnheader', class: 'right', title: 'norm of the gradient' }, '‖g‖'),
      this.sortHead,
      element('span', { role: 'columnheader', class: 'spoken' }, 'shown'),
    ); // prettier-ignore
    const grid = element('div', { class: 'layerList', role: 'grid', 'aria-label': 'layers' }, heading, this.list);
    this.element = grid;
    this.sort.addEventListener('click', () => {
      this.sorted = !this.sorted;
      remember('sorted', this.sorted ? 'yes' : 'no');
      this.ranked.of = '';
      actions.redraw();
    });
    this.list.addEventListener('keydown', (event) => this.press(event));
  }

  /** @param selected the chosen layer @param curves whether to draw the lines too, not only the numbers */
  draw(shown: Shown, selected: number, curves: boolean): void {
    const { run } = shown;
    this.shown = shown;
    const names = run.layers.map(({ name }) => name);
    if (names.length !== this.names.length || names.some((name, i) => name !== this.names[i])) this.build(names);
    this.rank(run);
    if (selected !== this.selected) this.mark(selected);
    const { history, row, looked } = run;
    this.rows.forEach((each, layer) => {
      this.say(each, names[layer], isHidden(shown, names[layer]));
      if (!history || row < 0) {
        each.gradientNorm.clear();
        each.ratio.clear();
        return;
      }
      each.gradientNorm.set(history.at(row, column.gradientNorm(layer)), looked);
      each.ratio.set(this.ratios[layer], looked);
      if (curves) each.sparkline.draw(columnSeries(history, column.gradientNorm(layer)), run.past ? row : null);
    });
  }

  /** Finds how fast layers learn; which is slowest, and the order, at most once a second while the run goes on. */
  private rank(run: Run): void {
    const { history, row } = run;
    if (this.ratios.length !== this.names.length) this.ratios = new Float64Array(this.names.length);
    if (history && row >= 0) meanRatios(history, row, this.ratios);
    else this.ratios.fill(NaN);
    const of = `${run.id} ${run.state === 'running' && !run.past ? 'running' : row} ${this.names.length}`;
    const now = performance.now();
    if (of === this.ranked.of && !(run.state === 'running' && now - this.ranked.at > SETTLED)) return;
    this.ranked = { at: now, of };
    const ranks = slowestFirst(this.ratios);
    this.slowest = ranks.length > 1 && moves(this.ratios[ranks[0]]) ? ranks[0] : -1;
    this.arrange(this.sorted ? ranks : this.names.map((_, layer) => layer));
  }

  private arrange(order: readonly number[]): void {
    this.sortHead.setAttribute('aria-sort', this.sorted ? 'ascending' : 'none');
    this.rows.forEach(({ slowest }, layer) => show(slowest, layer === this.slowest));
    if (order.length === this.order.length && order.every((layer, i) => layer === this.order[i])) return;
    const focused = document.activeElement;
    this.order = order;
    this.list.append(...order.map((layer) => this.rows[layer].element));
    if (focused instanceof HTMLElement && this.list.contains(focused)) focused.focus(); // moving a row takes its focus
  }

  private say({ eye, eyeIcon, element: row }: Row, name: string, hidden: boolean): void {
    if (eye.ariaPressed === String(hidden)) return;
    eye.ariaPressed = String(hidden);
    eye.title = hidden ? `Show ${layerName(name)} in all pictures (H)` : `Hide ${layerName(name)} from all pictures (H)`;
    eye.ariaLabel = `Hide ${layerName(name)}`;
    eyeIcon.className = `codicon codicon-${hidden ? 'eye-closed' : 'eye'}`;
    row.classList.toggle('hiddenLayer', hidden);
  }

  private build(names: readonly string[]): void {
    this.names = names;
    this.selected = -1;
    this.order = [];
    this.ranked.of = '';
    this.rows = names.map((name) => this.makeRow(name));
    this.list.replaceChildren();
  }

  private makeRow(name: string): Row {
    const [gradientNorm, ratio] = [new Quantity('gradientNorm', narrow, name), new Quantity('updateRatio.mean', compact, name)];
    const sparkline = new Sparkline(() => this.actions.redraw());
    const slowest = element(
      'span',
      { class: 'slowest', title: `smallest Δw/w, mean of the last ${RANKED_STEPS} measured steps` },
      'slowest',
    );
    const eyeIcon = icon('eye');
    const eye = element('button', { type: 'button', class: 'eye', tabindex: -1 }, eyeIcon);
    const cell = (className: string, ...content: (Node | string)[]): HTMLElement =>
      element('span', { role: 'gridcell', class: className }, ...content);
    const label = element('span', { class: 'label', title: name });
    setText(label, layerName(name));
    const row = element(
      'div',
      { class: 'row layer', role: 'row', 'aria-selected': 'false', tabindex: -1, 'data-layer': name },
      cell('name', label, slowest),
      cell('overSteps', sparkline.element),
      cell('right', gradientNorm.element),
      cell('right dim', ratio.element),
      cell('eyeCell', eye),
    );
    row.addEventListener('click', () => this.actions.choose(name));
    eye.addEventListener('click', (event) => {
      event.stopPropagation();
      this.toggle(name);
    });
    return { element: row, sparkline, gradientNorm, ratio, slowest, eye, eyeIcon };
  }

  private toggle(name: string): void {
    if (this.shown) this.actions.hide(name, !isHidden(this.shown, name));
  }

  private press(event: KeyboardEvent): void {
    const at = this.order.indexOf(this.selected);
    const last = this.order.length - 1;
    if (event.key.toLowerCase() === 'h' && !event.ctrlKey && !event.metaKey && !event.altKey) this.toggle(this.names[this.selected]);
    else {
      const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
      if (target === undefined) return;
      const layer = this.order[Math.max(0, Math.min(last, target))];
      this.mark(layer);
      this.rows[layer].element.focus();
      this.actions.choose(this.names[layer]);
    }
    event.preventDefault();
  }

  private mark(selected: number): void {
    this.selected = selected;
    this.rows.forEach(({ element: row, eye }, layer) => {
      row.setAttribute('aria-selected', String(layer === selected));
      row.tabIndex = eye.tabIndex = layer === selected ? 0 : -1;
    });
    this.rows[selected]?.element.scrollIntoView({ block: 'nearest' });
  }
}
