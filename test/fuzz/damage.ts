/** Bytes changed by chance, for the fuzz of data files. */
import type { Random } from '../../src/engine/random';

export const pick = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)];

export const randomBytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random.uint32());

/** The same bytes; or, more often than not, some of them changed, inserted, lost, doubled or moved, up to `most` times. */
export function damage(random: Random, bytes: Uint8Array, most = 4): Uint8Array {
  let list = Array.from(bytes);
  for (let k = random.integer(most + 1); k > 0; k--) {
    const at = random.integer(list.length + 1);
    const piece = list.slice(at, at + random.integer(24));
    switch (random.integer(6)) {
      case 0:
        list[Math.min(at, Math.max(0, list.length - 1))] = random.integer(256);
        break;
      case 1:
        list.splice(at, 0, ...randomBytes(random, random.integer(6)));
        break;
      case 2:
        list.splice(at, piece.length);
        break;
      case 3:
        list.splice(at, 0, ...piece);
        break;
      case 4:
        list = list.slice(0, at);
        break;
      default:
        list.splice(at, piece.length);
        list.splice(random.integer(list.length + 1), 0, ...piece);
    }
  }
  return Uint8Array.from(list);
}

/** Bytes as the message of a failure shows them. */
export const shown = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes.subarray(0, 3000)).toString('latin1'));
