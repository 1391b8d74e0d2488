/**
 * Training on WebGPU in the real editor (on SwiftShader): from the palette to moving charts; a run whose device is lost, whose tab is moved into a
 * window of its own and closed with it, against one that nothing befalls and that is looked at, as far as both went; and an editor without WebGPU.
 */
import type { Frame, Page } from 'playwright-core';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person, until } from './person';
import { assertRecorded } from './recorded';

/** So many steps that what befalls a run befalls it before its end, on any machine: it is stopped when all has been seen. */
const endless = 10_000_000;

/** What the Training panel tells, once it tells it. The panel is loaded anew whenever it was covered, so it is looked for every time. */
const inTraining = <T>(person: Person, what: string, probe: (panel: Frame) => Promise<T | undefined | false>, ms = 60_000): Promise<T> =>
  until(
    what,
    () =>
      person.window
        .frame('training')
        .then(probe)
        .catch(() => undefined),
    ms,
  );
const state = (panel: Frame): Promise<string | undefined> => panel.evaluate(() => document.body.dataset.state);

/** @param hidden units of each of two layers */
const moons = (steps: number, hidden = 8): Readonly<Record<string, unknown>> => ({
  problem: {
    network: { layers: [{ dense: hidden, activation: 'tanh' }, { dense: hidden, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 500, noise: 0.2, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.001 },
  batchSize: 32,
  steps,
  seed: 1,
  measure: { every: 20, curvatureEvery: 0 },
});

describe('On WebGPU', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown({ others: [join(process.cwd(), 'test/e2e/saboteur')] })));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await person.window.shot(`failed ${this.currentTest.title}`.replace(/[^\w.-]+/g, '-'));
  });
  after(async () => person?.window.close());

  /** The lines of the newest record but for how long it took. */
  const lines = (): string[] =>
    readFileSync(person.recordFiles().at(-1) ?? '', 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/"seconds":.*$/, ''));

  /** Stops the run under way. @returns the step at which it stands then */
  const stop = async (): Promise<number> => {
    await person.window.palette('Optimizer Debugger: Stop');
    const end = await until('its end', async () => person.record().at(-1)?.type === 'end' && person.record().at(-1), 60_000);
    return end && 'step' in end ? end.step : NaN;
  };

  it('“Train with…” from the palette, with WebGPU chosen there, to moving charts', async () => {
    const before = person.recordFiles().length;
    await person.window.palette('Train with');
    await person.answer('Which optimizer?', 'Adam');
    await person.answer('On what?', 'Moons');
    await person.answer('on Moons', 'Train on');
    await person.answer('Where', 'WebGPU');
    await until('the networks again', async () => (await person.question())?.includes('on Moons'));
    await person.page.keyboard.press('Enter');
    await until('a record', async () => person.recordFiles().length > before, 60_000);
    const first = await inTraining(person, 'steps', async (panel) => (await person.step(panel)) || false);
    await inTraining(person, 'more steps', async (panel) => (await person.step(panel)) > first + 20);
    await person.window.shot('webgpu-training');
    const panel = await person.window.frame('training');
    if ((await state(panel)) === 'running') await person.press(panel, 'Stop');
    await person.waitForState(panel, ['ended']);
    const record = person.record();
    const start = record[0];
    assert.ok(start.type === 'start');
    assert.deepEqual([start.backend, start.precision], ['webgpu', 'float32']);
    assert.match((await panel.locator('.details').first().textContent()) ?? '', /WebGPU$/);
    assertRecorded(await person.numbers(panel), record);
  });

  /** The record of the run that something befell, and the step at which it was stopped. */
  let disturbed: string[] = [];
  let stoppedAt = 0;

  it('a run whose device is lost, whose tab is moved into a window of its own and closed with it goes on', async () => {
    await person.window.palette('Open the Training panel');
    const before = person.recordFiles().length;
    await person.startTraining('moons.run.json', { ...moons(endless), backend: 'webgpu' });
    await until('a record', async () => person.recordFiles().length > before, 60_000);
    let moved: Page | undefined;
    const disturbances: readonly (readonly [string, () => Promise<void>])[] = [
      ['the GPU was lost', () => person.window.palette('Lose the GPU')],
      ['its page was loaded anew', async () => void (moved = (await person.moveOut('WebGPU engine', 'gpuEngine')).window)],
      ['its tab was closed', async () => moved?.close()],
    ];
    let stood = 0;
    const underWay = (): Promise<number> =>
      inTraining(person, 'it to be under way', async (panel) => {
        const step = await person.step(panel);
        return (await state(panel)) === 'running' && step > stood + 500 && step;
      });
    for (const [what, disturb] of disturbances) {
      stood = await underWay();
      await disturb();
      const told = await inTraining(person, `the notice that ${what}`, async (panel) => {
        const text = await panel.locator('.banner.told').textContent({ timeout: 1000 });
        return text?.includes(what) && text;
      });
      assert.match(told, /The run goes on from step [\d,]+, on WebGPU again\./);
    }
    stood = await underWay();
    await person.window.shot('webgpu-goes-on');
    stoppedAt = await stop();
    assert.ok(stoppedAt >= stood, `it was stopped at step ${stoppedAt}, after it had been at ${stood}`);
    disturbed = lines();
  });

  it('has the record of a run that nothing befalls, whose tab is looked at and tells the time by kernel', async () => {
    const before = person.recordFiles().length;
    await person.startTraining('moons.run.json', { ...moons(endless), backend: 'webgpu' });
    await until('a record', async () => person.recordFiles().length > before, 60_000);
    await inTraining(person, 'some steps', async (panel) => (await state(panel)) === 'running' && (await person.step(panel)) > 0);
    await person.window.palette('WebGPU engine: time by kernel');
    const page = await person.window.frame('gpuEngine');
    await page.locator('tr[data-kernel]').first().waitFor({ timeout: 20_000 });
    const shares = await page.locator('tr[data-kernel] td:last-child').allTextContents();
    const whole = shares.reduce((sum, share) => sum + Number.parseFloat(share), 0);
    assert.ok(Math.abs(whole - 100) < 0.05 * shares.length + 0.1, `the shares are ${whole} % in all`);
    await person.window.shot('webgpu-kernels');
    await until(
      'the step at which the other was stopped',
      async () => (person.record().at(-1) as { step?: number }).step! > stoppedAt,
      120_000,
    );
    await stop();
    const both = (line: string): boolean => Number(/"step":(\d+)/.exec(line)?.[1] ?? 0) < stoppedAt;
    assert.ok(disturbed.filter(both).length > 75, 'too few lines to compare');
    assert.deepEqual(lines().filter(both), disturbed.filter(both));
  });
});

describe('Without WebGPU', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown({ webgpu: false, settings: { 'optimizerDebugger.backend': 'auto' } })));
  after(async () => person?.window.close());

  it('WebGPU asked for is an error that says what to do; the faster one is the CPU, and it says why', async () => {
    await person.startTraining('asked.run.json', { ...moons(100), backend: 'webgpu' });
    const said = await inTraining(person, 'it to fail', async (panel) =>
      (await state(panel)) === 'failed' ? panel.locator('.banner:not(.told):visible').textContent({ timeout: 1000 }) : false,
    );
    assert.match(said ?? '', /WebGPU.*"backend": "cpu"/);
    await person.window.shot('webgpu-missing');

    await person.startTraining('wide.run.json', moons(50, 512));
    const place = await inTraining(person, 'its end', async (panel) =>
      (await state(panel)) === 'ended' ? panel.locator('.place').textContent({ timeout: 1000 }) : false,
    );
    assert.match(place ?? '', /^CPU: [\d.]+ m?s a step; there is no WebGPU adapter$/);
    const start = person.record()[0];
    assert.ok(start.type === 'start' && start.backend === 'cpu');
    assert.match(await person.notifications(), /Training goes on the CPU: /);
  });
});
