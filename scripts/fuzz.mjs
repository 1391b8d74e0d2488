// Random texts for the reader of rules, a million of them; also how long a rule of 5,000 lines takes.
//   npm run --silent fuzz -- [COUNT] [SEED]
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../esbuild.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAll({ only: ['tests'] });
createRequire(import.meta.url)('../out/bench/fuzz.bench.js');
