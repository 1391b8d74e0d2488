/** The learning rate that the weights of the chosen layer really get, as a fan over steps: median, the middle half, and 5 to 95 %. */
import { column } from '../../shared/frame';
import type { History } from '../../shared/history';
import { entry, legend } from '../card';
import type { DrawnLine } from '../charts/lineChart';
import { columnSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { integer, number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { chosenLayer, type Shown } from '../shown';
import { layerName } from './layerName';

type Quantile = 'q05' | 'q25' | 'q50' | 'q75' | 'q95';

export class EffectiveRate extends CardOverSteps {
  private readonly median = new Quantity('effectiveRate.q50', number);
  protected readonly card: StepCard;
  /** The lines of each history, and of which layer they are: they stay the same while they grow. */
  private readonly made = new WeakMap<History, { readonly of: string; readonly lines: readonly DrawnLine[] }>();

  constructor(context: PanelContext) {
    super();
    this.card = new StepCard(context, {
      name: 'effectiveRate',
      title: 'Effective rate',
      unit: '',
      scale: 'logarithmic',
      legend: legend(entry('blue', 'line', 'median', this.median), entry('blue', 'band', '25–75 %'), entry('blue', 'faint', '5–95 %')),
    });
  }

  draw(shown: Shown): void {
    const { run } = shown;
    const selected = chosenLayer(shown);
    const layer = run.layers[selected];
    if (!layer) return;
    const { name, parameters } = layer;
    const value = (quantile: Quantile): string => number(run.value(column.rate(selected, quantile)));
    this.card.title(`Effective rate · ${layerName(name)}`);
    // beside an lr of 0.001 a rate of 0.5 wants a word
    this.card.note(`what multiplies the gradient; ${parameters === 1 ? '1 weight' : `${integer(parameters)} weights`}`);
    this.median.of(name);
    if (run.row < 0) this.median.clear();
    else this.median.set(run.value(column.rate(selected, 'q50')), run.looked);
    this.card.draw(shown, {
      lines: (of) => this.lines(of, name),
      summary: () =>
        `Effective learning rate of the weights of ${layerName(name)} over steps. At step ${run.looked}: median ${value('q50')}, from ${value('q05')} (5 %) to ${value('q95')} (95 %).`,
    });
  }
  private lines(run: Run, layer: string): readonly DrawnLine[] {
    const { history } = run;
    if (!history) return [];
    let known = this.made.get(history);
    if (known?.of !== layer) this.made.set(history, (known = { of: layer, lines: fan(history, run, layer) }));
    return known.lines;
  }
}

/** Of a run that has such a layer. */
function fan(history: History, { layers }: Run, name: string): readonly DrawnLine[] {
  const layer = layers.findIndex((each) => each.name === name);
  if (layer < 0) return [];
  const line = (quantile: Quantile, label: string, more: Partial<DrawnLine>): DrawnLine => ({
    label,
    colour: 'blue',
    series: columnSeries(history, column.rate(layer, quantile)),
    quantity: `effectiveRate.${quantile}`,
    layer: name,
    ...more,
  });
  const [half, most] = ['25–75 %', '5–95 %'];
  return [
    line('q50', 'median', { width: 1.8 }),
    line('q75', '75 %', { width: 0, fill: { to: 1, opacity: 0.3 }, entry: half }),
    line('q25', '25 %', { width: 0, entry: half }),
    line('q95', '95 %', { width: 0, fill: { to: 1, opacity: 0.22 }, entry: most }),
    line('q05', '5 %', { width: 0, entry: most }),
  ];
}
