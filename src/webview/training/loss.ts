/**
 * The loss: of each batch as a thin line, and of the evaluated training and held-out samples. Logarithmic, unless the problem is a
 * function that goes below 0.
 */
import { findLoss } from '../../engine/network/losses';
import { column } from '../../shared/frame';
import { Card, entry, legend } from '../card';
import { LineChart } from '../charts/lineChart';
import { columnSeries, eventSeries } from '../charts/series';
import { show } from '../dom';
import { number } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';

/** What the ordinate shows: the loss by its name, or the function. */
function quantityName(run: Run): string {
  const problem = run.start?.spec.problem;
  if (!problem) return 'loss';
  if ('function' in problem) return 'value of the function';
  return findLoss(problem.network.loss ?? '')?.noun ?? 'loss';
}

export class LossCard {
  private readonly chart = new LineChart();
  private readonly batch = new Quantity('loss', number);
  private readonly value = new Quantity('loss', number);
  private readonly train = new Quantity('trainLoss', number);
  private readonly heldOut = new Quantity('heldOutLoss', number);
  private readonly entries = {
    value: entry('blue', 'line', 'value', this.value),
    batch: entry('blue', 'thin', 'batch', this.batch),
    train: entry('blue', 'line', 'train', this.train),
    heldOut: entry('orange', 'line', 'held out', this.heldOut),
  };
  private readonly card = new Card(
    'loss',
    'Loss',
    '',
    this.chart.element,
    legend(this.entries.value, this.entries.batch, this.entries.train, this.entries.heldOut),
  );

  get element(): HTMLElement {
    return this.card.element;
  }

  recolour(): void {
    this.chart.recolour();
  }

  draw(run: Run): void {
    const { history, evaluations } = run;
    const last = evaluations.at(-1);
    const isFunction = run.start !== null && 'function' in run.start.spec.problem;
    const hasHeldOut = evaluations.some(({ heldOutLoss }) => heldOutLoss !== null);
    show(this.entries.value, isFunction);
    show(this.entries.batch, !isFunction);
    this.card.title(isFunction ? 'Value' : 'Loss');
    show(this.entries.train, !isFunction && evaluations.length > 0);
    show(this.entries.heldOut, hasHeldOut);
    const batch = isFunction ? this.value : this.batch;
    if (history && history.rows > 0) batch.set(history.last(column.loss), history.last(column.step));
    else batch.clear();
    if (last) this.train.set(last.trainLoss, last.step);
    if (last && last.heldOutLoss !== null) this.heldOut.set(last.heldOutLoss, last.step);
    const below = history !== null && columnAny(run, (loss) => loss < 0);
    this.card.note(`${quantityName(run)}, ${below ? 'linear' : 'log'} axis`);
    this.chart.draw({
      lines: [
        {
          label: isFunction ? 'value' : 'batch',
          colour: 'blue',
          width: isFunction ? 1.8 : 1,
          opacity: isFunction ? 1 : 0.6,
          series: columnSeries(history, column.loss),
        },
        ...(isFunction
          ? []
          : [{ label: 'train', colour: 'blue' as const, width: 1.8, series: eventSeries(evaluations, ({ trainLoss }) => trainLoss) }]),
        ...(hasHeldOut
          ? [
              {
                label: 'held out',
                colour: 'orange' as const,
                width: 1.8,
                series: eventSeries(evaluations, ({ heldOutLoss }) => heldOutLoss),
              },
            ]
          : []),
      ],
      from: 0,
      to: run.horizon,
      scale: below ? 'linear' : 'logarithmic',
      summary: isFunction
        ? `Value of the function over steps. At step ${run.step}: ${this.value.text}.`
        : `Loss over steps, ${quantityName(run)}. At step ${run.step}: batch ${this.batch.text}, train ${this.train.text}, held out ${this.heldOut.text}.`,
    });
  }
}

/** Whether `test` holds for the loss of any step that is kept. */
function columnAny({ history }: Run, test: (loss: number) => boolean): boolean {
  for (let row = 0; row < (history?.rows ?? 0); row++) if (test(history!.at(row, column.loss))) return true;
  return false;
}
