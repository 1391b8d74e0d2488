/**
 * The link to the editor: typed calls over the webview's messages (birpc), and the panel's own small state, which the editor keeps
 * while the panel is hidden or reloaded.
 */
import { createBirpc } from 'birpc';
import type { HostCalls, PanelEvents } from '../shared/protocol';
import { pack, unpack } from '../shared/wire';

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

export const editor = acquireVsCodeApi();

/** Opens the link. `events` is told what the editor tells; the answer asks the editor. */
export function connect(events: PanelEvents): HostCalls {
  return createBirpc<HostCalls, PanelEvents>(events, {
    post: (message) => editor.postMessage(message),
    on: (listener) => window.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data)),
    serialize: pack,
    deserialize: unpack,
    bind: 'functions',
    // "Train with…" waits for a person: no time is too long.
    timeout: -1,
  });
}

/** What a panel remembers by name, e.g. the chosen layer. Undefined where it does not. */
export function recall(name: string): string | undefined {
  const state = editor.getState();
  if (typeof state !== 'object' || state === null) return undefined;
  const value: unknown = (state as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

export function remember(name: string, value: string): void {
  const state = editor.getState();
  editor.setState({ ...(typeof state === 'object' ? state : {}), [name]: value });
}
