/**
 * The buttons of the run. While the newest step is looked at they move the run: back, pause, one step, stop. While an earlier step is looked at,
 * the two step buttons move the look instead, one measured step at a time; what a button would do now is always its name. What is offered in
 * which state is one table, `offersOf`.
 */
import { iconButton, type Control } from '../controls';
import { element } from '../dom';
import type { PanelContext } from '../panel';
import type { Run } from '../run';
import type { Looker } from './looker';
import { beside, firstStep, hasEarlier, snap } from './steps';

/** What a button does now. */
export interface Offer {
  readonly label: string;
  readonly icon: string;
  readonly enabled: boolean;
}

const BUTTONS = ['first', 'back', 'pause', 'step', 'newest', 'stop'] as const;
type Button = (typeof BUTTONS)[number];

/** @param at the step that is looked at; null: the newest */
export function offersOf(run: Run, at: number | null): Readonly<Record<Button, Offer>> {
  const { state, step, past } = run;
  const paused = state === 'paused';
  const alive = state === 'running' || paused;
  const earlier = hasEarlier(run, at);
  const moves = movesRun(run);
  return {
    first: { label: 'Look at the first step', icon: 'debug-continue mirrored', enabled: earlier },
    back: {
      label: moves ? 'Step back' : 'Look one step earlier',
      icon: 'triangle-left',
      enabled: moves ? step > 0 : earlier,
    },
    pause: { label: paused ? 'Continue' : 'Pause', icon: paused ? 'debug-continue' : 'debug-pause', enabled: alive },
    step: {
      label: past ? 'Look one step later' : 'Take one step',
      icon: 'triangle-right',
      enabled: past || paused,
    },
    newest: { label: 'Look at the newest step', icon: 'debug-reverse-continue mirrored', enabled: past },
    stop: { label: 'Stop', icon: 'debug-stop', enabled: alive || state === 'starting' },
  };
}

/** Does stepping back move the run itself? Also an ended one, where its engine still has it; one read from a record is only looked at. */
export function movesRun({ past, state, snapshot }: Run): boolean {
  return !past && (state === 'paused' || (state === 'ended' && snapshot.from === 'engine'));
}

export class Toolbar {
  readonly element: HTMLElement;
  private readonly controls: Readonly<Record<Button, Control>>;
  private run: Run | undefined;
  private at: number | null = null;

  constructor({ host, attempt }: PanelContext, looker: Looker) {
    const look = (to: (run: Run) => number | null) => (): Promise<void> => {
      if (this.run) looker.look(to(this.run));
      return Promise.resolve();
    };
    const back = (run: Run): Promise<void> => (run.state === 'paused' ? host.stepBack() : host.goTo(run.step - 1));
    const acts: Readonly<Record<Button, (run: Run) => Promise<void>>> = {
      first: look((run) => snap(run, firstStep(run))),
      back: (run) => (movesRun(run) ? back(run) : look(() => beside(run, this.at, -1))()),
      pause: (run) => (run.state === 'paused' ? host.resume() : host.pause()),
      step: (run) => (run.past ? look(() => beside(run, this.at, 1))() : host.step()),
      newest: look(() => null),
      stop: () => host.stop(),
    };
    this.controls = Object.fromEntries(
      BUTTONS.map((name) => [name, iconButton('blank', name, () => attempt(async () => this.run && acts[name](this.run)))]),
    ) as Record<Button, Control>;
    this.element = element(
      'div',
      { class: 'controls', role: 'toolbar', 'aria-label': 'run' },
      ...BUTTONS.map((name) => this.controls[name].element),
    );
  }

  /** @param at the step that is looked at; null: the newest */
  draw(run: Run, at: number | null): void {
    [this.run, this.at] = [run, at];
    const offers = offersOf(run, at);
    for (const name of BUTTONS) {
      const { label, icon, enabled } = offers[name];
      this.controls[name].say(label, icon);
      this.controls[name].enable(enabled);
    }
  }
}
