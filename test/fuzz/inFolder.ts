/** The fuzz of data files where there is a disk: each file that it makes is read as the engine in Node reads it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from '../../src/node/files';
import { fuzzData, type DataFuzzCount } from './data';

/** @throws Error with the file that broke a promise */
export async function fuzzInFolder(count: number, seed: number): Promise<DataFuzzCount> {
  const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-fuzz-'));
  const files = nodeFiles(folder);
  let number = 0;
  try {
    return await fuzzData(count, seed, {
      clock: () => performance.now(),
      async read(content, limit) {
        // A new one each time: overwriting a file makes some file systems wait for the disk.
        const name = `file${number++}`;
        writeFileSync(join(folder, name), content);
        try {
          return await files.read(name, limit);
        } finally {
          rmSync(join(folder, name));
        }
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
