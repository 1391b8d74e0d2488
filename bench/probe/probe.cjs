// Loaded beside the extension, so that it measures the event loop that the extension shares with all others. It begins anew whenever
// the file event-loop.begin appears in the workspace, and keeps what it measured since in event-loop.json (milliseconds).
'use strict';
const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
const fs = process.getBuiltinModule('node:fs');
const { join } = process.getBuiltinModule('node:path');
const vscode = module.require('vscode');

exports.activate = (context) => {
  const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const resolution = 1; // ms, part of every sample and taken off
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const timer = setInterval(() => {
    const begin = join(folder, 'event-loop.begin');
    if (fs.existsSync(begin)) {
      fs.rmSync(begin);
      delay.reset();
      return;
    }
    const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
    const measured = { samples: delay.count, p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
    fs.writeFileSync(join(folder, 'event-loop.json'), JSON.stringify(measured));
  }, 500);
  context.subscriptions.push({ dispose: () => clearInterval(timer) });
};
