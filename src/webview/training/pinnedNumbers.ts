/** The numbers of the pinned run under a chart: its name beside a dashed line, as it is drawn, then what the legend says of the run that is shown. */
import { element, setText, show } from '../dom';
import type { Quantity } from '../quantity';
import type { Run } from '../run';
import { put, type Measured } from './measured';

export class PinnedNumbers {
  private readonly name = element('span', { class: 'name' });
  readonly element: HTMLElement;
  private readonly entries: readonly HTMLElement[];

  /** @param labelled each number with what the legend calls it */
  constructor(private readonly labelled: readonly (readonly [label: string, quantity: Quantity])[]) {
    this.entries = labelled.map(([label, quantity]) => element('span', { class: 'entry' }, `${label} `, quantity.element));
    this.element = element(
      'div',
      { class: 'legend pinnedNumbers', hidden: true },
      element('span', { class: 'entry' }, element('i', { class: 'swatch dashed foreground', 'aria-hidden': 'true' }), this.name),
      ...this.entries,
    );
  }

  /** @param numbers one a label: the number and its step; null where the pinned run has none */
  draw(pinned: Run | null, numbers: (pinned: Run) => readonly Measured[]): void {
    show(this.element, pinned !== null);
    if (!pinned) return;
    setText(this.name, pinned.name);
    if (this.element.dataset.run !== pinned.id) this.element.dataset.run = pinned.id;
    for (const [index, measured] of numbers(pinned).entries()) {
      show(this.entries[index], measured !== null);
      put(this.labelled[index][1], measured);
    }
  }
}
