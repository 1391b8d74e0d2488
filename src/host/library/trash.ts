/**
 * Runs that a person deleted: their records stay in a folder within the library's for a while, so that a deletion can be undone. They take only the
 * room that the budget leaves, and go before any run of the list does. Knows nothing of the editor.
 */
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../node/wholeFile';
import type { RunId } from '../../shared/protocol';
import { parseAbout, type About } from './about';

/** For so long a deleted run can be brought back, ms: 30 days. */
export const KEPT_FOR = 30 * 24 * 3_600_000;

/** A run in the trash. */
export interface Deleted {
  readonly about: About;
  /** When it was deleted, ms since 1970. */
  readonly deleted: number;
  /** Of its record. */
  readonly bytes: number;
}

/** Where a run's two files are. */
export interface Places {
  record(run: RunId): string;
  about(run: RunId): string;
}

/** The end of a record's name. */
const RECORD = '.jsonl';

export class Trash {
  private readonly record = (run: RunId): string => join(this.folder, run + RECORD);
  /** Written when the run is deleted: its age is the deletion's. */
  private readonly about = (run: RunId): string => join(this.folder, `${run}.about.json`);

  /** @param folder made when it is first needed @param from where runs come from and go back to */
  constructor(
    private readonly folder: string,
    private readonly from: Places,
  ) {}

  /** Takes a run's files away from the list. */
  async take(about: About): Promise<void> {
    const { run } = about;
    await mkdir(this.folder, { recursive: true });
    await writeWhole(this.about(run), JSON.stringify(about));
    await rename(this.from.record(run), this.record(run)).catch(async (error: unknown) => {
      await rm(this.about(run), { force: true });
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // what is gone need not be kept
    });
    await rm(this.from.about(run), { force: true });
  }

  /** Puts a run's files back. @throws where it is no longer there, or where its place is taken */
  async giveBack(run: RunId): Promise<void> {
    if ((await bytesOf(this.record(run))) === null)
      throw new Error('This run is no longer there: its room was needed, or it was brought back before.');
    if ((await bytesOf(this.from.record(run))) !== null) throw new Error('This run is in the list already.');
    // where it ends between the two, the record is listed by its own lines
    await rename(this.record(run), this.from.record(run));
    await rename(this.about(run), this.from.about(run)).catch(() => undefined);
  }

  /** The last deleted first. */
  async runs(): Promise<Deleted[]> {
    const names = (await readdir(this.folder).catch(() => [])).filter((name) => name.endsWith(RECORD));
    const found = await Promise.all(names.map((name) => this.look(name.slice(0, -RECORD.length))));
    return found.filter((each) => each !== null).sort((a, b) => b.deleted - a.deleted);
  }

  /** Deletes for good what is too old, and, the first deleted first, what is over the room that is left. @param bytes that may stay */
  async shrink(bytes: number, now: number): Promise<void> {
    let taken = 0;
    for (const { about, deleted, bytes: own } of await this.runs()) {
      taken += own;
      if (taken <= bytes && now - deleted <= KEPT_FOR) continue;
      await rm(this.record(about.run), { force: true });
      await rm(this.about(about.run), { force: true });
    }
  }

  private async look(run: RunId): Promise<Deleted | null> {
    const [bytes, told] = await Promise.all([bytesOf(this.record(run)), stat(this.about(run)).catch(() => null)]);
    const about = parseAbout(await readFile(this.about(run), 'utf8').catch(() => ''), run);
    return bytes === null || told === null || about === null ? null : { about, deleted: told.mtimeMs, bytes };
  }
}

/** Null where there is no such file. */
const bytesOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );
