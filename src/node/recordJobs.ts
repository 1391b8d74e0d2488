/**
 * The long work on records: reading a whole one, making a table or an event file of it. Each is done in a thread of its own, so that the
 * extension host answers meanwhile, and can be given up at any time.
 */
import { Worker } from 'node:worker_threads';
import type { Precision } from '../shared/export/tensorBoard';
import type { ReadRecord } from '../shared/record/reading';

export interface Jobs {
  /** Reads a record as panels draw it. */
  read: { readonly job: { readonly file: string; readonly run: string }; readonly result: ReadRecord };
  /** Makes a table. The results of this and the next: what of the record could not be read. */
  table: {
    readonly job: { readonly file: string; readonly quantities: readonly string[]; readonly out: string };
    readonly result: string[];
  };
  tensorBoard: {
    readonly job: { readonly file: string; readonly folder: string; readonly precision: Precision };
    readonly result: string[];
  };
}
export type JobName = keyof Jobs;

/** What a thread is given. */
export type Task = { readonly [Name in JobName]: { readonly name: Name } & Jobs[Name]['job'] }[JobName];

/** What it answers. */
export type Answer = { readonly result: unknown } | { readonly fault: string };

/** Somebody who may give up. */
export interface Patience {
  onGivenUp(listener: () => void): { dispose(): void };
}

/** The work was given up. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/** @param script the built `dist/recordWorker.js` @throws what is wrong with the record, or GivenUp */
export function runJob<Name extends JobName>(
  script: string,
  name: Name,
  job: Jobs[Name]['job'],
  patience?: Patience,
): Promise<Jobs[Name]['result']> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { name: 'Optimizer Debugger: records', workerData: { name, ...job } });
    const givingUp = patience?.onGivenUp(() => {
      reject(new GivenUp('It was cancelled.'));
      void worker.terminate();
    });
    worker.on('message', (answer: Answer) => {
      if ('fault' in answer) reject(new Error(answer.fault));
      else resolve(answer.result as Jobs[Name]['result']);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      givingUp?.dispose();
      reject(new Error(`The thread that reads records has ended with code ${code}.`)); // nothing happens where it has answered
    });
  });
}
