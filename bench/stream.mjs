// How a run streams in the real editor: frames a second that arrive at the Training panel and that it draws, the panel's own script
// time for each, and the delay of the extension host's event loop meanwhile (a probe extension in the same host measures it).
//   node bench/stream.mjs [--data FOLDER] [--epochs 5] [--curvature-every N] [--json]
// FOLDER holds the MNIST test images and labels as gzipped IDX files; the network is 784-128-10, Adam, batch 64.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openWindow, root } from '../scripts/editor/index.mjs';
import { makePackage } from '../scripts/package.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, '..', 'shared', 'data', 'mnist') },
    epochs: { type: 'string', default: '5' },
    'curvature-every': { type: 'string' },
    json: { type: 'boolean' },
  },
});
const files = { images: 't10k-images-idx3-ubyte.gz', labels: 't10k-labels-idx1-ubyte.gz' };
const specification = {
  problem: {
    network: { layers: [{ dense: 128, activation: 'relu', init: 'heUniform' }, { dense: 10 }], loss: 'crossEntropy' },
    data: { idx: files, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.001 },
  batchSize: 64,
  epochs: Number(values.epochs),
  seed: 1,
  backend: 'cpu', // the worker's stream is what is measured
  ...(values['curvature-every'] ? { measure: { curvatureEvery: Number(values['curvature-every']) } } : {}),
};

const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-stream-'));
for (const file of Object.values(files)) {
  const from = join(resolve(values.data), file);
  if (!existsSync(from)) throw new Error(`${from} is missing: --data names the folder with the MNIST test files.`);
  copyFileSync(from, join(folder, file));
}
writeFileSync(join(folder, 'mnist.run.json'), JSON.stringify(specification, null, 2));

const vsix = [await makePackage({ out: join(folder, 'extension.vsix') })];
const extensions = [join(root, 'bench', 'probe')];
const window = await openWindow({ folder, file: 'mnist.run.json', vsix, extensions });
try {
  const { page, workspace } = window;
  const measured = join(workspace, 'event-loop.json');
  for (let tries = 0; !existsSync(measured); tries++) {
    if (tries > 300) throw new Error('The probe extension did not start.');
    await sleep(100);
  }
  await window.palette('Train this specification');
  const panel = await window.frame('training', 60_000);
  const look = () => panel.evaluate(() => ({ ...document.body.dataset, time: performance.now() }));
  const wait = async (state) => {
    for (let tries = 0; tries < 3000; tries++) {
      const now = await look();
      if (state(now)) return now;
      await sleep(20);
    }
    throw new Error(`The run does not move on: ${JSON.stringify(await look())}`);
  };
  await wait(({ state, frames }) => state === 'running' && Number(frames) > 0);
  writeFileSync(join(workspace, 'event-loop.begin'), '');
  // looked at from inside the panel, every 50 ms, so that looking costs little
  const seen = await panel.evaluate(
    () =>
      new Promise((resolve) => {
        const looks = [];
        const timer = setInterval(() => {
          const { state, frames, draws, drawTime } = document.body.dataset;
          if (state === 'running') looks.push([performance.now(), Number(frames), Number(draws), Number(drawTime)]);
          else {
            clearInterval(timer);
            resolve(looks);
          }
        }, 50);
      }),
  );
  const eventLoop = JSON.parse(readFileSync(measured, 'utf8'));
  if (seen.length < 2) throw new Error('The run was over before it could be looked at: give it more --epochs.');
  const [first, last] = [seen[0], seen.at(-1)];
  const difference = (column) => last[column] - first[column];
  const seconds = difference(0) / 1000;
  /** Times without any frame that are longer than this, in ms, are told apart: the curvature is measured then. */
  const still = 200;
  const arrivals = seen.filter((look, index) => index === 0 || look[1] !== seen[index - 1][1]);
  const gaps = arrivals.slice(1).map((look, index) => look[0] - arrivals[index][0]);
  const stillSeconds = gaps.filter((gap) => gap > still).reduce((sum, gap) => sum + gap, 0) / 1000;
  const result = {
    seconds,
    framesPerSecond: difference(1) / seconds,
    framesPerSecondWhileStepping: difference(1) / Math.max(1e-9, seconds - stillSeconds),
    longestGapMs: Math.max(0, ...gaps),
    drawsPerSecond: difference(2) / seconds,
    scriptMsPerDraw: difference(3) / Math.max(1, difference(2)),
    eventLoopDelayMs: eventLoop,
  };
  await page.screenshot({ path: join(root, 'out', 'screenshots', 'stream.png') });
  if (values.json) console.log(JSON.stringify(result));
  else {
    const show = (value) => value.toFixed(1);
    console.log(`${show(seconds)} s of MNIST in the editor:`);
    console.log(
      `  panel        ${show(result.framesPerSecond)} frames/s arrive (${show(result.framesPerSecondWhileStepping)} while it steps, longest gap ${show(result.longestGapMs)} ms)`,
    );
    console.log(`               ${show(result.drawsPerSecond)} drawn a second, ${show(result.scriptMsPerDraw)} ms of script each`);
    console.log(
      `  event loop   p50 ${show(eventLoop.p50)} ms, p99 ${show(eventLoop.p99)} ms, max ${show(eventLoop.max)} ms (${eventLoop.samples} samples)`,
    );
  }
} finally {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
}
