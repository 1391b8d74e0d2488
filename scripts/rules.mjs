// The canonical layout of every rule in the tree, as "Format document" gives it.
//   node scripts/rules.mjs [--check]   (--check fails where a rule is laid out otherwise)
import { build } from 'esbuild';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { outputFiles } = await build({
  stdin: { contents: "export { format } from './src/engine/language/service/format';", resolveDir: root, loader: 'ts' },
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});
const { format } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);

const check = process.argv.includes('--check');
const rules = ['src', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((file) => join(folder, String(file)))
    .filter((file) => file.endsWith('.optim')),
);
const other = rules.filter((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const laid = format(text);
  if (laid !== text && !check) writeFileSync(join(root, file), laid);
  return laid !== text;
});
if (other.length > 0) console.log(`${check ? 'To be laid out' : 'Laid out'}: ${other.join(', ')}`);
if (check && other.length > 0) process.exit(1);
