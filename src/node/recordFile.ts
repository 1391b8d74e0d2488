/** A run's record as a file of JSON Lines, which goes on where a checkpoint's run stood. */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BoundedRecord, type RecordStore } from '../shared/run/boundedRecord';

/** A file that is only ever written at its end. */
export class FileStore implements RecordStore {
  private constructor(
    private readonly file: FileHandle,
    /** Bytes that it had when it was opened. */
    readonly kept: number,
  ) {}

  /** @param keep go on after this many bytes of what is there; 0 begins anew. A file that is shorter begins anew too: `kept` is then 0 */
  static async open(path: string, keep = 0): Promise<FileStore> {
    await mkdir(dirname(path), { recursive: true });
    if (keep === 0) await (await open(path, 'w')).close();
    const file = await open(path, 'a'); // and not where the file was read or cut last
    if (keep === 0) return new FileStore(file, 0);
    try {
      const kept = (await file.stat()).size >= keep ? keep : 0;
      await file.truncate(kept);
      return new FileStore(file, kept);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  append = (text: string): Promise<void> => this.file.appendFile(text);
  truncate = (bytes: number): Promise<void> => this.file.truncate(bytes);
  close = (): Promise<void> => this.file.close();
  bytesOf = (text: string): number => Buffer.byteLength(text);
}

/**
 * Opens a record for writing.
 * @param keep go on after this many bytes of what is there; 0 begins anew. A file that is shorter begins anew too: `position` is then 0
 * @param largest the size it never exceeds
 */
export async function openRecordFile(path: string, keep = 0, largest?: number): Promise<BoundedRecord> {
  const store = await FileStore.open(path, keep);
  return new BoundedRecord(store, store.kept, largest);
}
