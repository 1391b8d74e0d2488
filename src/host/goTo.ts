/** What panels and commands ask of whatever run is shown: to be put to a step, perhaps with other hyperparameters. */
import * as vscode from 'vscode';
import type { HyperparameterValue } from '../engine/language/rule';
import type { Settings } from '../engine/language';
import { showCount } from '../engine/problems/files';
import { checkedSettings, runSettings, type SettingNow } from '../engine/run/runSettings';
import type { ChangeEvent, RunSnapshot } from '../shared/protocol';
import { DoFirst, register } from './commands';
import type { Runs } from './runs';
import type { Stage } from './stage';

/** Puts the shown run to a step; one that was opened from its record is trained once more for it. */
export const goTo = (runs: Runs, stage: Stage, step: number, settings?: Settings): Promise<void> =>
  stage.record ? runs.replayRecord(stage.record, step, settings) : runs.goTo(step, settings);

/** The hyperparameters of the shown run as the step that is looked at leaves them. */
export function settingsThere({ shown, view }: Stage): readonly SettingNow[] {
  return shown?.start ? runSettings(shown.start, changesUpTo(shown, view.at)) : [];
}

const changesUpTo = ({ changes }: RunSnapshot, at: number | null): ChangeEvent[] => changes.filter(({ step }) => at === null || step <= at);

export const registerGoTo = (runs: Runs, stage: Stage): vscode.Disposable =>
  vscode.Disposable.from(
    register('optimizerDebugger.goToStep', async (argument) => {
      const step = typeof argument === 'number' ? argument : await askStep(stage);
      if (step === undefined) return;
      stage.look({ at: null });
      await withProgress(`Going to step ${showCount(step)}`, goTo(runs, stage, step));
    }),
    register('optimizerDebugger.changeHyperparameter', async () => {
      const changed = await askSetting(stage);
      if (changed === undefined) return;
      const step = stage.view.at ?? (stage.record ? lastStep(stage.record.snapshot) : await runs.stand());
      stage.look({ at: null });
      await withProgress(`Going to step ${showCount(step)}`, goTo(runs, stage, step, changed));
    }),
  );

/** The last step of a run read from its record, as far as it tells. */
function lastStep({ end, evaluations, changes }: RunSnapshot): number {
  return Math.max(end?.step ?? 0, evaluations.at(-1)?.step ?? 0, changes.at(-1)?.step ?? 0);
}

async function askStep({ shown, view }: Stage): Promise<number | undefined> {
  if (!shown?.start) throw new DoFirst('There is no run yet: use “Train with…” first.', 'optimizerDebugger.trainWith');
  const { steps } = shown.start;
  const text = await vscode.window.showInputBox({
    title: 'Go to step',
    prompt: `A step from 0 to ${showCount(steps)}. The run stands still there; what came later is kept to be seen beside what comes instead.`,
    value: view.at === null ? '' : String(view.at),
    validateInput: (typed) =>
      /^\d+$/.test(typed.trim()) && Number(typed) <= steps ? null : `A whole number from 0 to ${showCount(steps)} is expected.`,
  });
  return text === undefined ? undefined : Number(text);
}

async function askSetting(stage: Stage): Promise<Settings | undefined> {
  const { shown, view } = stage;
  if (!shown?.start) throw new DoFirst('There is no run yet: use “Train with…” first.', 'optimizerDebugger.trainWith');
  const { start, end } = shown;
  if (view.at === null && (end?.reason === 'completed' || end?.reason === 'diverged'))
    throw new Error(`Step ${showCount(end.step)} was the run’s last: nothing follows it. Look at an earlier one first, or “Go to step…”.`);
  const at = view.at === null ? 'where the run stands' : `at step ${showCount(view.at)}`;
  const items = settingsThere(stage).map(({ name, label, value, meaning, domain }) => ({
    name,
    label,
    description: `${value} · ${domain}`,
    detail: meaning,
    value,
    domain,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Change a hyperparameter ${at}`,
    placeHolder: 'Which one?',
    matchOnDetail: true,
  });
  if (chosen === undefined) return undefined;
  const read = (text: string): Settings => ({ [chosen.name]: valueOf(text.trim(), chosen.value) });
  const text = await vscode.window.showInputBox({
    title: `${chosen.label} ${at}`,
    prompt: `${chosen.detail}; ${chosen.description}`,
    value: String(chosen.value),
    validateInput: (typed) => {
      if (typeof chosen.value === 'number' && !isNumber(typed)) return `“${typed}” is not a number; one in ${chosen.domain} is expected.`;
      try {
        checkedSettings(start, changesUpTo(shown, view.at), read(typed));
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  return text === undefined ? undefined : read(text);
}

/** Is it one to `Number`, which takes an empty text for 0? */
const isNumber = (typed: string): boolean => typed.trim() !== '' && !Number.isNaN(Number(typed));

/** What a person typed, of the kind that the hyperparameter has. */
function valueOf(text: string, now: HyperparameterValue): HyperparameterValue {
  if (typeof now === 'number') return Number(text);
  return typeof now === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

const withProgress = async (title: string, work: Promise<void>): Promise<void> =>
  void (await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => work));
