// An extension for the tests alone: does to Optimizer Debugger what a person cannot do on purpose, but what happens.
'use strict';
const vscode = module.require('vscode');

const runs = () => vscode.extensions.getExtension('optimizer-debugger.optimizer-debugger').exports.runs;

exports.activate = (context) =>
  context.subscriptions.push(
    vscode.commands.registerCommand('saboteur.killWorker', () => runs().killWorker()),
    vscode.commands.registerCommand('saboteur.loseDevice', () => runs().loseDevice()),
  );
