// What the editor must know of every panel, read from the panel's own file: `export const about = { … } as const` in src/webview/panels.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const folder = fileURLToPath(new URL('../src/webview/panels', import.meta.url));

/** The texts of a file's `about`; undefined where it has none. */
function aboutOf(file) {
  const source = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.ES2022);
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const [{ name, initializer }] = statement.declarationList.declarations;
    if (name.text !== 'about') continue;
    const literal = ts.isAsExpression(initializer) ? initializer.expression : initializer;
    return Object.fromEntries(literal.properties.map((property) => [property.name.text, property.initializer.text]));
  }
  return undefined;
}

/** What every panel says of itself, by the name of its file. */
export const panelList = () =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => [file.replace(/\.ts$/, ''), aboutOf(file)])
      .filter(([, about]) => about !== undefined),
  );

/** Path → text. */
export function panelIndex() {
  const entry = ([id, about]) =>
    `  ${id}: { ${Object.entries(about)
      .map(([key, text]) => `${key}: ${JSON.stringify(text)}`)
      .join(', ')} },\n`;
  const text = `// Made by scripts/generate.mjs from src/webview/panels. Do not edit.

/** The panels: their files in src/webview/panels, and what each says of itself. */
export const panelList = {
${Object.entries(panelList()).map(entry).join('')}} as const;

export type PanelId = keyof typeof panelList;
`;
  return new Map([['src/shared/panelList.gen.ts', text]]);
}
