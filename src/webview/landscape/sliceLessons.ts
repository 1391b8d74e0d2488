/** What the mode says where there is no slice to show, and the button that does something about it. */
import { textButton, type Control } from '../controls';
import { element, setText, show } from '../dom';
import type { Run } from '../run';
import { labelOf, lessonOf } from './sliceLesson';

export class SliceLessons {
  readonly element: HTMLElement;
  private readonly headline = element('p', { class: 'headline' });
  private readonly text = element('p', {});
  private readonly button: Control;

  /** @param act does what the lesson offers */
  constructor(act: () => Promise<void>) {
    this.button = textButton('', act);
    this.element = element('section', { class: 'empty' }, this.headline, this.text, this.button.element);
  }

  draw(run: Run | null): void {
    const { headline, text, way } = lessonOf(run);
    setText(this.headline, headline);
    setText(this.text, text.trim());
    show(this.button.element, way !== 'none');
    this.button.say(labelOf(run));
  }
}
