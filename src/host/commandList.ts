/**
 * Every command, once: its id, its title, and where the palette offers it. The manifest's `contributes.commands` and its palette entries are
 * made from this by `scripts/generate.mjs`; handlers are registered by the feature that they belong to. Nothing of the editor is needed here.
 */
import { panelList, type PanelId } from '../shared/panelList.gen';

type OpenCommand = `optimizerDebugger.open${Capitalize<PanelId>}`;

/** The command that opens a panel. */
export const openCommand = (panel: PanelId): OpenCommand =>
  `optimizerDebugger.open${panel[0].toUpperCase()}${panel.slice(1)}` as OpenCommand;

export interface Command {
  readonly title: string;
  /** A codicon for buttons. */
  readonly icon?: string;
  /** When the palette offers it; always where missing; `false` is never. */
  readonly palette?: string;
}

/** Context keys, kept up to date by the runs service and by the library of runs. */
export const contextKeys = {
  /** `starting`, `running`, `paused`, `ended`, `failed`, `lost`, or undefined before the first run. */
  state: 'optimizerDebugger.state',
  hasCheckpoint: 'optimizerDebugger.hasCheckpoint',
  /** Do panels show a run, under way or from its record? Is a second one drawn beside it? */
  shown: 'optimizerDebugger.shown',
  pinned: 'optimizerDebugger.pinned',
} as const;

const shown = 'optimizerDebugger.shown';
const active = 'optimizerDebugger.state == running || optimizerDebugger.state == paused';
const standing = 'optimizerDebugger.state == paused || optimizerDebugger.state == ended';
/** One that has begun. */
const hasRun = 'optimizerDebugger.state && optimizerDebugger.state != starting && optimizerDebugger.state != failed';

/** One a panel: `optimizerDebugger.openTraining` and so on. */
const openPanels = Object.fromEntries(
  Object.entries(panelList).map(([id, { open, icon }]) => [openCommand(id as PanelId), { title: open, icon }]),
) as Readonly<Record<OpenCommand, Command>>;

export const commands = {
  'optimizerDebugger.trainWith': { title: 'Train with…', icon: 'play' },
  'optimizerDebugger.trainSpecification': {
    title: 'Train this specification',
    icon: 'play',
    palette: 'resourceFilename =~ /\\.run\\.json$/',
  },
  'optimizerDebugger.trainRule': { title: 'Train with this rule', icon: 'play', palette: 'editorLangId == optim' },
  'optimizerDebugger.openBuiltInRule': { title: 'Open built-in rule…', icon: 'book' },
  'optimizerDebugger.newRuleFrom': { title: 'New rule from…', icon: 'new-file' },
  'optimizerDebugger.trainAgain': { title: 'Train again', icon: 'debug-restart', palette: 'optimizerDebugger.state' },
  'optimizerDebugger.pause': { title: 'Pause', icon: 'debug-pause', palette: 'optimizerDebugger.state == running' },
  'optimizerDebugger.resume': { title: 'Resume', icon: 'debug-continue', palette: 'optimizerDebugger.state == paused' },
  'optimizerDebugger.step': { title: 'Take one step', icon: 'debug-step-over', palette: 'optimizerDebugger.state == paused' },
  'optimizerDebugger.stepBack': { title: 'Step back', icon: 'debug-step-back', palette: standing },
  'optimizerDebugger.goToStep': { title: 'Go to step…', icon: 'target', palette: hasRun },
  'optimizerDebugger.changeHyperparameter': { title: 'Change a hyperparameter…', icon: 'settings', palette: hasRun },
  'optimizerDebugger.stop': { title: 'Stop', icon: 'debug-stop', palette: active },
  'optimizerDebugger.resumeFromCheckpoint': {
    title: 'Resume from the last checkpoint',
    icon: 'history',
    palette: 'optimizerDebugger.state == lost && optimizerDebugger.hasCheckpoint',
  },
  ...openPanels,
  'optimizerDebugger.openGpuEngine': { title: 'Open the WebGPU engine', icon: 'circuit-board' },
  'optimizerDebugger.timeByKernel': { title: 'WebGPU engine: time by kernel', icon: 'watch', palette: active },
  'optimizerDebugger.forgetSpeeds': { title: 'Forget measured speeds', icon: 'clear-all' },
  'optimizerDebugger.openRun': { title: 'Open run…', icon: 'graph-line' },
  'optimizerDebugger.openRunRecord': { title: 'Open a run record…', icon: 'folder-opened' },
  'optimizerDebugger.pinRun': { title: 'Compare with another run…', icon: 'pinned', palette: shown },
  'optimizerDebugger.drawBeside': { title: 'Draw beside the shown run', icon: 'pinned', palette: 'false' },
  'optimizerDebugger.unpinRun': { title: 'End the comparison', icon: 'pinned-dirty', palette: 'optimizerDebugger.pinned' },
  'optimizerDebugger.compareRuns': { title: 'Compare two runs…', icon: 'git-compare' },
  'optimizerDebugger.renameRun': { title: 'Rename run…', icon: 'edit' },
  'optimizerDebugger.deleteRun': { title: 'Delete run…', icon: 'trash' },
  'optimizerDebugger.restoreRun': { title: 'Bring deleted runs back…', icon: 'discard' },
  'optimizerDebugger.exportRun': { title: 'Export run…', icon: 'export' },
  'optimizerDebugger.revealRun': { title: 'Show the run’s record in its folder', icon: 'file-symlink-file' },
  'optimizerDebugger.refreshRuns': { title: 'Refresh the list of runs', icon: 'refresh' },
  'optimizerDebugger.openRecord': { title: 'Open the record of the last run', icon: 'json', palette: 'optimizerDebugger.state' },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandId = keyof typeof commands;

/** Before every title in the palette. */
export const category = 'Optimizer Debugger';
