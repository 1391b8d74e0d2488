/** What runs, in one line; the controls; how fast and how far it is; and, where it broke, what happened and how to go on. */
import { iconButton, textButton, type Control } from '../controls';
import { element, icon, setText, show } from '../dom';
import { integer, number } from '../format';
import type { PanelContext } from '../panel';
import { Quantity } from '../quantity';
import type { Run } from '../run';
import { StatePill } from '../state';
import { column } from '../../shared/frame';

export class Header {
  readonly element: HTMLElement;
  private readonly title = element('strong', { class: 'title' });
  private readonly details = element('span', { class: 'details number' });
  private readonly speed = new Quantity('stepsPerSecond', (value) => `${integer(value)} steps/s`);
  private readonly state = new StatePill();
  private readonly done = element('div', { class: 'done' });
  private readonly knob = element('div', { class: 'knob' });
  private readonly track = element(
    'div',
    { class: 'track', role: 'progressbar', 'aria-label': 'steps taken', 'aria-valuemin': 0 },
    this.done,
    this.knob,
  );
  private readonly step = new Quantity('step', integer);
  private readonly total = element('span');
  private readonly epoch = new Quantity('epoch', (value) => number(value));
  private readonly epochText = element('span', {}, ' · epoch ', this.epoch.element);
  private readonly steps = element('span', { class: 'steps number' }, 'step ', this.step.element, this.total, this.epochText);
  /** Where it computes and why there. */
  private readonly place = element('p', { class: 'place number' });
  private readonly noticed = element('span');
  private readonly notice = element('div', { class: 'banner told', role: 'status' }, icon('info'), this.noticed);
  private readonly problem = element('span');
  private readonly banner: HTMLElement;
  private readonly controls: Readonly<Record<'pause' | 'back' | 'step' | 'stop' | 'again', Control>>;
  private readonly resume: Control;
  private run: Run | undefined;

  constructor({ host, attempt }: PanelContext) {
    const control = (name: string, label: string, act: () => Promise<void>): Control => iconButton(name, label, () => attempt(act));
    this.controls = {
      pause: control('debug-pause', 'Pause', () => (this.run?.state === 'paused' ? host.resume() : host.pause())),
      back: control('debug-step-back', 'Step back', () => host.stepBack()),
      step: control('debug-step-over', 'Take one step', () => host.step()),
      stop: control('debug-stop', 'Stop', () => host.stop()),
      again: control('debug-restart', 'Train again', () => host.again()),
    };
    this.resume = textButton('Resume', () => attempt(() => host.resumeFromCheckpoint()));
    this.banner = element('div', { class: 'banner', role: 'alert' }, icon('warning'), this.problem, this.resume.element);
    const { pause, back, step, stop, again } = this.controls;
    this.element = element(
      'header',
      {},
      element(
        'div',
        { class: 'bar' },
        element('div', { class: 'what' }, this.title, this.details),
        element(
          'div',
          { class: 'side' },
          element(
            'div',
            { class: 'controls', role: 'toolbar', 'aria-label': 'run' },
            pause.element,
            back.element,
            step.element,
            stop.element,
            again.element,
          ),
          element('div', { class: 'pills' }, element('span', { class: 'pill number' }, this.speed.element), this.state.element),
        ),
      ),
      element('div', { class: 'progress' }, this.track, this.steps),
      this.place,
      this.notice,
      this.banner,
    );
  }

  draw(run: Run): void {
    this.run = run;
    setText(this.title, run.title);
    setText(this.details, run.details);
    if (this.details.title !== run.details) this.details.title = run.details;
    this.state.draw(run);

    const { pause, back, step, stop, again } = this.controls;
    const paused = run.state === 'paused';
    const alive = run.state === 'running' || paused;
    pause.say(paused ? 'Continue' : 'Pause', paused ? 'debug-continue' : 'debug-pause');
    pause.enable(alive);
    back.enable(paused && run.step > 0);
    step.enable(paused);
    stop.enable(alive || run.state === 'starting');
    again.enable(run.state !== 'starting');

    const speed = run.stepsPerSecond;
    show(this.speed.element.parentElement!, Number.isFinite(speed));
    if (Number.isFinite(speed)) this.speed.set(speed, run.step);

    const share = run.steps > 0 ? run.step / run.steps : 0;
    this.done.style.transform = `scaleX(${share})`;
    this.knob.style.left = `${100 * share}%`;
    this.track.setAttribute('aria-valuemax', String(run.steps));
    this.track.setAttribute('aria-valuenow', String(run.step));
    this.step.set(run.step, run.step);
    show(this.steps, run.steps > 0);
    setText(this.total, ` of ${integer(run.steps)}`);
    const epoch = run.history?.last(column.epoch) ?? NaN;
    show(this.epochText, Number.isFinite(epoch) && run.start !== null && 'network' in run.start.spec.problem);
    if (Number.isFinite(epoch)) this.epoch.set(epoch, run.step);

    const { place, notices } = run.snapshot;
    show(this.place, place !== null);
    setText(this.place, place ?? '');
    show(this.notice, notices.length > 0);
    setText(this.noticed, notices.at(-1) ?? '');
    const earlier = notices.slice(0, -1).join('\n');
    if (this.notice.title !== earlier) this.notice.title = earlier;

    const problem = run.problem ?? run.end?.message ?? null;
    const broken = run.state === 'lost' || run.state === 'failed';
    show(this.banner, broken || problem !== null);
    setText(this.problem, problem ?? (run.state === 'lost' ? 'The run’s worker has died.' : 'The run has failed.'));
    show(this.resume.element, broken && run.checkpointStep !== null);
    if (run.checkpointStep !== null) this.resume.say(`Resume from step ${integer(run.checkpointStep)}`);
  }
}
