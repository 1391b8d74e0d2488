/** Moving along the paths: play and pause, one step on or back, to the start, the speed, how many steps there are; and a slider over all of them. */
import { dropdown, iconButton, numberField, type Control } from '../controls';
import { element, setText } from '../dom';
import { integer } from '../format';
import { MOST_STEPS } from '../../shared/landscape/scene';
import { SPEEDS, type Landscape } from './landscape';

/** Of all steps, how far Page Up and Page Down go. */
const PAGE = 0.1;

export class Transport {
  readonly element: HTMLElement;
  private readonly playing: Control;
  private readonly back: Control;
  private readonly on: Control;
  private readonly first: Control;
  private readonly done = element('div', { class: 'done' });
  private readonly knob = element('div', { class: 'knob' });
  private readonly rail = element('div', { class: 'rail' }, this.done, this.knob);
  private readonly slider = element(
    'div',
    { class: 'slider', role: 'slider', tabindex: 0, 'aria-label': 'Step that is looked at' },
    this.rail,
  );
  private readonly count = element('span', { class: 'steps number', 'data-role': 'step' });
  private readonly steps;

  constructor(private readonly landscape: Landscape) {
    const act = (work: () => void) => (): Promise<void> => {
      work();
      return Promise.resolve();
    };
    const look = (to: (step: number) => number) =>
      act(() => {
        landscape.pause();
        landscape.look(to(landscape.scene.step));
      });
    this.first = iconButton(
      'debug-restart',
      'Back to the start',
      look(() => 0),
    );
    this.back = iconButton(
      'debug-step-back',
      'One step back',
      look((step) => step - 1),
    );
    this.playing = iconButton(
      'play',
      'Play',
      act(() => (landscape.playing ? landscape.pause() : landscape.play())),
    );
    this.on = iconButton(
      'debug-step-over',
      'One step on',
      look((step) => step + 1),
    );
    const speed = dropdown(
      'Speed',
      SPEEDS.map((each) => ({ value: String(each), label: `${each} steps/s` })),
      String(landscape.speed),
      (value) => landscape.setSpeed(Number(value)),
      { label: 'hidden', tooltip: 'Steps a second while playing' },
    );
    this.steps = numberField(
      'Steps',
      landscape.scene.steps,
      (value) => {
        if (!Number.isInteger(value) || value < 1 || value > MOST_STEPS)
          return this.steps.complain(`A whole number from 1 to ${integer(MOST_STEPS)} is expected.`);
        this.steps.complain(null);
        landscape.take({ ...landscape.scene, steps: value, step: Math.min(landscape.scene.step, value) });
      },
      { label: 'beside', tooltip: 'How many steps each optimizer takes', nudge: (value, direction) => Math.max(1, value + 10 * direction) },
    );
    this.slider.addEventListener('pointerdown', (event) => this.grasp(event));
    this.slider.addEventListener('pointermove', (event) => this.slider.hasPointerCapture(event.pointerId) && this.follow(event));
    this.slider.addEventListener('keydown', (event) => this.press(event));
    const buttons = [this.first, this.back, this.playing, this.on].map((control) => control.element);
    this.element = element(
      'div',
      { class: 'transport' },
      element('div', { class: 'buttons', role: 'group', 'aria-label': 'Moving along the paths' }, ...buttons),
      this.slider,
      this.count,
      speed.element,
      this.steps.element,
    );
  }

  draw(): void {
    const { scene, playing, race } = this.landscape;
    const share = `${(100 * scene.step) / scene.steps}%`;
    this.done.style.width = share;
    this.knob.style.left = share;
    setText(this.count, `step ${integer(scene.step)} of ${integer(scene.steps)}`);
    if (this.count.dataset.value !== String(scene.step)) this.count.dataset.value = String(scene.step);
    this.playing.say(playing ? 'Pause' : race?.over ? 'Play again' : 'Play', playing ? 'debug-pause' : 'play');
    for (const control of [this.playing, this.on, this.back, this.first]) control.enable(race !== null);
    this.back.enable(scene.step > 0);
    this.first.enable(scene.step > 0);
    this.on.enable(race !== null && scene.step < scene.steps);
    if (this.steps.value !== scene.steps) this.steps.set(scene.steps);
    const said = {
      'aria-valuemin': 0,
      'aria-valuemax': scene.steps,
      'aria-valuenow': scene.step,
      'aria-valuetext': `step ${integer(scene.step)} of ${integer(scene.steps)}`,
    };
    for (const [name, value] of Object.entries(said))
      if (this.slider.getAttribute(name) !== String(value)) this.slider.setAttribute(name, String(value));
  }

  private grasp(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.slider.setPointerCapture(event.pointerId);
    this.landscape.pause();
    this.follow(event);
  }

  private follow(event: PointerEvent): void {
    const { left, width } = this.rail.getBoundingClientRect();
    this.landscape.look(((event.clientX - left) / Math.max(1, width)) * this.landscape.scene.steps);
  }

  private press(event: KeyboardEvent): void {
    const { step, steps } = this.landscape.scene;
    const page = Math.max(1, Math.round(PAGE * steps));
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: step - 1,
      ArrowDown: step - 1,
      ArrowRight: step + 1,
      ArrowUp: step + 1,
      PageDown: step - page,
      PageUp: step + page,
      Home: 0,
      End: steps,
    };
    if (!(event.key in to)) return;
    event.preventDefault();
    this.landscape.pause();
    this.landscape.look(to[event.key]);
  }
}
