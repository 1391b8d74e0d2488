/**
 * Why there is no measurement to show, and what to do about it: curvature is off in the run, the first measurement is still to come, or the
 * step looked at lies before the first.
 */
import { textButton } from '../controls';
import { element, setText, show } from '../dom';
import { integer } from '../format';
import type { PanelContext } from '../panel';
import type { Run } from '../run';

/** One sentence; empty where there is a measurement. */
export function whyNothing(run: Run): string {
  if (run.curvature) return '';
  const [first] = run.curvatures;
  if (first) return `No measurement up to step ${integer(run.at ?? 0)}: the first is of step ${integer(first.step)}.`;
  const every = run.start?.spec.measure.curvatureEvery;
  if (every === undefined) return 'The run is about to begin; its first measurement is of the initial weights.';
  if (every === 0) return 'Curvature is off in this run: the field measure.curvatureEvery of its specification is 0.';
  if (run.state === 'ended' || run.state === 'failed' || run.state === 'lost')
    return `The run ended before its first measurement was complete; it was to measure every ${integer(every)} steps.`;
  return `Measured every ${integer(every)} steps, one Hessian-vector product beside each step of training; the first is under way.`;
}

/** Says why there is nothing, at length, with what to do. */
export class Absence {
  private readonly why = element('p', { class: 'headline' });
  private readonly what = element('p', {});
  private readonly again: HTMLElement;
  readonly element: HTMLElement;

  constructor({ host, attempt }: PanelContext) {
    this.again = textButton('Train with…', () => attempt(() => host.trainWith())).element;
    this.element = element('section', { class: 'empty absence' }, this.why, this.what, this.again);
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
    return true;
  }
}

const OFF =
  'Put a number of steps there, such as 100, and train again: then you see here how sharply the loss curves up and down around the weights, and how close that is to what the rule can bear.';
const EARLIER = 'Move the scrubber to a later step.';
const COMING =
  'It tells both ends of the Hessian’s spectrum, their residuals, the trace, and whether the weights are at a minimum, a saddle, a plateau or on a slope.';
