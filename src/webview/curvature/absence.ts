/** What the Curvature panel says where there is nothing to show: why, what will be there, and what to do about it. */
import { textButton } from '../controls';
import { element, setText, show } from '../dom';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import { whyNothing } from './whyNothing';

/** Says why there is nothing, at length, with what to do. */
export class Absence {
  private readonly why = element('p', { class: 'headline' });
  private readonly what = element('p', {});
  private readonly again: HTMLElement;
  private readonly training: HTMLElement;
  readonly element: HTMLElement;

  constructor({ host, attempt }: PanelContext) {
    this.again = textButton('Train with…', () => attempt(() => host.trainWith())).element;
    this.training = textButton('Open the Training panel', () => attempt(() => host.openPanel('training'))).element;
    this.element = element('section', { class: 'empty absence' }, this.why, this.what, this.again, this.training);
  }

  /** @returns whether there is nothing to show but this */
  draw(run: Run): boolean {
    const why = whyNothing(run);
    show(this.element, why !== '');
    if (why === '') return false;
    setText(this.why, why);
    const off = run.start?.spec.measure.curvatureEvery === 0;
    setText(this.what, off ? OFF : run.curvatures.length > 0 ? EARLIER : COMING);
    show(this.again, off && run.curvatures.length === 0);
    // of a run that could not start nothing will come
    show(this.what, run.state !== 'failed' || run.start !== null);
    show(this.training, run.state === 'failed' && run.start === null);
    return true;
  }
}

const OFF =
  'Put a number of steps there, such as 100, and train again: then you see here how sharply the loss curves up and down around the weights, and how close that is to what the rule can bear.';
const EARLIER = 'Move the scrubber to a later step.';
const COMING =
  'It tells both ends of the Hessian’s spectrum, their residuals, the trace, and whether the weights are at a minimum, a saddle, a plateau or on a slope.';
