/** A thread that does one piece of work on a record, answers and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { exportTable } from './exportRecord';
import { exportTensorBoard } from './exportTensorBoard';
import type { Answer, Task } from './recordJobs';
import { readRecord } from './recordLines';

async function work(task: Task): Promise<unknown> {
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  switch (task.name) {
    case 'read':
      return readRecord(task.file, task.run);
    case 'table':
      await exportTable(task.file, task.quantities, task.out, tell);
      return told;
    case 'tensorBoard':
      await exportTensorBoard(task.file, task.folder, task.precision, tell);
      return told;
  }
}

if (!parentPort) throw new Error('This reads records: it runs in a worker thread.');
const port = parentPort;
const answer = (it: Answer): void => port.postMessage(it);
work(workerData as Task).then(
  (result) => answer({ result }),
  (error: unknown) => answer({ fault: error instanceof Error ? error.message : String(error) }),
);
