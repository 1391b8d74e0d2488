/**
 * The numbers of a picture as a table in its place: exact, with a caption that says what they are; at most 500 rows, evenly chosen, so that it is
 * there at once.
 */
import { element } from '../dom';
import { integer } from '../format';
import { evenly, exact, type Tabular } from './csv';

const MOST_ROWS = 500;
const MOST_COLUMNS = 64;
/** Rows make way for columns beyond this. */
const MOST_CELLS = 8000;

export class DataTable {
  private readonly table = element('table', { class: 'number' });
  readonly element = element('div', { class: 'dataTable', role: 'region', tabindex: 0, hidden: true }, this.table);

  fill(data: Tabular): void {
    const columns = evenly(data.columns.length, MOST_COLUMNS);
    const rows = evenly(data.rows, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / columns.length)));
    const thinned = columns.length < data.columns.length ? `; ${share('column', columns.length, data.columns.length)}` : '';
    const caption = `${data.caption}; ${share('row', rows.length, data.rows)}${thinned}`;
    this.element.setAttribute('aria-label', data.caption);
    this.table.replaceChildren(
      element('caption', {}, element('span', {}, caption)),
      element('thead', {}, element('tr', {}, ...columns.map((column) => element('th', { scope: 'col' }, data.columns[column])))),
      element(
        'tbody',
        {},
        ...rows.map((row) => element('tr', {}, ...columns.map((column, place) => cell(data, row, column, place === 0)))),
      ),
    );
  }
}

/** `12 rows`, `500 of 1,240 rows, evenly chosen`. */
const share = (what: string, shown: number, all: number): string =>
  shown === all ? `${integer(all)} ${what}${all === 1 ? '' : 's'}` : `${integer(shown)} of ${integer(all)} ${what}s, evenly chosen`;

/** @param heads whether the cell is the name of its row */
function cell(data: Tabular, row: number, column: number, heads: boolean): HTMLElement {
  const value = data.cell(row, column);
  if (heads) return element('th', { scope: 'row' }, typeof value === 'number' ? integer(value) : exact(value));
  if (typeof value !== 'number') return element('td', {}, exact(value));
  const { quantity, layer } = data.source?.(column) ?? {};
  return element(
    'td',
    { 'data-value': value, 'data-step': data.step?.(row), 'data-quantity': quantity, 'data-layer': layer },
    exact(value),
  );
}
