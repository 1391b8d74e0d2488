/** Files in Node: sizes are checked before reading, gzip is known by its bytes, and every fault names the file and what to do. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FileError, type Files } from '../../../src/engine/problems/files';
import { nodeFiles } from '../../../src/node/files';

const text = 'The rate of every single weight. '.repeat(40);

describe('files in Node', () => {
  let folder: string;
  let files: Files;
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  const refused = (work: Promise<unknown>, message: RegExp): Promise<void> =>
    assert.rejects(work, (error) => error instanceof FileError && message.test(error.message), String(message));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-files-'));
    files = nodeFiles(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('reads bytes and text relative to its folder, and absolute paths', async () => {
    mkdirSync(join(folder, 'below'));
    write('below/plain.txt', text);
    assert.equal(await files.size('below/plain.txt'), text.length);
    assert.equal(await files.text('./below/plain.txt', 1e6), text);
    assert.deepEqual(await files.read(join(folder, 'below/plain.txt'), 1e6), new TextEncoder().encode(text));
  });

  it('unpacks gzip by its first bytes, whatever the name, and never otherwise', async () => {
    write('packed.csv', gzipSync(text));
    write('plain.gz', text);
    assert.equal(await files.text('packed.csv', 1e6), text);
    assert.equal(await files.text('plain.gz', 1e6), text);
    write('two.gz', Buffer.concat([gzipSync('one'), gzipSync('two')]));
    assert.equal(await files.text('two.gz', 1e6), 'onetwo', 'members follow one another, as gzip has it');
  });

  it('strips a byte-order mark, and refuses what is not UTF-8', async () => {
    write('marked.txt', '\uFEFFa,b');
    assert.equal(await files.text('marked.txt', 100), 'a,b');
    write('latin.txt', Uint8Array.of(0x61, 0xe4, 0x62));
    await refused(files.text('latin.txt', 100), /latin\.txt is not text in UTF-8\. Save it as UTF-8/);
    write('binary.txt', Uint8Array.of(0, 0xff, 0));
    await refused(files.text('binary.txt', 100), /binary\.txt is not text in UTF-8\. Is it the right file/);
  });

  it('asks the size before it reads: a sparse file of 3 GiB is refused at once', async () => {
    write('huge.bin', '');
    truncateSync(join(folder, 'huge.bin'), 3 * 2 ** 30);
    await refused(files.read('huge.bin', 2 ** 31), /huge\.bin has 3 GiB; files above 2 GiB are refused/);
  });

  it('stops unpacking at the limit', async () => {
    write('bomb.gz', gzipSync(new Uint8Array(2 ** 24)));
    await refused(files.read('bomb.gz', 2 ** 20), /bomb\.gz unpacks to more than 1 MiB/);
  });

  it('tells a gzip file that is cut short, damaged, or followed by something else', async () => {
    const packed = gzipSync(text);
    write('cut.gz', packed.subarray(0, packed.length - 12));
    await refused(files.read('cut.gz', 1e6), /cut\.gz is a gzip file that ends too early, after \d+ bytes: it is cut short/);
    const damaged = Buffer.from(packed);
    damaged[damaged.length - 6] ^= 0xff; // within the checksum
    write('damaged.gz', damaged);
    await refused(files.read('damaged.gz', 1e6), /damaged\.gz is a damaged gzip file \(incorrect data check\)/);
    write('trailing.gz', Buffer.concat([packed, Buffer.from('garbage')]));
    await refused(files.read('trailing.gz', 1e6), /trailing\.gz is a damaged gzip file/);
    write('head.gz', packed.subarray(0, 2));
    await refused(files.read('head.gz', 1e6), /ends too early/);
  });

  it('tells what is missing or cannot be read', async () => {
    await refused(files.read('nowhere.gz', 1), /there is no file .*nowhere\.gz\. Paths are relative to the folder/);
    mkdirSync(join(folder, 'folder'));
    await refused(files.read('folder', 1), /folder is a folder; a file is expected/);
    write('plain', 'x');
    await refused(files.read('plain/inside', 1), /there is no file/);
    await refused(files.read('a\0b', 1), /is not a path: it holds a zero byte/);
    await refused(files.read('x'.repeat(5000), 1), /a path of 5000 characters is too long/);
    symlinkSync('circle', join(folder, 'circle'));
    await refused(files.read('circle', 1), /circle cannot be read/);
  });

  it('does not wait for ever on a named pipe', async function () {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await refused(files.read('pipe', 1), /pipe is not a plain file/);
  });

  it('tells that permission is denied', async () => {
    write('secret', 'x');
    chmodSync(join(folder, 'secret'), 0);
    // The superuser may read everything; anybody else may not.
    if (process.getuid?.() === 0) assert.equal(await files.text('secret', 10), 'x');
    else await refused(files.read('secret', 10), /may not be read: permission denied/);
  });

  it('answers any damaged gzip with a FileError or the right bytes', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(200), fc.nat(255), fc.boolean(), async (at, value, cut) => {
        const packed = Buffer.from(gzipSync(text));
        const bytes = cut ? packed.subarray(0, at) : packed;
        if (!cut) bytes[at % packed.length] = value;
        write('fuzz.gz', bytes);
        try {
          const read = await files.read('fuzz.gz', 1e5);
          const asTheyStand = bytes[0] !== 0x1f || bytes[1] !== 0x8b;
          assert.deepEqual(Buffer.from(read), asTheyStand ? bytes : Buffer.from(text));
        } catch (error) {
          assert(error instanceof FileError && /fuzz\.gz/.test(error.message), String(error));
        }
      }),
      { numRuns: 300 },
    ));
});
