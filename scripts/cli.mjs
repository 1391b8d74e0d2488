// The command line from a checkout: builds dist/cli.js where a source is newer, prints nothing of its own, and runs it.
//   node scripts/cli.mjs train SPEC.json … | export RECORD.jsonl … | optimizers …
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist', 'cli.js');
const changed = (path) => statSync(path).mtimeMs;

/** Is anything that the bundle is made of newer than the bundle? */
function stale() {
  if (!existsSync(built)) return true;
  const since = changed(built);
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true });
  return (
    sources.some((entry) => entry.isFile() && changed(join(entry.parentPath ?? entry.path, entry.name)) > since) ||
    ['package.json', 'esbuild.mjs'].some((file) => changed(join(root, file)) > since)
  );
}

const here = process.cwd();
if (stale()) {
  process.chdir(root);
  const { buildAll } = await import('../esbuild.mjs');
  await buildAll({ only: ['cli'] });
}
// npm runs scripts in the package's folder and says in INIT_CWD where the person is; paths are meant from there.
const fromNpm = process.env.npm_lifecycle_event !== undefined && join(here, '/') === join(root, '/');
process.chdir(fromNpm ? (process.env.INIT_CWD ?? here) : here);
createRequire(import.meta.url)(built);
