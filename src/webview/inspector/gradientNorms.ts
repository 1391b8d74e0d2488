/** The gradient norm of every layer over steps, twice: as lines on a logarithmic axis with the chosen layer in front, and as a layer × step map. */
import { column } from '../../shared/frame';
import type { History } from '../../shared/history';
import { Card, entry, legend } from '../card';
import { HeatMap } from '../charts/heatMap';
import { LineChart, type DrawnLine } from '../charts/lineChart';
import type { Matrix } from '../charts/matrix';
import { columnSeries } from '../charts/series';
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { layerName } from './layerName';

export class GradientNorms {
  readonly elements: readonly HTMLElement[];
  private readonly chart = new LineChart();
  private readonly map: HeatMap;
  private readonly now = new Quantity('gradientNorm', number);
  private readonly name = element('span');
  private readonly others = entry('foreground', 'faint', 'other layers');
  private readonly lines: Card;
  private readonly heat: Card;
  private hovered = '';

  constructor(redraw: () => void) {
    this.map = new HeatMap('layersBySteps', redraw);
    this.lines = new Card(
      'gradientNorms',
      'Gradient norm by layer',
      '‖g‖, log axis',
      this.chart.element,
      legend(entry('blue', 'line', '', this.name, ' ', this.now), this.others),
    );
    this.heat = new Card('gradientMap', 'All layers at once', '', this.map.element);
    this.elements = [this.lines.element, this.heat.element];
    this.map.canvas.addEventListener('pointermove', (event) => this.point(event));
    this.map.canvas.addEventListener('pointerleave', () => (this.hovered = ''));
  }

  private run: Run | undefined;

  recolour(): void {
    this.chart.recolour();
  }

  /** @param map whether to draw the map too */
  draw(run: Run, selected: number, map: boolean): void {
    this.run = run;
    const { history, layers } = run;
    if (!history || !layers[selected]) return;
    const name = layerName(layers[selected].name);
    setText(this.name, name);
    this.now.of(layers[selected].name);
    this.now.set(history.last(column.gradientNorm(selected)), history.last(column.step));
    show(this.others, layers.length > 1);
    // Many lines together are as dark as a few.
    const background = Math.max(0.12, Math.min(0.4, 2 / layers.length));
    const line = (layer: number): DrawnLine => ({
      label: layerName(layers[layer].name),
      colour: layer === selected ? 'blue' : 'foreground',
      width: layer === selected ? 1.8 : 1,
      opacity: layer === selected ? 1 : background,
      series: columnSeries(history, column.gradientNorm(layer)),
    });
    this.chart.draw({
      // The first line is drawn last, in front.
      lines: [
        line(selected),
        ...layers
          .map((_, layer) => layer)
          .filter((layer) => layer !== selected)
          .map(line),
      ],
      from: 0,
      to: run.horizon,
      scale: 'logarithmic',
      summary: `Gradient norm by layer over steps. At step ${run.step}: ${name} ${this.now.text}.`,
    });
    if (map) {
      const first = history.rows > 0 ? history.at(0, column.step) : 0;
      this.heat.note(this.hovered || `log₁₀‖g‖, steps ${integer(first)} to ${integer(run.step)}`);
      const summary = `Gradient norms of ${layers.length} layers, one row a layer in the order of the list, steps ${first} to ${run.step}, dark is small.`;
      this.map.draw(normsByStep(history, layers.length, this.map.columns), summary, selected);
    }
  }

  /** Says what is under the pointer. */
  private point(event: PointerEvent): void {
    const history = this.run?.history;
    if (!this.run || !history) return;
    const { width, height } = this.map.canvas.getBoundingClientRect();
    const layer = Math.min(history.layers - 1, Math.max(0, Math.floor((event.offsetY / height) * history.layers)));
    const row = Math.min(history.rows - 1, Math.max(0, Math.floor((event.offsetX / width) * history.rows)));
    const norm = number(history.at(row, column.gradientNorm(layer)));
    this.hovered = `${layerName(this.run.layers[layer].name)}, step ${integer(history.at(row, column.step))}: ${norm}`;
    this.heat.note(this.hovered);
  }
}

/** log₁₀ of the norms, a row a layer; where there are more steps than `columns`, each cell is the mean over its steps. */
function normsByStep(history: History, layers: number, columns: number): Matrix {
  const across = Math.min(history.rows, columns);
  const values = new Float32Array(layers * across);
  for (let layer = 0; layer < layers; layer++) {
    const place = column.gradientNorm(layer);
    for (let cell = 0; cell < across; cell++) {
      const [from, to] = [Math.floor((cell * history.rows) / across), Math.floor(((cell + 1) * history.rows) / across)];
      let sum = 0;
      for (let row = from; row < to; row++) sum += Math.log10(history.at(row, place));
      values[layer * across + cell] = sum / (to - from);
    }
  }
  return { rows: layers, columns: across, values };
}
