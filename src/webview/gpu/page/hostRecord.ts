/** A run's record where there is no disk: its lines go to the editor, which writes them in the order in which they come. */
import type { GpuHostCalls } from '../../../shared/gpuProtocol';
import type { RunId } from '../../../shared/protocol';
import { BoundedRecord, type RecordStore } from '../../../shared/run/boundedRecord';

type Writing = Pick<GpuHostCalls, 'openRecord' | 'appendRecord' | 'truncateRecord' | 'closeRecord'>;

/** @param keep go on after this many bytes of what is there; 0 begins anew, as does a record that is shorter */
export async function openHostRecord(host: Writing, run: RunId, keep: number): Promise<BoundedRecord> {
  const store: RecordStore = {
    append: (text) => host.appendRecord(run, text),
    truncate: (bytes) => host.truncateRecord(run, bytes),
    close: () => host.closeRecord(run),
    bytesOf: utf8Length,
  };
  return new BoundedRecord(store, await host.openRecord(run, keep));
}

const encoder = new TextEncoder();
const room = new Uint8Array(2 ** 16);

/** Bytes of a text in UTF-8. Lines are short, and nothing is allocated for them. */
export function utf8Length(text: string): number {
  if (3 * text.length <= room.length) return encoder.encodeInto(text, room).written;
  return encoder.encode(text).length;
}
