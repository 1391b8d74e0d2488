/**
 * A checksum that finds what went wrong by accident: FNV-1a over 32-bit words, in four lanes so that one multiplication need not wait for
 * the one before. A change of any one word changes it. It is no seal against a person who means harm.
 */

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
const LANES = 4;
/** Bytes that are copied at a time where they do not lie on a word's boundary. */
const CHUNK = 2 ** 16;

export class Checksum {
  private readonly lanes = Int32Array.of(BASIS, BASIS ^ 1, BASIS ^ 2, BASIS ^ 3);
  private length = 0;

  /** Takes in the bytes of an array, and how many there are; the last ones are filled up with zeros to a multiple of 16. */
  add({ buffer, byteOffset, byteLength }: ArrayBufferView): this {
    const whole = byteLength - (byteLength % (4 * LANES));
    if (byteOffset % 4 === 0) this.words(new Int32Array(buffer, byteOffset, whole / 4));
    else
      for (let at = 0; at < whole; at += CHUNK)
        this.words(new Int32Array(new Uint8Array(buffer, byteOffset + at, Math.min(CHUNK, whole - at)).slice().buffer));
    const rest = new Uint8Array(4 * LANES);
    rest.set(new Uint8Array(buffer, byteOffset + whole, byteLength - whole));
    this.words(new Int32Array(rest.buffer));
    this.length += byteLength;
    return this;
  }

  /** Takes in a text, by its UTF-16 code units. */
  addText(text: string): this {
    return this.add(Uint16Array.from(text, (unit) => unit.charCodeAt(0)));
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.length;
  }

  /** An unsigned 32-bit number. */
  get value(): number {
    return this.lanes.reduce((sum, lane) => Math.imul(sum ^ lane, PRIME), (BASIS ^ this.length) | 0) >>> 0;
  }

  /** @param words a multiple of four; signed, since V8 keeps no unsigned word in a register of its own */
  private words(words: Int32Array): void {
    const { lanes } = this;
    let a = lanes[0];
    let b = lanes[1];
    let c = lanes[2];
    let d = lanes[3];
    for (let i = 0; i < words.length; i += 4) {
      a = Math.imul(a ^ words[i], PRIME);
      b = Math.imul(b ^ words[i + 1], PRIME);
      c = Math.imul(c ^ words[i + 2], PRIME);
      d = Math.imul(d ^ words[i + 3], PRIME);
    }
    lanes.set([a, b, c, d]);
  }
}
