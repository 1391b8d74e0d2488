/**
 * Every command, once: its id, its title, and where the palette offers it. The manifest's `contributes.commands` must say the same
 * (a test holds the two against each other); handlers are registered by the feature that they belong to.
 */
import * as vscode from 'vscode';

export interface Command {
  readonly title: string;
  /** A codicon for buttons. */
  readonly icon?: string;
  /** When the palette offers it; always where missing; `false` is never. */
  readonly palette?: string;
}

/** Context keys, kept up to date by the runs service. */
export const contextKeys = {
  /** `starting`, `running`, `paused`, `ended`, `failed`, `lost`, or undefined before the first run. */
  state: 'optimizerDebugger.state',
  hasCheckpoint: 'optimizerDebugger.hasCheckpoint',
} as const;

const active = 'optimizerDebugger.state == running || optimizerDebugger.state == paused';

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
  'optimizerDebugger.stepBack': { title: 'Step back', icon: 'debug-step-back', palette: 'optimizerDebugger.state == paused' },
  'optimizerDebugger.stop': { title: 'Stop', icon: 'debug-stop', palette: active },
  'optimizerDebugger.resumeFromCheckpoint': {
    title: 'Resume from the last checkpoint',
    icon: 'history',
    palette: 'optimizerDebugger.state == lost && optimizerDebugger.hasCheckpoint',
  },
  'optimizerDebugger.openTraining': { title: 'Open the Training panel', icon: 'graph-line' },
  'optimizerDebugger.openGradientInspector': { title: 'Open the gradient inspector', icon: 'pulse' },
  'optimizerDebugger.openGpuEngine': { title: 'Open the WebGPU engine', icon: 'circuit-board' },
  'optimizerDebugger.timeByKernel': { title: 'WebGPU engine: time by kernel', icon: 'watch', palette: active },
  'optimizerDebugger.forgetSpeeds': { title: 'Forget measured speeds', icon: 'clear-all' },
  'optimizerDebugger.openRecord': { title: 'Open the record of the last run', icon: 'json', palette: 'optimizerDebugger.state' },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandId = keyof typeof commands;

/** Before every title in the palette. */
export const category = 'Optimizer Debugger';

/** A command's handler; a fault becomes a message to the person, never a lost promise. */
export function register(id: CommandId, handler: (...args: readonly unknown[]) => Promise<void>): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
    try {
      await handler(...args);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  });
}

/** A link for markdown that runs a command. */
export function commandLink(text: string, id: CommandId, argument?: unknown): string {
  const query = argument === undefined ? '' : `?${encodeURIComponent(JSON.stringify([argument]))}`;
  return `[${text}](command:${id}${query})`;
}

export const runCommand = async (id: CommandId, ...args: unknown[]): Promise<void> =>
  void (await vscode.commands.executeCommand(id, ...args));
