/**
 * Files for the engine where it runs in Node: sizes are asked before anything is read, gzip is known by its first bytes and not by its
 * name, and unpacking stops at the limit, so that a small file that unpacks to terabytes does no harm. Nothing here blocks.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { baseName, FileError, notText, showBytes, type Files } from '../engine/problems/files';

/** @param folder what relative paths are relative to: the folder of the specification */
export function nodeFiles(folder: string): Files {
  const read = async (path: string, limit: number): Promise<Uint8Array> => {
    const bytes = await withFile(folder, path, async (file, size) => {
      if (size > limit) throw new FileError(`${baseName(path)} has ${showBytes(size)}; files above ${showBytes(limit)} are refused.`);
      return readAll(file, size, path);
    });
    const content = isGzip(bytes) ? await unzip(bytes, path, limit) : bytes;
    // A Buffer's `slice` shares memory where a Uint8Array's copies: the engine is given the latter.
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  };
  return {
    size: (path) => withFile(folder, path, (_file, size) => Promise.resolve(size)),
    read,
    async text(path, limit) {
      const bytes = await read(path, limit);
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      } catch {
        throw notText(path, bytes);
      }
    },
  };
}

/** Opens a plain file, and closes it whatever happens. */
async function withFile<Result>(folder: string, path: string, use: (file: FileHandle, size: number) => Promise<Result>): Promise<Result> {
  if (path.includes('\0')) throw new FileError(`${JSON.stringify(path)} is not a path: it holds a zero byte.`);
  const full = resolve(folder, path);
  let file: FileHandle | undefined;
  try {
    // 'r' on a named pipe would wait for ever for a writer; O_NONBLOCK does not, and changes nothing for a plain file.
    file = await open(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = await file.stat();
    if (status.isDirectory()) throw new FileError(`${path} is a folder; a file is expected.`);
    if (!status.isFile()) throw new FileError(`${path} is not a plain file.`);
    return await use(file, status.size);
  } catch (error) {
    throw error instanceof FileError ? error : new FileError(explain(error, path, full));
  } finally {
    await file?.close();
  }
}

async function readAll(file: FileHandle, size: number, path: string): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, Math.min(size - filled, 2 ** 26), filled);
    if (bytesRead === 0)
      throw new FileError(`${baseName(path)} became shorter while it was read: ${showBytes(filled)} of ${showBytes(size)}.`);
    filled += bytesRead;
  }
  return bytes;
}

const isGzip = (bytes: Uint8Array): boolean => bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Unpacks piece by piece into one array: what comes out is never there twice. A gzip file says at its end how many bytes it unpacks to
 * (RFC 1952, ISIZE); that is believed as far as it can be true, since deflate makes at most 1032 bytes of one. Where it is too few, as
 * with several members in one file, the bytes have been counted, and are unpacked once more.
 */
async function unzip(packed: Uint8Array, path: string, limit: number): Promise<Uint8Array> {
  const claimed = packed.length < 4 ? 0 : new DataView(packed.buffer, packed.byteOffset).getUint32(packed.length - 4, true);
  const bytes = new Uint8Array(Math.min(claimed, 1032 * packed.length, limit));
  const length = await inflate(packed, bytes, path, limit);
  if (length === bytes.length) return bytes;
  if (length < bytes.length) return bytes.slice(0, length);
  const all = new Uint8Array(length);
  await inflate(packed, all, path, limit);
  return all;
}

/** Unpacks as many bytes as there is room for. @returns how many there are */
async function inflate(packed: Uint8Array, into: Uint8Array, path: string, limit: number): Promise<number> {
  const name = baseName(path);
  const stream = createGunzip({ chunkSize: 2 ** 18 });
  let length = 0;
  try {
    stream.end(packed);
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      if (length < into.length) into.set(piece.subarray(0, into.length - length), length);
      length += piece.length;
      if (length > limit) throw new FileError(`${name} unpacks to more than ${showBytes(limit)}; such files are refused.`);
    }
    return length;
  } catch (error) {
    if (error instanceof FileError) throw error;
    if (codeOf(error) === 'Z_BUF_ERROR')
      throw new FileError(
        `${name} is a gzip file that ends too early, after ${showBytes(packed.length)}: it is cut short. Download it again.`,
      );
    throw new FileError(`${name} is a damaged gzip file (${error instanceof Error ? error.message : String(error)}). Download it again.`);
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

function explain(error: unknown, path: string, full: string): string {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no file ${full}. Paths are relative to the folder of the specification.`;
    case 'EACCES':
    case 'EPERM':
      return `${full} may not be read: permission denied.`;
    case 'EISDIR':
      return `${path} is a folder; a file is expected.`;
    case 'ENAMETOOLONG':
      return `a path of ${path.length} characters is too long.`;
    default:
      return `${full} cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
