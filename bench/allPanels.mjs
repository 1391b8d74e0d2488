// What the panels cost in the real editor while a run streams: all four side by side, a network on generated data whose steps are measured some
// 2,000 times a second. Tells the milliseconds of our own script for each drawing of each panel and for all of them in a frame of the screen, and
// what is in memory after a collection, minute by minute.
//   node bench/allPanels.mjs [--seconds 60] [--records 2000] [--json]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openWindow, root } from '../scripts/editor/index.mjs';
import { makePackage } from '../scripts/package.mjs';
import { threadTimes } from './threadTime.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, records: { type: 'string', default: '2000' }, json: { type: 'boolean' } },
});
const [seconds, records] = [Number(values.seconds), Number(values.records)];
const MINUTE = 60_000;
/** Seconds of tracing after the measurement by the clock. */
const TRACED = 15;
/** Milliseconds of a frame of the screen. */
const FRAME = 1000 / 60;

/** @param every steps from one that is measured to the next */
const specification = (every) => ({
  problem: {
    network: { layers: [{ dense: 64, activation: 'tanh' }, { dense: 64, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 2000, noise: 0.3, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.0003 },
  batchSize: 32,
  steps: 100_000_000,
  seed: 1,
  backend: 'cpu',
  measure: { every, evaluateEvery: 2000 * every, curvatureEvery: 20_000 * every },
});

const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-panels-'));
writeFileSync(join(folder, 'moons.run.json'), JSON.stringify(specification(1)));
const vsix = [await makePackage({ out: join(folder, 'extension.vsix') })];
const window = await openWindow({
  folder,
  file: 'moons.run.json',
  vsix,
  extensions: [join(root, 'bench', 'probe')],
  size: { width: 1920, height: 1080 },
});
const percentile = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(share * numbers.length))];
const shown = ['training', 'gradientInspector', 'curvature', 'landscape'];

/** Megabytes in use in every process of the page after a collection, and in the extension host. */
async function memory(page, hostFile) {
  const targets = [page, ...page.frames().filter((frame) => frame !== page.mainFrame())];
  let total = 0;
  for (const target of targets) {
    // only a frame with a process of its own has a session of its own
    const session = await page
      .context()
      .newCDPSession(target)
      .catch(() => undefined);
    if (!session) continue;
    await session.send('HeapProfiler.collectGarbage');
    total += (await session.send('Runtime.getHeapUsage')).usedSize;
    await session.detach();
  }
  const host = existsSync(hostFile) ? JSON.parse(readFileSync(hostFile, 'utf8')).heap : NaN;
  return { page: total / 1e6, host: host / 1e6 };
}

/**
 * Lets the pages' scripts go before all else that computes here (the training, and a page drawn by the processor for want of a graphics card):
 * otherwise the times would tell how long a script had to wait for a core. Needs to be allowed to; @returns whether it was
 */
async function putPagesFirst(page) {
  const session = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  try {
    for (const { type, id } of processInfo)
      if (type === 'renderer') execFileSync('renice', ['-n', '-15', '-p', String(id)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

try {
  const { page, workspace, palette, frame } = window;
  const measured = join(workspace, 'event-loop.json');
  for (let tries = 0; !existsSync(measured); tries++) {
    if (tries > 300) throw new Error('The probe extension did not start.');
    await sleep(100);
  }
  const start = async (every) => {
    writeFileSync(join(workspace, 'moons.run.json'), JSON.stringify(specification(every)));
    await page.locator('.tab', { hasText: 'moons.run.json' }).first().click();
    await sleep(500);
    await palette('Train this specification');
    return frame('training', 60_000);
  };
  const stepOf = async (panel) => Number(await panel.locator('[data-quantity="step"]').first().getAttribute('data-value'));
  const running = async (panel, from = 0) => {
    for (let tries = 0; tries < 600; tries++) {
      if ((await panel.evaluate(() => document.body.dataset.state)) === 'running' && (await stepOf(panel)) > from) return;
      await sleep(50);
    }
    throw new Error('The run does not move.');
  };
  // how fast it is here decides how often a step is measured
  let panel = await start(1);
  await running(panel, 100);
  const [began, from] = [Date.now(), await stepOf(panel)];
  await sleep(4000);
  const every = Math.max(1, Math.floor(((await stepOf(panel)) - from) / ((Date.now() - began) / 1000) / records));
  await palette('Optimizer Debugger: Stop');
  await palette('Open the gradient inspector');
  await frame('gradientInspector', 60_000);
  await palette('Open the Curvature panel');
  await frame('curvature', 60_000);
  await page.locator('.tab', { hasText: 'Curvature' }).first().click(); // panels open without taking the focus
  await palette('View: Move Editor into Group Below');
  await palette('Open the Landscape panel');
  await frame('landscape', 60_000);
  await page.locator('.tab', { hasText: 'Landscape' }).first().click();
  await palette('View: Move Editor into Right Group');
  panel = await start(every);
  await running(panel);
  await sleep(3000);
  const panels = [];
  for (const name of shown) panels.push({ name, frame: await frame(name, 60_000) });
  const alone = await putPagesFirst(page);
  writeFileSync(join(workspace, 'event-loop.begin'), '');
  const look = async () => ({ time: Date.now(), step: await stepOf(panel) });
  const first = await look();
  const draws = Object.fromEntries(shown.map((name) => [name, []]));
  const heap = [{ seconds: 0, ...(await memory(page, measured)) }];
  const already = await Promise.all(panels.map(({ frame }) => frame.evaluate(() => Number(document.body.dataset.draws ?? 0))));
  for (let next = MINUTE; Date.now() - first.time < seconds * 1000;) {
    await sleep(Math.min(5000, first.time + seconds * 1000 - Date.now()));
    for (const [index, { name, frame }] of panels.entries()) {
      const [count, times] = await frame.evaluate(() => [Number(document.body.dataset.draws ?? 0), globalThis.drawTimes?.() ?? []]);
      draws[name].push(...times.slice(Math.max(0, times.length - (count - already[index]))));
      already[index] = count;
    }
    if (Date.now() - first.time < next) continue;
    next += MINUTE;
    heap.push({ seconds: Math.round((Date.now() - first.time) / 1000), ...(await memory(page, measured)) });
    if (!values.json && seconds > 120)
      console.log(`  ${heap.at(-1).seconds} s: page ${heap.at(-1).page.toFixed(1)} MB, host ${heap.at(-1).host.toFixed(1)} MB`);
  }
  const last = await look();
  const views = panels.map((each) => each.frame);
  const processor = await threadTimes(page.context().browser(), views, TRACED);
  await window.shot('all-panels');
  const took = (last.time - first.time) / 1000;
  const byPanel = Object.entries(draws)
    .map(([name, drawings]) => [name, drawings.map(([, ms]) => ms)])
    .map(([name, times]) => ({
      name,
      drawsPerSecond: times.length / took,
      median: percentile(times, 0.5) ?? 0,
      p95: percentile(times, 0.95) ?? 0,
      max: times.length > 0 ? Math.max(...times) : 0,
    }));
  // what falls into the same sixtieth of a second, whichever panel it is of, counts together
  const frames = new Map();
  for (const [when, ms] of Object.values(draws).flat())
    frames.set(Math.floor(when / FRAME), (frames.get(Math.floor(when / FRAME)) ?? 0) + ms);
  const together = [...frames.values()];
  const all = { drawn: together.length / took, median: percentile(together, 0.5), p95: percentile(together, 0.95) };
  const result = {
    seconds: took,
    recordsPerSecond: (last.step - first.step) / every / took,
    every,
    panels: byPanel,
    together: all,
    processor: { drawn: processor.length / TRACED, median: percentile(processor, 0.5), p95: percentile(processor, 0.95) },
    pagesFirst: alone,
    heap,
  };
  result.eventLoopDelayMs = JSON.parse(readFileSync(measured, 'utf8'));
  if (values.json) console.log(JSON.stringify(result));
  else {
    console.log(
      `${took.toFixed(0)} s, ${result.recordsPerSecond.toFixed(0)} records a second (every ${every}th step)${alone ? '' : '; the pages had to share the processor'}`,
    );
    for (const { name, drawsPerSecond, median, p95, max } of byPanel)
      console.log(
        `  ${name.padEnd(18)} ${drawsPerSecond.toFixed(1)} drawings/s, ms of script each: median ${median.toFixed(2)}, 95 % ${p95.toFixed(2)}, longest ${max.toFixed(1)}`,
      );
    console.log(
      `  all in one frame   ${all.drawn.toFixed(1)} frames/s, ms of script each: median ${all.median.toFixed(2)}, 95 % ${all.p95.toFixed(2)}`,
    );
    const { drawn, median, p95 } = result.processor;
    console.log(
      `  on the processor   ${drawn.toFixed(1)} frames/s, ms of its time each: median ${median?.toFixed(2)}, 95 % ${p95?.toFixed(2)} (traced)`,
    );
    for (const { seconds: at, page: inPage, host } of heap)
      console.log(`  memory             ${at} s: page ${inPage.toFixed(1)} MB, extension host ${host.toFixed(1)} MB`);
    console.log(`  event loop         p99 ${result.eventLoopDelayMs.p99.toFixed(1)} ms, max ${result.eventLoopDelayMs.max.toFixed(1)} ms`);
  }
} finally {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
}
