/** A card with one line a layer over steps, the chosen layer in front and the others faint; hidden layers are left out. */
import { entry, legend } from '../card';
import type { DrawnLine } from '../charts/lineChart';
import type { Series } from '../charts/decimate';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { trendOf } from '../charts/trend';
import { element, setText, show } from '../dom';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { History } from '../../shared/history';
import type { Run } from '../run';
import { chosenLayer, isHidden, type Shown } from '../shown';
import { layerName } from './layerName';

export interface LayerQuantity {
  /** For the grid and for tests. */
  readonly card: string;
  readonly title: string;
  readonly unit: string;
  /** As in the record, or derived from it. */
  readonly quantity: string;
  readonly format: (value: number) => string;
  series(history: History, layer: number): Series;
}

/** The legend entries. */
const [CHOSEN, OTHERS] = ['chosen layer', 'other layers'];

export class LayerLines extends CardOverSteps {
  private readonly now: Quantity;
  private readonly name = element('span');
  private readonly others = entry('foreground', 'faint', OTHERS);
  protected readonly card: StepCard;
  /** The lines of each history, and of which layers they are: they stay the same while they grow. */
  private readonly made = new WeakMap<History, { readonly of: string; readonly lines: readonly DrawnLine[] }>();

  constructor(
    context: PanelContext,
    private readonly of: LayerQuantity,
  ) {
    super();
    this.now = new Quantity(of.quantity, of.format);
    const front = entry('blue', 'line', '', this.name, ' ', this.now);
    front.dataset.line = CHOSEN;
    const { card, title, unit } = of;
    this.card = new StepCard(context, { name: card, title, unit, scale: 'logarithmic', legend: legend(front, this.others) });
  }

  draw(shown: Shown): void {
    const { run } = shown;
    const { history, layers } = run;
    const selected = chosenLayer(shown);
    if (!layers[selected]) return;
    const { name } = layers[selected];
    setText(this.name, layerName(name));
    this.now.of(name);
    const series = history && run.row >= 0 ? this.of.series(history, selected) : null;
    if (series) this.now.set(series.y(run.row), run.looked);
    else this.now.clear();
    const seen = layers.filter((layer) => !isHidden(shown, layer.name));
    show(
      this.others,
      seen.some((layer) => layer.name !== name),
    );
    const names = seen.map((layer) => layer.name);
    this.card.draw(shown, {
      lines: (one) => this.linesOf(one, name, names),
      summary: () =>
        `${this.of.title} over steps, ${seen.length === layers.length ? `${layers.length}` : `${seen.length} of ${layers.length}`} layers. At step ${run.looked}: ${layerName(name)} ${this.now.text}.`,
    });
  }

  private linesOf(run: Run, chosen: string, seen: readonly string[]): readonly DrawnLine[] {
    const { history } = run;
    if (!history) return [];
    const of = [chosen, ...seen].join('\n');
    const before = this.made.get(history);
    if (before?.of === of) return before.lines;
    const lines = this.lines(history, run, chosen, seen);
    this.made.set(history, { of, lines });
    return lines;
  }

  /** The first line is drawn last, in front. The others are there with all their numbers, but only where they go is drawn. */
  private lines(history: History, { layers }: Run, chosen: string, seen: readonly string[]): readonly DrawnLine[] {
    // Many lines together are as dark as a few.
    const background = Math.max(0.16, Math.min(0.45, 2 / layers.length));
    const pair = (name: string): readonly DrawnLine[] => {
      const layer = layers.findIndex((each) => each.name === name);
      if (layer < 0) return [];
      const front = name === chosen;
      const measured: DrawnLine = {
        label: layerName(name),
        entry: front ? CHOSEN : OTHERS,
        colour: front ? 'blue' : 'foreground',
        width: 1,
        unseen: !front,
        opacity: 0.4,
        series: this.of.series(history, layer),
        quantity: this.of.quantity,
        layer: name,
      };
      const guide = {
        label: `${measured.label}, smoothed`,
        width: front ? 1.8 : 1.2,
        opacity: front ? 1 : background,
        silent: true,
        guide: true,
        unseen: false,
        quantity: undefined,
      };
      return [{ ...measured, ...guide, series: trendOf(measured.series) }, measured];
    };
    return [chosen, ...seen.filter((name) => name !== chosen)].filter((name) => seen.includes(name)).flatMap(pair);
  }
}
