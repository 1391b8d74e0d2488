/**
 * Numbers as the panels write them: three significant digits, thousands separated, powers of ten as superscripts, a true minus
 * sign. What is shown is rounded; the exact number stays beside it in the document (`quantity.ts`).
 */

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** Narrow no-break space: between a number and its unit. */
const THIN = '\u202f';
/** From here on, and below the inverse of a thousand, a number is written with a power of ten. */
const LARGE = 1e6;
const SMALL = 1e-3;
/** Significant digits of a number, where nothing else is said. */
const DIGITS = 3;

const minus = (text: string): string => text.replace('-', '−');

/** `10⁻⁴`. @param exponent an integer */
export function power(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPT[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** `1,240`: rounded to a whole number. */
export function integer(value: number): string {
  if (!Number.isFinite(value)) return number(value);
  return minus(String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ','));
}

/** `0.142`, `46,900`, `3.10 × 10⁻⁵`. @param digits significant digits */
export function number(value: number, digits = DIGITS): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const rounded = Number(`${mantissa}e${exponent}`);
  const size = Math.abs(rounded);
  if (size >= LARGE || size < SMALL) return `${minus(mantissa)} × ${power(Number(exponent))}`;
  if (size >= 1000) return integer(rounded);
  return minus(rounded.toFixed(Math.max(0, digits - 1 - Number(exponent))));
}

/** `0.001`, `5.06 × 10⁻⁴`: three digits without trailing zeros, for what was set rather than measured. */
export function setting(value: number): string {
  return number(value).replace(/\.0+(?=$| )|(\.\d*[1-9])0+(?=$| )/, '$1');
}

/** `1.2e-3`: for a narrow column. */
export function compact(value: number): string {
  if (!Number.isFinite(value) || value === 0) return number(value);
  return minus(value.toExponential(1));
}

/**
 * What a number may be off by, written beside it: to the last digit that the number is written with (`24.6 ± 4.7`, `−0.0963 ± 0.0019`), and one
 * digit where it lies below that (`4.40 ± 9 × 10⁻⁷`).
 */
export function deviation(error: number, value: number): string {
  if (!Number.isFinite(error) || !Number.isFinite(value) || error === 0) return number(error, 1);
  const lastPlace = exponentOf(value) - (DIGITS - 1);
  const digits = (of: number): number => Math.max(1, Math.min(DIGITS, exponentOf(of) - lastPlace + 1));
  const rounded = Number(error.toExponential(digits(error) - 1)); // which may have one digit more: 0.96 is 1.0 to one decimal
  return number(rounded, digits(rounded));
}

/** The power of ten of a number's first digit, once it is rounded as it is written. */
const exponentOf = (value: number): number => Number(value.toExponential(DIGITS - 1).split('e')[1]);

/** `38.2 ± 0.1`: the value with three digits, and what it may be off by. */
export function withResidual(value: number, residual: number): string {
  return `${number(value)} ± ${deviation(residual, value)}`;
}

/** `97.3 %` of a fraction. */
export function percent(fraction: number): string {
  return Number.isFinite(fraction) ? `${minus((100 * fraction).toFixed(1))}${THIN}%` : number(fraction);
}

/** `3.2 s`, `2 min 5 s`. */
export function duration(seconds: number): string {
  if (!(seconds >= 60)) return `${seconds < 10 ? seconds.toFixed(1) : integer(seconds)}${THIN}s`;
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return `${minutes}${THIN}min ${rest}${THIN}s`;
  return `${integer(Math.floor(minutes / 60))}${THIN}h ${minutes % 60}${THIN}min`;
}

/** How the numbers of one axis are written: alike. Plain decimals where the largest allows; powers of ten otherwise. */
export function tickFormat(ticks: readonly number[], logarithmic: boolean): (value: number) => string {
  const sizes = ticks.filter((value) => value !== 0).map(Math.abs);
  const [least, greatest] = [Math.min(...sizes), Math.max(...sizes)];
  if (logarithmic) return least < SMALL || greatest >= LARGE ? (value) => tick(value, true) : tick;
  return greatest >= SMALL / 10 && greatest < LARGE ? plainDecimal : tick;
}

/** `19,175`, `0.05`: all of its digits down to the twelfth decimal, without zeros at the end. */
export function plainDecimal(value: number): string {
  const [whole, ...fraction] = String(Number(value.toFixed(12))).split('.');
  return minus([whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.'));
}

/** A number at an axis: `0.05`, `2`, `1,250`, `10⁻⁴`, `2 × 10⁻⁴`; no trailing zeros. @param powers powers of ten as such, also 0.01 and 1 */
export function tick(value: number, powers = false): string {
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential(6).split('e');
  const short = String(Number(mantissa));
  const size = Math.abs(value);
  if (powers && short === '1') return power(Number(exponent));
  if (size < LARGE && size >= SMALL) {
    const plain = Number(`${short}e${exponent}`);
    return Math.abs(plain) >= 1000 ? integer(plain) : minus(String(plain));
  }
  if (short === '1') return power(Number(exponent));
  return `${minus(short)} × ${power(Number(exponent))}`;
}
