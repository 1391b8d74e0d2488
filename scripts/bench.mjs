// The benchmark: builds what it runs, then measures. `docs/benchmark.md` says how to run and to read it.
//   npm run --silent bench -- [--json] [--only NAME,…] [--peers all|none|NAME,…] [--out FILE] [--rounds 7] [--seconds 0.4] [--data FOLDER]
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../esbuild.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await buildAll({ only: ['cli', 'tests'] });
createRequire(import.meta.url)('../out/bench/main.bench.js');
