/**
 * The samples of a table, row by row into memory: features as bytes for as long as all are whole numbers up to 255, as float32 from the
 * first that is not. Room is made once, for as many rows as there can be.
 */
import { FileError, showBytes, showCount } from '../files';
import { largestFeatures, mostClasses, mostSamples } from '../limits';
import type { Layout, Roles } from './columns';
import { checkCells, largestFloat32 } from './look';
import type { Rows } from './rows';

/** What was stored. */
export interface Stored {
  readonly samples: number;
  readonly x: Uint8Array | Float32Array;
  /** Class of each sample, numbered as the names came. */
  readonly labels: Int32Array;
  readonly classes: ReadonlyMap<string, number>;
  readonly targets: Float64Array;
}

export interface Storing {
  /** Rows that there can be. */
  readonly capacity: number;
  /** Some feature is not a byte: missing ones become NaN. */
  readonly floats: boolean;
  /** Leaves out a row with a missing cell; otherwise only a feature may be missing, and only with `floats`. */
  readonly drop: boolean;
  /**
   * Stores each number less that of the first row. For features that will be shifted anyhow: float32 then has the digits of the differences,
   * where years or times would take them all.
   */
  readonly differences: boolean;
}

/** @throws FileError where the samples would take more memory than is allowed */
export function checkRoom(name: string, samples: number, inputs: number, bytes: number): void {
  if (samples > mostSamples)
    throw new FileError(`${name} has ${showCount(samples)} samples; more than ${showCount(mostSamples)} are refused.`);
  const all = samples * inputs * bytes;
  if (all > largestFeatures)
    throw new FileError(
      `${name} has ${showCount(samples)} samples of ${showCount(inputs)} features, which take ${showBytes(all)}; more than ${showBytes(largestFeatures)} is refused.`,
    );
}

/**
 * Stores all rows that are left.
 * @returns null where they are not as the layout has it: a cell is missing or of another kind, there are more rows or classes
 * @throws FileError where a row has more or fewer cells than the header, or there is too much
 */
export function store(
  rows: Rows,
  header: readonly string[],
  { label, targets }: Roles,
  { numbers, categories, truths, names }: Layout,
  { capacity, floats, drop, differences }: Storing,
): Stored | null {
  const inputs = names.length;
  const columns = Int32Array.from(numbers, ({ column }) => column);
  const features = Int32Array.from(numbers, ({ feature }) => feature);
  checkRoom(rows.name, capacity, inputs, floats ? 4 : 1);
  let x: Uint8Array | Float32Array = floats ? new Float32Array(capacity * inputs) : new Uint8Array(capacity * inputs);
  const labels = new Int32Array(label === undefined ? 0 : capacity);
  const wanted = new Float64Array(capacity * targets.length);
  const classes = new Map<string, number>();
  const origin = new Float64Array(numbers.length);
  let samples = 0;

  /** Stores one row. @returns whether it is complete; null where it is not as the layout has it */
  const put = (): boolean | null => {
    const { values } = rows;
    const at = samples * inputs;
    if (x instanceof Uint8Array && putBytes(values, columns, features, x, at) < columns.length) {
      checkRoom(rows.name, capacity, inputs, 4);
      const wider = new Float32Array(capacity * inputs);
      wider.set(x.subarray(0, at));
      x = wider;
    }
    let complete = true;
    if (x instanceof Float32Array) {
      if (differences) for (const column of columns) values[column] = rows.exact(column);
      if (differences && samples === 0) columns.forEach((column, j) => (origin[j] = Number.isNaN(values[column]) ? 0 : values[column]));
      for (let j = putFloats(values, columns, features, origin, x, at, 0); j < columns.length;) {
        if (!Number.isNaN(values[columns[j]]) || !rows.isMissing(columns[j]) || !(floats || drop)) return null;
        x[at + features[j]] = NaN;
        complete = false;
        j = putFloats(values, columns, features, origin, x, at, j + 1);
      }
    }
    for (const { column, feature } of truths) {
      const isMissing = rows.isMissing(column);
      if (isMissing) complete = false;
      x[at + feature] = isMissing ? NaN : rows.text(column).toLowerCase() === 'true' ? 1 : 0;
    }
    for (const { column, feature, names: known } of categories) {
      const isMissing = rows.isMissing(column);
      if (isMissing) complete = false;
      x.fill(isMissing ? NaN : 0, at + feature, at + feature + known.size);
      const number = isMissing ? undefined : known.get(rows.text(column));
      if (number !== undefined) x[at + feature + number] = 1;
    }
    if (drop && !complete) return false;
    if (label !== undefined) {
      if (rows.isEmpty(label)) return drop ? false : null;
      const name = rows.text(label);
      const number = classes.get(name) ?? classes.size;
      if (number === mostClasses) return null;
      classes.set(name, number);
      labels[samples] = number;
    }
    for (let j = 0; j < targets.length; j++) {
      const value = rows.exact(targets[j]);
      if (Number.isNaN(value)) return drop ? false : null;
      if (!(Math.abs(value) <= largestFloat32)) return null;
      wanted[samples * targets.length + j] = value;
    }
    return complete;
  };

  for (let count = rows.next(); count > 0; count = rows.next()) {
    checkCells(count, header, rows);
    if (samples === capacity) return null;
    const complete = put();
    if (complete === null) return null;
    if (complete || !drop) samples++;
  }
  return {
    samples,
    x: x.subarray(0, samples * inputs),
    labels: labels.subarray(0, samples),
    classes,
    targets: wanted.subarray(0, samples * targets.length),
  };
}

/** Stores the numbers of a row as bytes. @returns how many are, up to the first that is no byte */
function putBytes(values: Float64Array, columns: Int32Array, features: Int32Array, x: Uint8Array, at: number): number {
  for (let j = 0; j < columns.length; j++) {
    const value = values[columns[j]];
    if ((value & 0xff) !== value) return j;
    x[at + features[j]] = value;
  }
  return columns.length;
}

/** Stores the numbers of a row from the `from`th. @returns how far it came: to the end, or to one that no float32 can hold */
function putFloats(
  values: Float64Array,
  columns: Int32Array,
  features: Int32Array,
  origin: Float64Array,
  x: Float32Array,
  at: number,
  from: number,
): number {
  for (let j = from; j < columns.length; j++) {
    const value = values[columns[j]];
    if (!(Math.abs(value) <= largestFloat32)) return j;
    x[at + features[j]] = value - origin[j];
  }
  return columns.length;
}
