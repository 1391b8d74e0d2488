import type { Browser, Frame, Page } from 'playwright-core';

export const root: string;
export const examples: string;
export const screenshots: string;

export interface EditorServer {
  readonly port: number;
  readonly data: string;
  uri(path: string): string;
  stop(): Promise<void>;
}

export interface EditorWindow {
  readonly page: Page;
  readonly server: EditorServer;
  /** The copy of the workspace that is open. */
  readonly workspace: string;
  /** The editor's user data; extensions keep theirs in `User/globalStorage`. */
  readonly data: string;
  /** Saves out/screenshots/NAME.png. @returns its path */
  shot(name: string): Promise<string>;
  /** F1, the text, Enter. */
  palette(text: string): Promise<void>;
  /** The webview whose body has `data-panel="name"`, waiting for it. */
  frame(name: string, ms?: number): Promise<Frame>;
  close(): Promise<void>;
}

export interface WindowOptions {
  readonly folder?: string;
  readonly file?: string;
  readonly extensions?: readonly string[];
  readonly vsix?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly size?: { readonly width: number; readonly height: number };
  readonly webgpu?: boolean;
}

export function openWindow(options?: WindowOptions): Promise<EditorWindow>;
export function openBrowser(options?: { readonly webgpu?: boolean }): Promise<Browser>;
