/** What the Gradient inspector says of a run that has not taken a step: what is about to be here, or why nothing will be. */
import { textButton } from '../controls';
import { element, setText, show } from '../dom';
import type { PanelContext } from '../panel';
import type { Run } from '../run';

const COMING =
  'With the first step you see here how large the gradient of each layer is, which layer learns slowest, and the learning rate that each single weight really gets.';
const NEVER = 'There is no gradient to look at. The Training panel tells what happened, and starts the run again.';

export class Beginning {
  private readonly headline = element('p', { class: 'headline' });
  private readonly what = element('p', {});
  private readonly training: HTMLElement;
  readonly element: HTMLElement;

  constructor({ host, attempt }: PanelContext) {
    this.training = textButton('Open the Training panel', () => attempt(() => host.openPanel('training'))).element;
    this.element = element('section', { class: 'empty' }, this.headline, this.what, this.training);
  }

  /** @returns whether the run has taken a step, and there is more to show than this */
  draw(run: Run): boolean {
    const begun = run.history !== null && run.history.rows > 0;
    show(this.element, !begun);
    if (begun) return true;
    const over = run.state === 'ended' || run.state === 'failed' || run.state === 'lost';
    setText(this.headline, over ? 'The run ended before its first step' : 'The run is about to begin');
    setText(this.what, over ? NEVER : COMING);
    show(this.training, over);
    return false;
  }
}
