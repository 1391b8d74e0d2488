/**
 * Whether a line can be told from its background. Some themes give a chart colour that is meant for an overlay and is nearly lost as a
 * thin line; where its contrast is below 3 : 1, the least for graphics by WCAG 2.2 (1.4.11), a colour of ours takes its place.
 */

/** 0 … 255 each; alpha 0 … 1. */
export type Channels = readonly [red: number, green: number, blue: number, alpha: number];

const LEAST_CONTRAST = 3;

/** Relative luminance, 0 … 1 (WCAG 2.2); alpha is not looked at. */
export function luminance([red, green, blue]: Channels): number {
  const linear = (channel: number): number => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** Contrast ratio of `colour`, laid over `background`, with it: 1 … 21. */
export function contrast(colour: Channels, background: Channels): number {
  const alpha = colour[3];
  const over = (index: 0 | 1 | 2): number => alpha * colour[index] + (1 - alpha) * background[index];
  const pair = [luminance([over(0), over(1), over(2), 1]), luminance(background)];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}

/** Whether a thin line of `colour` can be seen on `background`. */
export const legible = (colour: Channels, background: Channels): boolean => contrast(colour, background) >= LEAST_CONTRAST;
