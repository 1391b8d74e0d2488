/**
 * The runs that are kept on disk: one record and one small file about it each, in one folder. Whatever ends the program, nothing is lost that
 * a record has: the small files are put in place whole, and made anew where they are missing or behind. Listing reads only those, some at
 * a time, so that a thousand runs do not hold anything up. Several windows may share the folder. Knows nothing of the editor.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { glanceAt } from '../../node/recordGlance';
import { PARTIAL, writeWhole } from '../../node/wholeFile';
import type { RunId } from '../../shared/protocol';
import { aboutRecord, aboutUnreadable, parseAbout, type About } from './about';
import { makingWay, type Budget } from './budget';
import { Trash, type Deleted } from './trash';

/** A run of the list. */
export interface Entry extends About {
  /** Its record. */
  readonly file: string;
  readonly bytes: number;
}

/** What the catalogue must know of the program that it is part of. */
export interface Surroundings {
  /** As it is just now. */
  budget(): Budget;
  /** The run that is under way here. */
  live(): RunId | null;
  /** Runs that stay whatever the budget says: shown, pinned. */
  spared(): readonly RunId[];
  /** Is another process there, since this moment (ms since 1970) at least? */
  isAlive(process: number, since: number): boolean;
  /** Told after every change. */
  changed(): void;
}

const RECORD = '.jsonl';
const ABOUT = '.about.json';
/** The folder of deleted runs, within that of the others. */
const TRASH = 'deleted';
/** A file about a run is far smaller. */
const LARGEST_ABOUT = 2 ** 16;
/** Files that are looked at at a time. */
const AT_ONCE = 16;
/** The longest name that a person can give, in characters. */
export const LONGEST_NAME = 200;

export class Catalogue {
  private readonly known = new Map<RunId, Entry>();
  private readonly trash: Trash;
  private listed = false;
  /** What is done to files, one after the other. */
  private work: Promise<unknown> = Promise.resolve();

  /** @param folder made when it is first needed */
  constructor(
    private readonly folder: string,
    private readonly around: Surroundings,
  ) {
    this.trash = new Trash(join(folder, TRASH), { record: this.recordOf, about: this.aboutOf });
  }

  /** The newest first. */
  get entries(): readonly Entry[] {
    return [...this.known.values()].sort((a, b) => b.began - a.began || (a.run < b.run ? 1 : -1));
  }

  entry(run: RunId): Entry | undefined {
    return this.known.get(run);
  }

  /** The run whose record a file is; undefined where it is of elsewhere. */
  entryOf(file: string): Entry | undefined {
    return [...this.known.values()].find((entry) => entry.file === file);
  }

  /** The file for a new run's record; what is too much makes way meanwhile. */
  async fileFor(run: RunId): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    if (!this.listed) void this.refresh();
    void this.makeWay(1);
    return this.recordOf(run);
  }

  /** Ends when all that was asked for until now has been done. */
  settled(): Promise<void> {
    return this.work.then(() => undefined);
  }

  /** Looks what there is. @returns the runs that whatever trained them left without a word, as it turned out since they were looked at last */
  refresh(): Promise<readonly Entry[]> {
    return this.next(async () => {
      const cutOff: RunId[] = [];
      const names = await readdir(this.folder).catch(() => []);
      const runs = names.filter((name) => name.endsWith(RECORD)).map((name) => name.slice(0, -RECORD.length));
      const there = new Set(runs);
      for (const run of [...this.known.keys()]) if (!there.has(run)) this.known.delete(run);
      for (let i = 0; i < runs.length; i += AT_ONCE) await Promise.all(runs.slice(i, i + AT_ONCE).map((run) => this.look(run, cutOff)));
      await this.tidy(names, there);
      this.listed = true;
      this.around.changed();
      return this.entries.filter(({ run }) => cutOff.includes(run));
    });
  }

  /** Takes down how a run stands. A name that it has been given stays. */
  note(about: About): Promise<void> {
    return this.next(async () => {
      const name = about.name ?? this.known.get(about.run)?.name ?? null;
      await this.write({ ...about, name });
      this.around.changed();
    });
  }

  /** @param name empty: none of its own any more */
  rename(run: RunId, name: string): Promise<void> {
    return this.next(async () => {
      const entry = this.known.get(run);
      if (!entry) throw new Error('This run is no longer there.');
      const own = name.trim().slice(0, LONGEST_NAME);
      await this.write({ ...entry, name: own === '' ? null : own });
      this.around.changed();
    });
  }

  /** Deletes runs; they can be brought back for a while. @throws where one is under way */
  remove(runs: readonly RunId[]): Promise<void> {
    return this.next(async () => {
      const entries = runs.map((run) => this.known.get(run)).filter((entry) => entry !== undefined);
      const busy = entries.find((entry) => this.isUnderWay(entry));
      if (busy) throw new Error(`${busy.name ?? busy.title} is under way. Stop it before its record is deleted.`);
      for (const entry of entries) {
        await this.trash.take(aboutOf(entry));
        this.known.delete(entry.run);
      }
      this.around.changed();
    });
  }

  /** What was deleted and is still there, the last first. */
  deleted(): Promise<Deleted[]> {
    return this.next(() => this.trash.runs());
  }

  /** Undoes a deletion. Where there are too many runs then, others make way. @throws where a run is no longer there */
  bringBack(runs: readonly RunId[]): Promise<void> {
    return this.next(async () => {
      try {
        for (const run of runs) {
          await this.trash.giveBack(run);
          await this.look(run);
        }
        await this.letGo(0, runs);
      } finally {
        this.around.changed();
      }
    });
  }

  /** Lets go what is over the budget. @param coming runs that are not in the list yet */
  makeWay(coming = 0): Promise<void> {
    return this.next(async () => {
      if ((await this.letGo(coming, [])) > 0) this.around.changed();
    });
  }

  private readonly recordOf = (run: RunId): string => join(this.folder, run + RECORD);
  private readonly aboutOf = (run: RunId): string => join(this.folder, run + ABOUT);

  private next<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.work.then(work);
    this.work = done.catch(() => undefined);
    return done;
  }

  /** Takes one run in as it is on disk. @param cutOff gets it where it was under way and is no more */
  private async look(run: RunId, cutOff: RunId[] = []): Promise<void> {
    if (run === this.around.live() && this.known.has(run)) return;
    const file = this.recordOf(run);
    const status = await stat(file).catch(() => null);
    if (!status?.isFile() || status.size === 0) {
      this.known.delete(run); // gone meanwhile, or just begun
      return;
    }
    const about = await this.readAbout(run);
    if (about && (about.outcome !== 'under way' || this.isUnderWay(about))) {
      this.known.set(run, { ...about, file, bytes: status.size });
      return;
    }
    try {
      const found = aboutRecord(run, await glanceAt(file), about);
      await this.write(found);
      if (about && found.outcome === 'cut off') cutOff.push(run);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.known.set(run, { ...aboutUnreadable(run, status.mtimeMs, message, about), file, bytes: status.size });
    }
  }

  private async readAbout(run: RunId): Promise<About | null> {
    const path = this.aboutOf(run);
    const status = await stat(path).catch(() => null);
    if (!status?.isFile() || status.size > LARGEST_ABOUT) return null;
    return parseAbout(await readFile(path, 'utf8').catch(() => ''), run);
  }

  private async write(entry: About): Promise<void> {
    const file = this.recordOf(entry.run);
    const about = aboutOf(entry);
    await writeWhole(this.aboutOf(entry.run), `${JSON.stringify(about, null, 2)}\n`);
    const bytes = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    this.known.set(entry.run, { ...about, file, bytes });
  }

  /** @param staying besides those that always stay @returns how many went */
  private async letGo(coming: number, staying: readonly RunId[]): Promise<number> {
    const { count, bytes } = this.around.budget();
    const spared = new Set([...this.around.spared(), ...staying]);
    for (const entry of this.known.values()) if (this.isUnderWay(entry)) spared.add(entry.run);
    const going = makingWay(this.entries, { count: Math.max(0, count - coming), bytes }, spared);
    for (const run of going) await this.drop(run);
    const kept = this.entries.reduce((sum, entry) => sum + entry.bytes, 0);
    await this.trash.shrink(Math.max(0, bytes - kept), Date.now());
    return going.length;
  }

  private async drop(run: RunId): Promise<void> {
    await rm(this.recordOf(run), { force: true });
    await rm(this.aboutOf(run), { force: true });
    this.known.delete(run);
  }

  /** Trained here, or in another window that shares the folder. */
  private isUnderWay({ run, outcome, process, began }: About): boolean {
    return run === this.around.live() || (outcome === 'under way' && process !== null && this.around.isAlive(process, began));
  }

  /** Removes what a crash has left: files about records that are gone, and files that never became whole. */
  private async tidy(names: readonly string[], runs: ReadonlySet<RunId>): Promise<void> {
    for (const name of names) {
      const alone = name.endsWith(ABOUT) && !runs.has(name.slice(0, -ABOUT.length));
      if (!alone && !name.endsWith(PARTIAL)) continue;
      const path = join(this.folder, name);
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > OLD) await rm(path, { force: true });
    }
  }
}

/** What is kept of a run beside its record. */
function aboutOf(entry: About): About {
  const { file: _file, bytes: _bytes, ...about } = entry as Entry;
  return about;
}

/** Nobody is still writing a file that is older, in ms. */
const OLD = 3_600_000;
