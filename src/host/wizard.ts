/** Steps of a wizard: one list or one input box a step, each with a way back. Escape ends the wizard, the button goes back. */
import * as vscode from 'vscode';
import { Arrivals } from './arrivals';

/** The person goes one step back, or leaves. */
export const back = Symbol('back');
export const cancelled = Symbol('cancelled');
export type Left = typeof back | typeof cancelled;

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value?: T;
}

interface Common {
  readonly title: string;
  readonly step: number;
  readonly of: number;
  readonly placeholder: string;
  /** The first step has nowhere to go back to. */
  readonly canGoBack: boolean;
}

export interface PickStep<T> extends Common {
  /** The first that is not a separator is preselected, and stays so once it can have been read. */
  readonly items: readonly Choice<T>[];
  /** More that come later (files of the workspace), shown below in this order. */
  readonly more?: readonly Promise<readonly Choice<T>[]>[];
  /** An item for what is being typed, offered first. */
  readonly typed?: (text: string) => Choice<T> | null;
}

/** One list. */
export function pick<T>({ title, step, of, placeholder, canGoBack, items, more = [], typed }: PickStep<T>): Promise<T | Left> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<Choice<T>>();
    const all = new Arrivals(items, more.length, performance.now());
    Object.assign(list, { title, step, totalSteps: of, placeholder, matchOnDescription: true, matchOnDetail: true, ignoreFocusOut: false });
    list.buttons = canGoBack ? [vscode.QuickInputButtons.Back] : [];
    list.items = all.items;
    list.busy = all.busy;
    let settled = false;
    const settle = (result: T | Left): void => {
      if (settled) return;
      settled = true;
      list.dispose();
      resolve(result);
    };
    const arrived = (part: number, found: readonly Choice<T>[]): void => {
      if (settled) return;
      const active = all.add(part, found, list.activeItems[0], performance.now());
      list.busy = all.busy;
      if (found.length === 0) return;
      list.keepScrollPosition = active !== null;
      list.items = all.items;
      if (active) list.activeItems = [active];
    };
    more.forEach((promise, index) => {
      promise.then(
        (found) => arrived(index, found),
        () => arrived(index, []), // what is built in stays on offer
      );
    });
    if (typed) {
      list.onDidChangeValue((text) => {
        const item = text.trim() === '' ? null : typed(text);
        list.items = item ? [item, ...all.items] : all.items;
        if (item) list.activeItems = [item];
      });
    }
    list.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) settle(back);
    });
    list.onDidAccept(() => {
      const value = list.selectedItems[0]?.value;
      if (value !== undefined) settle(value);
    });
    list.onDidHide(() => settle(cancelled));
    list.show();
  });
}

export interface InputStep extends Common {
  readonly prompt: string;
  readonly value: string;
  /** Null where the text will do; otherwise what is wrong. */
  readonly validate: (text: string) => string | null;
}

/** One input box. */
export function ask({ title, step, of, placeholder, canGoBack, prompt, value, validate }: InputStep): Promise<string | Left> {
  return new Promise((resolve) => {
    const box = vscode.window.createInputBox();
    Object.assign(box, { title, step, totalSteps: of, placeholder, prompt, value });
    box.buttons = canGoBack ? [vscode.QuickInputButtons.Back] : [];
    let settled = false;
    const settle = (result: string | Left): void => {
      if (settled) return;
      settled = true;
      box.dispose();
      resolve(result);
    };
    const check = (): boolean => {
      const fault = validate(box.value);
      box.validationMessage = fault ?? undefined;
      return fault === null;
    };
    box.onDidChangeValue(check);
    box.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) settle(back);
    });
    box.onDidAccept(() => {
      if (check()) settle(box.value);
    });
    box.onDidHide(() => settle(cancelled));
    box.show();
  });
}

export const hasLeft = <T>(result: T | Left): result is Left => result === back || result === cancelled;
