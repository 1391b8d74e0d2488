/** One line above the cards: what runs, where it stands, and which step is looked at, with the way back to the newest. */
import { textButton, type Control } from '../controls';
import { element, setText, show } from '../dom';
import { integer } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Shown } from '../shown';
import { StatePill } from '../state';

export class LookedAt {
  readonly element: HTMLElement;
  private readonly state = new StatePill();
  private readonly title = element('span', { class: 'title' });
  private readonly details = element('span', { class: 'details' });
  private readonly step = new Quantity('step', integer);
  private readonly total = element('span');
  private readonly steps = element('span', { class: 'steps number' }, 'step ', this.step.element, this.total);
  private readonly newest: Control;

  constructor({ looking }: PanelContext) {
    this.newest = textButton('Back to newest', async () => looking.look({ at: null }), 'secondary');
    this.element = element(
      'header',
      { class: 'bar lookedAt' },
      element('span', { class: 'what' }, this.title, this.details),
      element('span', { class: 'side' }, this.steps, this.newest.element, this.state.element),
    );
  }

  draw({ run, view }: Shown): void {
    setText(this.title, run.title);
    setText(this.details, run.details);
    this.details.title = run.details;
    this.step.set(run.looked, run.looked);
    setText(this.total, ` of ${integer(run.steps)}`);
    show(this.steps, run.steps > 0);
    show(this.newest.element, view.at !== null && run.past);
    this.state.draw(run);
  }
}
