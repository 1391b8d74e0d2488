// What is made from the engine's own definitions: the JSON Schemas of a run's specification and record, the rule language's grammar for
// colours, and the pages of documentation. Called by generate.mjs.
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = `
  export { rules } from './src/engine/optimizers';
  export { wrappers } from './src/engine/wrappers';
  export { runSchema } from './src/engine/run/schema';
  export { recordSchema } from './src/engine/run/recordSchema';
  export { grammar } from './src/engine/language/service/grammar';
  export { schedules } from './src/engine/schedules';
  export { optimizersPage } from './src/engine/documentation/optimizers';
  export { schedulesPage } from './src/engine/documentation/schedules';
  export { networksPage } from './src/engine/documentation/networks';
  export { withTables } from './src/engine/documentation/language';
`;

/** Path → text of each. */
export async function schemas() {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: join(root), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    loader: { '.optim': 'text' },
    logLevel: 'warning',
  });
  const { rules, wrappers, runSchema, recordSchema, grammar, schedules, optimizersPage, schedulesPage, networksPage, withTables } =
    await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  const text = (schema) => `${JSON.stringify(schema, null, 2)}\n`;
  return new Map([
    ['schemas/run.schema.json', text({ $id: 'run.schema.json', ...runSchema(rules(), wrappers()) })],
    ['schemas/record.schema.json', text(recordSchema())],
    ['syntaxes/optim.tmLanguage.json', text(grammar())],
    ['docs/optimizers.md', optimizersPage(rules(), wrappers())],
    ['docs/schedules.md', schedulesPage(schedules)],
    ['docs/networks.md', networksPage()],
    ['docs/rule-language.md', withTables(readFileSync(join(root, 'docs/rule-language.md'), 'utf8'))],
  ]);
}
