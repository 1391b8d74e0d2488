// Loaded beside the extension, so that it measures the event loop that the extension shares with all others. It begins anew whenever
// the file event-loop.begin appears in the workspace, and keeps what it measured since in event-loop.json (milliseconds); with it, every half a
// minute, the bytes that the extension host's heap has after a collection.
'use strict';
const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
const v8 = process.getBuiltinModule('node:v8');
const vm = process.getBuiltinModule('node:vm');
const fs = process.getBuiltinModule('node:fs');
const { join } = process.getBuiltinModule('node:path');
const vscode = module.require('vscode');

exports.activate = (context) => {
  const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const resolution = 1; // ms, part of every sample and taken off
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc');
  let [heap, ticks] = [NaN, 0];
  const timer = setInterval(() => {
    const begin = join(folder, 'event-loop.begin');
    if (fs.existsSync(begin)) {
      fs.rmSync(begin);
      delay.reset();
      return;
    }
    if (ticks++ % 60 === 0) {
      collect();
      heap = process.memoryUsage().heapUsed;
    }
    const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
    const measured = { samples: delay.count, p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max), heap };
    // whole at any moment: it is read while this goes on
    fs.writeFileSync(join(folder, 'event-loop.new'), JSON.stringify(measured));
    fs.renameSync(join(folder, 'event-loop.new'), join(folder, 'event-loop.json'));
  }, 500);
  context.subscriptions.push({ dispose: () => clearInterval(timer) });
};
