/** Files that are there only when they are whole: written beside their place under another name, and put there at the end. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How the names of files end that are not whole yet. */
export const PARTIAL = '.partial';

/** @param write makes the file at the path that it is given; what was at `path` stays until it is done */
export async function whole(path: string, write: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${path}.${randomUUID()}${PARTIAL}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await write(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The same with an open file, which is closed whatever happens. */
export const wholeFile = (path: string, write: (file: FileHandle) => Promise<void>): Promise<void> =>
  whole(path, async (partial) => {
    const file = await open(partial, 'w');
    try {
      await write(file);
    } finally {
      await file.close();
    }
  });

/** The same with all that is in it. */
export const writeWhole = (path: string, content: string): Promise<void> => whole(path, (partial) => writeFile(partial, content));
