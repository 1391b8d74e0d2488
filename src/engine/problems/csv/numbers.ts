/**
 * Decimal numbers straight from bytes, four digits at a time: a 32-bit word with a digit in every byte becomes their number in two
 * multiplications (Lemire 2021, "Number parsing at a gigabyte per second", section 6). Fifteen digits and a power of ten up to 22 are exact
 * doubles, so that their product or quotient is rounded once and right to the last bit (Clinger 1990, "How to read floating point numbers
 * accurately"). Whatever is not of that kind is left to a slower way.
 */

/** The powers of ten that are doubles. */
export const powers = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** What `readDecimal` looks at, at most: so many bytes must follow its start. */
export const reach = 48;
const longest = 40;

/** What `readDecimal` found. One object for all, since there are millions. */
export const found = {
  value: 0,
  /** Where the number ends. */
  end: 0,
  /** Some digits beyond the fourteenth were not looked at: the value is right as a float32, not yet as a double. */
  rough: false,
};

/** Whether every byte of a word is a digit. */
export const isDigits = (word: number): boolean => (((word + 0x46464646) | (word - 0x30303030)) & 0x80808080) === 0;

/** The number of four digits, the first in the lowest byte. */
export function fromDigits(word: number): number {
  const pairs = (Math.imul(word & 0x0f0f0f0f, 10) + ((word & 0x0f0f0f0f) >>> 8)) & 0x00ff00ff;
  return (Math.imul(pairs, 100) + (pairs >>> 16)) & 0xffff;
}

/**
 * Reads a decimal number that begins at `start`. @returns whether there is one that this way can read, `found` tells what it is
 * @param view of the same bytes
 */
export function readDecimal(bytes: Uint8Array, view: DataView, start: number): boolean {
  const stop = start + longest;
  let i = start;
  let byte = bytes[i];
  const negative = byte === 0x2d;
  if (negative) byte = bytes[++i];
  const first = i;
  let mantissa = 0;
  let power = 0;
  let rough = false;
  let digit = byte - 48;
  while (digit >>> 0 <= 9 && i < stop) {
    if (mantissa < 1e14) mantissa = mantissa * 10 + digit;
    else {
      power++;
      rough = true;
    }
    digit = bytes[++i] - 48;
  }
  let digits = i - first;
  if (digit === 0x2e - 48) {
    const point = ++i;
    let word = view.getInt32(i, true);
    while (mantissa < 1e10 && isDigits(word) && i < stop) {
      mantissa = mantissa * 1e4 + fromDigits(word);
      i += 4;
      word = view.getInt32(i, true);
    }
    digit = bytes[i] - 48;
    power -= i - point;
    while (digit >>> 0 <= 9 && i < stop) {
      if (mantissa < 1e14) {
        mantissa = mantissa * 10 + digit;
        power--;
      } else rough = true;
      digit = bytes[++i] - 48;
    }
    digits += i - point;
  }
  if (digits === 0) return false;
  if (digit === 0x65 - 48 || digit === 0x45 - 48) {
    byte = bytes[++i];
    const down = byte === 0x2d;
    if (down || byte === 0x2b) i++;
    const from = i;
    let exponent = 0;
    for (digit = bytes[i] - 48; digit >>> 0 <= 9 && i < stop; digit = bytes[++i] - 48) exponent = exponent * 10 + digit;
    if (i === from) return false;
    power += down ? -exponent : exponent;
  }
  if (i >= stop || power < -22 || power > 22) return false;
  const value = power < 0 ? mantissa / powers[-power] : mantissa * powers[power];
  if (rough) {
    // The digits passed over are worth less than one of the last: where both ends are the same float32, so is all between.
    const above = power < 0 ? (mantissa + 1) / powers[-power] : (mantissa + 1) * powers[power];
    if (Math.fround(value) !== Math.fround(above)) return false;
  }
  found.value = negative ? -value : value;
  found.end = i;
  found.rough = rough;
  return true;
}
