// An extension for the tests alone: does to Optimizer Debugger what a person cannot do on purpose, but what happens.
'use strict';
const vscode = module.require('vscode');

exports.activate = (context) =>
  context.subscriptions.push(
    vscode.commands.registerCommand('saboteur.killWorker', async () => {
      const { exports: api } = vscode.extensions.getExtension('optimizer-debugger.optimizer-debugger');
      await api.runs.killWorker();
    }),
  );
