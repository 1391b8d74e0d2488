/**
 * What a panel costs, for measuring: `body` carries how many frames arrived, how many times the panel was drawn, and the milliseconds that our
 * own script took (`data-frames`, `data-draws`, `data-draw-time`); `window.drawTimes()` gives when each of the newest drawings began and what it
 * took, taking in what arrived for it included.
 */

/** Drawings whose times are kept. */
const KEPT = 8192;

export class Figures {
  private frames = 0;
  private draws = 0;
  private total = 0;
  /** Milliseconds spent on messages since the last drawing. */
  private taken = 0;
  private readonly times = new Float32Array(KEPT);
  /** Milliseconds since 1970: the same clock in all panels. */
  private readonly moments = new Float64Array(KEPT);

  constructor() {
    Object.assign(window, { drawTimes: () => this.newest() });
  }

  /** A frame of steps arrived, and is taken in by `work`. */
  frame(work: () => void): void {
    const before = performance.now();
    work();
    this.taken += performance.now() - before;
    document.body.dataset.frames = String(++this.frames);
  }

  /** The panel is drawn by `work`. */
  draw(work: () => void): void {
    const before = performance.now();
    work();
    const time = performance.now() - before + this.taken;
    this.taken = 0;
    this.moments[this.draws % KEPT] = performance.timeOrigin + before;
    this.times[this.draws++ % KEPT] = time;
    this.total += time;
    Object.assign(document.body.dataset, { draws: String(this.draws), drawTime: this.total.toFixed(1) });
  }

  /** When and for how long, in milliseconds, of each of the newest drawings, the oldest first. */
  private newest(): (readonly [when: number, took: number])[] {
    const first = Math.max(0, this.draws - KEPT);
    return Array.from({ length: this.draws - first }, (_, index) => {
      const place = (first + index) % KEPT;
      return [this.moments[place], this.times[place]] as const;
    });
  }
}
