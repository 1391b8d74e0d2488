/** The buttons of the run; what a button does now (`offers.ts`) is always its name. */
import { iconButton, type Control } from '../controls';
import { element } from '../dom';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import { BUTTONS, movesRun, offersOf, type Button } from './offers';
import { beside, firstStep, snap } from './steps';

export class Toolbar {
  readonly element: HTMLElement;
  private readonly controls: Readonly<Record<Button, Control>>;
  private run: Run | undefined;

  constructor({ host, looking, attempt }: PanelContext) {
    const look = (to: (run: Run) => number | null) => (): Promise<void> => {
      if (this.run) looking.look({ at: to(this.run) });
      return Promise.resolve();
    };
    const back = (run: Run): Promise<void> => (run.state === 'paused' ? host.stepBack() : host.goTo(run.step - 1));
    const acts: Readonly<Record<Button, (run: Run) => Promise<void>>> = {
      first: look((run) => snap(run, firstStep(run))),
      back: (run) => (movesRun(run) ? back(run) : look(() => beside(run, looking.view.at, -1))()),
      pause: (run) => (run.state === 'paused' ? host.resume() : host.pause()),
      step: (run) => (run.past ? look(() => beside(run, looking.view.at, 1))() : host.step()),
      newest: look(() => null),
      stop: () => host.stop(),
    };
    this.controls = Object.fromEntries(
      BUTTONS.map((name) => [name, iconButton('blank', name, () => attempt(async () => this.run && acts[name](this.run)))]),
    ) as Record<Button, Control>;
    this.element = element(
      'div',
      { class: 'controls', role: 'group', 'aria-label': 'run' },
      ...BUTTONS.map((name) => this.controls[name].element),
    );
  }

  /** @param at the step that is looked at; null: the newest */
  draw(run: Run, at: number | null): void {
    this.run = run;
    const offers = offersOf(run, at);
    for (const name of BUTTONS) {
      const { label, icon, enabled } = offers[name];
      this.controls[name].say(label, icon);
      this.controls[name].enable(enabled);
    }
  }
}
