/**
 * Some pictures need not follow every frame: their newest step moves them by less than a pixel. A cadence says when one is due, and
 * asks for a drawing later where it held one back, so that the last state is always shown.
 */
export class Cadence {
  private last = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param period milliseconds between two drawings. @param redraw asks for a drawing of the panel */
  constructor(
    private readonly period: number,
    private readonly redraw: () => void,
  ) {}

  /** Whether to draw now. */
  due(now = performance.now()): boolean {
    const wait = this.last + this.period - now;
    if (wait > 0) {
      this.timer ??= setTimeout(() => this.redraw(), wait);
      return false;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.last = now;
    return true;
  }

  /** The next drawing is due at once. */
  hurry(): void {
    this.last = -Infinity;
  }
}
