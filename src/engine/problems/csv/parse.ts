/**
 * CSV: one sample a row. One column is the class (`label`) or some are the numbers to be predicted (`targets`); all others are features.
 * Most tables hold numbers only and are stored at once, in one pass. Where that does not go on, the whole table is looked at first,
 * so that its kinds of columns and its number of rows are known, and every fault can be told by line and column; then it is stored.
 */
import type { CsvSource } from '../../run/specification';
import type { Dataset, Labels, Targets } from '../dataset';
import { baseName, FileError } from '../files';
import { checkRoom, store, type Storing, type Stored } from './store';
import { chooseColumns, interestsOf, layoutOf, layoutOfNumbers, type Layout } from './columns';
import { readHead, type Head } from './header';
import { Look } from './look';
import { Rows } from './rows';

/**
 * Reads a table.
 * @param bytes the file's content @param csv what the specification says of it
 * @throws FileError where the file is at fault, SpecificationError where a column that the specification names is not there
 */
export function parseCsv(bytes: Uint8Array, csv: CsvSource['csv']): Dataset {
  const name = baseName(csv.file);
  const wanted = [csv.label ?? [], csv.targets ?? [], csv.ignore ?? [], csv.categories ?? []].flat();
  const head = readHead(bytes, name, csv.header, wanted);
  const roles = chooseColumns(head, name, csv);
  const rows = (): Rows => new Rows(bytes, head.delimiter, name, head.at, head.line);
  const missing = csv.missing ?? 'refuse';
  const differences = csv.standardise ?? false;
  const finish = (layout: Layout, { samples, x, labels, classes, targets }: Stored): Dataset => ({
    name,
    samples,
    inputs: layout.names.length,
    features: layout.names,
    x,
    scale: 1,
    y:
      roles.label === undefined
        ? ({ kind: 'targets', outputs: roles.targets.length, values: targets } satisfies Targets)
        : sortClasses(classes, labels),
  });

  const numbers = layoutOfNumbers(head.header, roles);
  const capacity = mostRows(bytes, head);
  if (missing === 'refuse' && roles.categories.size === 0 && fits(capacity, numbers.names.length)) {
    const stored = store(rows(), head.header, roles, numbers, { capacity, floats: differences, drop: false, differences });
    if (stored && stored.samples > 0) return finish(numbers, stored);
  }

  const look = new Look(head.header, interestsOf(head.header, roles));
  look.add(rows());
  if (look.rows === 0) throw new FileError(`${name} has a header but no rows below it: there is nothing to learn from.`);
  const layout = layoutOf(head, name, roles, look, missing);
  const floats = differences || look.incomplete > 0;
  checkRoom(name, look.rows, layout.names.length, floats ? 4 : 1);
  const storing: Storing = { capacity: look.rows, floats, drop: missing === 'drop', differences };
  const stored = store(rows(), head.header, roles, layout, storing);
  if (!stored) throw new Error(`${name} changed while it was read`);
  if (stored.samples === 0) throw new FileError(`${name} has no row without a missing cell: there is nothing to learn from.`);
  return finish(layout, stored);
}

/** The most rows that there can be: each has a line end, but for the last, and a byte for each cell. */
function mostRows(bytes: Uint8Array, { header, at }: Head): number {
  const lines = countBytes(bytes, 10, at) || countBytes(bytes, 13, at);
  return Math.min(lines + 1, Math.ceil((bytes.length - at + 1) / header.length));
}

function countBytes(bytes: Uint8Array, byte: number, from: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte, from); at >= 0; at = bytes.indexOf(byte, at + 1)) count++;
  return count;
}

/** Whether so many rows may be stored, whatever numbers they hold. */
function fits(samples: number, inputs: number): boolean {
  try {
    checkRoom('', samples, inputs, 4);
    return true;
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** Numbers the classes by the sorted order of their names. @param labels of each sample, numbered as they came; renumbered in place */
function sortClasses(found: ReadonlyMap<string, number>, labels: Int32Array): Labels {
  const names = [...found.keys()].sort();
  const number = new Int32Array(names.length);
  names.forEach((name, at) => (number[found.get(name) ?? 0] = at));
  for (let i = 0; i < labels.length; i++) labels[i] = number[labels[i]];
  return { kind: 'classes', classes: names.length, names, labels };
}
