// Steps a second on WebGPU beside TensorFlow.js and jax-js: the same browser, the same adapter, one page, in turn.
//   npm run --silent bench:webgpu -- [--case N,…] [--rounds 5] [--seconds 1] [--json] [--profile] [--gpu]
// --gpu: the machine's own graphics card through Vulkan; without it Chromium computes in software.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser, root } from './editor/index.mjs';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    gpu: { type: 'boolean', default: false },
  },
});

const peersFolder = join(root, 'bench', 'peers');
const needed = ['@tensorflow/tfjs-backend-webgpu', '@jax-js/jax'];
if (needed.some((name) => !existsSync(join(peersFolder, 'node_modules', name)))) {
  process.stderr.write('Installing the peers into bench/peers/node_modules (about 310 MB) …\n');
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', peersFolder];
  const { status } = spawnSync('npm', flags, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  if (status !== 0) process.exit(1);
}

const out = join(root, 'out', 'bench', 'webgpu');
const scripts = ['bench/webgpu/page.ts', 'bench/peers/webgpu/tfjs.mjs', 'bench/peers/webgpu/jaxjs.mjs'];
await build({
  absWorkingDir: root,
  entryPoints: scripts,
  outdir: out,
  outbase: 'bench',
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  loader: { '.optim': 'text' },
  logLevel: 'error',
});
const built = scripts.map((script) => script.replace(/^bench\//, '').replace(/\.(ts|mjs)$/, '.js'));
const page = `<!doctype html><meta charset="utf-8">${built.map((file) => `<script type="module" src="/${file}"></script>`).join('')}`;
const server = createServer((request, response) => {
  const file = join(out, request.url ?? '/');
  if (request.url !== '/' && existsSync(file)) response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(file));
  else response.writeHead(200, { 'content-type': 'text/html' }).end(page);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const median = (numbers) =>
  numbers.toSorted?.((a, b) => a - b)[numbers.length >> 1] ?? [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const browser = await openBrowser({ webgpu: true, hardware: options.gpu });
const report = { machine: cpus()[0]?.model, cores: cpus().length, adapter: '', versions: {}, cases: [] };
try {
  const tab = await browser.newPage();
  tab.on('pageerror', (error) => process.stderr.write(`${error.message}\n`));
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  await tab.waitForFunction(() => globalThis.webgpuBench && Object.keys(globalThis.peers ?? {}).length === 2);
  report.adapter = await tab.evaluate(async () => {
    const { info } = await navigator.gpu.requestAdapter();
    return [info.vendor, info.architecture, info.description].filter(Boolean).join(' ');
  });
  report.versions = await tab.evaluate(() => globalThis.webgpuBench.versions());
  const cases = await tab.evaluate(() => globalThis.webgpuBench.cases());
  const participants = await tab.evaluate(() => globalThis.webgpuBench.participants());
  const wanted = options.case?.split(',').map(Number) ?? cases.map((_, i) => i);
  for (const which of wanted) {
    const { name, batch, atLeast } = cases[which];
    process.stderr.write(`${name}, batch ${batch} …\n`);
    const losses = {};
    for (const key of participants)
      losses[key] = await tab
        .evaluate(([at, who]) => globalThis.webgpuBench.open(at, who, 3), [which, key])
        .catch((error) => {
          process.stderr.write(`  ${key}: ${error.message.split('\n')[0]}\n`);
          return null;
        });
    const there = participants.filter((key) => losses[key] !== null);
    const rounds = Object.fromEntries(there.map((key) => [key, []]));
    const measure = (key, seconds) => tab.evaluate(([who, time]) => globalThis.webgpuBench.measure(who, time), [key, seconds]);
    for (const key of there) await measure(key, 0.3); // warm
    for (let round = 0; round < Number(options.rounds); round++)
      for (const key of there) rounds[key].push(await measure(key, Number(options.seconds)));
    const microseconds = Object.fromEntries(there.map((key) => [key, median(rounds[key])]));
    const profile = options.profile ? await tab.evaluate(() => globalThis.webgpuBench.profile('ours', 16)) : null;
    for (const key of there) await tab.evaluate((who) => globalThis.webgpuBench.close(who), key);
    report.cases.push({ name, batch, atLeast, losses, microseconds, profile });
  }
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}

if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else {
  console.log(
    `${report.adapter}; ${report.cores} × ${report.machine}; ${Object.entries(report.versions)
      .map((pair) => pair.join(' '))
      .join(', ')}\n`,
  );
  for (const { name, batch, atLeast, losses, microseconds, profile } of report.cases) {
    console.log(`${name}, batch ${batch}`);
    const ours = microseconds.ours;
    for (const [key, value] of Object.entries(microseconds)) {
      const shown = losses[key].map((loss) => loss.toPrecision(6)).join(' ');
      console.log(
        `  ${key.padEnd(28)} ${value.toFixed(0).padStart(9)} µs a step  ${(value / ours).toFixed(2).padStart(7)} ×   losses ${shown}`,
      );
    }
    const fastest = (mode) => Math.min(...Object.entries(microseconds).flatMap(([key, value]) => (key.endsWith(mode) ? [value] : [])));
    const ratio = fastest(', each') / ours;
    console.log(
      `  the faster peer, read back each step: ${ratio.toFixed(2)} × ours, at least ${atLeast}: ${ratio >= atLeast ? 'holds' : 'MISSED'}; read back once a block: ${(fastest(', last') / ours).toFixed(2)} ×`,
    );
    for (const { kernel, calls, milliseconds } of profile ?? [])
      console.log(`    ${kernel.padEnd(50)} ${String(calls).padStart(5)} × ${((1000 * milliseconds) / calls).toFixed(0).padStart(7)} µs`);
    console.log('');
  }
}
