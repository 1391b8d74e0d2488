/** The benchmark, as `scripts/bench.mjs` runs it once everything is built: measures the parts asked for, prints a table or JSON. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases } from './cases';
import { curvatureFigures } from './curvature';
import { benchData } from './data.bench';
import { busyFor, describeMachine, driftOf, yardstick } from './machine';
import { benchKernels } from './kernels.bench';
import type { HeapMemory, WeightMemory } from './memory.bench';
import { hasMnist, mnistFigures } from './mnist';
import { readOptions, usage, type Options } from './options';
import { findPeers, ourselves, type Missing } from './participants';
import { ratios, type Figure, type Report, type Section } from './report';
import { runRounds, type Rounds } from './rounds';
import { show, text } from './table';
import { benchUpdates } from './update.bench';

const root = join(__dirname, '..', '..');
const mebibyte = 2 ** 20;
/** Seconds that every participant warms up on a network: as long as V8 takes to compile its hottest code again, and better. */
const warm = 1;

const progress = (message: string): void => void process.stderr.write(`${message} …\n`);

/** What a script of ours prints, a process of its own. */
const ask = <Answer>(script: string, ...args: string[]): Answer =>
  JSON.parse(execFileSync(process.execPath, [join(__dirname, script), ...args], { encoding: 'utf8' })) as Answer;

function memoryFigures(): Figure[] {
  const { parameters, grown, touched } = ask<WeightMemory>('memory.bench.js', 'weights');
  const { steps, grown: heap, microseconds } = ask<HeapMemory>('memory.bench.js', 'heap');
  const copy = 4 * parameters;
  return [
    { name: 'training d: growth of the process, in copies of its weights', value: grown / copy, unit: '', bar: { atMost: 8 } },
    { name: 'training d: memory of the model that was written to, in copies', value: touched / copy, unit: '', bar: { atMost: 8 } },
    {
      name: `heap after ${steps.toLocaleString('en')} steps of a: change`,
      value: Math.abs(heap) / mebibyte,
      unit: 'MiB',
      bar: { atMost: 5 },
    },
    { name: 'a step of a whole run of a, with all that a run does beside it', value: microseconds, unit: 'µs' },
  ];
}

function productFigures(): Figure[] {
  const { fused, peakGigaflops, rows } = benchKernels();
  const peak = `the most that one core does in WebAssembly, ${fused ? 'fused multiply-add' : 'multiply, then add'}`;
  return [
    { name: peak, value: peakGigaflops, unit: 'GFLOP/s' },
    ...rows.map(({ shape, orientation, microseconds, gigaflops, share, atLeast }) => ({
      name: `${shape.join(' × ')}, ${orientation}: share of it`,
      ...{ value: 100 * share, unit: '%' },
      ...(atLeast === undefined ? {} : { bar: { atLeast: 100 * atLeast } }),
      note: `${show(gigaflops)} GFLOP/s, ${show(microseconds)} µs`,
    })),
  ];
}

const dataFigures = (): Figure[] =>
  benchData().map(({ title, file, features, first, milliseconds, peak }) => ({
    name: `60,000 × 784, ${title}, ${show(file / mebibyte)} MiB: the first load`,
    ...{ value: first / 1000, unit: 's', bar: { atMost: 2 } },
    note: `later ones ${show(milliseconds / 1000)} s, features ${show(features / mebibyte)} MiB, at the peak ${show(peak / mebibyte)} MiB`,
  }));

const updateFigures = (): Figure[] =>
  benchUpdates().map(({ name, ratio, update, measured, weights }) => ({
    name: `${name}, ${weights.toLocaleString('en')} weights: update ÷ copy of the same bytes`,
    ...{ value: ratio, unit: '×', bar: { atMost: 1.5 } },
    note: `${update.toFixed(0)} µs, with statistics ${measured.toFixed(0)} µs`,
  }));

async function run(options: Options): Promise<Report> {
  const began = performance.now();
  const date = new Date().toISOString();
  const wants = (part: string): boolean => options.only.includes(part);
  yardstick(); // compiled by now
  const machine = await describeMachine();
  const chosen = cases.filter(({ id }) => wants(id));
  const { found, missing } = findPeers(root, chosen.length > 0 || wants('mnist') ? options.peers : [], options.install);
  const none: Rounds = { rows: [], libraries: {}, failed: [], yardsticks: [] };
  const { rows, libraries, failed, yardsticks } =
    chosen.length === 0
      ? none
      : await runRounds(chosen, [...ourselves(root), ...found], { rounds: options.rounds, seconds: options.seconds, warm, progress });
  const sections: Section[] = [];
  const add = async (part: string, title: string, figures: () => Figure[] | Promise<Figure[]>): Promise<void> => {
    if (!wants(part)) return;
    progress(title);
    sections.push({ title, figures: await figures() });
  };
  if (rows.length > 0) {
    const figures = rows.flatMap((row) => chosen.filter(({ id }) => id === row.id).flatMap((one) => ratios(one, row)));
    sections.push({ title: 'How many times as fast', figures });
  }
  await add('products', 'Matrix products, packing included', productFigures);
  await add('updates', "The optimizer's update", updateFigures);
  await add('data', 'Loading data', dataFigures);
  await add('memory', 'Memory', memoryFigures);
  await add('curvature', 'Curvature and the reference', curvatureFigures);
  const left: Missing[] = [];
  const folder = options.data ?? join(root, '..', 'shared', 'data', 'mnist');
  if (hasMnist(folder))
    await add('mnist', 'MNIST, 784-500-300-10 tanh, 6 epochs of 8,000', () =>
      mnistFigures(
        root,
        folder,
        found.some(({ key }) => key === 'torch'),
      ),
    );
  else if (wants('mnist'))
    left.push({ name: 'MNIST', reason: `${folder} lacks its test files`, command: 'npm run bench -- --only mnist --data FOLDER' });
  const busy = Math.max(machine.busy, await busyFor(1));
  return {
    ...{ version: 1, date, seconds: (performance.now() - began) / 1000 },
    machine: { ...machine, busy, drift: driftOf(yardsticks) },
    ...{ rounds: options.rounds, secondsARound: options.seconds, libraries },
    missing: [...missing, ...failed, ...left],
    ...{ training: rows, sections },
  };
}

async function main(): Promise<void> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const report = await run(options);
  const json = JSON.stringify(report, null, 2);
  if (options.out !== undefined) writeFileSync(options.out, `${json}\n`);
  process.stdout.write(`${options.json ? json : text(report)}\n`);
}
void main();
