/** What every card has that shows one thing over steps: its place in the panel, and its colours; both are its `StepCard`'s. */
import type { StepCard } from './stepCard';

export abstract class CardOverSteps {
  protected abstract readonly card: StepCard;

  get element(): HTMLElement {
    return this.card.element;
  }

  /** The colours changed. */
  recolour(): void {
    this.card.recolour();
  }
}
