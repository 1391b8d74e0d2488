// Indexes made from what is in the folders, JSON Schemas made from the definitions in them, and the manifest's commands, so that adding an optimizer,
// a schedule, a quantity or a panel is adding one file.
//   node scripts/generate.mjs [--check]   (--check fails where a committed index is not what would be made now)
import { readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifest } from './manifest.mjs';
import { panelIndex } from './panelIndex.mjs';
import { schemas } from './schemas.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folder → what its index gathers: each file exports one definition named as the file. */
const folders = [
  { folder: 'src/engine/schedules', name: 'schedules' },
  { folder: 'src/engine/quantities', name: 'quantities' },
  { folder: 'src/engine/network/activations', name: 'activations' },
  { folder: 'src/engine/network/layers', name: 'layers' },
  { folder: 'src/engine/network/initialisers', name: 'initialisers' },
  { folder: 'src/engine/network/losses', name: 'losses' },
  { folder: 'src/engine/problems/generators', name: 'generators' },
  { folder: 'src/engine/problems/gallery', name: 'gallery' },
  { folder: 'src/source/frameworks', name: 'frameworks' },
];

/** Folders of update rules: texts in `.optim` files; `coded`: also TypeScript files that export a rule named as the file. */
const ruleFolders = [
  { folder: 'src/engine/optimizers', coded: true },
  { folder: 'src/engine/wrappers', coded: false },
];

const note = '// Made by scripts/generate.mjs from the files of this folder. Do not edit.\n';
const entries = (folder, ending) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((file) => file.endsWith(ending) && !/\.(gen|test|d)\.ts$/.test(file) && !['definition.ts', 'index.ts'].includes(file))
        .sort()
    : [];

function files() {
  const made = new Map();
  for (const { folder, name } of folders) {
    const found = entries(folder, '.ts').map((file) => file.replace(/\.ts$/, ''));
    if (found.length === 0) continue;
    const imports = found.map((id) => `import { ${id} } from './${id}';\n`).join('');
    made.set(`${folder}/index.gen.ts`, `${note}${imports}\nexport const ${name} = [${found.join(', ')}] as const;\n`);
  }
  for (const { folder, coded } of ruleFolders) {
    const texts = entries(folder, '.optim').map((file) => file.replace(/\.optim$/, ''));
    const codes = coded ? entries(folder, '.ts').map((file) => file.replace(/\.ts$/, '')) : [];
    const lines = [
      ...(coded ? ["import type { CodeRule } from '../language';"] : []),
      "import type { RuleTexts } from '../ruleLibrary';",
      ...texts.map((id) => `import ${id} from './${id}.optim';`),
      ...codes.map((id) => `import { ${id} } from './${id}';`),
      '',
      `export const ruleTexts: RuleTexts = [${texts.map((id) => `\n  { file: '${id}.optim', text: ${id} },`).join('')}\n];`,
      ...(coded ? [`export const codeRules: readonly CodeRule[] = [${codes.join(', ')}];`] : []),
    ];
    made.set(`${folder}/index.gen.ts`, `${note}${lines.join('\n')}\n`);
  }
  return made;
}

/** Writes what changed; with `check`, returns the names of the files that are not up to date instead. */
export async function generate({ check = false } = {}) {
  const stale = [];
  const settle = (made) => {
    for (const [file, text] of made) {
      const path = join(root, file);
      if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
      stale.push(file);
      if (!check) writeFileSync(path, text);
    }
  };
  settle(files());
  settle(panelIndex());
  settle(await manifest()); // after the panels' index, whose commands it names
  settle(await schemas()); // after the indexes, which they are made from
  return stale;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  const stale = await generate({ check });
  if (check && stale.length > 0) {
    console.error(`Not up to date: ${stale.join(', ')}. Run: npm run generate`);
    process.exit(1);
  }
}
