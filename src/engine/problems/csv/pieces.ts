/** A table that comes piece by piece, as whoever must not wait for all of it reads it: rows are handed on as soon as they are complete. */
import { FileError, showBytes } from '../files';

/** The most bytes of one row. */
const longestRow = 2 ** 24;

/**
 * Where the last complete row of some bytes ends; 0 where none does. A line end is the end of a row unless an odd number of quotes stands
 * before it.
 * @param bytes from the beginning of a row
 */
export function endOfRows(bytes: Uint8Array): number {
  let end = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 34) quoted = !quoted;
    // Of \r\n at the very end, the second half may be still to come.
    else if (!quoted && (byte === 10 || (byte === 13 && i + 1 < bytes.length && bytes[i + 1] !== 10))) end = i + 1;
  }
  return end;
}

/** Gathers pieces into whole rows. */
export class Pieces {
  private rest = new Uint8Array();

  /** @param name what messages call the file */
  constructor(private readonly name: string) {}

  /** Takes a piece. @returns the rows that are complete with it @throws FileError where a row does not end */
  add(piece: Uint8Array): Uint8Array {
    const all = new Uint8Array(this.rest.length + piece.length);
    all.set(this.rest);
    all.set(piece, this.rest.length);
    const end = endOfRows(all);
    this.rest = all.slice(end);
    if (this.rest.length > longestRow)
      throw new FileError(`${this.name} has a row of more than ${showBytes(longestRow)}. Is a quote opened and never closed?`);
    return all.subarray(0, end);
  }

  /** What is left at the end. */
  end(): Uint8Array {
    return this.rest;
  }
}
