/**
 * The colour scales of the heat maps. Numbers of one sign go from dark to bright along inferno (van der Walt & Smith 2015, matplotlib); numbers
 * around 0 go from the background's neutral to blue below and to orange above, which colour-blind eyes tell apart. Both are laid out in
 * CIE 1976 L*a*b* so that equal steps of a number are equal steps of lightness: what looks twice as far is twice as far, also in print.
 */

/** Colours of a scale: an odd number, so that 0 has the middle one to itself. */
export const LEVELS = 255;

/** Stands for a number that has no colour. */
export const NONE = 255;

/** What a scale is for: numbers of one sign, or of two on a dark or on a light background. */
export type ColourScale = 'sequential' | 'divergingDark' | 'divergingLight';

type Triple = readonly [number, number, number];

/** Ten published support colours of inferno. */
const INFERNO = [0x000004, 0x1b0c41, 0x4a0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925, 0xfb9b06, 0xf7d13d, 0xfcffa4];

/** L*, chroma and hue (degrees) of the colours at 0 and at the two ends; all lines between them lie within sRGB. */
const DIVERGING = {
  divergingDark: { middle: 14, end: 74, below: { chroma: 40, hue: 262 }, above: { chroma: 66, hue: 68 } },
  divergingLight: { middle: 96, end: 42, below: { chroma: 46, hue: 278 }, above: { chroma: 64, hue: 55 } },
} as const;

/** Linear sRGB → CIE XYZ (IEC 61966-2-1), and the white point D65 that it gives. */
const TO_XYZ = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
] as const;
const FROM_XYZ = [
  [3.2404542, -1.5371385, -0.4985314],
  [-0.969266, 1.8760108, 0.041556],
  [0.0556434, -0.2040259, 1.0572252],
] as const;
const WHITE = TO_XYZ.map((row) => row[0] + row[1] + row[2]);
/** Below this the cube root of L*a*b* goes on as a line. */
const DELTA = 6 / 29;

const times = (matrix: readonly Triple[], [x, y, z]: Triple): Triple =>
  matrix.map((row) => row[0] * x + row[1] * y + row[2] * z) as unknown as Triple;

/** CIE 1976 L*a*b* of a colour. @param rgb 0 … 255 each */
export function toLab(rgb: Triple): Triple {
  const linear = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const [x, y, z] = times(TO_XYZ, linear as unknown as Triple).map((value, i) => {
    const share = value / WHITE[i];
    return share > DELTA ** 3 ? Math.cbrt(share) : share / (3 * DELTA ** 2) + 4 / 29;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The colour of CIE 1976 L*a*b*: 0 … 255 each, cut off where sRGB ends. */
export function fromLab([lightness, a, b]: Triple): Triple {
  const y = (lightness + 16) / 116;
  const xyz = [y + a / 500, y, y - b / 200].map((f, i) => WHITE[i] * (f > DELTA ? f ** 3 : 3 * DELTA ** 2 * (f - 4 / 29)));
  return times(FROM_XYZ, xyz as unknown as Triple).map((linear) => {
    const share = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.max(0, Math.min(255, 255 * share));
  }) as unknown as Triple;
}

/** Inferno, at equal steps of L*. @param share 0 … 1 */
function sequential(share: number): Triple {
  const colours = INFERNO.map((code): Triple => [(code >> 16) & 255, (code >> 8) & 255, code & 255]);
  const heights = colours.map((colour) => toLab(colour)[0]);
  const height = heights[0] + share * (heights[heights.length - 1] - heights[0]);
  const above = heights.findIndex((each) => each > height);
  const left = (above < 0 ? heights.length - 1 : Math.max(1, above)) - 1;
  const [from, to] = [toLab(colours[left]), toLab(colours[left + 1])];
  const part = (height - from[0]) / (to[0] - from[0]);
  return fromLab(from.map((value, i) => value + part * (to[i] - value)) as unknown as Triple);
}

/** @param share −1 … 1 */
function diverging(scale: keyof typeof DIVERGING, share: number): Triple {
  const { middle, end, below, above } = DIVERGING[scale];
  const far = Math.abs(share);
  const { chroma, hue } = share < 0 ? below : above;
  const angle = (hue * Math.PI) / 180;
  return fromLab([middle + far * (end - middle), far * chroma * Math.cos(angle), far * chroma * Math.sin(angle)]);
}

/** The colour of a level. */
export function colourAt(scale: ColourScale, level: number): Triple {
  const share = level / (LEVELS - 1);
  return scale === 'sequential' ? sequential(share) : diverging(scale, 2 * share - 1);
}

const tables = new Map<ColourScale, Uint32Array>();

/** The scale as pixels of an `ImageData` seen as 32-bit words, a word a level; the last, for `NONE`, is transparent. */
export function pixelsOf(scale: ColourScale): Uint32Array {
  const known = tables.get(scale);
  if (known) return known;
  const bytes = new Uint8ClampedArray(4 * (LEVELS + 1));
  for (let level = 0; level < LEVELS; level++) bytes.set([...colourAt(scale, level), 255], 4 * level);
  const made = new Uint32Array(bytes.buffer);
  tables.set(scale, made);
  return made;
}
