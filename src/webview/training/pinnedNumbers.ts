/** The numbers of the pinned run under a chart: its name beside a dashed line, as it is drawn, then what the legend says of the run that is shown. */
import { element, setText, show } from '../dom';
import type { Quantity } from '../quantity';
import type { Run } from '../run';
import type { Shown } from '../shown';
import { namesApart } from './difference';
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
      { class: 'pinnedNumbers', hidden: true },
      // its lines are called so in every chart: the entry hides and shows them
      element(
        'span',
        { class: 'entry', 'data-line': 'pinned run' },
        element('i', { class: 'swatch dashed foreground', 'aria-hidden': 'true' }),
        this.name,
      ),
      ...this.entries,
    );
  }

  /** @param numbers one a label: the number and its step; null where the pinned run has none */
  draw({ run, pinned }: Shown, numbers: (pinned: Run) => readonly Measured[]): void {
    show(this.element, pinned !== null);
    if (!pinned) return;
    setText(this.name, namesApart(run, pinned)[1]);
    if (this.element.dataset.run !== pinned.id) this.element.dataset.run = pinned.id;
    for (const [index, measured] of numbers(pinned).entries()) {
      show(this.entries[index], measured !== null);
      put(this.labelled[index][1], measured);
    }
  }
}
