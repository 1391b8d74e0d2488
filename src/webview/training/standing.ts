/**
 * Where one stands: the step that is looked at, of how many, and, where that is not the newest, what can be done about it: go on from there,
 * with other hyperparameters if wanted, or look at the newest again. The row is always there, so that nothing jumps when one looks back.
 */
import { textButton, type Control } from '../controls';
import { element, setText, show } from '../dom';
import { integer, number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { column } from '../../shared/frame';
import type { Settings } from '../../engine/language';
import { ChangeForm } from './changeForm';

export class Standing {
  private readonly verb = element('span');
  private readonly step = new Quantity('step', integer);
  private readonly total = element('span');
  private readonly epoch = new Quantity('epoch', (value) => number(value));
  private readonly epochText = element('span', {}, ' · epoch ', this.epoch.element);
  private readonly newest = element('span', { class: 'newest' });
  private readonly steps = element(
    'span',
    { class: 'steps number' },
    this.verb,
    this.step.element,
    this.total,
    this.epochText,
    this.newest,
  );
  /** Where it computes and why there. */
  private readonly place = element('span', { class: 'place number' });
  private readonly goOn: Control;
  private readonly change: Control;
  private readonly back: Control;
  private readonly actions: HTMLElement;
  private readonly form: ChangeForm;
  readonly element: HTMLElement;
  private run: Run | undefined;
  /** Where the run is being put at this moment. */
  private going: number | null = null;
  /** The form has just closed, and the focus has to go somewhere. */
  private closed = false;

  /** @param leave gives the focus to what stands beside, where the button that had it has gone */
  constructor(
    private readonly context: PanelContext,
    private readonly leave: () => void,
  ) {
    const { attempt, redraw, looking } = context;
    this.goOn = textButton('Continue from here', () => attempt(() => this.continueFrom({})), 'secondary');
    this.change = textButton('Change hyperparameters…', () => attempt(() => this.offer()), 'secondary');
    this.back = textButton('Back to newest', async () => looking.look({ at: null }), 'secondary');
    this.form = new ChangeForm(
      (changed) => this.continueFrom(changed),
      () => {
        this.closed = true;
        redraw();
      },
      (error) => void attempt(() => Promise.reject(error)),
    );
    this.change.element.classList.add('change');
    this.actions = element(
      'div',
      { class: 'actions', role: 'group', 'aria-label': 'from the step looked at' },
      this.goOn.element,
      this.change.element,
      this.back.element,
    );
    this.element = element(
      'div',
      { class: 'standing' },
      element('div', { class: 'line' }, this.steps, this.place, this.actions),
      this.form.element,
    );
  }

  /** @param dragging the scrubber is being dragged: the actions are offered when it is let go */
  draw(run: Run, dragging: boolean): void {
    this.run = run;
    const { past } = run;
    const step = past ? run.looked : run.step;
    const { bound } = run.snapshot;
    const onItsWay = bound !== null && run.step < bound;
    setText(this.verb, past ? 'Looking at step ' : 'step ');
    this.step.set(step, step);
    setText(this.total, ` of ${integer(run.steps)}`);
    const epoch = run.value(column.epoch);
    show(this.epochText, Number.isFinite(epoch) && run.start !== null && 'network' in run.start.spec.problem);
    if (Number.isFinite(epoch)) this.epoch.set(epoch, run.looked);
    setText(
      this.newest,
      onItsWay
        ? ` · on its way to step ${integer(bound)}`
        : this.going !== null
          ? ` · going to step ${integer(this.going)}…`
          : past
            ? ` · newest ${integer(run.step)}`
            : '',
    );
    show(this.steps, run.steps > 0);
    const { place } = run.snapshot;
    show(this.place, place !== null && !past);
    setText(this.place, place ?? '');
    this.place.title = place ?? '';

    const free = run.start !== null && this.going === null && !onItsWay && !dragging && !this.form.open;
    const focused = this.closed || this.actions.contains(document.activeElement);
    const unfinished = run.state === 'ended' && (run.end === null || run.end.reason === 'stopped') && run.step > 0;
    show(this.actions, free && (past || run.state === 'paused' || unfinished));
    show(this.goOn.element, past || unfinished);
    show(this.back.element, past);
    this.goOn.element.title =
      run.snapshot.from === 'record'
        ? 'Trains it once more up to this step, exactly as it was, and goes on from there'
        : 'Puts the run back to this step and goes on from there';
    if (focused && !this.form.open) this.keepFocus();
    if (onItsWay) this.form.close();
    if (this.form.open) this.form.draw(step);
    this.element.classList.toggle('past', past);
  }

  /** Leaves the focus where it is or, where that has gone, beside it: the next Tab would begin at the top of the panel. */
  private keepFocus(): void {
    if (this.actions.hidden) this.leave();
    else if (this.closed) this.change.element.focus();
    this.closed = false;
  }

  private async offer(): Promise<void> {
    this.form.offer(await this.context.host.settings());
    this.context.redraw();
  }

  /** Puts the run to the step looked at, and lets it go on. */
  private async continueFrom(changed: Settings): Promise<void> {
    const { host, looking, redraw } = this.context;
    const { run } = this;
    if (!run) return;
    this.going = run.past ? run.looked : run.step;
    redraw();
    try {
      await (Object.keys(changed).length > 0 ? host.goTo(this.going, changed) : host.goTo(this.going));
      looking.look({ at: null });
      await host.resume();
    } finally {
      this.going = null;
      redraw();
    }
  }
}
