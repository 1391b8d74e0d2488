/** The run in the status bar: optimizer, step, loss, a progress bar; a click opens the Training panel. At most four updates a second. */
import * as vscode from 'vscode';
import { column } from '../shared/frame';
import type { CommandId } from './commands';
import type { Run } from './run';
import type { Runs } from './runs';

const interval = 250; // ms
const width = 8; // cells of the progress bar
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** `██▌     `: `width` cells, the last one filled by eighths. @param share 0 to 1 */
export function progressBar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return ('█'.repeat(filled >> 3) + eighths[filled & 7]).padEnd(width, '\u2007'); // a space as wide as a digit
}

const icons = {
  starting: 'loading~spin',
  running: 'pulse',
  paused: 'debug-pause',
  ended: 'check',
  failed: 'error',
  lost: 'warning',
} as const;

export function registerStatusBar(runs: Runs): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('optimizerDebugger.run', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Optimizer Debugger';
  item.command = 'optimizerDebugger.openTraining' satisfies CommandId;
  let timer: NodeJS.Timeout | undefined;
  let due = 0;
  const draw = (): void => {
    timer = undefined;
    due = Date.now() + interval;
    const run = runs.current;
    if (!run) {
      item.hide();
      return;
    }
    const { text, tooltip, bad } = describeRun(run);
    item.text = text;
    item.tooltip = tooltip;
    item.backgroundColor = bad ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    item.show();
  };
  const later = (): void => {
    timer ??= setTimeout(draw, Math.max(0, due - Date.now()));
  };
  return vscode.Disposable.from(
    item,
    runs.onDidChange(later),
    runs.onFrame(() => {
      later();
      return undefined;
    }),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}

function describeRun(run: Run): { text: string; tooltip: string; bad: boolean } {
  const { state, start, history, end, title } = run;
  const step = history && history.rows > 0 ? history.last(column.step) : 0;
  const loss = history && history.rows > 0 ? history.last(column.loss) : NaN;
  const steps = start?.steps ?? 0;
  const parts = [`$(${end?.reason === 'diverged' ? 'flame' : icons[state]}) ${title}`];
  if (state === 'failed') parts.push('could not start');
  else {
    if (state === 'running' || state === 'paused') parts.push(progressBar(steps > 0 ? step / steps : 0));
    if (step > 0) parts.push(`${step.toLocaleString('en')} / ${steps.toLocaleString('en')}`, `loss ${Number(loss.toPrecision(4))}`);
    if (state === 'lost') parts.push('worker lost');
    else if (end && end.reason !== 'completed') parts.push(end.reason);
  }
  const { details } = run;
  return {
    text: parts.join('  '),
    tooltip: [title, details, run.problem ?? '', 'Click to open the Training panel'].filter((line) => line !== '').join('\n'),
    bad: state === 'failed' || state === 'lost' || end?.reason === 'diverged' || end?.reason === 'error',
  };
}
