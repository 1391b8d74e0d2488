// Makes the package that is published, optimizer-debugger-VERSION.vsix: the minified bundles and what is needed at run time, within
// a limit. What is in it is listed, so that nothing slips in unseen.
//   node scripts/package.mjs [--out FILE]
import { createVSIX, listFiles } from '@vscode/vsce';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildAll } from '../esbuild.mjs';
import { root } from './editor/root.mjs';

/** The most that the package may weigh, in bytes. */
const LIMIT = 1_500_000;
/** What must be in it for it to work at all. */
const needed = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/extension.js',
  'dist/worker.js',
  'dist/teamWorker.js',
  'dist/recordWorker.js',
  'dist/webview/training.js',
];

const mega = (bytes) => `${(bytes / 1e6).toFixed(3)} MB`;

/** Builds and packs. @returns the file's path @throws where something needed is missing, or the file is over the limit */
export async function makePackage({ out } = {}) {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const file = out ?? join(root, `${name}-${version}.vsix`);
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await buildAll({ only: ['extension', 'worker', 'webview'], production: true });

  const files = (await listFiles({ cwd: root, dependencies: false })).sort();
  const missing = needed.filter((entry) => !files.includes(entry));
  if (missing.length > 0) throw new Error(`The package would lack ${missing.join(', ')}.`);
  mkdirSync(dirname(file), { recursive: true });
  await createVSIX({ cwd: root, packagePath: file, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
  const { size } = statSync(file);
  console.log(`${file}: ${files.length} files, ${mega(size)} of at most ${mega(LIMIT)}`);
  if (size > LIMIT) throw new Error(`The package has ${mega(size)}; at most ${mega(LIMIT)} are allowed.`);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  await makePackage(values).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
