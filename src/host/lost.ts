/** What a person is asked when the worker of their run has died: to go on from its last checkpoint, or to begin again. */
import * as vscode from 'vscode';
import { showCount } from '../engine/problems/files';
import type { Run } from './run';
import type { Runs } from './runs';

export async function offerRescue(runs: Runs, run: Run): Promise<void> {
  const resume = run.checkpoint && `Resume from step ${showCount(run.checkpoint.step)}`;
  const again = 'Train again';
  const text = `${run.problem ?? 'The training worker has died.'}${resume ? '' : ' There was no checkpoint yet.'}`;
  const chosen = await vscode.window.showErrorMessage(text, ...(resume ? [resume] : []), again);
  if (runs.current !== run || run.state !== 'lost') return; // in the meantime it went on otherwise
  try {
    if (chosen === again) await runs.again();
    else if (chosen !== undefined) await runs.resumeFromCheckpoint();
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
