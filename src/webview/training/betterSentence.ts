/** Which of two compared runs came out better, in one sentence above the charts: the table that says more lies below them. */
import { element, show } from '../dom';
import { number } from '../format';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';
import { betterRun, type LossField } from './better';
import { namesApart } from './difference';
import { put } from './measured';

const LOSSES: Readonly<Record<LossField, string>> = { heldOutLoss: 'lowest held-out loss', trainLoss: 'last train loss' };

export class BetterSentence {
  readonly element = element('p', { class: 'better', 'data-role': 'whole' });
  private drawn = '';

  constructor() {
    show(this.element, false);
  }

  draw({ run, pinned }: Shown): void {
    const found = pinned && betterRun(run, pinned);
    show(this.element, Boolean(found));
    if (!pinned || !found) return;
    const names = namesApart(run, pinned);
    const stamp = JSON.stringify([found, names, run.id, pinned.id]);
    if (stamp === this.drawn) return;
    this.drawn = stamp;
    if (found === 'incomparable') {
      this.element.replaceChildren('The two runs were trained on different things, so their losses do not compare.');
      return;
    }
    const loss = (side: number): HTMLElement => {
      const quantity = new Quantity(found.field, number);
      put(quantity, found.losses[side]);
      return element('span', { 'data-run': [run, pinned][side].id }, quantity.element);
    };
    const name = LOSSES[found.field];
    const [better, worse] = found.side === 1 ? [1, 0] : [0, 1];
    const words =
      found.side === undefined
        ? [`Both have the same ${name}: `, loss(0), '.']
        : [
            element('strong', {}, names[better]),
            ` came out better: its ${name} is `,
            loss(better),
            `, that of ${names[worse]} `,
            loss(worse),
            '.',
          ];
    this.element.replaceChildren(...words);
  }
}
