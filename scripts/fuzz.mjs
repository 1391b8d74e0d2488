// Random texts for the reader of rules, a million of them, and how long a rule of 5,000 lines takes; a tenth as many files for the readers of data;
// and five hundred random runs to go back in.
//   npm run --silent fuzz -- [COUNT] [SEED]
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../esbuild.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAll({ only: ['tests'] });
createRequire(import.meta.url)('../out/bench/fuzz.bench.js');
