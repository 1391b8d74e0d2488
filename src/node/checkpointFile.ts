/**
 * Checkpoints as files. One is written beside its place and moved there when all of it is on the disk, so that whatever happens there is
 * a whole one; a folder of them names each by its step.
 */
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CheckpointError, decodeCheckpoint, type Checkpoint } from '../engine/run/checkpoint';
import { FileError } from '../engine/problems/files';
import { nodeFiles } from './files';

/** The most bytes of a checkpoint: 4 GiB. */
const largest = 2 ** 32;

/** What a file's checkpoint notes: where its run's specification lies, from the checkpoint's own folder. */
export const placeOf = (file: string, folder: string): string => relative(dirname(resolve(file)), folder) || '.';

/** The folder of the run's specification, for a checkpoint read from `file`. */
export const folderOf = (file: string, { header }: Checkpoint): string => resolve(dirname(file), String(header.notes.folder ?? '.'));

/** Writes a checkpoint; what was at `file` is replaced only when all is on the disk. */
export async function writeCheckpoint(file: string, bytes: ArrayBuffer): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    const handle = await open(partial, 'w');
    try {
      await handle.writeFile(new Uint8Array(bytes));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw new Error(`The checkpoint ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}

/** @throws CheckpointError, with the file's name, where it is none or cannot be read */
export async function readCheckpoint(file: string): Promise<{ readonly bytes: ArrayBuffer; readonly checkpoint: Checkpoint }> {
  try {
    const read = await nodeFiles('.').read(resolve(file), largest);
    const whole = read.byteLength === read.buffer.byteLength && read.buffer instanceof ArrayBuffer;
    const bytes = whole ? (read.buffer as ArrayBuffer) : Uint8Array.from(read).buffer;
    return { bytes, checkpoint: decodeCheckpoint(bytes) };
  } catch (error) {
    if (error instanceof FileError || error instanceof CheckpointError)
      throw new CheckpointError(
        error.message.startsWith('there is no file') ? `There is no file ${file}.` : `${basename(file)}: ${error.message}`,
      );
    throw error;
  }
}

const pattern = /^step-(\d{9,})\.ckpt$/;

/** The name in a folder of checkpoints. */
export const nameOfStep = (step: number): string => `step-${String(step).padStart(9, '0')}.ckpt`;

/** The steps of which a folder has checkpoints, ascending. */
export async function stepsIn(folder: string): Promise<number[]> {
  const found = (await readdir(folder)).flatMap((name) => pattern.exec(name)?.[1] ?? []);
  return found.map(Number).sort((a, b) => a - b);
}

/**
 * The file that is meant by a path: the file itself, or of a folder its latest checkpoint.
 * @param upTo no later one @throws CheckpointError where there is none
 */
export async function chooseCheckpoint(path: string, upTo = Infinity): Promise<string> {
  const status = await stat(path).catch(() => null);
  if (status?.isDirectory() !== true) return path;
  const steps = await stepsIn(path);
  const step = steps.filter((each) => each <= upTo).at(-1) ?? steps[0];
  if (step === undefined)
    throw new CheckpointError(
      `The folder ${path} has no checkpoints, files such as ${nameOfStep(500)}; \`--checkpoints ${path}\` writes them.`,
    );
  return join(path, nameOfStep(step));
}
