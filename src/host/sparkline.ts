/** A small chart of the loss for a hover, as an SVG image in a data address: hovers may show nothing else. */

const width = 240;
const height = 44;
/** Readable on light and dark alike. */
const colour = '#4c8dd6';

/** @param values in order; on a log axis where all are above 0 @returns an address, or '' where there is nothing to draw */
export function sparkline(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return '';
  const scale = finite.every((value) => value > 0) ? Math.log : (value: number): number => value;
  const low = Math.min(...finite.map(scale));
  const high = Math.max(...finite.map(scale));
  const y = (value: number): number => height - 3 - ((scale(value) - low) / (high - low || 1)) * (height - 6);
  const points = finite.map((value, index) => `${((index / (finite.length - 1)) * (width - 4) + 2).toFixed(1)},${y(value).toFixed(1)}`);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
