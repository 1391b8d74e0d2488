/**
 * Every curvature measurement of the run with all its digits, the newest first; a step looks at it. Only so many rows are in the document
 * at first, and a new measurement adds one row.
 */
import type { CurvatureEvent } from '../../engine/run/record';
import { Card } from '../card';
import { exact, toCsv, type Tabular } from '../charts/csv';
import { toolbar } from '../charts/toolbar';
import { iconButton, textButton, type Control } from '../controls';
import { element, setText, show } from '../dom';
import { integer, power } from '../format';
import type { PanelContext } from '../panel';
import type { Shown } from '../shown';
import { shareOfLimit } from './limit';

interface Column {
  readonly title: string;
  /** As in the record, but for what is derived from it. */
  readonly quantity: string;
  readonly meaning: string;
  value(event: CurvatureEvent): number | string | null;
}

const COLUMNS: readonly Column[] = [
  { title: 'verdict', quantity: 'verdict', meaning: 'what kind of place it is', value: ({ verdict }) => verdict },
  { title: 'λ max', quantity: 'lambdaMax', meaning: 'largest eigenvalue of the Hessian', value: ({ lambdaMax }) => lambdaMax },
  {
    title: '± residual',
    quantity: 'residualMax',
    meaning: 'some eigenvalue lies within this distance of λ max',
    value: ({ residualMax }) => residualMax,
  },
  { title: 'λ min', quantity: 'lambdaMin', meaning: 'smallest eigenvalue of the Hessian', value: ({ lambdaMin }) => lambdaMin },
  {
    title: '± residual',
    quantity: 'residualMin',
    meaning: 'some eigenvalue lies within this distance of λ min',
    value: ({ residualMin }) => residualMin,
  },
  {
    title: 'preconditioned sharpness',
    quantity: 'preconditionedSharpness',
    meaning: 'largest eigenvalue of √D·H·√D, D = effective rate / lr',
    value: ({ preconditionedSharpness }) => preconditionedSharpness,
  },
  {
    title: 'stability limit',
    quantity: 'stabilityLimit',
    meaning: 'the sharpness above which the rule is unstable on a quadratic',
    value: ({ stabilityLimit }) => stabilityLimit,
  },
  {
    title: 'share of the limit',
    quantity: 'shareOfLimit',
    meaning: 'preconditioned sharpness / stability limit',
    value: (event) => (event.stabilityLimit === null ? null : shareOfLimit(event)),
  },
  { title: 'trace', quantity: 'trace', meaning: 'sum of all eigenvalues', value: ({ trace }) => trace },
  {
    title: '± error',
    quantity: 'traceError',
    meaning: 'standard error of the trace; 0 where it is exact',
    value: ({ traceError }) => traceError,
  },
  {
    title: 'negative share',
    quantity: 'negativeFraction',
    meaning: 'share of the eigenvalues below −tolerance',
    value: ({ negativeFraction }) => negativeFraction,
  },
  {
    title: '‖g‖',
    quantity: 'probeGradientNorm',
    meaning: 'norm of the gradient over the probe samples',
    value: ({ gradientNorm }) => gradientNorm,
  },
  { title: 'samples', quantity: 'probeSamples', meaning: 'probe samples', value: ({ probeSamples }) => probeSamples },
  { title: 'products', quantity: 'products', meaning: 'Hessian-vector products that it took', value: ({ products }) => products },
];

/** Rows before one asks for more. */
const FIRST = 50;

export class MeasurementTable {
  private readonly body = element('tbody');
  private readonly scroll: HTMLElement;
  private readonly all: Control;
  private readonly copied = element('span', { class: 'dim', role: 'status' });
  private readonly card: Card;
  /** Of the rows in the document, the newest first. */
  private rows: { readonly event: CurvatureEvent; readonly row: HTMLTableRowElement }[] = [];
  private whole = false;
  private looked: CurvatureEvent | undefined;
  private shown: Shown | null = null;

  constructor(private readonly context: PanelContext) {
    const head = [{ title: 'step', meaning: 'the step after which the weights were frozen' }, ...COLUMNS];
    const table = element(
      'table',
      { class: 'measurements' },
      element('caption', { class: 'spoken' }, 'Every curvature measurement, the newest first'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...head.map(({ title, meaning }) => element('th', { scope: 'col', title: meaning, class: title === 'verdict' && 'left' }, title)),
        ),
      ),
      this.body,
    );
    this.scroll = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Every curvature measurement' }, table);
    this.all = textButton('', () => this.showAll(), 'secondary');
    const copy = iconButton('copy', 'Copy all measurements as CSV', () => this.copy());
    this.card = new Card(
      'measurements',
      'Every measurement',
      '',
      this.scroll,
      element('div', { class: 'bar' }, this.all.element, this.copied),
    );
    this.card.equip(toolbar('Every measurement', [copy]));
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  draw(shown: Shown): void {
    const { curvatures, curvature } = shown.run;
    const other = this.shown?.run.id !== shown.run.id;
    this.shown = shown;
    if (other) [this.whole, this.rows] = [false, []];
    const count = this.whole ? curvatures.length : Math.min(FIRST, curvatures.length);
    const newest = curvatures.at(-1);
    if (other || this.rows.length !== count || this.rows[0]?.event !== newest) this.fill(curvatures, count);
    this.card.note(`${integer(curvatures.length)} in all, with every digit; the newest first`);
    show(this.all.element, count < curvatures.length);
    this.all.say(`Show all ${integer(curvatures.length)}`);
    if (curvature === this.looked) return;
    this.looked = curvature;
    for (const { event, row } of this.rows) mark(row, event === curvature);
  }

  /** Puts the newest `count` measurements into the document, keeping rows that are there. */
  private fill(curvatures: readonly CurvatureEvent[], count: number): void {
    const known = new Map(this.rows.map((each) => [each.event, each]));
    this.rows = curvatures
      .slice(curvatures.length - count)
      .reverse()
      .map((event) => known.get(event) ?? { event, row: this.row(event) });
    const [first] = this.rows;
    const one = this.rows.length - known.size === 1 || this.rows.length === known.size;
    if (one && first && !known.has(first.event) && this.rows.slice(1).every(({ event }) => known.has(event))) {
      this.body.prepend(first.row);
      while (this.body.rows.length > count) this.body.lastElementChild?.remove();
    } else this.body.replaceChildren(...this.rows.map(({ row }) => row));
  }

  private row(event: CurvatureEvent): HTMLTableRowElement {
    const look = element(
      'button',
      { type: 'button', class: 'link number', title: `Look at step ${integer(event.step)}` },
      integer(event.step),
    );
    look.addEventListener('click', () => this.context.looking.look({ at: event.step }));
    const cells = COLUMNS.map(({ quantity, value }) => {
      const cell = value(event);
      const data = { 'data-quantity': quantity, 'data-step': event.step, 'data-value': cell ?? undefined };
      return element('td', { class: quantity === 'verdict' ? 'left' : 'number', ...data }, cell === null ? '–' : digits(cell));
    });
    const row = element('tr', { title: event.reason }, element('th', { scope: 'row' }, look), ...cells);
    mark(row, event === this.looked);
    return row;
  }

  private showAll(): Promise<void> {
    this.whole = true;
    this.context.redraw();
    return Promise.resolve();
  }

  private async copy(): Promise<void> {
    const events = this.shown?.run.curvatures ?? [];
    const table: Tabular = {
      caption: 'Curvature',
      columns: ['step', ...COLUMNS.map(({ quantity }) => quantity)],
      rows: events.length,
      cell: (row, column) => (column === 0 ? events[row].step : COLUMNS[column - 1].value(events[row])),
    };
    await this.context.attempt(async () => {
      await this.context.host.copyText(toCsv(table));
      setText(this.copied, `${integer(events.length)} rows copied`);
      setTimeout(() => setText(this.copied, ''), 3000);
    });
  }
}

/** With every digit, small and large ones with a power of ten. */
function digits(cell: number | string): string {
  const size = Math.abs(Number(cell));
  if (!(size > 0) || (size >= 1e-4 && size < 1e9) || !Number.isFinite(size)) return exact(cell).replace('-', '−');
  const [mantissa, exponent] = Number(cell).toExponential().split('e');
  return `${mantissa.replace('-', '−')} × ${power(Number(exponent))}`;
}

/** Says of a row whether its step is looked at. */
function mark(row: HTMLTableRowElement, looked: boolean): void {
  if (looked) row.setAttribute('aria-current', 'true');
  else row.removeAttribute('aria-current');
}
