/** The share of samples that are classified rightly, of those trained on and those held out. Only where there are classes. */
import { entry, legend } from '../card';
import type { DrawnLine } from '../charts/lineChart';
import { eventSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import { show } from '../dom';
import { percent, tick } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { evaluated, put, type Measured } from './measured';
import { PinnedNumbers } from './pinnedNumbers';

/** The axis has the percent in its unit. */
const FORMAT = { tick: (share: number): string => tick(Number((100 * share).toPrecision(6))), value: percent };

export class AccuracyCard extends CardOverSteps {
  private readonly train = new Quantity('trainAccuracy', percent);
  private readonly heldOut = new Quantity('heldOutAccuracy', percent);
  private readonly heldOutEntry = entry('orange', 'line', 'held out', this.heldOut);
  private readonly pinned = new PinnedNumbers([
    ['train', new Quantity('trainAccuracy', percent)],
    ['held out', new Quantity('heldOutAccuracy', percent)],
  ]);
  protected readonly card: StepCard;

  constructor(context: PanelContext) {
    super();
    this.card = new StepCard(context, {
      name: 'accuracy',
      title: 'Accuracy',
      unit: '% of samples',
      exactUnit: 'share of samples, 0 to 1',
      scale: 'linear',
      legend: legend(entry('blue', 'line', 'train', this.train), this.heldOutEntry, this.pinned.element),
    });
  }

  /** @returns whether there is anything to show */
  static applies(run: Run): boolean {
    return run.evaluations.some(({ trainAccuracy }) => trainAccuracy !== null);
  }

  draw(shown: Shown): void {
    const { run } = shown;
    const { evaluation } = run;
    show(
      this.heldOutEntry,
      run.evaluations.some(({ heldOutAccuracy }) => heldOutAccuracy !== null),
    );
    const [train, heldOut] = accuracies(run);
    put(this.train, train);
    put(this.heldOut, heldOut);
    this.pinned.draw(shown, accuracies);
    this.card.draw(shown, {
      lines: accuracyLines,
      bounds: [0, 1],
      leastSpread: 0.05,
      format: FORMAT,
      summary: () => `Accuracy over steps. At step ${evaluation?.step ?? 0}: train ${this.train.text}, held out ${this.heldOut.text}.`,
    });
  }
}

const accuracies = ({ evaluation }: Run): Measured[] => [evaluated(evaluation, 'trainAccuracy'), evaluated(evaluation, 'heldOutAccuracy')];

const accuracyLines = ({ evaluations }: Run): DrawnLine[] => [
  {
    label: 'train',
    colour: 'blue',
    width: 1.8,
    quantity: 'trainAccuracy',
    series: eventSeries(evaluations, ({ trainAccuracy }) => trainAccuracy),
  },
  ...(evaluations.some(({ heldOutAccuracy }) => heldOutAccuracy !== null)
    ? [
        {
          label: 'held out',
          colour: 'orange' as const,
          width: 1.8,
          quantity: 'heldOutAccuracy',
          series: eventSeries(evaluations, ({ heldOutAccuracy }) => heldOutAccuracy),
        },
      ]
    : []),
];
