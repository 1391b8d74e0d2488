/**
 * What the columns of a table hold, found by looking at every cell: how many are numbers, names or missing, where the first of each
 * stands, and the different names as long as they are few. Facts only; what they mean is for whoever knows what a column is for.
 */
import { FileError } from '../files';
import { mostCategories, mostClasses } from '../limits';
import { quote, type Rows } from './rows';

/** Names in all columns together. */
const mostNames = 2 ** 17;

/** A cell that a message may show: its line, and what it holds. */
export interface Sight {
  readonly line: number;
  readonly shown: string;
}

export interface ColumnFacts {
  numbers: number;
  texts: number;
  missing: number;
  firstNumber?: Sight;
  firstText?: Sight;
  firstMissing?: Sight;
  /** The first number that no float32, or no double, can hold. */
  firstHuge?: Sight;
  /** The different names, in the order in which they came. */
  readonly names: Map<string, number>;
  /** The first name that was one too many; those after it are not kept. */
  tooMany?: Sight;
}

/** What a column is looked at for. */
export type Interest = 'nothing' | 'values' | 'names' | 'classes';

export class Look {
  readonly columns: readonly ColumnFacts[];
  rows = 0;
  /** Rows in which some cell is missing. */
  incomplete = 0;
  private names = 0;

  /**
   * @param interests for each column: `values` notes the names of texts only, `names` and `classes` those of numbers, too; an empty
   * cell alone is missing where it is a class
   */
  constructor(
    private readonly header: readonly string[],
    private readonly interests: readonly Interest[],
  ) {
    this.columns = header.map(() => ({ numbers: 0, texts: 0, missing: 0, names: new Map<string, number>() }));
  }

  /** Looks at all rows that are left. @throws FileError where a row has more or fewer cells than the header */
  add(rows: Rows): void {
    const { header, interests, columns } = this;
    for (let count = rows.next(); count > 0; count = rows.next()) {
      checkCells(count, header, rows);
      let complete = true;
      for (let column = 0; column < count; column++) {
        const interest = interests[column];
        const facts = columns[column];
        if (interest === 'nothing') continue;
        const value = rows.values[column];
        const isNumber = !Number.isNaN(value);
        if (interest === 'classes' ? rows.isEmpty(column) : !isNumber && rows.isMissing(column)) {
          if (facts.missing++ === 0) facts.firstMissing = sight(rows, column);
          complete = false;
          continue;
        }
        if (isNumber) {
          if (facts.numbers++ === 0) facts.firstNumber = sight(rows, column);
          if (!(Math.abs(value) <= largestFloat32) && !facts.firstHuge) facts.firstHuge = sight(rows, column);
        } else if (facts.texts++ === 0) facts.firstText = sight(rows, column);
        if (!isNumber || interest !== 'values') this.note(rows, column, interest === 'classes' ? mostClasses : mostCategories);
      }
      this.rows++;
      if (!complete) this.incomplete++;
    }
  }

  private note(rows: Rows, column: number, most: number): void {
    const { names, tooMany } = this.columns[column];
    if (tooMany) return;
    const name = rows.text(column);
    if (names.has(name)) return;
    if (names.size === most || this.names === mostNames) this.columns[column].tooMany = sight(rows, column);
    else {
      names.set(name, names.size);
      this.names++;
    }
  }
}

/** The largest finite float32. */
export const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

const sight = (rows: Rows, column: number): Sight => ({ line: rows.line, shown: rows.shown(column) });

/** @throws FileError where a row does not fit the header */
export function checkCells(count: number, header: readonly string[], { name, line }: Rows): void {
  if (count === header.length) return;
  const names = header.slice(0, 10).map(quote).join(', ') + (header.length > 10 ? ', …' : '');
  throw new FileError(
    `${name}:${line}: this row has ${count === 1 ? '1 cell' : `${count} cells`}; the table has ${header.length === 1 ? '1 column' : `${header.length} columns`} (${names}).`,
  );
}
