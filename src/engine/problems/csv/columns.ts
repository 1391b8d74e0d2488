/**
 * What each column of a table is for and how it becomes features. What the specification names is found in the header; all other
 * columns are features, typed by what they hold: numbers stay numbers, `true` and `false` become 1 and 0, names become one feature each, 1
 * where the cell has that name and 0 elsewhere, in the sorted order of the names. A column of numbers and names is a fault that is told,
 * not guessed at.
 */
import { SpecificationError, type CsvSource } from '../../run/specification';
import { suggestion } from '../../suggest';
import { FileError } from '../files';
import { mostCategories, mostClasses } from '../limits';
import type { Head } from './header';
import type { ColumnFacts, Interest, Look, Sight } from './look';
import { quote } from './rows';

/** Columns by what they are for, as places in the header. */
export interface Roles {
  readonly features: readonly number[];
  readonly label?: number;
  readonly targets: readonly number[];
  /** Features that are categories even where they look like numbers. */
  readonly categories: ReadonlySet<number>;
}

/** A column of numbers: where it stands in the table and among the features. */
export interface Place {
  readonly column: number;
  readonly feature: number;
}

/** A column of names: the feature of each is `feature` + its number. */
export interface Category extends Place {
  readonly names: ReadonlyMap<string, number>;
}

/** How the columns become the features of a sample. */
export interface Layout {
  readonly numbers: readonly Place[];
  readonly categories: readonly Category[];
  readonly truths: readonly Place[];
  /** What each feature is called: `length`, `colour = red`. */
  readonly names: readonly string[];
}

/** Finds the columns that the specification names. @throws SpecificationError where one is not there */
export function chooseColumns({ header, named }: Head, name: string, csv: CsvSource['csv']): Roles {
  const find = (column: string, path: string): number => {
    const at = header.indexOf(column);
    if (at >= 0) return at;
    throw new SpecificationError(
      `problem.data.csv.${path}`,
      `${name} has no column ${quote(column)}; it has ${header.slice(0, 20).map(quote).join(', ')}${header.length > 20 ? ', …' : ''}.` +
        suggestion(column, header) +
        (named ? '' : ' Its first row holds numbers and was taken as a sample; if it names the columns, say "header": true.'),
    );
  };
  const several = (columns: readonly string[] | undefined, path: string): number[] =>
    (columns ?? []).map((column, i) => find(column, `${path}[${i}]`));
  const label = csv.label === undefined ? undefined : find(csv.label, 'label');
  const targets = several(csv.targets, 'targets');
  const ignored = several(csv.ignore, 'ignore');
  const categories = several(csv.categories, 'categories');
  const learnt = (column: number): boolean => column === label || targets.includes(column);
  const fault = (columns: readonly number[], path: string, wrong: (column: number) => boolean, why: string): void => {
    const at = columns.findIndex(wrong);
    if (at >= 0) throw new SpecificationError(`problem.data.csv.${path}[${at}]`, `${quote(header[columns[at]])} ${why}`);
  };
  fault(ignored, 'ignore', learnt, 'is what is to be learnt; it cannot be left out.');
  fault(categories, 'categories', learnt, 'is what is to be learnt; only features are encoded as categories.');
  fault(categories, 'categories', (column) => ignored.includes(column), 'is also listed in `ignore`; keep one.');
  const features = header.map((_, column) => column).filter((column) => !learnt(column) && !ignored.includes(column));
  if (features.length === 0)
    throw new SpecificationError(
      'problem.data.csv',
      `${name} has no column besides ${header.slice(0, 20).map(quote).join(', ')}: none is left to learn from.`,
    );
  return { features, label, targets, categories: new Set(categories) };
}

/** What a `Look` has to note of each column. */
export const interestsOf = (header: readonly string[], { features, label, targets, categories }: Roles): Interest[] =>
  header.map((_, column) => {
    if (column === label) return 'classes';
    if (categories.has(column)) return 'names';
    return features.includes(column) || targets.includes(column) ? 'values' : 'nothing';
  });

/** The layout where every feature is a number. */
export const layoutOfNumbers = (header: readonly string[], { features }: Roles): Layout => ({
  numbers: features.map((column, feature) => ({ column, feature })),
  categories: [],
  truths: [],
  names: features.map((column) => header[column]),
});

/** The layout that suits what was found. @throws FileError for the first column that cannot be learnt from */
export function layoutOf({ header }: Head, name: string, roles: Roles, look: Look, missing: 'refuse' | 'drop' | 'mean'): Layout {
  const judge = new Judge(name, header, look, missing);
  for (const column of roles.targets) judge.checkNumbers(column, false);
  if (roles.label !== undefined) judge.checkClasses(roles.label);
  const numbers: Place[] = [];
  const categories: Category[] = [];
  const truths: Place[] = [];
  const names: string[] = [];
  for (const column of roles.features) {
    const place = { column, feature: names.length };
    const kind = roles.categories.has(column) ? 'category' : judge.kindOf(column);
    if (kind === 'category') {
      const sorted = judge.categories(column);
      categories.push({ ...place, names: new Map(sorted.map((category, number) => [category, number])) });
      for (const category of sorted) names.push(`${header[column]} = ${category}`);
    } else {
      if (kind === 'number') judge.checkNumbers(column, true);
      else judge.checkTruths(column);
      (kind === 'number' ? numbers : truths).push(place);
      names.push(header[column]);
    }
  }
  return { numbers, categories, truths, names };
}

/** Says what is wrong with a column, where, and what to do. */
class Judge {
  constructor(
    private readonly name: string,
    private readonly header: readonly string[],
    private readonly look: Look,
    private readonly missing: 'refuse' | 'drop' | 'mean',
  ) {}

  /** What the cells of a feature are. */
  kindOf(column: number): 'number' | 'truth' | 'category' {
    const facts = this.look.columns[column];
    if (facts.texts === 0) return 'number';
    if (facts.numbers > 0) throw this.mixed(column, facts);
    return [...facts.names.keys()].every((name) => /^(?:true|false)$/i.test(name)) && !facts.tooMany ? 'truth' : 'category';
  }

  /** @throws FileError unless every cell that is not missing is a number */
  checkNumbers(column: number, feature: boolean): void {
    const facts = this.look.columns[column];
    this.checkMissing(column, facts, feature, 'a number');
    if (facts.firstText)
      throw this.fault(column, facts.firstText, `found ${facts.firstText.shown}; a number is expected${explain(facts.firstText.shown)}.`);
    if (facts.firstHuge)
      throw this.fault(
        column,
        facts.firstHuge,
        `${facts.firstHuge.shown} is beyond the range of a float32 (3.4e38), in which networks compute.`,
      );
  }

  /** @throws FileError unless every cell is true or false */
  checkTruths(column: number): void {
    this.checkMissing(column, this.look.columns[column], true, 'true or false');
  }

  /** The names of a column of categories, sorted. */
  categories(column: number): string[] {
    const facts = this.look.columns[column];
    this.checkMissing(column, facts, true, 'the name of a category');
    if (facts.tooMany)
      throw this.fault(
        column,
        facts.tooMany,
        `${facts.tooMany.shown} is one name more than the ${mostCategories} that a column of categories may have. ` +
          `Names that nearly every row has to itself teach nothing: leave the column out with "ignore": [${JSON.stringify(this.header[column])}].`,
      );
    return [...facts.names.keys()].sort();
  }

  /** @throws FileError unless every cell names a class */
  checkClasses(column: number): void {
    const facts = this.look.columns[column];
    this.checkMissing(column, facts, false, 'the name of a class');
    if (facts.tooMany)
      throw this.fault(
        column,
        facts.tooMany,
        `more than ${mostClasses} classes. If the column holds numbers to be predicted, name it in \`targets\` instead of \`label\`.`,
      );
  }

  private checkMissing(column: number, facts: ColumnFacts, feature: boolean, expected: string): void {
    const { firstMissing } = facts;
    if (!firstMissing) return;
    if (facts.numbers + facts.texts === 0)
      throw this.fault(
        column,
        firstMissing,
        `every cell of the column is missing; leave it out${feature ? ` with "ignore": [${JSON.stringify(this.header[column])}]` : ''}.`,
      );
    if (this.missing === 'drop' || (this.missing === 'mean' && feature)) return;
    const found = firstMissing.shown === '“”' ? 'the cell is empty' : `found ${firstMissing.shown}`;
    const { incomplete } = this.look;
    const rows = incomplete === 1 ? 'the one row' : `the ${incomplete} rows`;
    throw this.fault(
      column,
      firstMissing,
      `${found}; ${expected} is expected. Fill it in, or say "missing": "drop" to leave out ${rows} with missing cells` +
        (feature ? ', or "mean" to put the mean of the training samples there.' : '.'),
    );
  }

  /** Numbers and names in one column: the fewer are at fault. */
  private mixed(column: number, { numbers, texts, firstNumber, firstText }: ColumnFacts): FileError {
    const [odd, usual] = texts <= numbers ? [firstText, firstNumber] : [firstNumber, firstText];
    if (!odd || !usual) throw new Error('a mixed column has cells of both kinds');
    return this.fault(
      column,
      odd,
      `found ${odd.shown}; ${odd === firstText ? 'a number' : 'a name'} is expected, like ${usual.shown} on line ${usual.line}${explain(odd.shown)}. ` +
        `Mend it; or name the column in "categories" if both are names of categories.`,
    );
  }

  private fault(column: number, { line }: Sight, problem: string): FileError {
    return new FileError(`${this.name}:${line}, column ${column + 1} (${quote(this.header[column]).slice(1, -1)}): ${problem}`);
  }
}

/** Why a text that looks like a number is none. */
function explain(shown: string): string {
  const text = shown.slice(1, -1);
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return ', a finite one';
  if (/^[+-]?\d*,\d+$/.test(text)) return ', with a point before its decimals';
  if (/^[+-]?[\d_,' ]+$/.test(text)) return ', with nothing between its digits';
  return /^0[xob]/i.test(text) ? ', a decimal one' : '';
}
