/**
 * What a person finds whose run was cut off: the window was closed or reloaded, or the editor died. Its record is there up to its last step, so it
 * is shown again where nothing else is, and one click goes on from that step: the run is trained once more up to there, exactly as it was.
 */
import * as vscode from 'vscode';
import { showCount } from '../../engine/problems/files';
import { goTo } from '../goTo';
import type { Parts } from './actions';
import type { Entry } from './catalogue';
import { shortName } from './name';

type Needs = Pick<Parts, 'runs' | 'stage' | 'catalogue' | 'reader' | 'showPanel'>;

/** Looks, once, whether a run was cut off since the editor was last here; the newest is offered. @throws where there is no looking */
export async function offerCutOff(needs: Needs): Promise<void> {
  const [entry] = await needs.catalogue.refresh();
  if (!entry || needs.stage.shown) return;
  const run = await needs.reader.open(entry.file);
  if (!run || needs.stage.shown) return; // another was begun meanwhile
  needs.stage.open(run);
  const goOn = goOnFrom(entry);
  const chosen = await vscode.window.showInformationMessage(told(entry), goOn);
  if (chosen !== goOn || needs.stage.record !== run) return;
  try {
    await needs.showPanel();
    await goTo(needs.runs, needs.stage, entry.step);
    await needs.runs.resume();
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

const goOnFrom = ({ step }: Entry): string => (step === 0 ? 'Train it again' : `Go on from step ${showCount(step)}`);

function told({ name, title, details, step, steps }: Entry): string {
  const where = `at step ${showCount(step)} of ${showCount(steps)}, when its window was closed or reloaded`;
  return `“${name ?? shortName(title, details)}” was cut off ${where}. It can go on from there: it is trained once more up to that step, exactly as it was.`;
}
