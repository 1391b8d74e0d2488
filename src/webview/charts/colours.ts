/**
 * The colour scale of the heat maps: inferno (van der Walt & Smith 2015, matplotlib), whose lightness rises evenly, so that equal
 * steps look equal, also without colour vision and in print. Interpolated between its ten published support colours.
 */

const SUPPORT = [0x000004, 0x1b0c41, 0x4a0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925, 0xfb9b06, 0xf7d13d, 0xfcffa4];

/** Colours in the table. */
export const COLOURS = 256;

/** The scale as bytes: red, green, blue for each of `COLOURS` entries. */
export const inferno: Uint8Array = (() => {
  const table = new Uint8Array(COLOURS * 3);
  for (let entry = 0; entry < COLOURS; entry++) {
    const place = (entry / (COLOURS - 1)) * (SUPPORT.length - 1);
    const left = Math.min(SUPPORT.length - 2, Math.floor(place));
    for (let channel = 0; channel < 3; channel++) {
      const shift = 16 - 8 * channel;
      const [a, b] = [(SUPPORT[left] >> shift) & 255, (SUPPORT[left + 1] >> shift) & 255];
      table[entry * 3 + channel] = Math.round(a + (b - a) * (place - left));
    }
  }
  return table;
})();

/**
 * Paints `values` into `pixels` (RGBA): the least is dark, the greatest bright; what is not finite stays transparent.
 * @param low, high the values at the ends of the scale
 */
export function paint(values: ArrayLike<number>, low: number, high: number, pixels: Uint8ClampedArray): void {
  const scale = high > low ? (COLOURS - 1) / (high - low) : 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const at = 4 * index;
    if (!Number.isFinite(value)) {
      pixels[at + 3] = 0;
      continue;
    }
    const entry = 3 * Math.max(0, Math.min(COLOURS - 1, Math.round((value - low) * scale)));
    pixels[at] = inferno[entry];
    pixels[at + 1] = inferno[entry + 1];
    pixels[at + 2] = inferno[entry + 2];
    pixels[at + 3] = 255;
  }
}
