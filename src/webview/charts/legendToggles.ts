/**
 * The entries of a legend as switches: pressed, the line is there; not pressed, it is hidden. What is hidden is remembered by the card's name. An
 * entry belongs to the lines that carry its name (`data-line`); an entry without one only explains.
 */
import { recall, remember } from '../connection';

export class LegendToggles {
  private readonly hidden: Set<string>;

  /** @param changed a line was hidden or shown */
  constructor(
    private readonly card: string,
    legend: HTMLElement,
    private readonly changed: () => void,
  ) {
    this.hidden = new Set(JSON.parse(recall(`hidden ${card}`) ?? '[]') as string[]);
    for (const entry of legend.querySelectorAll<HTMLElement>('.entry[data-line]')) this.add(entry);
  }

  isHidden(line: string): boolean {
    return this.hidden.has(line);
  }

  /** Makes an entry a switch. */
  add(entry: HTMLElement): void {
    entry.setAttribute('role', 'button');
    entry.tabIndex = 0;
    const flip = (): void => {
      const line = entry.dataset.line ?? '';
      if (!this.hidden.delete(line)) this.hidden.add(line);
      remember(`hidden ${this.card}`, JSON.stringify([...this.hidden]));
      this.display(entry);
      this.changed();
    };
    entry.addEventListener('click', flip);
    entry.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      flip();
    });
    this.display(entry);
  }

  private display(entry: HTMLElement): void {
    const shown = !this.hidden.has(entry.dataset.line ?? '');
    entry.setAttribute('aria-pressed', String(shown));
    entry.title = shown ? 'Hide this line' : 'Show this line';
  }
}
