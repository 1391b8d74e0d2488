/**
 * Two runs side by side in a table: what was set differently, and what came of it. It is about the whole of both runs, whatever step is looked
 * at; the better number of a row is set in bold.
 */
import type { EvaluationEvent } from '../../engine/run/record';
import { column } from '../../shared/frame';
import { Card } from '../card';
import { element, setText, show } from '../dom';
import { duration, integer, number, percent } from '../format';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { differences, namesApart } from './difference';
import { lowestHeldOut } from './lowest';
import { evaluated, put, type Measured } from './measured';

/** A row of what came of it. */
interface Outcome {
  readonly name: string;
  /** As in the record. */
  readonly quantity: string;
  readonly format: (value: number) => string;
  readonly better?: 'lower' | 'higher';
  measured(run: Run): Measured;
  /** It is a step that can be looked at. */
  readonly jump?: boolean;
}

const last = ({ history }: Run, place: number): Measured =>
  history && history.rows > 0 ? [history.last(place), history.last(column.step)] : null;

const stepOf = (event: EvaluationEvent | undefined): Measured => (event ? [event.step, event.step] : null);

const OUTCOMES: readonly Outcome[] = [
  { name: 'steps taken', quantity: 'step', format: integer, measured: (run) => [run.step, run.step] },
  { name: 'last batch loss', quantity: 'loss', format: number, measured: (run) => last(run, column.loss) },
  {
    name: 'last train loss',
    quantity: 'trainLoss',
    format: number,
    better: 'lower',
    measured: (run) => evaluated(run.evaluations.at(-1), 'trainLoss'),
  },
  {
    name: 'last held-out loss',
    quantity: 'heldOutLoss',
    format: number,
    better: 'lower',
    measured: (run) => evaluated(run.evaluations.at(-1), 'heldOutLoss'),
  },
  {
    name: 'lowest held-out loss',
    quantity: 'heldOutLoss',
    format: number,
    better: 'lower',
    measured: (run) => evaluated(lowestHeldOut(run.evaluations), 'heldOutLoss'),
  },
  { name: 'at step', quantity: 'step', format: integer, jump: true, measured: ({ evaluations }) => stepOf(lowestHeldOut(evaluations)) },
  {
    name: 'last train accuracy',
    quantity: 'trainAccuracy',
    format: percent,
    better: 'higher',
    measured: (run) => evaluated(run.evaluations.at(-1), 'trainAccuracy'),
  },
  {
    name: 'last held-out accuracy',
    quantity: 'heldOutAccuracy',
    format: percent,
    better: 'higher',
    measured: (run) => evaluated(run.evaluations.at(-1), 'heldOutAccuracy'),
  },
  { name: 'time', quantity: 'seconds', format: duration, measured: ({ end }) => end && [end.seconds, end.step] },
  {
    name: 'speed',
    quantity: 'stepsPerSecond',
    format: (value) => `${integer(value)} steps/s`,
    measured: ({ end }) => end && [end.stepsPerSecond, end.step],
  },
];

/** One of the two columns of a row. */
interface Cell {
  readonly element: HTMLElement;
  readonly quantity: Quantity;
}

export class ComparisonCard {
  /** The names of the two runs, above each table. */
  private readonly names: HTMLElement[][] = [[], []];
  private readonly settings = element('tbody');
  private readonly rows: readonly { readonly outcome: Outcome; readonly element: HTMLElement; readonly cells: readonly [Cell, Cell] }[];
  private readonly card: Card;
  private drawnSettings = '';

  /** @param look looks at a step, in all panels */
  constructor(look: (step: number) => void) {
    const cell = ({ quantity: name, format, jump }: Outcome): Cell => {
      const quantity = new Quantity(name, format);
      if (!jump) return { element: element('td', {}, quantity.element), quantity };
      const button = element('button', { type: 'button', class: 'jump', title: 'Look at that step' }, quantity.element);
      button.addEventListener('click', () => look(Number(quantity.element.dataset.step)));
      return { element: element('td', {}, button), quantity };
    };
    this.rows = OUTCOMES.map((outcome) => {
      const cells = [cell(outcome), cell(outcome)] as const;
      const heading = element('th', { scope: 'row' }, outcome.name);
      return { outcome, cells, element: element('tr', {}, heading, ...cells.map((each) => each.element)) };
    });
    const outcomes = element('tbody', {}, ...this.rows.map((row) => row.element));
    const tables = element(
      'div',
      { class: 'tables' },
      this.table('Set differently', this.settings),
      this.table('What came of it', outcomes),
    );
    this.card = new Card('comparison', 'Comparison', 'both runs as a whole', tables);
  }

  private table(title: string, body: HTMLElement): HTMLElement {
    const heads = [0, 1].map((side) => {
      const head = element('th', { scope: 'col' });
      this.names[side].push(head);
      return head;
    });
    const caption = element('th', { class: 'caption', scope: 'col' }, title);
    return element(
      'div',
      { class: 'half', 'data-role': 'whole' },
      element('table', {}, element('thead', {}, element('tr', {}, caption, ...heads)), body),
    );
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  draw({ run, pinned }: Shown): void {
    show(this.card.element, pinned !== null);
    if (!pinned) return;
    const runs = [run, pinned] as const;
    const names = namesApart(run, pinned);
    runs.forEach(({ id }, side) => {
      for (const head of this.names[side]) setText(head, names[side]);
      for (const { cells } of this.rows) cells[side].element.dataset.run = id;
    });
    this.drawSettings(run, pinned);
    for (const row of this.rows) {
      const measured = runs.map((each) => row.outcome.measured(each));
      show(
        row.element,
        measured.some((each) => each !== null),
      );
      const best = bestOf(measured, row.outcome.better);
      row.cells.forEach(({ element: target, quantity }, side) => {
        put(quantity, measured[side]);
        target.classList.toggle('better', best === side);
      });
    }
  }

  private drawSettings(run: Run, pinned: Run): void {
    const stamp = [run, pinned].map(({ id, title, changes, start }) => `${id} ${title} ${changes.length} ${start !== null}`).join(' ');
    if (stamp === this.drawnSettings) return;
    this.drawnSettings = stamp;
    const rows = differences(run, pinned);
    this.settings.replaceChildren(
      ...rows.map(({ name, doc, values }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row', title: doc }, name),
          ...values.map((value) => element('td', { class: 'number' }, value)),
        ),
      ),
    );
  }
}

/** Which side is better; undefined where that is not said, or neither is. */
function bestOf([one, other]: readonly Measured[], better: Outcome['better']): 0 | 1 | undefined {
  if (!better || !one || !other || one[0] === other[0]) return undefined;
  return one[0] < other[0] === (better === 'lower') ? 0 : 1;
}
