/** The share of samples that are classified rightly, of those trained on and those held out. Only where there are classes. */
import { Card, entry, legend } from '../card';
import { LineChart } from '../charts/lineChart';
import { eventSeries } from '../charts/series';
import { show } from '../dom';
import { percent, tick } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';

export class AccuracyCard {
  private readonly chart = new LineChart();
  private readonly train = new Quantity('trainAccuracy', percent);
  private readonly heldOut = new Quantity('heldOutAccuracy', percent);
  private readonly heldOutEntry = entry('orange', 'line', 'held out', this.heldOut);
  private readonly card = new Card(
    'accuracy',
    'Accuracy',
    '% of samples',
    this.chart.element,
    legend(entry('blue', 'line', 'train', this.train), this.heldOutEntry),
  );
  private drawn = '';

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.chart.recolour();
  }

  /** @returns whether there is anything to show */
  static applies(run: Run): boolean {
    return run.evaluations.some(({ trainAccuracy }) => trainAccuracy !== null);
  }

  draw(run: Run): void {
    const { evaluations } = run;
    const last = evaluations.at(-1);
    const stamp = `${run.id} ${evaluations.length} ${last?.step} ${run.horizon}`;
    if ((stamp === this.drawn && this.chart.fresh) || !last) return;
    this.drawn = stamp;
    const hasHeldOut = last.heldOutAccuracy !== null;
    show(this.heldOutEntry, hasHeldOut);
    if (last.trainAccuracy !== null) this.train.set(last.trainAccuracy, last.step);
    if (last.heldOutAccuracy !== null) this.heldOut.set(last.heldOutAccuracy, last.step);
    this.chart.draw({
      lines: [
        { label: 'train', colour: 'blue', width: 1.8, series: eventSeries(evaluations, ({ trainAccuracy }) => trainAccuracy) },
        ...(hasHeldOut
          ? [
              {
                label: 'held out',
                colour: 'orange' as const,
                width: 1.8,
                series: eventSeries(evaluations, ({ heldOutAccuracy }) => heldOutAccuracy),
              },
            ]
          : []),
      ],
      from: 0,
      to: run.horizon,
      scale: 'linear',
      bounds: [0, 1],
      leastSpread: 0.05,
      format: { tick: (share) => tick(Number((100 * share).toPrecision(6))), value: percent },
      summary: `Accuracy over steps. At step ${last.step}: train ${this.train.text}, held out ${this.heldOut.text}.`,
    });
  }
}
