/**
 * The layers as a list to choose from: how the gradient norm went, what it is now, and how far the last update moved the weights
 * (‖Δw‖ / ‖w‖). Arrow keys, Home and End choose too.
 */
import { column } from '../../shared/frame';
import { columnSeries } from '../charts/series';
import { Sparkline } from '../charts/sparkline';
import { element } from '../dom';
import { compact, number } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { layerName } from './layerName';

/** A number that fits its column: with an exponent where three digits would need many places. */
const narrow = (value: number): string => (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4 ? number(value) : compact(value));

interface Row {
  readonly element: HTMLElement;
  readonly sparkline: Sparkline;
  readonly gradientNorm: Quantity;
  readonly ratio: Quantity;
}

export class LayerList {
  readonly element: HTMLElement;
  private readonly list = element('div', { class: 'layers', role: 'listbox', tabindex: 0, 'aria-label': 'layers' });
  private rows: Row[] = [];
  private names: readonly string[] = [];
  private selected = -1;

  constructor(
    private readonly choose: (layer: number) => void,
    private readonly redraw: () => void,
  ) {
    const heading = element(
      'div',
      { class: 'row heading', 'aria-hidden': 'true' },
      element('span', {}, 'layer'),
      element('span', { title: 'gradient norm over steps, each on its own logarithmic scale' }, 'history'),
      element('span', { class: 'right' }, '‖g‖'),
      element('span', { class: 'right', title: 'norm of the last update over norm of the weights' }, 'Δw / w'),
    );
    this.element = element('div', { class: 'layerList' }, heading, this.list);
    this.list.addEventListener('keydown', (event) => {
      const last = this.rows.length - 1;
      const target = { ArrowDown: this.selected + 1, ArrowUp: this.selected - 1, Home: 0, End: last }[event.key];
      if (target === undefined) return;
      event.preventDefault();
      this.choose(Math.max(0, Math.min(last, target)));
    });
  }

  /** @param curves whether to draw the lines too, not only the numbers */
  draw(run: Run, selected: number, curves: boolean): void {
    const names = run.layers.map(({ name }) => name);
    if (names.join('\n') !== this.names.join('\n')) this.build(names);
    if (selected !== this.selected) this.mark(selected);
    const { history } = run;
    this.rows.forEach((row, layer) => {
      if (!history || history.rows === 0) return;
      const step = history.last(column.step);
      row.gradientNorm.set(history.last(column.gradientNorm(layer)), step);
      row.ratio.set(history.last(column.updateNorm(layer)) / history.last(column.weightNorm(layer)), step);
      if (curves) row.sparkline.draw(columnSeries(history, column.gradientNorm(layer)));
    });
  }

  private build(names: readonly string[]): void {
    this.names = names;
    this.selected = -1;
    this.rows = names.map((name, layer) => {
      const [gradientNorm, ratio] = [new Quantity('gradientNorm', narrow, name), new Quantity('updateRatio', compact, name)];
      const sparkline = new Sparkline(this.redraw);
      const row = element(
        'div',
        { class: 'row', role: 'option', id: `layer-${layer}`, 'aria-selected': 'false', 'data-layer': name },
        element('span', { class: 'name', title: name }, layerName(name)),
        sparkline.element,
        element('span', { class: 'right' }, gradientNorm.element),
        element('span', { class: 'right dim' }, ratio.element),
      );
      row.addEventListener('click', () => this.choose(layer));
      return { element: row, sparkline, gradientNorm, ratio };
    });
    this.list.replaceChildren(...this.rows.map((row) => row.element));
  }

  private mark(selected: number): void {
    this.selected = selected;
    this.rows.forEach((row, layer) => row.element.setAttribute('aria-selected', String(layer === selected)));
    const chosen = this.rows[selected]?.element;
    if (!chosen) return;
    this.list.setAttribute('aria-activedescendant', chosen.id);
    chosen.scrollIntoView({ block: 'nearest' });
  }
}
