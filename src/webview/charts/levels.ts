/**
 * From numbers to places on a colour scale. What the scale spans follows the numbers: around 0 where they have two signs, otherwise from the
 * least to the greatest, by their logarithms where these lie far apart. A few numbers far out would leave all others one colour, so the scale
 * may end before them; its ends say so.
 */
import { LEVELS, NONE } from './colours';

export type LevelKind = 'diverging' | 'linear' | 'logarithmic';

/** What a scale spans. */
export interface Span {
  readonly kind: LevelKind;
  /** The numbers at its ends. */
  readonly low: number;
  readonly high: number;
  /** Are there numbers beyond an end? They have its colour. */
  readonly below: boolean;
  readonly above: boolean;
  /** Of all numbers that are finite; NaN where none is. */
  readonly least: number;
  readonly greatest: number;
}

/** Numbers that the ends are chosen by: more would not move them. */
const SAMPLE = 8192;
/** The share of the numbers that may lie beyond an end, and how far out they must be for it. */
const BEYOND = 0.002;
const FAR = 1.5;
/** What a logarithmic scale spans at most, in decades. */
const MOST_DECADES = 6;
/** From this ratio of greatest to least on, numbers of one sign are told apart by their logarithms. */
const WIDE = 30;
/** Numbers of one sign that nearly reach 0 are drawn around it, where 0 means something. */
const NEAR_ZERO = 0.25;

/** What numbers are, where they do not say it themselves: `signed` ones are drawn around 0 even if few lie on one side, `scales` by their logarithms. */
export type Meaning = 'signed' | 'scales' | 'plain';

/** What a scale for these numbers spans. */
export function spanOf(values: ArrayLike<number>, meaning: Meaning): Span {
  let [least, greatest, leastPositive] = [Infinity, -Infinity, Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] + 0; // −0 is 0
    if (!(value - value === 0)) continue; // neither NaN nor infinite
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (value > 0 && value < leastPositive) leastPositive = value;
  }
  if (least > greatest) return { kind: 'linear', low: NaN, high: NaN, below: false, above: false, least: NaN, greatest: NaN };
  const nearZero =
    meaning === 'signed' && Math.min(Math.abs(least), Math.abs(greatest)) < NEAR_ZERO * Math.max(Math.abs(least), Math.abs(greatest));
  const around = (least < 0 && greatest > 0) || nearZero;
  const wide = least >= 0 && (greatest > WIDE * leastPositive || (meaning === 'scales' && greatest > 0));
  const kind = around ? 'diverging' : wide ? 'logarithmic' : 'linear';
  const sample = sampleOf(values);
  if (kind === 'diverging') {
    const size = Math.max(-least, greatest);
    const reach = shortened(size, greatestBut(sample.map(Math.abs), BEYOND), 0) || 1;
    return { kind, low: -reach, high: reach, below: least < -reach, above: greatest > reach, least, greatest };
  }
  const usual = [leastBut(sample, BEYOND), greatestBut(sample, BEYOND)] as const;
  if (kind === 'linear') {
    const high = shortened(greatest, usual[1], usual[0]);
    const low = -shortened(-least, -usual[0], -usual[1]);
    return { kind, low, high, below: least < low, above: greatest > high, least, greatest };
  }
  const high = 10 ** shortened(Math.log10(greatest), Math.log10(usual[1]), Math.log10(Math.max(usual[0], leastPositive)));
  const low = Math.max(
    10 ** -shortened(-Math.log10(leastPositive), -Math.log10(Math.max(usual[0], leastPositive)), -Math.log10(high)),
    high / 10 ** MOST_DECADES,
  );
  return { kind, low, high, below: least < low, above: greatest > high, least, greatest };
}

/** An end of the scale: where all numbers end, or where nearly all do if the rest lie far out. */
const shortened = (end: number, usual: number, other: number): number =>
  end - other > FAR * (usual - other) && usual > other ? usual : end;

/** At most `SAMPLE` of the finite numbers, evenly taken. */
function sampleOf(values: ArrayLike<number>): Float64Array {
  // an odd stride does not fall in step with rows
  const stride = Math.max(1, Math.ceil(values.length / SAMPLE)) | 1;
  const sample = new Float64Array(Math.ceil(values.length / stride));
  let count = 0;
  for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i])) sample[count++] = values[i];
  return sample.subarray(0, count);
}

/** The least number but for a small share of them; NaN of none. Only those few are put in order. */
function leastBut(numbers: Float64Array, share: number): number {
  const few = Math.round(share * (numbers.length - 1)) + 1;
  const least = new Float64Array(Math.min(few, numbers.length)).fill(Infinity);
  const last = least.length - 1;
  for (const value of numbers) {
    if (!(value < least[last])) continue;
    let place = last;
    for (; place > 0 && least[place - 1] > value; place--) least[place] = least[place - 1];
    least[place] = value;
  }
  return least[last] ?? NaN;
}

const greatestBut = (numbers: Float64Array, share: number): number =>
  -leastBut(
    numbers.map((value) => -value),
    share,
  );

/** Where a number of the scale stands, 0 … 1; NaN where it has no place. */
export function shareOf(value: number, { kind, low, high }: Span): number {
  const [from, to, at] = kind === 'logarithmic' ? [Math.log(low), Math.log(high), Math.log(Math.max(value, 0))] : [low, high, value];
  if (Number.isNaN(at)) return NaN;
  return to > from ? Math.max(0, Math.min(1, (at - from) / (to - from))) : 0.5;
}

/** The normal numbers of float32, which the quick way over logarithms goes by. */
const [LEAST_FLOAT, MOST_FLOAT] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127];

/**
 * The level of each number; NONE for those that are not finite. What is 0 on a logarithmic scale has the lowest.
 * Where a scale's ends leave the quick ways no numbers to work with, each number goes the slow way, by its share.
 * @param into of the numbers' length, to be filled
 */
export function levelsOf(values: ArrayLike<number>, span: Span, into: Uint8Array): void {
  const { kind, low, high } = span;
  const top = LEVELS - 1;
  const scale = high > low ? top / (high - low) : 0;
  if (kind === 'logarithmic' ? low < LEAST_FLOAT || high > MOST_FLOAT : scale === Infinity) {
    for (let i = 0; i < values.length; i++) into[i] = Number.isFinite(values[i]) ? Math.round(top * shareOf(values[i], span)) : NONE;
    return;
  }
  if (kind === 'logarithmic' && high > low) {
    logarithmicLevels(values, span, into);
    return;
  }
  const start = high > low ? 0.5 : top / 2 + 0.5;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value - value === 0)) into[i] = NONE;
    else {
      const level = (value - low) * scale + start;
      into[i] = level < 0 ? 0 : level > top ? top : level;
    }
  }
}

/** Entries of the table below for each level, at least: a number is at most this part of a level away from where it belongs. */
const ENTRIES = 16;

/**
 * The same by logarithms, of which a million would take longer than a frame of the screen. The bits of a positive float32, taken as a whole
 * number, rise with it, and their upper ones nearly as its logarithm: a table by these has a level for each.
 */
function logarithmicLevels(values: ArrayLike<number>, { low, high }: Span, into: Uint8Array): void {
  const top = LEVELS - 1;
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const bitsOf = (value: number): number => {
    float[0] = value;
    return bits[0];
  };
  const [first, last] = [bitsOf(low), bitsOf(high)];
  let shift = 0;
  while ((last - first) >>> (shift + 1) >= ENTRIES * LEVELS) shift++;
  const base = first >>> shift;
  const table = new Uint8Array((last >>> shift) - base + 1);
  const from = Math.log(low);
  const scale = top / (Math.log(high) - from);
  for (let entry = 0; entry < table.length; entry++) {
    bits[0] = ((base + entry) << shift) + ((1 << shift) >>> 1); // the middle of its numbers
    table[entry] = Math.max(0, Math.min(top, Math.round((Math.log(float[0]) - from) * scale)));
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value - value === 0)) into[i] = NONE;
    else if (value <= low) into[i] = 0;
    else if (value >= high) into[i] = top;
    else {
      float[0] = value;
      into[i] = table[(bits[0] >>> shift) - base];
    }
  }
}
