/**
 * What every panel is made of: the link to the editor, the run as it stands, and drawing. However many messages arrive, the panel is
 * drawn at most once a frame of the screen, and not at all while it cannot be seen.
 */
import type { HostCalls, PanelState, RunSnapshot } from '../shared/protocol';
import { connect } from './connection';
import { element, REDRAW, setText, show } from './dom';
import { emptyState } from './empty';
import { Figures } from './figures';
import { Looking } from './looking';
import { Run } from './run';
import type { Shown } from './shown';
import { LINE_COLOURS, onThemeChange, theme } from './theme';

/** What a panel's script gives. */
export interface Panel {
  readonly element: HTMLElement;
  /** Brings everything that is shown up to date. Called only when the panel is visible. */
  draw(shown: Shown): void;
  /** The colours changed: the next `draw` must draw all of it. */
  recolour(): void;
}

export interface PanelContext {
  readonly host: Omit<HostCalls, 'ready' | 'look'>;
  /** What is looked at, in all panels, and how to look elsewhere. */
  readonly looking: Pick<Looking, 'view' | 'look'>;
  /** Asks for a drawing with the next frame of the screen. */
  redraw(): void;
  /** Does what a control asks for; an error is told to the person. */
  attempt(act: () => Promise<unknown>): Promise<void>;
}

/** A panel that has something to show also where there is no run: `draw` gets null there. */
export interface OwnPanel extends Omit<Panel, 'draw'> {
  draw(shown: Shown | null): void;
  /** Whether it shows anything that changes with every step of the run. */
  follows(): boolean;
}

/** Builds a panel of the run into the page and keeps it up to date. @param lesson what the empty panel says to do */
export function openPanel(lesson: string, build: (context: PanelContext) => Panel): void {
  open((context) => {
    const panel = build(context);
    const empty = emptyState(lesson, () => context.attempt(() => context.host.trainWith()));
    show(panel.element, false);
    show(empty, false);
    return {
      elements: [panel.element, empty],
      draw(shown) {
        if (shown === undefined) return;
        show(empty, shown === null);
        show(panel.element, shown !== null);
        if (shown) panel.draw(shown);
      },
      recolour: () => panel.recolour(),
      follows: () => true,
    };
  });
}

/** The same for a panel that stands on its own. */
export function openOwnPanel(build: (context: PanelContext) => OwnPanel): void {
  open((context) => {
    const panel = build(context);
    context.redraw();
    return {
      elements: [panel.element],
      draw: (shown = null) => panel.draw(shown),
      recolour: () => panel.recolour(),
      follows: () => panel.follows(),
    };
  });
}

/** What is put into the page. */
interface Content extends Omit<OwnPanel, 'element' | 'draw'> {
  readonly elements: readonly HTMLElement[];
  /** Gets undefined as long as the editor has not said what there is. */
  draw(shown: Shown | null | undefined): void;
}

function open(build: (context: PanelContext) => Content): void {
  let run: Run | null = null;
  let pinned: Run | null = null;
  let known = false;
  let asked = false;
  const figures = new Figures();

  const redraw = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(draw);
  };

  const take = (snapshot: RunSnapshot | null): void => {
    run = snapshot && new Run(snapshot);
    look();
  };
  const pin = (snapshot: RunSnapshot | null): void => {
    pinned = snapshot && new Run(snapshot);
    look();
  };
  const look = (): void => {
    if (run) run.at = looking.view.at;
    if (pinned) pinned.at = looking.view.at;
    redraw();
  };
  const takeAll = (state: PanelState): void => {
    known = true;
    looking.tell(state.view);
    take(state.run);
    pin(state.pinned);
  };

  /** Does `change` to the run if it is the one that is shown. */
  const changing = (id: string, change: (run: Run) => void): void => {
    if (run?.id !== id) return;
    change(run);
    redraw();
  };

  /** The same for what comes with the run's steps. */
  const growing = (id: string, change: (run: Run) => void): void => {
    if (run?.id !== id) return;
    change(run);
    if (panel.follows()) redraw();
  };

  const host = connect({
    snapshot: take,
    pinned: pin,
    view: (view) => looking.tell(view),
    frame: (id, frame) => growing(id, (shown) => figures.frame(() => shown.frame(frame, performance.now()))),
    event: (id, event) => growing(id, (shown) => shown.event(event)),
    state: (id, state, problem, checkpointStep) => changing(id, (shown) => shown.become(state, problem, checkpointStep)),
  });

  const notice = element('p', { class: 'notice', role: 'alert', hidden: true });
  const attempt = async (act: () => Promise<unknown>): Promise<void> => {
    show(notice, false);
    try {
      await act();
    } catch (error) {
      setText(notice, error instanceof Error ? error.message : String(error));
      show(notice, true);
    }
  };

  const looking = new Looking(
    (change) => host.look(change),
    look,
    (act) => requestAnimationFrame(act),
    (error) => void attempt(() => Promise.reject(error)),
  );

  const panel = build({ host, looking, redraw, attempt });
  const app = document.getElementById('app') ?? document.body.appendChild(element('main', { id: 'app' }));
  app.append(notice, ...panel.elements);

  function draw(): void {
    asked = false;
    if (document.visibilityState === 'hidden') return; // `visibilitychange` asks again
    figures.draw(() => panel.draw(known ? run && { run, pinned, view: looking.view } : undefined));
    Object.assign(document.body.dataset, { run: run?.id ?? '', state: run?.state ?? 'none' });
  }

  app.addEventListener(REDRAW, redraw);
  document.addEventListener('visibilitychange', redraw);
  const colour = (): void => {
    for (const name of LINE_COLOURS) app.style.setProperty(`--${name}`, theme()[name]);
  };
  colour();
  onThemeChange(() => {
    colour();
    panel.recolour();
    redraw();
  });
  void attempt(async () => takeAll(await host.ready()));
}
