/** UTF-8 to text, which the language itself has only for what is written with percent signs. */

const escapes = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, '0')}`);

/** The text of some bytes, or null where they are not UTF-8: cut characters, overlong forms and surrogates are not. */
export function decode(bytes: Uint8Array, start: number, end: number): string | null {
  let text = '';
  let plain = true;
  for (let i = start; i < end; i++) {
    text += String.fromCharCode(bytes[i]);
    plain &&= bytes[i] < 128;
  }
  if (plain) return text;
  let escaped = '';
  for (let i = start; i < end; i++) escaped += escapes[bytes[i]];
  try {
    return decodeURIComponent(escaped);
  } catch {
    return null;
  }
}

/** The text as far as it is one, for messages: a character cut at the end is left out, what cannot be shown becomes U+FFFD. */
export function decodeLoosely(bytes: Uint8Array, start: number, end: number): string {
  let to = end;
  while (to > start && to > end - 4 && to < bytes.length && (bytes[to] & 0xc0) === 0x80) to--;
  const text =
    decode(bytes, start, to) ?? Array.from(bytes.subarray(start, to), (byte) => String.fromCharCode(byte < 128 ? byte : 0xfffd)).join('');
  return text.replace(/[\0-\x1f\x7f]/g, '\ufffd');
}
