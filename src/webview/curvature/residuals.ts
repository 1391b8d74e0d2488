/** How well each end of the spectrum is known: its residual as a share of itself, over steps. */
import type { CurvatureEvent } from '../../engine/run/record';
import { entry, legend } from '../card';
import { eventSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { element, setText, show } from '../dom';
import { number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';

export const relativeMax = ({ residualMax, lambdaMax }: CurvatureEvent): number => residualMax / Math.abs(lambdaMax);
export const relativeMin = ({ residualMin, lambdaMin }: CurvatureEvent): number => residualMin / Math.abs(lambdaMin);

const digits = (value: number): string => number(value, 2);

export class ResidualCard extends CardOverSteps {
  private readonly max = new Quantity('relativeResidualMax', digits);
  private readonly min = new Quantity('relativeResidualMin', digits);
  private readonly exact = element('p', { class: 'quiet' });
  protected readonly card: StepCard;

  constructor(context: PanelContext) {
    super();
    this.card = new StepCard(context, {
      name: 'residuals',
      title: 'Residuals',
      unit: '‖H·v − λ·v‖ / |λ|',
      scale: 'logarithmic',
      before: [this.exact],
      legend: legend(entry('purple', 'line', 'of λ max', this.max), entry('green', 'line', 'of λ min', this.min)),
    });
    this.card.element.title = 'Some eigenvalue lies within this share of the one told.';
  }

  draw(shown: Shown): void {
    const last = shown.run.curvature;
    if (last) {
      this.max.set(relativeMax(last), last.step);
      this.min.set(relativeMin(last), last.step);
    } else for (const quantity of [this.max, this.min]) quantity.clear();
    const exact = last !== undefined && last.residualMax === 0 && last.residualMin === 0;
    show(this.exact, exact);
    setText(this.exact, exact ? 'Both ends are exact here: nothing is left over, and a log axis has no place for 0.' : '');
    this.card.draw(shown, {
      lines: ({ curvatures }) => [
        { label: 'of λ max', colour: 'purple', series: eventSeries(curvatures, relativeMax) },
        { label: 'of λ min', colour: 'green', series: eventSeries(curvatures, relativeMin) },
      ],
      summary: () =>
        `Residuals relative to the eigenvalues over steps.${last ? ` At step ${last.step}: ${this.max.text} of λ max, ${this.min.text} of λ min.` : ''}`,
    });
  }
}
