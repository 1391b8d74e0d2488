/**
 * Files and records for a page that has none: reads what a run's specification names, sizes first, and writes the record's lines in the
 * order in which they come. One desk a session of the page; the next one opens a record only when this one has let go of it.
 */
import { randomUUID } from 'node:crypto';
import { FileError, type Files } from '../../engine/problems/files';
import { nodeFiles } from '../../node/files';
import { FileStore } from '../../node/recordFile';
import { FILE_PART, type GpuHostCalls, type OpenFile } from '../../shared/gpuProtocol';
import type { EngineEvents, RunId, StartRequest } from '../../shared/protocol';

/** What the page may be given for a run. */
export type Job = Pick<StartRequest, 'spec' | 'folder' | 'recordFile'>;

type DeskCalls = Omit<GpuHostCalls, keyof EngineEvents | 'openTraining'>;

export class Desk implements DeskCalls {
  private readonly files = new Map<string, Uint8Array>();
  private readonly records = new Map<RunId, OpenRecord>();
  private closing: Promise<void> | null = null;

  /**
   * @param jobs by run
   * @param before ends when whoever wrote these records before has let go of them
   */
  constructor(
    private readonly jobs: ReadonlyMap<RunId, Job>,
    private readonly before: Promise<void> = Promise.resolve(),
  ) {}

  async fileSize(run: RunId, path: string): Promise<number> {
    return this.filesOf(run, path).size(path);
  }

  async openFile(run: RunId, path: string, limit: number): Promise<OpenFile> {
    const content = await this.filesOf(run, path).read(path, limit);
    const file = randomUUID();
    if (content.length > 0) this.files.set(file, content);
    return { file, bytes: content.length };
  }

  filePart(file: string, from: number): Promise<ArrayBuffer> {
    const content = this.files.get(file);
    if (!content) return Promise.reject(new FileError('This file is not open.'));
    const end = Math.min(from + FILE_PART, content.length);
    if (end === content.length) this.files.delete(file);
    return Promise.resolve(Uint8Array.from(content.subarray(from, end)).buffer);
  }

  async openRecord(run: RunId, keep: number): Promise<number> {
    const path = this.job(run).recordFile;
    if (path === undefined) throw new Error(`The run ${run} keeps no record.`);
    await this.before;
    if (this.closing) throw new Error('The session is over.');
    await this.records.get(run)?.close();
    const store = await FileStore.open(path, keep);
    this.records.set(run, new OpenRecord(store));
    return store.kept;
  }

  appendRecord = (run: RunId, text: string): Promise<void> => this.record(run).then((record) => record.do((store) => store.append(text)));
  truncateRecord = (run: RunId, bytes: number): Promise<void> =>
    this.record(run).then((record) => record.do((store) => store.truncate(bytes)));

  async closeRecord(run: RunId): Promise<void> {
    const record = await this.record(run);
    this.records.delete(run);
    await record.close();
  }

  /** Lets go of everything. @returns ends when all that was asked before is in the files */
  close(): Promise<void> {
    this.files.clear();
    this.closing ??= this.before.then(
      async () => void (await Promise.allSettled([...this.records.values()].map((record) => record.close()))),
    );
    return this.closing;
  }

  private record(run: RunId): Promise<OpenRecord> {
    const record = this.records.get(run);
    return record ? Promise.resolve(record) : Promise.reject(new Error(`The record of the run ${run} is not open.`));
  }

  private job(run: RunId): Job {
    const job = this.jobs.get(run);
    if (!job) throw new Error(`There is no run ${run}.`);
    return job;
  }

  /** @throws FileError where the specification of the run does not name the path */
  private filesOf(run: RunId, path: string): Files {
    const { spec, folder } = this.job(run);
    if (!textsIn(spec).has(path)) throw new FileError(`${path} is no file of this run.`);
    return nodeFiles(folder);
  }
}

/** An open record: one thing after the other. */
class OpenRecord {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly store: FileStore) {}

  do(work: (store: FileStore) => Promise<void>): Promise<void> {
    const done = this.last.then(() => work(this.store));
    this.last = done.catch(() => undefined); // who asked is told
    return done;
  }

  close(): Promise<void> {
    return this.do((store) => store.close());
  }
}

/** Every text anywhere in a specification: the paths are among them. */
function textsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') found.add(value);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) textsIn(part, found);
  return found;
}
