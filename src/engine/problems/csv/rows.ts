/**
 * The rows of a CSV file, one after another, straight from its bytes: RFC 4180 with any one delimiter; `\n`, `\r\n` or `\r` between rows;
 * blank lines passed over. Nothing is kept of a row but where its cells stand and which numbers they hold, so that a file of fifty
 * million cells is read without one string. Plain numbers are read as they are passed; quotes, blanks, text and numbers of many digits
 * take a slower way.
 */
import { FileError } from '../files';
import { longestName, mostColumns } from '../limits';
import { found, fromDigits, isDigits, powers, reach, readDecimal } from './numbers';
import { decode, decodeLoosely } from './utf8';

/** The most bytes of a cell that is still tried as a number. */
const longestNumber = 1000;

/** A decimal number as every language writes it. `Number` alone would also take "", "0x10" and "Infinity". */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const missing = /^(?:|na|n\/a|nan|null|\?)$/i;

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const quotation = 34;

/** What is special about a cell. */
const plain = 0;
/** Its number has digits that were not looked at: it is right as a float32, not yet as a double. */
const rough = 1;
/** It has quotes that are written twice. */
const doubled = 2;

export class Rows {
  /** The line on which the row begins, from 1. */
  line = 0;
  /** Of each cell of the row: the number (infinity for one beyond a double), or NaN where it holds something else. */
  values = new Float64Array(64);
  /**
   * Where its content begins and ends, without quotes and the blanks around it. Of a plain number only where it begins is noted, of any
   * other cell ~start, so that it is below 0, and then also its end and its kind.
   */
  private starts = new Int32Array(64);
  private ends = new Int32Array(64);
  private kinds = new Uint8Array(64);
  private readonly view: DataView;

  /**
   * @param delimiter one byte @param name what messages call the file
   * @param at where the first row begins @param nextLine and on which line
   */
  constructor(
    private readonly bytes: Uint8Array,
    readonly delimiter: number,
    readonly name: string,
    private at = 0,
    private nextLine = 1,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** What has not been read yet: where it begins, and on which line. */
  get rest(): { readonly at: number; readonly line: number } {
    return { at: this.at, line: this.nextLine };
  }

  /** Goes on to the next row. @returns how many cells it has, 0 where there is none @throws FileError where quotes are not as they should be */
  next(): number {
    if (!this.findRow()) return 0;
    this.line = this.nextLine;
    let column = 0;
    do column = this.readPlain(column);
    while (this.readCell(column++));
    return column;
  }

  /**
   * Reads cells for as long as they are whole numbers or decimals of up to nine digits and another follows them: nearly all of a large file.
   * @param from the column of the next cell @returns that of the first which is not such
   */
  private readPlain(from: number): number {
    const { bytes, view, delimiter, values, starts } = this;
    const safe = bytes.length - reach;
    const delimiters = delimiter * 0x01010101;
    let { at } = this;
    let column = from;
    for (; column < values.length && at < safe; column++) {
      starts[column] = at;
      // Four bytes at once. The delimiter becomes 0 in `apart`, and the first such byte has the lowest bit of `hits`.
      const word = view.getInt32(at, true);
      const apart = word ^ delimiters;
      const hits = (apart - 0x01010101) & ~apart & 0x80808080;
      if (hits !== 0) {
        const length = (31 - Math.clz32(hits & -hits)) >> 3;
        // What stands before it, moved up so that the last digit is in the highest byte and zeros are below the first.
        const digits = (word ^ 0x30303030) << ((4 - length) << 3);
        if (length > 0 && (((digits + 0x76767676) | digits) & 0x80808080) === 0) {
          values[column] = (digits >>> 24) + ((digits >>> 16) & 15) * 10 + ((digits >>> 8) & 15) * 100;
          at += length + 1;
          continue;
        }
      }
      let i = at;
      const negative = (word & 0xff) === 0x2d;
      if (negative) i++;
      const first = i;
      let mantissa = 0;
      let digit = bytes[i] - 48;
      while (digit >>> 0 <= 9 && i < first + 9) {
        mantissa = (mantissa * 10 + digit) | 0;
        digit = bytes[++i] - 48;
      }
      let count = i - first;
      let value = mantissa;
      if (digit === 0x2e - 48) {
        const point = ++i;
        const next = view.getInt32(i, true);
        if (count <= 5 && isDigits(next)) {
          mantissa = (Math.imul(mantissa, 10_000) + fromDigits(next)) | 0;
          count += 4;
          i += 4;
        }
        digit = bytes[i] - 48;
        for (; digit >>> 0 <= 9 && count < 9; count++) {
          mantissa = (mantissa * 10 + digit) | 0;
          digit = bytes[++i] - 48;
        }
        value = mantissa / powers[i - point];
      }
      if (count === 0 || bytes[i] !== delimiter) break;
      values[column] = negative ? -value : value;
      at = i + 1;
    }
    this.at = at;
    return column;
  }

  /** Reads a cell of any kind, and what ends it. @returns whether another follows in the row */
  private readCell(column: number): boolean {
    if (column === this.values.length) this.grow();
    const { bytes, at } = this;
    let end = at;
    if (at < bytes.length - reach && readDecimal(bytes, this.view, at) && this.endsCell(found.end)) {
      end = found.end;
      this.values[column] = found.value;
      this.place(column, at, end, found.rough ? rough : plain);
    } else end = this.readAny(at, column);
    if (end < bytes.length && bytes[end] === this.delimiter) {
      this.at = end + 1;
      return true;
    }
    this.endRow(end);
    return false;
  }

  /** Notes where the content of a cell stands that was not read by `readPlain`. */
  private place(column: number, start: number, end: number, kind: number): void {
    this.starts[column] = ~start;
    this.ends[column] = end;
    this.kinds[column] = kind;
  }

  private startOf(column: number): number {
    const start = this.starts[column];
    return start < 0 ? ~start : start;
  }

  private endOf(column: number): number {
    let end = this.starts[column];
    if (end < 0) return this.ends[column];
    while (this.bytes[end] !== this.delimiter) end++;
    return end;
  }

  private kindOf(column: number): number {
    return this.starts[column] < 0 ? this.kinds[column] : plain;
  }

  /** Passes over blank lines. @returns whether a row begins */
  private findRow(): boolean {
    const { bytes } = this;
    for (;;) {
      const i = this.passBlanks(this.at);
      if (i === bytes.length) {
        this.at = i;
        return false;
      }
      if (bytes[i] !== lineFeed && bytes[i] !== carriageReturn) return true;
      this.endRow(i);
    }
  }

  private passBlanks(from: number): number {
    const { bytes, delimiter } = this;
    let i = from;
    while (i < bytes.length && (bytes[i] === space || (bytes[i] === tab && delimiter !== tab))) i++;
    return i;
  }

  /** Passes over the line end at `i`, or the end of the file. */
  private endRow(i: number): void {
    const { bytes } = this;
    this.at = Math.min(bytes.length, i + (bytes[i] === carriageReturn && bytes[i + 1] === lineFeed ? 2 : 1));
    this.nextLine++;
  }

  private endsCell(i: number): boolean {
    const { bytes } = this;
    return i >= bytes.length || bytes[i] === this.delimiter || bytes[i] === lineFeed || bytes[i] === carriageReturn;
  }

  /** Reads a cell of any kind. @returns where it ends, quotes included */
  private readAny(from: number, column: number): number {
    const { bytes } = this;
    let i = this.passBlanks(from);
    let start = i;
    let end = i;
    let kind = plain;
    if (bytes[i] === quotation) {
      const begins = this.nextLine;
      start = ++i;
      for (; bytes[i] !== quotation || bytes[i + 1] === quotation; i++) {
        if (i >= bytes.length) throw this.fault(column, 'a quote is opened here and never closed', begins);
        if (bytes[i] === quotation) {
          kind = doubled;
          i++;
        } else if (bytes[i] === lineFeed || (bytes[i] === carriageReturn && bytes[i + 1] !== lineFeed)) this.nextLine++;
      }
      end = i;
      i = this.passBlanks(i + 1);
      if (!this.endsCell(i))
        throw this.fault(column, 'a quoted cell goes on after its closing quote; a quote within one is written twice ("")', begins);
    } else {
      for (; !this.endsCell(i); i++)
        if (bytes[i] === quotation)
          throw this.fault(
            column,
            'a quote stands within a cell that does not begin with one; put the whole cell in quotes, and write this one twice ("")',
          );
      end = i;
    }
    const blank = (at: number): boolean => bytes[at] === space || bytes[at] === tab;
    while (start < end && blank(start)) start++;
    while (end > start && blank(end - 1)) end--;
    this.place(column, start, end, kind);
    // No number begins with a byte above 9.
    const text = end > start && end - start <= longestNumber && bytes[start] < 58 ? this.ascii(column) : '';
    this.values[column] = decimal.test(text) ? Number(text) : NaN;
    return i;
  }

  private grow(): void {
    const length = 2 * this.values.length;
    if (length > mostColumns)
      throw new FileError(`${this.name}:${this.line}: this row has more than ${mostColumns} cells; such tables are refused.`);
    const larger = <List extends Float64Array | Int32Array | Uint8Array>(list: List, empty: List): List => {
      empty.set(list);
      return empty;
    };
    this.values = larger(this.values, new Float64Array(length));
    this.starts = larger(this.starts, new Int32Array(length));
    this.ends = larger(this.ends, new Int32Array(length));
    this.kinds = larger(this.kinds, new Uint8Array(length));
  }

  /** The number of a cell with all its digits. */
  exact(column: number): number {
    return this.kindOf(column) === rough ? Number(this.ascii(column)) : this.values[column];
  }

  /** Whether a cell says that there is nothing: empty, NA, N/A, NaN, null, ?. */
  isMissing(column: number): boolean {
    return this.endOf(column) - this.startOf(column) <= 4 && missing.test(this.ascii(column));
  }

  /** Whether a cell holds nothing at all. */
  isEmpty(column: number): boolean {
    return this.endOf(column) === this.startOf(column);
  }

  /** The content of a cell as a name. @throws FileError where it is too long or no text */
  text(column: number): string {
    const start = this.startOf(column);
    const end = this.endOf(column);
    if (end - start > longestName)
      throw this.fault(column, `the cell has ${end - start} bytes; a name of at most ${longestName} is expected`);
    const text = decode(this.bytes, start, end);
    if (text === null)
      throw this.fault(column, `byte ${start + 1} of the file and those after it are not text in UTF-8. Save the file as UTF-8`);
    if (text.includes('\0')) throw this.fault(column, 'the cell holds a zero byte. Is it the right file?');
    return this.kindOf(column) === doubled ? text.replaceAll('""', '"') : text;
  }

  /** The content of a cell as messages show it: in quotes, shortened. */
  shown(column: number): string {
    const start = this.startOf(column);
    const text = decodeLoosely(this.bytes, start, Math.min(this.endOf(column), start + 60));
    return quote(this.kindOf(column) === doubled ? text.replaceAll('""', '"') : text);
  }

  private ascii(column: number): string {
    let text = '';
    const end = this.endOf(column);
    for (let i = this.startOf(column); i < end; i++) text += String.fromCharCode(this.bytes[i]);
    return text;
  }

  private fault(column: number, problem: string, line = this.line): FileError {
    return new FileError(`${this.name}:${line}, column ${column + 1}: ${problem}.`);
  }
}

/** A text as messages show it. */
export const quote = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
