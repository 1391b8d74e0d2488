// The benchmark: builds bench/ and prints its table.
//   npm run --silent bench -- [--json] [--only 784]
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../esbuild.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const option = (name) => (process.argv.includes(name) ? (process.argv[process.argv.indexOf(name) + 1] ?? '') : undefined);
await buildAll({ only: ['tests'] });
const { bench } = createRequire(import.meta.url)('../out/bench/step.bench.js');
const rows = bench(option('--only'));
const round = (value) => Number(value.toPrecision(3));

if (process.argv.includes('--json')) {
  const machine = { processor: cpus()[0]?.model ?? 'unknown', node: process.version };
  console.log(JSON.stringify({ ...machine, unit: 'microseconds, median', rows }, null, 2));
} else {
  console.log(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; medians in microseconds, one core`);
  console.table(
    Object.fromEntries(
      rows.map(({ name, batch, cpu, reference, ratio, gflops }) => [
        `${name} / ${batch}`,
        {
          gradient: round(cpu.gradient),
          'step (Adam)': round(cpu.step),
          'GFLOP/s': round(gflops),
          'Hv, 512 samples': round(cpu.hessianVector),
          'reference step': round(reference.step),
          'reference / cpu': round(ratio),
        },
      ]),
    ),
  );
}
