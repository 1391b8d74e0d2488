/** The learning rate that the weights of the chosen layer really get, as a fan over steps: median, the middle half, and 5 to 95 %. */
import { column } from '../../shared/frame';
import { Card, entry, legend } from '../card';
import { LineChart } from '../charts/lineChart';
import { columnSeries } from '../charts/series';
import { integer, number } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { layerName } from './layerName';

export class EffectiveRate {
  private readonly chart = new LineChart();
  private readonly median = new Quantity('effectiveRate.q50', number);
  private readonly card = new Card(
    'effectiveRate',
    'Effective rate',
    '',
    this.chart.element,
    legend(entry('blue', 'line', 'median', this.median), entry('blue', 'band', '25–75 %'), entry('blue', 'faint', '5–95 %')),
  );

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.chart.recolour();
  }

  /** @param picture whether to draw the fan too, not only the number */
  draw(run: Run, selected: number, picture: boolean): void {
    const { history, layers } = run;
    const layer = layers[selected];
    if (!history || !layer) return;
    this.card.title(`Effective rate · ${layerName(layer.name)}`);
    this.card.note(`${integer(layer.parameters)} weights`);
    this.median.of(layer.name);
    this.median.set(history.last(column.rate(selected, 'q50')), history.last(column.step));
    if (!picture) return;
    const quantile = (name: 'q05' | 'q25' | 'q50' | 'q75' | 'q95') => columnSeries(history, column.rate(selected, name));
    this.chart.draw({
      lines: [
        { label: 'median', colour: 'blue', width: 1.8, series: quantile('q50') },
        { label: '75 %', colour: 'blue', width: 0, fill: { to: 1, opacity: 0.3 }, series: quantile('q75') },
        { label: '25 %', colour: 'blue', width: 0, series: quantile('q25') },
        { label: '95 %', colour: 'blue', width: 0, fill: { to: 1, opacity: 0.22 }, series: quantile('q95') },
        { label: '5 %', colour: 'blue', width: 0, series: quantile('q05') },
      ],
      from: 0,
      to: run.horizon,
      scale: 'logarithmic',
      summary: `Effective learning rate of the weights of ${layerName(layer.name)} over steps. At step ${run.step}: median ${this.median.text}, from ${number(history.last(column.rate(selected, 'q05')))} (5 %) to ${number(history.last(column.rate(selected, 'q95')))} (95 %).`,
    });
  }
}
