/**
 * The scrubber: a slider over the steps of the run. Its knob stands on the step that is looked at; what came after that is drawn paler, the
 * future that a run left by going back fainter still. Marks say where something happened; a click on one looks there. It is worked by dragging
 * and by keys: arrows one measured step (with Ctrl or Cmd from mark to mark), Page Up and Page Down a twentieth of the way, Home, End, and
 * Escape back to the newest step.
 */
import { column } from '../../shared/frame';
import { Cadence } from '../cadence';
import { askForRedraw, element } from '../dom';
import { integer, number } from '../format';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import type { Mark } from './marks';
import { beside, firstStep, page, snap } from './steps';

/** Of all steps, how far Page Up and Page Down go. */
const PAGE = 0.05;
/** Milliseconds between two sayings of the newest step: a screen reader would never come to its end otherwise. */
const PERIOD = 1000;

export class Scrubber {
  private readonly left = element('div', { class: 'abandoned' });
  private readonly reached = element('div', { class: 'reached' });
  private readonly done = element('div', { class: 'done' });
  private readonly target = element('i', { class: 'target', hidden: true });
  private readonly marks = element('div', { class: 'marks' });
  private readonly knob = element('div', { class: 'knob' });
  private readonly track = element('div', { class: 'track' }, this.left, this.reached, this.done, this.marks, this.target, this.knob);
  readonly element = element(
    'div',
    { class: 'scrubber', role: 'slider', tabindex: 0, 'aria-label': 'Step that is looked at', 'aria-orientation': 'horizontal' },
    this.track,
  );
  private readonly saying = new Cadence(PERIOD, () => askForRedraw(this.element));
  private run: Run | undefined;
  private at: number | null = null;
  private marked: readonly Mark[] = [];
  private drawnMarks = '';
  /** What was said last: of which run, and where one stood. */
  private said = '';
  private held = false;

  constructor(private readonly looking: PanelContext['looking']) {
    this.element.addEventListener('pointerdown', (event) => this.grasp(event));
    this.element.addEventListener('pointermove', (event) => this.held && this.follow(event));
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) this.element.addEventListener(type, () => this.letGo());
    this.element.addEventListener('keydown', (event) => this.press(event));
  }

  /** Is it being dragged? */
  get dragging(): boolean {
    return this.held;
  }

  /** @param at the step that is looked at; null: the newest */
  draw(run: Run, at: number | null, marks: readonly Mark[]): void {
    [this.run, this.at, this.marked] = [run, at, marks];
    const looked = at === null || at >= run.step ? run.step : at;
    place(this.done, 0, share(run, looked));
    place(this.reached, 0, share(run, run.step));
    const { branch } = run;
    place(this.left, branch ? share(run, run.step) : 0, branch ? Math.max(share(run, run.step), share(run, branch.step)) : 0);
    move(this.knob, share(run, looked));
    const { bound } = run.snapshot;
    this.target.hidden = bound === null || bound <= run.step;
    if (bound !== null) move(this.target, share(run, bound));
    this.drawMarks(run);
    this.say(run, looked);
  }

  private drawMarks(run: Run): void {
    const stamp = `${run.id} ${run.horizon} ${this.marked.map(({ step, kind, text }) => `${step} ${kind} ${text}`).join('\n')}`;
    if (stamp === this.drawnMarks) return;
    this.drawnMarks = stamp;
    this.marks.replaceChildren(
      ...this.marked.map(({ step, kind, text }) => {
        const mark = element('i', { class: `mark ${kind}`, title: text, 'data-step': step });
        move(mark, share(run, step));
        return mark;
      }),
    );
  }

  /** In words, for who does not see it. */
  private say(run: Run, looked: number): void {
    const follows = `${run.id} ${this.at} ${run.at}`;
    if (follows !== this.said) this.saying.hurry();
    this.said = follows;
    if (!this.saying.due()) return;
    const loss = run.value(column.loss);
    const here = this.marked.filter(({ step }) => step === looked).map(({ text }) => `. ${text}`);
    const said = {
      'aria-valuemin': firstStep(run),
      'aria-valuemax': run.step,
      'aria-valuenow': looked,
      'aria-valuetext': `step ${integer(looked)} of ${integer(run.steps)}${Number.isNaN(loss) ? '' : `, loss ${number(loss)}`}${here.join('')}`,
      'aria-disabled': run.history === null,
    };
    for (const [name, value] of Object.entries(said))
      if (this.element.getAttribute(name) !== String(value)) this.element.setAttribute(name, String(value));
  }

  private grasp(event: PointerEvent): void {
    if (event.button !== 0 || !this.run?.history) return;
    const mark = (event.target as HTMLElement).closest<HTMLElement>('.mark');
    if (mark) return this.looking.look({ at: snap(this.run, Number(mark.dataset.step)) });
    this.held = true;
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add('held');
    this.follow(event);
  }

  private follow(event: PointerEvent): void {
    if (!this.run) return;
    const { left, width } = this.track.getBoundingClientRect();
    const wanted = snap(this.run, Math.round(((event.clientX - left) / Math.max(1, width)) * this.run.horizon));
    if (wanted !== this.looking.view.at) this.looking.look({ at: wanted });
  }

  private letGo(): void {
    if (!this.held) return;
    this.held = false;
    this.element.classList.remove('held');
    askForRedraw(this.element);
  }

  private press(event: KeyboardEvent): void {
    const { run } = this;
    if (!run?.history || event.altKey) return;
    const { at } = this.looking.view;
    const far = event.ctrlKey || event.metaKey;
    const keys: Readonly<Record<string, () => number | null>> = {
      ArrowLeft: () => (far ? this.markBeside(run, at, -1) : beside(run, at, -1)),
      ArrowRight: () => (far ? this.markBeside(run, at, 1) : beside(run, at, 1)),
      ArrowDown: () => beside(run, at, -1),
      ArrowUp: () => beside(run, at, 1),
      PageDown: () => page(run, at, -PAGE),
      PageUp: () => page(run, at, PAGE),
      Home: () => snap(run, firstStep(run)),
      End: () => null,
      Escape: () => null,
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    this.looking.look({ at: keys[event.key]() });
  }

  /** The next mark on a side; the end of the run where there is none. */
  private markBeside(run: Run, at: number | null, direction: 1 | -1): number | null {
    const here = at ?? run.step;
    const beyond = this.marked.map(({ step }) => step).filter((step) => (step - here) * direction > 0);
    if (beyond.length === 0) return direction > 0 ? null : snap(run, firstStep(run));
    return snap(run, direction > 0 ? Math.min(...beyond) : Math.max(...beyond));
  }
}

/** A step's place on the track, 0 … 1. */
const share = (run: Run, step: number): number => (run.horizon > 0 ? Math.min(1, step / run.horizon) : 0);

/** Draws a piece of the rail. */
const place = (piece: HTMLElement, from: number, to: number): void =>
  put(piece, 'transform', `translateX(${(100 * from).toFixed(2)}%) scaleX(${(to - from).toFixed(4)})`);

const move = (target: HTMLElement, to: number): void => put(target, 'left', `${(100 * to).toFixed(2)}%`);

/** What was written last: asking the document costs more than all the rest. */
const written = new WeakMap<HTMLElement, string>();

function put(target: HTMLElement, property: 'transform' | 'left', value: string): void {
  if (written.get(target) === value) return;
  written.set(target, value);
  target.style[property] = value;
}
