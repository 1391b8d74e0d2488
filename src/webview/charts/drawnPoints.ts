/**
 * The points of one line as they are drawn, and what an axis must hold of them. From drawing to drawing a line mostly grows at its end: then only
 * its last bucket is looked at again.
 */
import { decimate, sample, unsettled, type Point, type Series } from './decimate';

/** What the points are for. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Into how many buckets the window is divided. */
  readonly buckets: number;
  readonly logarithmic: boolean;
}

/** The least and the greatest number in the window; and whether one cannot be on a logarithmic axis. */
class Extent {
  low = Infinity;
  high = -Infinity;
  omits = false;

  copy({ low, high, omits }: Extent): void {
    this.low = low;
    this.high = high;
    this.omits = omits;
  }
}

export class DrawnPoints {
  /** Those that cannot be on a logarithmic axis are NaN. */
  readonly points: Point[] = [];
  readonly extent = new Extent();
  /** The same of the points that are settled. */
  private readonly before = new Extent();
  private settled = unsettled();
  private source: Series | undefined;
  private epoch: number | undefined;
  private window: Window | undefined;

  /** There is nothing to draw. */
  clear(): void {
    this.source = undefined;
    this.points.length = 0;
    this.extent.copy(new Extent());
  }

  /** @param smooth the line is a guide, without extremes of its own */
  take(series: Series, window: Window, smooth: boolean): void {
    const { settled, before, extent, points } = this;
    const goes = !smooth && series.epoch !== undefined && series === this.source && series.epoch === this.epoch && this.fits(window);
    if (!goes) Object.assign(settled, unsettled());
    this.source = series;
    this.epoch = series.epoch;
    this.window = window;
    const { from, to, buckets } = window;
    let left = 0;
    if (smooth) sample(series, from, to, 2 * buckets, points);
    else left = decimate(series, from, to, buckets, points, settled);
    if (left === 0) before.copy(new Extent());
    this.extend(before, left, settled.count);
    extent.copy(before);
    this.extend(extent, settled.count, points.length);
  }

  private fits({ from, to, buckets, logarithmic }: Window): boolean {
    const { window } = this;
    return window?.from === from && window.to === to && window.buckets === buckets && window.logarithmic === logarithmic;
  }

  /** Takes in the points `start` to before `end`. */
  private extend(extent: Extent, start: number, end: number): void {
    const { from, to, logarithmic } = this.window!;
    for (let index = start; index < end; index++) {
      const point = this.points[index];
      if (logarithmic && point.y <= 0) {
        point.y = NaN;
        extent.omits = true;
      }
      if (!Number.isFinite(point.y) || point.x < from || point.x > to) continue;
      if (point.y < extent.low) extent.low = point.y;
      if (point.y > extent.high) extent.high = point.y;
    }
  }
}
