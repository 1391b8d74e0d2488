/**
 * The positions in numbers: where every optimizer stands at the step that is looked at, and the way of the chosen one step by step. Shown to six
 * digits; the exact number is each cell's tooltip, and the table that is copied has it whole.
 */
import type { ScalarFunction } from '../../engine/language';
import { principalDirections } from '../../shared/landscape/curvature';
import type { Participant } from '../../shared/landscape/participant';
import type { Place } from '../../shared/landscape/track';
import { Cadence } from '../cadence';
import { Card } from '../card';
import type { Tabular } from '../charts/csv';
import { element, setText, show } from '../dom';
import { integer, number, plainDecimal } from '../format';
import { Quantity } from '../quantity';
import type { Landscape } from './landscape';
import { Sample } from './sample';
import { nameOf, stateOf } from './standing';
import { derivative } from './symbols';

/** Rows of the way: the steps about the one that is looked at, so many of them before it. All of it is in the picture's own table. */
const ROWS = 80;
const BEFORE = 60;
/** Milliseconds between two drawings of the way. */
const PERIOD = 250;
const DIGITS = 6;

/** Six digits, without zeros at the end. */
function precise(value: number): string {
  if (!Number.isFinite(value) || value === 0) return number(value);
  const rounded = Number(value.toPrecision(DIGITS));
  const size = Math.abs(rounded);
  return size >= 1e7 || size < 1e-4 ? number(rounded, 5) : plainDecimal(rounded);
}

/** What a column tells of a place. */
interface Column {
  readonly label: string;
  /** As in the record, with the variable behind a full stop. */
  readonly quantity: string;
  of(place: Place): number | undefined;
}

const columnsOf = (variables: readonly string[]): readonly Column[] => [
  ...variables.map((name, i) => ({ label: name, quantity: `position.${name}`, of: ({ position }: Place) => position[i] })),
  { label: 'f', quantity: 'value', of: ({ value }) => value },
  ...variables.map((name, i) => ({
    label: derivative(variables, name),
    quantity: `gradient.${name}`,
    of: ({ gradient }: Place) => gradient[i],
  })),
  ...variables.map((name, i) => ({ label: `rate ${name}`, quantity: `rate.${name}`, of: ({ rates }: Place) => rates?.[i] })),
];

/** The eigenvalues of the Hessian, the largest first. */
const curvatureColumns = (f: ScalarFunction): readonly Column[] =>
  f.variables.map((_, i) => ({
    label: f.variables.length === 1 ? 'λ' : `λ${'₁₂'[i]}`,
    quantity: `hessianEigenvalue.${i + 1}`,
    of: ({ position }: Place) => principalDirections(f, position)[i]?.eigenvalue,
  }));

/** One row of numbers, kept and filled again. */
class Row {
  private readonly title = element('span');
  private readonly aside = element('small', { hidden: true });
  readonly head = element('th', { scope: 'row' }, this.title, this.aside);
  readonly element: HTMLTableRowElement;
  private readonly cells: readonly Quantity[];
  private sample: Sample | null = null;
  step = -1;

  constructor(private readonly columns: readonly Column[]) {
    this.cells = columns.map(({ quantity }) => new Quantity(quantity, precise));
    this.element = element('tr', {}, this.head, ...this.cells.map((cell) => element('td', {}, cell.element)));
  }

  /** @param aside what is to be said besides, and more of it for whoever asks */
  name(name: string, aside = '', detail = ''): void {
    setText(this.title, name);
    setText(this.aside, aside);
    show(this.aside, aside !== '');
    if (this.head.title !== detail) this.head.title = detail;
  }

  /** Shows before the name how a participant is drawn. */
  look(index: number): void {
    if (!this.sample) this.head.prepend((this.sample = new Sample()).element);
    this.sample.draw(index);
  }

  fill(place: Place): void {
    this.step = place.step;
    this.columns.forEach((column, i) => {
      const value = column.of(place);
      if (value === undefined) this.cells[i].clear();
      else this.cells[i].set(value, place.step);
      const exact = value === undefined ? '' : String(value);
      if (this.cells[i].element.title !== exact) this.cells[i].element.title = exact;
    });
  }
}

/** A table with pooled rows, under a line that says what it is. */
class Table {
  readonly element: HTMLElement;
  readonly body = element('tbody');
  /** What scrolls. */
  readonly frame: HTMLElement;
  private readonly caption = element('p', { class: 'caption' });
  private readonly pool: Row[] = [];

  constructor(
    name: string,
    first: string,
    private readonly columns: readonly Column[],
  ) {
    const heads = [first, ...columns.map(({ label }) => label)].map((label) => element('th', { scope: 'col' }, label));
    const table = element('table', { class: 'number', 'data-table': name }, element('thead', {}, element('tr', {}, ...heads)), this.body);
    this.frame = element('div', { class: 'numbers', tabindex: 0, role: 'region' }, table);
    this.element = element('div', {}, this.caption, this.frame);
  }

  say(caption: string): void {
    setText(this.caption, caption);
    if (this.frame.getAttribute('aria-label') !== caption) this.frame.setAttribute('aria-label', caption);
  }

  /** So many rows, in their order. */
  rows(count: number): readonly Row[] {
    while (this.pool.length < count) this.pool.push(new Row(this.columns));
    while (this.body.childElementCount > count) this.body.lastElementChild?.remove();
    for (let k = this.body.childElementCount; k < count; k++) this.body.append(this.pool[k].element);
    return this.pool.slice(0, count);
  }
}

export class Places {
  private readonly card: Card;
  private now: Table | null = null;
  private way: Table | null = null;
  private readonly holder = element('div', { class: 'tables' });
  private readonly cadence: Cadence;
  private f: ScalarFunction | null = null;
  private filled = '';

  constructor(
    private readonly landscape: Landscape,
    redraw: () => void,
  ) {
    this.card = new Card('places', 'Positions', '', this.holder);
    this.cadence = new Cadence(PERIOD, redraw);
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  draw(): void {
    const { race, variables } = this.landscape;
    show(this.card.element, race !== null && race.participants.length > 0);
    if (!race) return;
    if (this.f !== race.f) this.lay(race.f);
    const slope = variables.length === 1 ? derivative(variables, variables[0]) : '∂';
    this.card.note(
      `${variables.join(', ')}: position · f: value · ${slope}: gradient · rate: effective learning rate of the axis · λ: curvature`,
    );
    this.drawNow();
    if (!this.landscape.busy) this.cadence.hurry();
    if (this.cadence.due()) this.drawWay();
  }

  private lay(f: ScalarFunction): void {
    this.f = f;
    this.filled = '';
    const columns = columnsOf(f.variables);
    this.now = new Table('now', 'optimizer', [...columns, ...curvatureColumns(f)]);
    this.way = new Table('way', 'step', columns);
    this.way.body.addEventListener('click', (event) => {
      const row = (event.target as HTMLElement).closest('tr');
      if (row?.dataset.step !== undefined) this.landscape.look(Number(row.dataset.step));
    });
    this.holder.replaceChildren(this.now.element, this.way.element);
  }

  private drawNow(): void {
    const { race, scene } = this.landscape;
    const { now } = this;
    if (!race || !now) return;
    now.say(`At step ${integer(race.step)}`);
    const lanes = race.lanes.flatMap((lane, index) => ('track' in lane ? [{ lane, index }] : []));
    now.rows(lanes.length).forEach((row, k) => {
      const { lane, index } = lanes[k];
      row.fill(lane.at(race.step));
      const state = stateOf(race, lane, scene.window);
      row.name(nameOf(lane), state?.text ?? '', state?.detail ?? '');
      row.look(index);
      row.element.classList.toggle('looked', index === this.landscape.chosen);
    });
  }

  private drawWay(): void {
    const { participant, generation, chosen, scene } = this.landscape;
    const { way } = this;
    if (!way) return;
    show(way.element, participant !== null);
    if (!participant) return;
    const { last } = participant.track;
    const from = Math.max(0, Math.min(scene.step - BEFORE, last - ROWS + 1));
    const filled = `${generation} ${chosen} ${from} ${last} ${scene.step}`;
    if (filled === this.filled) return;
    this.filled = filled;
    this.fillWay(participant, way, from, Math.min(last, from + ROWS - 1));
  }

  private fillWay(participant: Participant, way: Table, from: number, to: number): void {
    const { last } = participant.track;
    way.say(
      `The way of ${nameOf(participant)}, steps ${integer(from)} to ${integer(to)}${to < last || from > 0 ? ` of ${integer(last)}` : ''}`,
    );
    const rows = way.rows(to - from + 1);
    const looked = Math.min(this.landscape.scene.step, last) - from;
    rows.forEach((row, k) => {
      row.fill(participant.at(from + k));
      row.name(integer(from + k));
      row.element.dataset.step = String(from + k);
      row.element.classList.toggle('looked', k === looked);
    });
    const { offsetTop, offsetHeight } = rows[looked].element;
    const { scrollTop, clientHeight } = way.frame;
    if (offsetTop < scrollTop + 2 * offsetHeight || offsetTop + offsetHeight > scrollTop + clientHeight)
      way.frame.scrollTop = offsetTop - clientHeight / 2;
  }
}

/** All ways with every digit: a row a step, the columns of each optimizer beside one another. */
export function tabulate({ race, scene, variables }: Landscape): Tabular {
  const participants = race?.participants ?? [];
  const columns = columnsOf(variables);
  const rows = Math.max(0, ...participants.map(({ track }) => track.length));
  const titles = participants.map(nameOf);
  const named = titles.map((title, i) => (titles.indexOf(title) === titles.lastIndexOf(title) ? title : `${title} (${i + 1})`));
  return {
    caption: `Positions on ${scene.formula}`,
    columns: ['step', ...named.flatMap((title) => columns.map(({ label }) => `${title}: ${label}`))],
    rows,
    cell(row, column) {
      if (column === 0) return row;
      const { track } = participants[Math.floor((column - 1) / columns.length)];
      return row < track.length ? (columns[(column - 1) % columns.length].of(track.at(row)) ?? null) : null;
    },
    source: (column) => (column === 0 ? undefined : { quantity: columns[(column - 1) % columns.length].quantity }),
    step: (row) => row,
  };
}
