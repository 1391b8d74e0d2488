/** The commands that act on the run under way: pause, resume, step, step back, stop, resume from a checkpoint, open the record. */
import * as vscode from 'vscode';
import { DoFirst, register } from './commands';
import type { Runs } from './runs';

export const registerControl = (runs: Runs): vscode.Disposable =>
  vscode.Disposable.from(
    register('optimizerDebugger.pause', () => runs.pause()),
    register('optimizerDebugger.resume', () => runs.resume()),
    register('optimizerDebugger.step', () => runs.step()),
    register('optimizerDebugger.stepBack', () => runs.stepBack()),
    register('optimizerDebugger.stop', () => runs.stop()),
    register('optimizerDebugger.resumeFromCheckpoint', () => runs.resumeFromCheckpoint()),
    register('optimizerDebugger.openRecord', async () => {
      const file = runs.current?.recordFile;
      if (file === undefined) throw new DoFirst('There is no run yet: use “Train with…” first.', 'optimizerDebugger.trainWith');
      await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
    }),
  );
