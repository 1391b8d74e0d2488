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
  const first = await wait(({ state, frames }) => state === 'running' && Number(frames) > 0);
  writeFileSync(join(workspace, 'event-loop.begin'), '');
  const seen = [];
  let last = first;
  while (last.state === 'running') {
    await sleep(200);
    last = await look();
    seen.push(last);
  }
  // the end is not the stream: count up to the last look at which it still ran
  last = seen.filter(({ state }) => state === 'running').at(-1) ?? last;
  const eventLoop = JSON.parse(readFileSync(measured, 'utf8'));
  const seconds = (last.time - first.time) / 1000;
  const difference = (name) => Number(last[name]) - Number(first[name]);
  const result = {
    seconds,
    framesPerSecond: difference('frames') / seconds,
    drawsPerSecond: difference('draws') / seconds,
    scriptMsPerDraw: difference('drawTime') / Math.max(1, difference('draws')),
    eventLoopDelayMs: eventLoop,
  };
  await page.screenshot({ path: join(root, 'out', 'screenshots', 'stream.png') });
  if (values.json) console.log(JSON.stringify(result));
  else {
    const show = (value) => value.toFixed(1);
    console.log(`${show(seconds)} s of MNIST in the editor:`);
    console.log(
      `  panel        ${show(result.framesPerSecond)} frames/s arrive, ${show(result.drawsPerSecond)}/s drawn, ${show(result.scriptMsPerDraw)} ms script each`,
    );
    console.log(
      `  event loop   p50 ${show(eventLoop.p50)} ms, p99 ${show(eventLoop.p99)} ms, max ${show(eventLoop.max)} ms (${eventLoop.samples} samples)`,
    );
  }
} finally {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
}
