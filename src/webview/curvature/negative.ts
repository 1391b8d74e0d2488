/** How much of the spectrum lies below zero, over steps: 0 at a minimum, a half at a point of no particular kind. */
import { entry, legend } from '../card';
import { eventSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { percent } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';

export class NegativeCard extends CardOverSteps {
  private readonly share = new Quantity('negativeFraction', percent);
  protected readonly card: StepCard;

  constructor(context: PanelContext) {
    super();
    this.card = new StepCard(context, {
      name: 'negative',
      title: 'Negative eigenvalues',
      unit: 'share of the spectrum below −tolerance',
      scale: 'linear',
      legend: legend(entry('green', 'line', 'negative', this.share)),
    });
  }

  draw(shown: Shown): void {
    const last = shown.run.curvature;
    if (last) this.share.set(last.negativeFraction, last.step);
    else this.share.clear();
    this.card.draw(shown, {
      lines: ({ curvatures }) => [
        {
          label: 'negative',
          colour: 'green',
          quantity: 'negativeFraction',
          series: eventSeries(curvatures, ({ negativeFraction }) => negativeFraction),
        },
      ],
      bounds: [0, 1],
      include: 0,
      leastSpread: 0.1,
      format: { tick: (value) => `${Number((100 * value).toFixed(2))} %`, value: percent },
      summary: () => `Share of negative eigenvalues over steps.${last ? ` At step ${last.step}: ${this.share.text}.` : ''}`,
    });
  }
}
