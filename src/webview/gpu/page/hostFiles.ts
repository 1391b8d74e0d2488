/** Files for the engine where it has none: the editor reads them, sizes first, and gives them in parts. */
import { FileError, notText, type Files } from '../../../engine/problems/files';
import type { GpuHostCalls } from '../../../shared/gpuProtocol';
import type { RunId } from '../../../shared/protocol';

type Reading = Pick<GpuHostCalls, 'fileSize' | 'openFile' | 'filePart'>;

/** @param run whose specification names the files */
export function hostFiles(host: Reading, run: RunId): Files {
  const read = async (path: string, limit: number): Promise<Uint8Array> => {
    const { file, bytes } = await told(host.openFile(run, path, limit));
    const content = new Uint8Array(bytes);
    for (let at = 0; at < bytes;) {
      const part = new Uint8Array(await told(host.filePart(file, at)));
      content.set(part, at);
      at += part.length;
    }
    return content;
  };
  return {
    size: (path) => told(host.fileSize(run, path)),
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

/** An error loses its class on the link; what the editor says of a file is a file's error. */
const told = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
  answer.catch((error: unknown) => {
    throw new FileError(error instanceof Error ? error.message : String(error));
  });
