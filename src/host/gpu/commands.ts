/** What a person can ask of the WebGPU engine, and what they are told of it: its page, times by kernel, the speeds that are remembered. */
import * as vscode from 'vscode';
import { register } from '../commands';
import type { Runs } from '../runs';
import type { SpeedMemory } from './speeds';
import { wheres, type Where } from './whereStep';

/** Where runs are to compute whose specification does not say so. */
export function backendSetting(): Where {
  const set = vscode.workspace.getConfiguration('optimizerDebugger').get<string>('backend', 'auto');
  return wheres.find((choice) => choice === set) ?? 'auto';
}

/** Tells, once, that there is no GPU to be had. */
export function tellNoAdapter(why: string): void {
  void vscode.window.showInformationMessage(`Training goes on the CPU: ${why}`);
}

export const registerGpu = (runs: Runs, speeds: SpeedMemory): vscode.Disposable =>
  vscode.Disposable.from(
    register('optimizerDebugger.openGpuEngine', () => Promise.resolve(runs.openGpuEngine())),
    register('optimizerDebugger.timeByKernel', () => runs.timeByKernel()),
    register('optimizerDebugger.forgetSpeeds', async () => {
      const count = await speeds.forget();
      const what = count === 1 ? 'the speeds of one network' : `the speeds of ${count} networks`;
      void vscode.window.showInformationMessage(count === 0 ? 'No speeds were remembered.' : `Forgot ${what}; the next run measures anew.`);
    }),
  );
