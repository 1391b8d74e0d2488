/**
 * Who may draw in this frame of the screen. While a run streams, lines need not follow every frame: each picture is drawn at most every
 * `PERIOD`, those out of sight less often, and no frame draws more of them than its share of time allows; who had to wait comes before
 * all others in the next.
 * What a person does (zooming, scrubbing) is shown at once.
 */

/** Milliseconds between two drawings of one picture. */
const PERIOD = 50;
/** The same where it is out of sight. */
const PERIOD_UNSEEN = 500;
/** Milliseconds of drawing after which a frame begins no further picture: of what follows a run, and of what follows a person. */
const ENOUGH = { run: 0.8, person: 8 } as const;

export class Turn {
  private last = -Infinity;
  /** Someone asked for it to be drawn. */
  private hurried = true;
  private inSight = true;

  /** @param redraw asks for a drawing of the panel with the next frame. @param period milliseconds between two drawings */
  constructor(
    private readonly redraw: () => void,
    private readonly period = PERIOD,
  ) {}

  /** The picture is to be drawn at once. */
  hurry(): void {
    this.hurried = true;
  }

  /** Says when `target` is out of sight. */
  watch(target: Element): void {
    new IntersectionObserver(
      (entries) => {
        const seen = entries[entries.length - 1].isIntersecting;
        if (seen && !this.inSight) this.redraw();
        this.inSight = seen;
      },
      { rootMargin: '200px' },
    ).observe(target);
  }

  /** Whether it may be drawn again; otherwise it asks for a drawing when it may. */
  due(now = performance.now()): boolean {
    const wait = this.hurried ? 0 : this.last + (this.inSight ? this.period : PERIOD_UNSEEN) - now;
    if (wait > 0) alarm.set(wait, this.redraw);
    return wait <= 0;
  }

  /** Does `draw` now if it is its turn; otherwise asks for a drawing later. */
  take(draw: () => void, now = performance.now()): void {
    if (!this.due(now)) return;
    if (!frame.allows(this, this.hurried)) {
      this.redraw();
      return;
    }
    this.last = now;
    this.hurried = false;
    const began = performance.now();
    draw();
    frame.spent += performance.now() - began;
  }
}

/** One timer for all pictures that wait, since setting one and taking it back costs more than asking in vain: it rings for the first that is due. */
class Alarm {
  private at = Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly waiting = new Set<() => void>();

  /** Calls `ring` in `wait` milliseconds, or sooner. */
  set(wait: number, ring: () => void): void {
    this.waiting.add(ring);
    const at = performance.now() + wait;
    if (at >= this.at) return;
    clearTimeout(this.timer);
    this.at = at;
    this.timer = setTimeout(() => this.ring(), wait);
  }

  private ring(): void {
    this.at = Infinity;
    const rings = [...this.waiting];
    this.waiting.clear();
    for (const ring of rings) ring();
  }
}

const alarm = new Alarm();

/** What this frame has drawn so far. It ends with the task that draws it. */
class FrameBudget {
  spent = 0;
  private open = false;
  /** Those that had to wait: nobody else draws before all of them have. Those that asked meanwhile come after. */
  private waiting = new Set<Turn>();
  private refused = new Set<Turn>();
  /** Those that asked in this frame; who asks no more is waited for no longer. */
  private readonly asked = new Set<Turn>();

  /** Whether there is time for `turn` in this frame; otherwise it is among the first in one of the next. */
  allows(turn: Turn, hurried: boolean): boolean {
    if (!this.open) this.begin();
    this.asked.add(turn);
    const free = this.spent === 0 || this.spent < (hurried ? ENOUGH.person : ENOUGH.run);
    const first = this.waiting.size === 0 || this.waiting.has(turn);
    if (free && (hurried || first)) {
      this.waiting.delete(turn);
      return true;
    }
    if (!this.waiting.has(turn)) this.refused.add(turn);
    return false;
  }

  private begin(): void {
    this.open = true;
    this.spent = 0;
    for (const turn of this.waiting) if (!this.asked.has(turn)) this.waiting.delete(turn);
    this.asked.clear();
    if (this.waiting.size === 0) {
      [this.waiting, this.refused] = [this.refused, this.waiting];
    }
    queueMicrotask(() => (this.open = false));
  }
}

const frame = new FrameBudget();
