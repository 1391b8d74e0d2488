/** The little of protocol buffers' wire format that writing an event file needs (protobuf.dev/programming-guides/encoding). */

/** Wire types. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** A message is its fields one after the other. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(fields.reduce((length, field) => length + field.length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
}

/** @param value a whole number from 0 up to 2⁵³ */
export const varintField = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...varint((field << 3) | VARINT), ...varint(value)]);

export function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = (field << 3) | FIXED_64;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = (field << 3) | FIXED_32;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

/** A text, or a message within the message. */
export function bytesField(field: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? utf8(content) : content;
  return message(bytesHead(field, bytes.length), bytes);
}

/** What stands before the bytes of such a field. */
export const bytesHead = (field: number, length: number): Uint8Array =>
  Uint8Array.from([...varint((field << 3) | BYTES), ...varint(length)]);

/** Seven bits a byte, the lowest first; the highest bit of a byte says that more follow. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return [...bytes, value];
}

/** A text's bytes; half of a surrogate pair alone becomes U+FFFD, as everywhere. */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const found = character.codePointAt(0)!;
    const code = found >= 0xd800 && found < 0xe000 ? 0xfffd : found;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), rest(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), rest(code >> 6), rest(code));
    else bytes.push(0xf0 | (code >> 18), rest(code >> 12), rest(code >> 6), rest(code));
  }
  return Uint8Array.from(bytes);
}

const rest = (code: number): number => 0x80 | (code & 0x3f);
