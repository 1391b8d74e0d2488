/** What the mode says where there is no slice to show, and what to do about it. */
import { textButton, type Control } from '../controls';
import { element, setText, show } from '../dom';
import { integer } from '../format';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import { lessonOf, lookLabel, type Way } from './sliceLesson';

export class SliceLessons {
  readonly element: HTMLElement;
  private readonly headline = element('p', { class: 'headline' });
  private readonly text = element('p', {});
  private readonly button: Control;
  private way: Way = 'none';
  private run: Run | null = null;

  /** @param look draws the first slice */
  constructor({ host, attempt }: PanelContext, look: () => Promise<void>) {
    this.button = textButton('', () =>
      attempt(async () => {
        if (this.way === 'train') await host.trainWith();
        else if (this.way === 'replay') await host.goTo(this.run!.looked);
        else await look();
      }),
    );
    this.element = element('section', { class: 'empty' }, this.headline, this.text, this.button.element);
  }

  draw(run: Run | null): void {
    const { headline, text, way } = lessonOf(run);
    [this.way, this.run] = [way, run];
    setText(this.headline, headline);
    setText(this.text, text.trim());
    show(this.button.element, way !== 'none');
    this.button.say(way === 'train' ? 'Train with…' : way === 'replay' ? `Train again up to step ${integer(run!.looked)}` : lookLabel(run));
  }
}
