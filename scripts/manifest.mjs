// The manifest's commands and palette entries, made from src/host/commandList.ts, and what wakes the extension for its panels; all else in
// package.json is written by hand.
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = `
  export { category, commands } from './src/host/commandList';
  export { panelList } from './src/shared/panelList.gen';
`;

/** Path → text. */
export async function manifest() {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'warning',
  });
  const { category, commands, panelList } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  const whole = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const listed = Object.entries(commands);
  whole.contributes.commands = listed.map(([command, { title, icon }]) => ({
    command,
    title,
    category,
    ...(icon && { icon: `$(${icon})` }),
  }));
  whole.contributes.menus.commandPalette = listed
    .filter(([, { palette }]) => palette !== undefined)
    .map(([command, { palette }]) => ({ command, when: palette }));
  whole.activationEvents = [
    ...whole.activationEvents.filter((event) => !event.startsWith('onWebviewPanel:')),
    ...Object.entries(panelList)
      .filter(([, { place }]) => place === 'beside')
      .map(([id]) => `onWebviewPanel:optimizerDebugger.${id}`),
  ];
  return new Map([['package.json', `${JSON.stringify(whole, null, 2)}\n`]]);
}
