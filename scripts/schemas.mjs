// The JSON Schemas of a run's specification and record, made from the engine's own definitions. Called by generate.mjs.
import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = `
  export { rules } from './src/engine/optimizers';
  export { wrappers } from './src/engine/wrappers';
  export { runSchema } from './src/engine/run/schema';
  export { recordSchema } from './src/engine/run/recordSchema';
`;

/** Path → text of each schema. */
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
  const { rules, wrappers, runSchema, recordSchema } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  const text = (schema) => `${JSON.stringify(schema, null, 2)}\n`;
  return new Map([
    ['schemas/run.schema.json', text({ $id: 'run.schema.json', ...runSchema(rules(), wrappers()) })],
    ['schemas/record.schema.json', text(recordSchema())],
  ]);
}
