// One build for everything that runs: the extension, its worker, the command line, the webviews, the tests.
//   node esbuild.mjs [--watch] [--only extension,worker,cli,webview,tests] [--production]
import { build, context } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from './scripts/generate.mjs';

/** Every file below `folder` whose name ends with `ending` (globSync is not in Node 20). */
const below = (folder, ending) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map(String)
        .filter((name) => name.endsWith(ending))
        .map((name) => join(folder, name))
    : [];

const common = { bundle: true, sourcemap: 'linked', logLevel: 'warning', loader: { '.optim': 'text' }, target: 'es2022' };
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };

/** A run in several threads starts this one beside its own bundle. */
const helper = { teamWorker: 'src/node/teamWorker.ts' };
/** What reads whole records does so in a thread of its own. */
const reader = { recordWorker: 'src/node/recordWorker.ts' };

/** The bundles by name. */
export const bundles = (production) => ({
  extension: { ...node, entryPoints: { extension: 'src/extension.ts' }, outdir: 'dist', external: ['vscode'], minify: production },
  worker: { ...node, entryPoints: { worker: 'src/node/worker.ts', ...helper, ...reader }, outdir: 'dist', minify: production },
  cli: { ...node, entryPoints: { cli: 'src/cli.ts', ...helper }, outdir: 'dist', minify: production },
  webview: {
    ...common,
    platform: 'browser',
    format: 'esm', // modules: what several panels need is there once
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    entryPoints: Object.fromEntries(
      below('src/webview/panels', '.ts').map((file) => [file.replace(/^.*[\\/]/, '').replace(/\.ts$/, ''), file]),
    ),
    outdir: 'dist/webview',
    minify: production,
    loader: { ...common.loader, '.ttf': 'file', '.css': 'css' },
  },
  tests: {
    ...node,
    entryPoints: [
      ...below('test', '.test.ts'),
      ...below('test', '.main.ts'),
      ...below('bench', '.bench.ts'),
      helper.teamWorker,
      reader.recordWorker,
    ],
    outbase: '.',
    outdir: 'out',
    inject: ['src/node/webAssemblyFlags.ts'],
    external: ['vscode', 'mocha', 'playwright-core', 'esbuild', 'fast-check'],
  },
});

/** Builds the named bundles (all of them when none is named). */
export async function buildAll({ only, production = false, watch = false } = {}) {
  await generate();
  for (const [name, options] of Object.entries(bundles(production))) {
    if (only && !only.includes(name)) continue;
    if (Object.keys(options.entryPoints).length === 0) continue;
    const settled = production ? { ...options, sourcemap: false } : options;
    if (watch) await (await context(settled)).watch();
    else await build(settled);
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const flag = (name) => process.argv.includes(name);
  const only = flag('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : undefined;
  await buildAll({ only, production: flag('--production'), watch: flag('--watch') });
}
