// `npm test`: everything, from the cheapest to the dearest, and one plain last line, `N passed, M failed`.
//   npm test [-- checks|engine|webgpu|panels|vscode|e2e …] [-- --grep TEXT]   some tiers only; of mocha's tests only those whose title has TEXT
// checks: generated files, types, lint, format, one test each · engine: plain mocha · webgpu: the WebGPU engine in Chromium ·
// panels: the panels in Chromium, with recorded runs · vscode: inside the real extension host · e2e: a person's actions in the real editor with the packaged extension installed,
// screenshots in out/screenshots.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../esbuild.mjs';
import { browserEditor, chromium, cleanEnvironment, Missing, root, say, screenshots } from './editor/index.mjs';
import { makePackage } from './package.mjs';
import { recordedRuns } from './recordedRuns.mjs';

const RESULT = /^@@RESULT (.*)$/;
const require = createRequire(import.meta.url);
/** The file that a package's command runs. */
const command = (name, file) => join(dirname(require.resolve(`${name}/package.json`)), file);

const total = { passed: 0, failed: 0, skipped: [], failures: [] };

/** Runs Node on a script; its output is shown line by line, but for the result line, which is returned with the exit code. */
function run(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: cleanEnvironment(env) });
    let rest = '';
    let result;
    const line = (text) => {
      const found = RESULT.exec(text.trim());
      if (found) result = JSON.parse(found[1]);
      else console.log(text);
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(line);
    });
    child.on('error', (error) => resolve({ code: 1, error }));
    child.on('close', (code) => {
      if (rest) line(rest);
      resolve({ code, result });
    });
  });
}

/** Counts a failure that no suite tells of. */
function fail(what) {
  total.failed++;
  total.failures.push(what);
}

/** One thing that either holds or does not. */
async function check(title, args) {
  const { code } = await run(args);
  console.log(`  ${code === 0 ? '✔' : '✘'} ${title}`);
  if (code === 0) total.passed++;
  else fail(title);
}

/** Adds a suite's numbers; one that ends badly without a failed test is itself a failure. */
async function suite(name, args, env) {
  const { code, result } = await run(args, env);
  total.passed += result?.passed ?? 0;
  total.failed += result?.failed ?? 0;
  total.skipped.push(...(result?.skipped ?? []));
  total.failures.push(...(result?.failures ?? []));
  if (result && (result.failed > 0 || code === 0)) return;
  fail(`${name}: ended with ${code}`);
  console.log(`  ✘ ${name}: ended with ${code}${result ? '' : ' and without a result'}`);
}

/** Files of tests that run side by side where they do not need the machine for themselves. */
const JOBS = Math.min(4, availableParallelism());

/** Plain mocha on a folder of built tests. @param timeout of one test, in ms */
async function mocha(folder, grep, timeout, { jobs = 1, env } = {}) {
  const flags = ['--timeout', String(timeout), '--jobs', String(jobs), ...(grep ? ['--grep', grep] : [])];
  await suite(folder, ['scripts/testing/mocha.mjs', join(root, 'out', 'test', folder), ...flags], env);
}

const tiers = {
  async checks() {
    const waiting = [
      ['eslint', [command('eslint', 'bin/eslint.js'), '.']], // the longest first
      ['prettier', [command('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
      ['generated files are up to date', ['scripts/generate.mjs', '--check']],
      ...['tsconfig.json', 'tsconfig.node.json', 'tsconfig.webview.json', 'tsconfig.test.json'].map((project) => [
        `types, ${project}`,
        [command('typescript', 'bin/tsc'), '-p', project],
      ]),
    ];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await check(...next);
    };
    await Promise.all(Array.from({ length: JOBS }, work));
  },
  async engine({ grep }) {
    await buildAll({ only: ['cli', 'worker', 'tests'] });
    await mocha('engine', grep, 60_000, { jobs: JOBS });
  },
  async webgpu({ grep }) {
    await chromium();
    await buildAll({ only: ['tests'] });
    await mocha('webgpu', grep, 900_000, { jobs: JOBS });
  },
  async panels({ grep }) {
    await chromium();
    await buildAll({ only: ['cli', 'tests'] });
    await recordedRuns({ fresh: true });
    await mocha('panels', grep, 60_000); // each moment of a page is judged: the machine for itself
  },
  async vscode({ grep }) {
    await buildAll({ only: ['cli', 'extension', 'worker', 'webview', 'tests'] });
    await suite('vscode', ['scripts/testing/host.mjs'], { MOCHA_GREP: grep ?? '' });
  },
  async e2e({ grep }) {
    rmSync(screenshots, { recursive: true, force: true });
    await chromium();
    await browserEditor();
    const vsix = await makePackage({ out: join(root, 'out', 'packaged.vsix') });
    await buildAll({ only: ['tests'] });
    await mocha('e2e', grep, 180_000, { env: { PACKAGED_VSIX: vsix } });
  },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
const unknown = positionals.filter((name) => !(name in tiers));
if (unknown.length > 0) {
  say(`There is no tier ${unknown.join(', ')}; there are ${Object.keys(tiers).join(', ')}.`);
  process.exit(2);
}
rmSync(join(root, 'out', 'test'), { recursive: true, force: true });
for (const name of positionals.length > 0 ? positionals : Object.keys(tiers)) {
  const started = Date.now();
  console.log(`\n${name}`);
  try {
    await tiers[name](values);
  } catch (error) {
    if (error instanceof Missing) {
      say(error.message);
      process.exit(1);
    }
    fail(`${name}: ${error.message ?? error}`);
    console.log(`  ✘ ${name}: ${error.stack ?? error}`);
  }
  console.log(`  (${name}: ${Math.round((Date.now() - started) / 1000)} s)`);
}
if (total.skipped.length > 0) console.log(`\n${total.skipped.length} skipped:\n${total.skipped.map((title) => `  - ${title}`).join('\n')}`);
if (total.failures.length > 0)
  console.log(`\nfailed:\n${total.failures.map((text) => `  ✘ ${text.replaceAll('\n', '\n    ')}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
