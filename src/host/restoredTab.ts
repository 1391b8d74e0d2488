/**
 * A panel's tab that the window has brought back and whose page is not there yet: the editor makes the page when the tab is first seen, and until
 * then no extension has hold of it. So a panel that is asked for may be such a tab, and is brought to the front instead of being made twice.
 */
import * as vscode from 'vscode';

/** Commands that put the focus into an editor group, by the group's number. */
const focusGroup = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth'].map(
  (name) => `workbench.action.focus${name}EditorGroup`,
);

/** The tab of a webview panel. @param type of the panel @returns undefined where there is none in this window */
export function tabOf(type: string): vscode.Tab | undefined {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  // the editor puts a word of its own before the type
  return tabs.find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.split('-').at(-1) === type);
}

/** Brings a tab to the front of its group, so that it gets its page. The focus stays in the group where it was. */
export async function bringForward(tab: vscode.Tab): Promise<void> {
  if (tab.isActive) return; // it is seen: its page is on its way
  const { activeTabGroup } = vscode.window.tabGroups;
  const { viewColumn, tabs } = tab.group;
  const elsewhere = viewColumn !== activeTabGroup.viewColumn;
  if (elsewhere) await vscode.commands.executeCommand(focusGroup[viewColumn - 1]);
  await vscode.commands.executeCommand('workbench.action.openEditorAtIndex', tabs.indexOf(tab));
  if (elsewhere) await vscode.commands.executeCommand(focusGroup[activeTabGroup.viewColumn - 1]);
}
