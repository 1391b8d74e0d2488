/** How a feature registers the commands of `commandList.ts` that are its own, and links to them. */
import * as vscode from 'vscode';
import { commands as all, type CommandId } from './commandList';

export { category, commands, contextKeys, type CommandId } from './commandList';

/** Not a fault: something is to be done first. It is told as such, with a button that does it. */
export class DoFirst extends Error {
  constructor(
    message: string,
    readonly command: CommandId,
  ) {
    super(message);
  }

  /** Tells it, and does it where that is wished for. */
  async tell(): Promise<void> {
    const { title } = all[this.command];
    if ((await vscode.window.showInformationMessage(this.message, title)) === title) await runCommand(this.command);
  }
}

/** A command's handler; a fault becomes a message to the person, never a lost promise. */
export function register(id: CommandId, handler: (...args: readonly unknown[]) => Promise<void>): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
    try {
      await handler(...args);
    } catch (error) {
      if (error instanceof DoFirst) void error.tell();
      else void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
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
