/** The learning rate after its schedule, on a linear axis from 0: what matters is its share of the largest. */
import { column } from '../../shared/frame';
import { entry, legend } from '../card';
import { columnSeries } from '../charts/series';
import { StepCard } from '../charts/stepCard';
import { setting } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';

export class RateCard {
  private readonly rate = new Quantity('lr', setting);
  private readonly card: StepCard;

  constructor(context: PanelContext) {
    this.card = new StepCard(context, {
      name: 'rate',
      title: 'Learning rate',
      unit: '',
      scale: 'linear',
      legend: legend(entry('blue', 'line', 'lr', this.rate)),
    });
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.card.recolour();
  }

  draw(shown: Shown): void {
    const { run } = shown;
    if (run.row >= 0) this.rate.set(run.value(column.lr), run.looked);
    else this.rate.clear();
    this.card.note(run.start ? `${run.start.spec.schedule.name} schedule` : '');
    this.card.draw(shown, {
      lines: ({ history }) => [{ label: 'lr', colour: 'blue', series: columnSeries(history, column.lr) }],
      bounds: [0, Infinity],
      include: 0,
      summary: `Learning rate over steps. At step ${run.looked}: ${this.rate.text}.`,
    });
  }
}
