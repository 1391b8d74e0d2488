/**
 * How the engine reads files without knowing where it runs: Node gives it one, a browser would give it another, a test gives it a map.
 * Sizes are checked before anything is read, so that no file, however it is made, can exhaust the memory.
 */

/** Files by path; a relative path is relative to the specification's folder. Every error is a `FileError`. */
export interface Files {
  /** Bytes on disk. */
  size(path: string): Promise<number>;
  /** The content, unpacked where it is gzipped; the caller's to overwrite. @param limit the most bytes, packed or unpacked */
  read(path: string, limit: number): Promise<Uint8Array>;
  /** The same as text: UTF-8, with or without a byte-order mark. */
  text(path: string, limit: number): Promise<string>;
}

/** A file that cannot be had: which, why, and what to do. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** That a file is not text, and what may be the matter. */
export const notText = (path: string, bytes: Uint8Array): FileError =>
  new FileError(`${baseName(path)} is not text in UTF-8. ${bytes.includes(0) ? 'Is it the right file?' : 'Save it as UTF-8.'}`);

/** The last part of a path, as messages name a file. */
export const baseName = (path: string): string => path.replace(/^.*[\\/]/, '');

/** Bytes as a person reads them: `2 GiB`, `1.57 MiB`, `313 bytes`. */
export function showBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power - 1]}`;
}

/** A whole number with commas between the thousands: `4,294,967,295`. */
export const showCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
