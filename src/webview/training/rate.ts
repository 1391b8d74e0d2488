/** The learning rate after its schedule, on a linear axis from 0: what matters is its share of the largest. */
import { column } from '../../shared/frame';
import { entry, legend } from '../card';
import { columnSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { integer, setting } from '../format';
import type { CompleteSpecification } from '../../engine/run/specification';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';
import { looked, put } from './measured';
import { PinnedNumbers } from './pinnedNumbers';

export class RateCard extends CardOverSteps {
  private readonly rate = new Quantity('lr', setting);
  private readonly pinned = new PinnedNumbers([['lr', new Quantity('lr', setting)]]);
  protected readonly card: StepCard;

  constructor(context: PanelContext) {
    super();
    this.card = new StepCard(context, {
      name: 'rate',
      title: 'Learning rate',
      unit: '',
      scale: 'linear',
      legend: legend(entry('blue', 'line', 'lr', this.rate), this.pinned.element),
    });
  }

  draw(shown: Shown): void {
    const { run } = shown;
    put(this.rate, looked(run, column.lr));
    this.pinned.draw(shown, (other) => [looked(other, column.lr)]);
    this.card.note(run.start ? scheduleInWords(run.start.spec.schedule) : '');
    this.card.draw(shown, {
      lines: ({ history }) => [{ label: 'lr', colour: 'blue', quantity: 'lr', series: columnSeries(history, column.lr) }],
      bounds: [0, Infinity],
      include: 0,
      summary: () => `Learning rate over steps. At step ${run.looked}: ${this.rate.text}.`,
    });
  }
}

/** `cosine schedule after 1,200 steps of warm-up`. */
function scheduleInWords({ name, warmup }: CompleteSpecification['schedule']): string {
  const steps = Number(warmup);
  return `${name} schedule${steps > 0 ? ` after ${integer(steps)} ${steps === 1 ? 'step' : 'steps'} of warm-up` : ''}`;
}
