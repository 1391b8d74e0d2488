/** The learning rate after its schedule. Logarithmic where it spans more than two decades. */
import { column } from '../../shared/frame';
import { Card, entry, legend } from '../card';
import { LineChart } from '../charts/lineChart';
import { columnSeries } from '../charts/series';
import { number } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';

/** A rate that ever was this many times its least is shown on a logarithmic axis. */
const WIDE = 100;

export class RateCard {
  private readonly chart = new LineChart();
  private readonly rate = new Quantity('lr', number);
  private readonly card = new Card('rate', 'Learning rate', '', this.chart.element, legend(entry('blue', 'line', 'lr', this.rate)));

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.chart.recolour();
  }

  draw(run: Run): void {
    const { history } = run;
    let [low, high] = [Infinity, 0];
    for (let row = 0; row < (history?.rows ?? 0); row++) {
      const rate = history!.at(row, column.lr);
      if (rate > 0) low = Math.min(low, rate);
      high = Math.max(high, rate);
    }
    const wide = high > WIDE * low;
    if (history && history.rows > 0) this.rate.set(history.last(column.lr), history.last(column.step));
    else this.rate.clear();
    this.card.note(`${run.start?.spec.schedule.name ?? ''} schedule, ${wide ? 'log' : 'linear'} axis`.trim());
    this.chart.draw({
      lines: [{ label: 'lr', colour: 'blue', series: columnSeries(history, column.lr) }],
      from: 0,
      to: run.steps,
      scale: wide ? 'logarithmic' : 'linear',
      bounds: [0, Infinity],
      include: wide ? undefined : 0,
      summary: `Learning rate over steps. At step ${run.step}: ${this.rate.text}.`,
    });
  }
}
