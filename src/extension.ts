/** The extension: constructs its parts, registers them, and goes when it is told to. Engines start with the first run. */
import * as vscode from 'vscode';
import { registerCodeLenses } from './host/codeLenses';
import { registerControl } from './host/control';
import { measureEventLoop, type LoopDelay } from './host/eventLoop';
import { registerGoTo } from './host/goTo';
import { Choice } from './host/gpu/choice';
import { backendSetting, registerGpu, tellNoAdapter } from './host/gpu/commands';
import { GpuEngine } from './host/gpu/engine';
import { SpeedMemory } from './host/gpu/speeds';
import { openGpuTab } from './host/gpu/tab';
import { registerHovers } from './host/hovers';
import { traffic } from './host/panelLink';
import { registerPanels } from './host/panels';
import { openCatalogue, registerLibrary } from './host/library';
import type { Catalogue } from './host/library/catalogue';
import { registerRules } from './host/rules';
import { Runs } from './host/runs';
import { Sources } from './host/sources';
import { Stage } from './host/stage';
import { registerStatusBar } from './host/statusBar';
import { registerTrainWith } from './host/trainWith';
import { WorkerEngine } from './node/engine';

/** What `activate` gives to other extensions and to the tests. */
export interface Api {
  readonly runs: Runs;
  readonly stage: Stage;
  readonly catalogue: Catalogue;
  /** What activating took, in ms. */
  readonly activation: number;
  /** Starts measuring the event loop's delay. */
  measureEventLoop(): () => LoopDelay;
  /** Frames that views have been sent since activation. */
  framesSent(): number;
}

export function activate(context: vscode.ExtensionContext): Api {
  const began = performance.now();
  const sources = new Sources();
  const storage = context.storageUri ?? context.globalStorageUri;
  const catalogue = openCatalogue(vscode.Uri.joinPath(storage, 'runs').fsPath, {
    runs: () => runs,
    stage: () => stage,
    changed: () => library.refresh(),
  });
  const script = (name: string): string => vscode.Uri.joinPath(context.extensionUri, 'dist', name).fsPath;
  const speeds = new SpeedMemory(context.globalState);
  const runs: Runs = new Runs(
    {
      worker: (listener) => new WorkerEngine(script('worker.js'), listener),
      gpu: (listener) =>
        new GpuEngine(() => openGpuTab(context.extensionUri, panels.front), listener, {
          openTraining: () => panels.showTraining(),
          covered: () => panels.front.loaded(),
        }),
      choice: (engines) => new Choice(speeds, engines, { setting: backendSetting, noAdapter: tellNoAdapter }),
    },
    catalogue,
  );
  const stage: Stage = new Stage(runs);
  const panels = registerPanels(context.extensionUri, runs, stage);
  const library = registerLibrary({
    runs,
    stage,
    catalogue,
    script: script('recordWorker.js'),
    showPanel: () => panels.showTraining(),
  });
  const rules = registerRules(runs);
  context.subscriptions.push(
    sources,
    runs,
    stage,
    panels,
    library,
    rules,
    registerTrainWith(sources, rules, runs, () => panels.showTraining()),
    registerControl(runs),
    registerGoTo(runs, stage),
    registerGpu(runs, speeds),
    registerCodeLenses(sources),
    registerHovers(sources, runs),
    registerStatusBar(runs),
  );
  return { runs, stage, catalogue, activation: performance.now() - began, measureEventLoop, framesSent: () => traffic.framesSent };
}
