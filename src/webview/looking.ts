/**
 * What this panel looks at: as the editor last said it, with every wish of the person over it that the editor has not answered yet. So a panel
 * stands at once where it is asked to, and word that was on its way meanwhile never undoes a newer wish. The editor is asked at most once a
 * frame of the screen, and only when it has answered the time before, so that dragging never runs ahead of it. Its answer is what it looks at
 * then: it needs no other message, which it does not send to a panel that it takes for hidden.
 */
import type { SharedView } from '../shared/protocol';

type Wish = Partial<SharedView>;

/** What is looked at before the editor has said anything. */
export const nowhere: SharedView = { at: null, layer: null, hiddenLayers: [] };

export class Looking {
  /** As the editor said it last. */
  private told = nowhere;
  /** Asked, and not answered yet. */
  private asked: Wish | null = null;
  /** Wished since. */
  private wished: Wish | null = null;
  private waiting = false;
  private seen = nowhere;

  /**
   * @param ask asks the editor; the answer is what it looks at then
   * @param changed something else is looked at
   * @param soon does something with the next frame of the screen
   * @param fault told where the editor cannot be asked: what it said last holds
   */
  constructor(
    private readonly ask: (change: Wish) => Promise<SharedView>,
    private readonly changed: () => void,
    private readonly soon: (act: () => void) => void,
    private readonly fault: (error: unknown) => void,
  ) {}

  /** What is looked at, or will be: keys pressed quickly go on from here. */
  get view(): SharedView {
    return this.seen;
  }

  /** Looks at another step or layer, in all panels. */
  look(change: Wish): void {
    this.wished = { ...this.wished, ...change };
    this.see();
    if (this.waiting) return;
    this.waiting = true;
    this.soon(() => void this.askNow());
  }

  /** The editor says what is looked at; wishes that it does not know yet are still to come. */
  tell(view: SharedView): void {
    this.told = view;
    this.see();
  }

  private async askNow(): Promise<void> {
    const change = (this.asked = this.wished ?? {});
    this.wished = null;
    try {
      this.told = await this.ask(change);
    } catch (error) {
      this.fault(error);
    }
    this.asked = null;
    this.waiting = this.wished !== null;
    if (this.waiting) this.soon(() => void this.askNow());
    this.see();
  }

  private see(): void {
    this.seen = { ...this.told, ...this.asked, ...this.wished };
    this.changed();
  }
}
