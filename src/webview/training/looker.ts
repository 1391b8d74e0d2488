/**
 * Asks the editor to look at another step, in all panels: at most once a frame of the screen, and only when it has answered the time before, so
 * that dragging never runs ahead of the pictures. Until then this panel already stands on the step that is wanted.
 */
import type { HostCalls, SharedView } from '../../shared/protocol';

export class Looker {
  /** What is wanted and not yet answered; undefined where nothing is. */
  private wanted: number | null | undefined;
  private under = false;

  /** @param redraw asks for a drawing of the panel */
  constructor(
    private readonly host: HostCalls,
    private readonly redraw: () => void,
  ) {}

  /** The step that is looked at; null: the newest. */
  at(view: SharedView): number | null {
    return this.wanted === undefined ? view.at : this.wanted;
  }

  look(at: number | null): void {
    this.wanted = at;
    this.redraw();
    if (this.under) return;
    this.under = true;
    requestAnimationFrame(() => void this.ask());
  }

  private async ask(): Promise<void> {
    const at = this.wanted!;
    try {
      await this.host.look({ at });
    } finally {
      this.under = false;
      if (this.wanted === at) this.wanted = undefined;
      else this.look(this.wanted!);
      this.redraw();
    }
  }
}
