/**
 * Asks the editor to look at another step, in all panels: at most once a frame of the screen, and only when it has answered the time before, so
 * that dragging never runs ahead of the pictures. Until then this panel already stands on the step that is wanted.
 */
import type { HostCalls } from '../../shared/protocol';

export class Looker {
  /** What was asked for last; undefined where the view has it. */
  private wanted: number | null | undefined;
  private asking = false;

  /** @param redraw asks for a drawing of the panel */
  constructor(
    private readonly host: HostCalls,
    private readonly redraw: () => void,
  ) {}

  /** The step that is looked at, or will be; null: the newest. Keys pressed quickly go on from here. @param seen the one of the last drawing */
  from(seen: number | null): number | null {
    return this.wanted === undefined ? seen : this.wanted;
  }

  /** The same for a drawing. @param at as the view has it now, which holds every question that was answered */
  at(at: number | null): number | null {
    if (!this.asking) this.wanted = undefined;
    return this.from(at);
  }

  look(at: number | null): void {
    this.wanted = at;
    this.redraw();
    if (this.asking) return;
    this.asking = true;
    requestAnimationFrame(() => void this.ask());
  }

  private async ask(): Promise<void> {
    const at = this.wanted!;
    try {
      await this.host.look({ at });
    } finally {
      this.asking = false;
      if (this.wanted !== at) this.look(this.wanted!);
      this.redraw();
    }
  }
}
