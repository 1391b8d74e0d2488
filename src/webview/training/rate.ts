/** The learning rate after its schedule, on a linear axis from 0: what matters is its share of the largest. */
import { column } from '../../shared/frame';
import { Card, entry, legend } from '../card';
import { LineChart } from '../charts/lineChart';
import { columnSeries } from '../charts/series';
import { Cadence } from '../cadence';
import { askForRedraw } from '../dom';
import { setting } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';

/** Milliseconds between two drawings of the line; the number follows every frame. */
const PERIOD = 100;

export class RateCard {
  private readonly chart = new LineChart();
  private readonly cadence = new Cadence(PERIOD, () => askForRedraw(this.element));
  private readonly rate = new Quantity('lr', setting);
  private readonly card = new Card('rate', 'Learning rate', '', this.chart.element, legend(entry('blue', 'line', 'lr', this.rate)));

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.chart.recolour();
  }

  draw(run: Run): void {
    const { history } = run;
    if (history && history.rows > 0) this.rate.set(history.last(column.lr), history.last(column.step));
    else this.rate.clear();
    this.card.note(run.start ? `${run.start.spec.schedule.name} schedule, linear axis` : '');
    if (!this.cadence.due() && this.chart.fresh) return;
    this.chart.draw({
      lines: [{ label: 'lr', colour: 'blue', series: columnSeries(history, column.lr) }],
      from: 0,
      to: run.horizon,
      scale: 'linear',
      bounds: [0, Infinity],
      include: 0,
      summary: `Learning rate over steps. At step ${run.step}: ${this.rate.text}.`,
    });
  }
}
