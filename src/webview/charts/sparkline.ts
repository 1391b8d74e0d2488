/** A line without axes, one word high: how a number went, beside the number. The ordinate is logarithmic and fills the height. */
import { fade, theme } from '../theme';
import { Surface } from './canvas';
import type { Point, Series } from './decimate';
import { trendOf } from './trend';

/** The least that the height spans, of natural logarithms: a fifth of a decade. */
const LEAST = 0.2 * Math.LN10;

/** At most `buckets` points: of each bucket the middle step and the mean logarithm; NaN where a number is not above 0. */
function smooth(series: Series, buckets: number, points: Point[]): void {
  const trend = trendOf(series);
  const { length } = series;
  points.length = Math.min(length, buckets);
  for (let bucket = 0; bucket < points.length; bucket++) {
    const from = Math.floor((bucket * length) / points.length);
    const to = Math.floor(((bucket + 1) * length) / points.length);
    const point = (points[bucket] ??= { x: 0, y: 0 });
    point.x = (series.x(from) + series.x(to - 1)) / 2;
    point.y = trend.mean(from, to);
  }
}

export class Sparkline {
  private readonly surface: Surface;
  private readonly points: Point[] = [];

  constructor(resized: () => void) {
    this.surface = new Surface('sparkline', resized);
    this.surface.element.removeAttribute('role');
    this.surface.element.setAttribute('aria-hidden', 'true'); // the number beside it says it
  }

  get element(): HTMLCanvasElement {
    return this.surface.element;
  }

  /** @param cursor the place in the series that is looked at: what comes after it is dimmed */
  draw(series: Series, cursor: number | null = null): void {
    const context = this.surface.begin();
    const { width, height } = this.surface;
    if (series.length < 2 || width < 4) return;
    smooth(series, Math.ceil(width / 3), this.points);
    let [low, high] = [Infinity, -Infinity];
    for (const point of this.points) {
      if (!Number.isFinite(point.y)) continue;
      low = Math.min(low, point.y);
      high = Math.max(high, point.y);
    }
    // A norm that stays is drawn flat, in the middle.
    const spread = Math.max(high - low, LEAST);
    const middle = (low + high) / 2;
    const from = this.points[0].x;
    const across = (width - 2) / (this.points[this.points.length - 1].x - from || 1);
    context.beginPath();
    let pen = false;
    for (const { x, y } of this.points) {
      const place = [1 + (x - from) * across, height / 2 - ((y - middle) / spread) * (height - 4)] as const;
      if (!Number.isFinite(y)) pen = false;
      else if (pen) context.lineTo(...place);
      else context.moveTo(...place);
      pen = Number.isFinite(y);
    }
    context.strokeStyle = fade(theme().blue, 0.95);
    context.lineWidth = 1.2;
    context.lineJoin = 'round';
    context.stroke();
    if (cursor === null || cursor < 0 || cursor >= series.length) return;
    const at = 1 + (series.x(cursor) - from) * across;
    context.globalAlpha = 0.65;
    context.globalCompositeOperation = 'destination-out';
    context.fillRect(at, 0, width - at, height);
    context.globalCompositeOperation = 'source-over';
    context.globalAlpha = 1;
  }
}
