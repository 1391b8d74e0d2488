/**
 * The link between what is shown and one webview. While the view is visible it gets every frame and event; when it is shown again it gets
 * everything first; hidden it gets nothing. What the person does in the panel comes back as calls.
 */
import { createBirpc } from 'birpc';
import * as vscode from 'vscode';
import type { HostCalls, PanelEvents } from '../shared/protocol';
import { pack, unpack } from '../shared/wire';
import { openCommand } from './commandList';
import { runCommand } from './commands';
import { goTo, settingsThere } from './goTo';
import { panelList, type PanelId } from '../shared/panelList.gen';
import type { Runs } from './runs';
import { saveImage } from './saveImage';
import type { Stage } from './stage';

/** Frames sent to all views since the extension was activated, for measuring. */
export const traffic = { framesSent: 0 };

/** The longest that a view may take over a frame before the run goes on without it, in ms. */
const patience = 1000;

const fromRecord =
  'This run was opened from its record, which has no weights. Continue it from a step: it is trained again up to there, and then its loss can be looked at.';

export interface PanelLink {
  /** Ends when the page has asked for its first snapshot. */
  readonly loaded: Promise<void>;
  /** To be called when the view may have been shown or hidden. */
  shown(): void;
  dispose(): void;
}

/** @param visible whether the view can be seen now */
export function linkPanel(webview: vscode.Webview, runs: Runs, stage: Stage, visible: () => boolean): PanelLink {
  const disposables: vscode.Disposable[] = [];
  /** It has asked for its first snapshot: before that nobody listens. */
  let listening = false;
  let seen = visible();
  let hasLoaded: () => void;
  const loaded = new Promise<void>((resolve) => (hasLoaded = resolve));

  const calls: HostCalls = {
    ready: () => {
      listening = true;
      hasLoaded();
      return Promise.resolve({ run: stage.shown, pinned: stage.pinned, view: stage.view });
    },
    trainWith: () => runCommand('optimizerDebugger.trainWith'),
    pause: () => runs.pause(),
    resume: () => runs.resume(),
    step: () => runs.step(),
    stepBack: () => runs.stepBack(),
    goTo: (step, settings) => goTo(runs, stage, step, settings),
    settings: () => Promise.resolve(settingsThere(stage)),
    stop: () => runs.stop(),
    again: async () => void (await runs.again()),
    resumeFromCheckpoint: () => runs.resumeFromCheckpoint(),
    look: (change) => {
      stage.look(change);
      return Promise.resolve(stage.view);
    },
    weightMap: (layer, quantity) => (stage.live ? runs.weightMap(layer, quantity) : Promise.resolve(null)),
    slice: (request) => (stage.live ? runs.slice(request) : Promise.reject(new Error(fromRecord))),
    pin: () => runCommand('optimizerDebugger.pinRun'),
    unpin: () => Promise.resolve(stage.pin(null)),
    exportRun: () => runCommand('optimizerDebugger.exportRun'),
    copyText: async (text) => vscode.env.clipboard.writeText(text),
    saveImage,
    openPanel: (panel) => (panel in panelList ? runCommand(openCommand(panel as PanelId)) : Promise.resolve()),
  };
  const panel = createBirpc<PanelEvents, HostCalls>(calls, {
    eventNames: ['snapshot', 'pinned', 'view', 'frame', 'event', 'state'],
    post: (message) => webview.postMessage(message),
    on: (listener) => disposables.push(webview.onDidReceiveMessage(listener)),
    serialize: pack,
    deserialize: unpack,
    bind: 'functions',
    timeout: -1,
  });
  const live = (): boolean => listening && visible();

  disposables.push(
    stage.onFrame((run, frame) => {
      if (!live()) return undefined;
      traffic.framesSent++;
      return within(panel.frame.asEvent(run, frame), patience);
    }),
    stage.onDidChange((change) => {
      if (!live()) return;
      const run = runs.current;
      if (change.kind === 'run') void panel.snapshot.asEvent(stage.shown);
      else if (change.kind === 'pinned') void panel.pinned.asEvent(stage.pinned);
      else if (change.kind === 'view') void panel.view.asEvent(stage.view);
      else if (run && change.kind === 'event') void panel.event.asEvent(run.id, change.event);
      else if (run) void panel.state.asEvent(run.id, run.state, run.problem, run.checkpoint?.step ?? null);
    }),
  );
  return {
    loaded,
    shown() {
      const hidden = !seen;
      seen = visible();
      if (!hidden || !live()) return;
      void panel.snapshot.asEvent(stage.shown);
      void panel.pinned.asEvent(stage.pinned);
      void panel.view.asEvent(stage.view);
    },
    dispose() {
      panel.$close();
      for (const disposable of disposables) disposable.dispose();
    },
  };
}

/** Ends when `work` does, or after `ms`. */
export async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
