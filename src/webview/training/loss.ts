/**
 * The loss: of each batch as a thin line, and of the evaluated training and held-out samples. Logarithmic, unless the problem is a function that
 * goes below 0. The lowest held-out loss of the run is told with its step, which can be looked at from here.
 */
import { findLoss } from '../../engine/network/losses';
import { column } from '../../shared/frame';
import { entry, legend } from '../card';
import { columnSeries, eventSeries } from '../charts/series';
import { CardOverSteps } from '../charts/cardOverSteps';
import { StepCard } from '../charts/stepCard';
import type { DrawnLine } from '../charts/lineChart';
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { lowestHeldOut } from './lowest';
import { evaluated, looked, put } from './measured';
import { PinnedNumbers } from './pinnedNumbers';

/** What the ordinate shows: the loss by its name, or the function. */
function quantityName(run: Run): string {
  const problem = run.start?.spec.problem;
  if (!problem) return 'loss';
  if ('function' in problem) return 'value of the function';
  return findLoss(problem.network.loss ?? '')?.noun ?? 'loss';
}

export class LossCard extends CardOverSteps {
  private readonly batch = new Quantity('loss', number);
  private readonly value = new Quantity('loss', number);
  private readonly train = new Quantity('trainLoss', number);
  private readonly heldOut = new Quantity('heldOutLoss', number);
  private readonly lowest = new Quantity('heldOutLoss', number);
  private readonly lowestStep = element('span', { class: 'number' });
  private readonly lowestButton = element(
    'button',
    { type: 'button', class: 'jump', 'data-role': 'lowest' },
    'lowest held out ',
    this.lowest.element,
    ' at step ',
    this.lowestStep,
  );
  private readonly entries = {
    value: entry('blue', 'line', 'value', this.value),
    batch: entry('blue', 'thin', 'batch', this.batch),
    train: entry('blue', 'line', 'train', this.train),
    heldOut: entry('orange', 'line', 'held out', this.heldOut),
  };
  private readonly pinned = new PinnedNumbers([
    ['value', new Quantity('loss', number)],
    ['batch', new Quantity('loss', number)],
    ['train', new Quantity('trainLoss', number)],
    ['held out', new Quantity('heldOutLoss', number)],
  ]);
  protected readonly card: StepCard;

  /** @param look looks at a step, in all panels */
  constructor(context: PanelContext, look: (step: number) => void) {
    super();
    const { value, batch, train, heldOut } = this.entries;
    this.card = new StepCard(context, {
      name: 'loss',
      title: 'Loss',
      unit: '',
      scale: 'logarithmic',
      legend: legend(value, batch, train, heldOut, this.lowestButton, this.pinned.element),
    });
    this.lowestButton.title = 'Look at that step';
    this.lowestButton.addEventListener('click', () => look(Number(this.lowest.element.dataset.step)));
  }

  draw(shown: Shown): void {
    const { run, pinned } = shown;
    const { evaluation } = run;
    const [isFunction, hasHeldOut] = [runsFunction(run), holdsOut(run)];
    show(this.entries.value, isFunction);
    show(this.entries.batch, !isFunction);
    show(this.entries.train, !isFunction && run.evaluations.length > 0);
    show(this.entries.heldOut, hasHeldOut);
    put(isFunction ? this.value : this.batch, looked(run, column.loss));
    put(this.train, evaluated(evaluation, 'trainLoss'));
    put(this.heldOut, evaluated(evaluation, 'heldOutLoss'));
    this.drawLowest(run);
    this.pinned.draw(shown, (other) => [
      runsFunction(other) ? looked(other, column.loss) : null,
      runsFunction(other) ? null : looked(other, column.loss),
      runsFunction(other) ? null : evaluated(other.evaluation, 'trainLoss'),
      evaluated(other.evaluation, 'heldOutLoss'),
    ]);
    this.card.title(isFunction ? 'Value' : 'Loss');
    this.card.note(quantityName(run));
    this.card.draw(shown, {
      lines: (each) => lossLines(each).filter(({ label }) => each !== pinned || label !== 'batch' || each.evaluations.length < 2),
      scale: [run, run.branch, pinned].some((each) => each && goesBelow(each)) ? 'linear' : 'logarithmic',
      summary: () =>
        isFunction
          ? `Value of the function over steps. At step ${run.looked}: ${this.value.text}.`
          : `Loss over steps, ${quantityName(run)}. At step ${run.looked}: batch ${this.batch.text}, train ${this.train.text}, held out ${this.heldOut.text}.`,
    });
  }

  private drawLowest(run: Run): void {
    const lowest = lowestHeldOut(run.evaluations);
    show(this.lowestButton, lowest !== undefined);
    if (!lowest || lowest.heldOutLoss === null) return;
    this.lowest.set(lowest.heldOutLoss, lowest.step);
    setText(this.lowestStep, integer(lowest.step));
  }
}

function lossLines(run: Run): DrawnLine[] {
  const { history, evaluations } = run;
  if (runsFunction(run))
    return [{ label: 'value', colour: 'blue', width: 1.8, quantity: 'loss', series: columnSeries(history, column.loss) }];
  return [
    { label: 'batch', colour: 'blue', width: 1, opacity: 0.6, quantity: 'loss', series: columnSeries(history, column.loss) },
    { label: 'train', colour: 'blue', width: 1.8, quantity: 'trainLoss', series: eventSeries(evaluations, ({ trainLoss }) => trainLoss) },
    ...(holdsOut(run)
      ? [
          {
            label: 'held out',
            colour: 'orange' as const,
            width: 1.8,
            quantity: 'heldOutLoss',
            series: eventSeries(evaluations, ({ heldOutLoss }) => heldOutLoss),
          },
        ]
      : []),
  ];
}

const runsFunction = ({ start }: Run): boolean => start !== null && 'function' in start.spec.problem;
const holdsOut = ({ evaluations }: Run): boolean => evaluations.some(({ heldOutLoss }) => heldOutLoss !== null);

/** Whether a function has gone below 0 at any step that is kept. */
function goesBelow(run: Run): boolean {
  const { history } = run;
  if (!runsFunction(run) || !history) return false;
  for (let row = 0; row < history.rows; row++) if (history.at(row, column.loss) < 0) return true;
  return false;
}
