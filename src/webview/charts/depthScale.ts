/**
 * The shades under contour lines: like the depths on a chart of the sea, deep where the function is low, and out of the way of what is drawn
 * upon them. From the editor's background to a tint of its blue, straight through OKLab (Ottosson 2020, bottosson.github.io/posts/oklab), so that
 * equal steps look equal.
 */
import { channels, contrastOf, theme } from '../theme';

type Triple = readonly [number, number, number];

/** Shades in a table. */
export const SHADES = 256;
/** How much of the blue the deepest shade has: less on a light background, where it is far from the others sooner. */
const TINTS = { dark: 0.62, light: 0.5 } as const;

const toLinear = (channel: number): number => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
const fromLinear = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);

/** @param colour red, green, blue, 0 … 255 each */
export function toOklab([red, green, blue]: Triple): Triple {
  const [r, g, b] = [toLinear(red / 255), toLinear(green / 255), toLinear(blue / 255)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @returns red, green, blue, 0 … 255 each, not rounded */
export function fromOklab([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channel = (light: number): number => 255 * fromLinear(Math.max(0, Math.min(1, light)));
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Red, green, blue for each of `SHADES`, the deepest first; of the theme of this moment. */
export function depthScale(): Uint8Array {
  const [background, blue] = [theme().background, theme().blue].map((colour) => {
    const [red, green, blue] = channels(colour);
    return toOklab([red, green, blue]);
  });
  const tint = TINTS[contrastOf(theme().background)];
  const table = new Uint8Array(3 * SHADES);
  for (let shade = 0; shade < SHADES; shade++) {
    const share = tint * (1 - shade / (SHADES - 1));
    const mixed = background.map((component, i) => component + share * (blue[i] - component));
    fromOklab([mixed[0], mixed[1], mixed[2]]).forEach((channel, i) => (table[3 * shade + i] = Math.round(channel)));
  }
  return table;
}
