/** How a feature registers the commands of `commandList.ts` that are its own, and links to them. */
import * as vscode from 'vscode';
import type { CommandId } from './commandList';

export { category, commands, contextKeys, type CommandId } from './commandList';

/** A command's handler; a fault becomes a message to the person, never a lost promise. */
export function register(id: CommandId, handler: (...args: readonly unknown[]) => Promise<void>): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
    try {
      await handler(...args);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  });
}

/** A link for markdown that runs a command. */
export function commandLink(text: string, id: CommandId, argument?: unknown): string {
  const query = argument === undefined ? '' : `?${encodeURIComponent(JSON.stringify([argument]))}`;
  return `[${text}](command:${id}${query})`;
}

export const runCommand = async (id: CommandId, ...args: unknown[]): Promise<void> =>
  void (await vscode.commands.executeCommand(id, ...args));
