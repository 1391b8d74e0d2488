/** The gradient norm of every layer at every step, as a map: a row a layer, in the order of the list. A click looks at a step. */
import { column } from '../../shared/frame';
import type { History } from '../../shared/history';
import type { Tabular } from '../charts/csv';
import { HeatMap, type Reading } from '../charts/heatMap';
import { PictureCard } from '../charts/pictureCard';
import { Turn } from '../charts/turns';
import { integer, number } from '../format';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import { isHidden, type Shown } from '../shown';
import { layerName } from './layerName';

/** Milliseconds between two drawings while a run goes on: all of it is drawn anew each time. */
const PERIOD = 100;

/** Significant digits of the norm under the pointer; the table has all of them. */
const DIGITS = 5;

export class GradientMap {
  private readonly heat: HeatMap;
  private readonly card: PictureCard;
  private readonly turn: Turn;
  private run: Run | null = null;
  /** The layers that are drawn, from above. */
  private layers: readonly number[] = [];
  private values = new Float64Array(0);
  private version = 0;
  private known = '';
  private rows = 0;
  private epoch = 0;

  constructor(private readonly context: PanelContext) {
    this.turn = new Turn(() => context.redraw(), PERIOD);
    this.heat = new HeatMap({
      name: 'layersBySteps',
      quantity: 'gradientNorm',
      hint: 'Click a step to look at it.',
      height: (width) => [width > 420 ? 168 : 74, 240],
      redraw: () => {
        this.known = '';
        context.redraw();
      },
      read: (cell) => this.read(cell),
      picked: (cell) => this.look(cell),
    });
    this.card = new PictureCard(context, {
      name: 'gradientMap',
      title: 'All layers at once',
      content: this.heat.element,
      caption: () => this.caption(),
      data: () => this.tabular(),
    });
    this.turn.watch(this.heat.element);
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.heat.recolour();
    this.known = '';
  }

  /** @param order of the layers, from above @param selected the chosen one */
  draw(shown: Shown, order: readonly number[], selected: number): void {
    const { run, view } = shown;
    const { history } = run;
    this.run = run;
    if (!history || history.rows === 0) return;
    const layers = order.filter((layer) => !isHidden(shown, run.layers[layer].name));
    const known = `${run.id} ${run.state} ${layers.join()} ${selected} ${view.at}`;
    if (known !== this.known) this.turn.hurry();
    else if (!this.moved(history, run.state === 'running')) return;
    this.turn.take(() => {
      if (known !== this.known) this.card.refresh();
      [this.known, this.rows, this.epoch, this.layers] = [known, history.rows, history.epoch, layers];
      this.fill(history);
      const [first, last] = [history.at(0, column.step), history.last(column.step)];
      this.card.note(`‖g‖, log scale, steps ${integer(first)} to ${integer(last)}`);
      this.heat.draw({
        rows: layers.length,
        columns: history.rows,
        values: this.values,
        version: this.version,
        meaning: 'scales',
        marked: layers.indexOf(selected),
        cursor: run.past ? run.row : null,
        summary: `Gradient norms of ${layers.length} layers, one row a layer in the order of the list, steps ${integer(first)} to ${integer(last)}; dark is small.`,
      });
    });
  }

  /** Whether the picture would be another: while the run goes on, by a pixel at least. */
  private moved({ rows, epoch }: History, running: boolean): boolean {
    if (epoch !== this.epoch) return true;
    return running ? (rows - this.rows) * this.heat.pixels >= rows : rows !== this.rows;
  }

  private fill(history: History): void {
    const { layers } = this;
    const count = layers.length * history.rows;
    if (this.values.length !== count) this.values = new Float64Array(count);
    let at = 0;
    for (const layer of layers) {
      const place = column.gradientNorm(layer);
      for (let row = 0; row < history.rows; row++) this.values[at++] = history.at(row, place);
    }
    this.version++;
  }

  /** The layer and the row of the history that a cell shows. */
  private at(cell: number): { readonly layer: number; readonly row: number; readonly history: History } | null {
    const history = this.run?.history;
    const columns = this.values.length / this.layers.length;
    const row = cell % columns;
    return history && row < history.rows ? { layer: this.layers[Math.floor(cell / columns)], row, history } : null;
  }

  private read(cell: number): Reading | null {
    const found = this.at(cell);
    if (!found || !this.run) return null;
    const { layer, row, history } = found;
    const [step, value] = [history.at(row, column.step), history.at(row, column.gradientNorm(layer))];
    const { name } = this.run.layers[layer];
    return { place: `${layerName(name)}, step ${integer(step)}`, value, step, layer: name, text: number(value, DIGITS) };
  }

  private look(cell: number): void {
    const found = this.at(cell);
    if (found) this.context.looking.look({ at: found.history.at(found.row, column.step) });
  }

  /** What ran, and which layers the rows are. */
  private caption(): string {
    const { run, layers } = this;
    return run ? `from above: ${layers.map((layer) => layerName(run.layers[layer].name)).join(', ')} · ${run.line}` : '';
  }

  private tabular(): Tabular {
    const { run, layers } = this;
    const history = run?.history;
    const names = run ? layers.map((layer) => run.layers[layer].name) : [];
    return {
      caption: 'Gradient norm of every layer at every step',
      columns: ['step', ...names.map(layerName)],
      rows: history?.rows ?? 0,
      cell: (row, place) => history!.at(row, place === 0 ? column.step : column.gradientNorm(layers[place - 1])),
      source: (place) => (place > 0 ? { quantity: 'gradientNorm', layer: names[place - 1] } : undefined),
      step: (row) => history!.at(row, column.step),
    };
  }
}
