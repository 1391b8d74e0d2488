/** The sharpness that the rule feels, against the most that it can bear: the two over steps, and how they stand to each other in words. */
import { entry, legend } from '../card';
import { eventSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { element, setText, show } from '../dom';
import { number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';
import { LIMIT_MEANS, limitInWords, shareOfLimit, stabilityInWords, stabilityOf } from './limit';

export class SharpnessCard extends CardOverSteps {
  private readonly sharpness = new Quantity('preconditionedSharpness', (value) => (Number.isNaN(value) ? 'unknown' : number(value)));
  private readonly limit = new Quantity('stabilityLimit', number);
  private readonly share = new Quantity('shareOfLimit', (value) => number(value, 2));
  private readonly words = element('span');
  private readonly headline = element('p', { class: 'stability' }, this.share.element, this.words);
  private readonly limitEntry = entry('red', 'dashed', 'stability limit', this.limit);
  protected readonly card: StepCard;

  constructor(context: PanelContext) {
    super();
    this.limitEntry.title = LIMIT_MEANS;
    this.card = new StepCard(context, {
      name: 'sharpness',
      title: 'What the rule feels',
      unit: 'preconditioned sharpness, largest eigenvalue of √D·H·√D',
      scale: 'logarithmic',
      before: [this.headline],
      legend: legend(entry('purple', 'line', 'preconditioned sharpness', this.sharpness), this.limitEntry),
    });
    this.card.element.title =
      'D is the effective rate of each weight over the learning rate: with it, an adaptive rule can be compared with gradient descent (Cohen 2022).';
  }

  draw(shown: Shown): void {
    const { run } = shown;
    const last = run.curvature;
    show(this.headline, last !== undefined);
    show(this.limitEntry, last !== undefined && last.stabilityLimit !== null);
    if (last) {
      const [share, words] = stabilityInWords(last);
      show(this.share.element, share !== '');
      this.share.set(shareOfLimit(last), last.step, share);
      setText(this.words, words);
      this.headline.dataset.stability = stabilityOf(last);
      this.sharpness.set(last.preconditionedSharpness, last.step);
      if (last.stabilityLimit !== null) this.limit.set(last.stabilityLimit, last.step);
    } else this.sharpness.clear();
    const limited = last !== undefined && last.stabilityLimit !== null;
    const annotation = limited ? limitInWords(run, last) : '';
    this.card.draw(shown, {
      lines: ({ curvatures }) => [
        {
          label: 'stability limit',
          colour: 'red',
          width: 1,
          dashed: true,
          annotation: annotation === 'the limit' ? '' : annotation,
          quantity: 'stabilityLimit',
          series: eventSeries(curvatures, (event) => event.stabilityLimit),
        },
        {
          label: 'preconditioned sharpness',
          colour: 'purple',
          quantity: 'preconditionedSharpness',
          series: eventSeries(curvatures, (event) => event.preconditionedSharpness),
        },
      ],
      summary: () =>
        last
          ? `Preconditioned sharpness over steps. At step ${last.step}: ${this.sharpness.text}${limited ? ` against ${this.limit.text}` : ''}. ${stabilityInWords(last).join('')}`
          : 'Preconditioned sharpness over steps. Nothing is measured yet.',
    });
  }
}
