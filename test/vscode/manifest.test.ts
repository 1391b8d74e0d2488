/** The manifest and the code say the same: every command is declared, titled, registered; nothing is offered that does nothing. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { category, commands, type Command } from '../../src/host/commandList';
import { activate, extensionId } from './extension';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string; icon: string }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string }[]>>;
  };
}

describe('commands', () => {
  const listed = Object.entries<Command>(commands);
  const manifest = (): Manifest => vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;

  it('the manifest declares exactly the commands of the code, with their titles', () => {
    assert.deepEqual(
      manifest().contributes.commands.map(({ command, title, category: group, icon }) => [command, title, group, icon]),
      listed.map(([id, { title, icon }]) => [id, title, category, `$(${icon})`]),
    );
  });
  it('the palette offers them when the code says', () => {
    const when = new Map(manifest().contributes.menus.commandPalette.map((entry) => [entry.command, entry.when]));
    assert.deepEqual(
      listed.map(([id]) => when.get(id)),
      listed.map(([, { palette }]) => palette),
    );
  });
  it('menus name only commands that exist', () => {
    const known = new Set(listed.map(([id]) => id));
    for (const [menu, entries] of Object.entries(manifest().contributes.menus))
      for (const { command } of entries) assert.ok(known.has(command), `${menu}: ${command}`);
  });
  it('all are registered', async () => {
    await activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const [id] of listed) assert.ok(registered.has(id), id);
  });
});

describe('activation', () => {
  it('takes less than 50 ms', async () => {
    const { activation } = await activate();
    console.log(`      activate(): ${activation.toFixed(1)} ms`);
    assert.ok(activation < 50, `${activation} ms`);
  });
});
