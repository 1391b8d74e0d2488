/**
 * Training on WebGPU in the real editor (on SwiftShader): from the palette to moving charts; a run whose device is lost, whose tab is closed and
 * whose page is loaded anew, hidden all the while, against one that nothing befalls and that is looked at; and an editor without WebGPU.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person, until } from './person';
import { assertRecorded } from './recorded';

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
  measure: { every: 8, curvatureEvery: 0 },
});

describe('On WebGPU', () => {
  let person: Person;
  /** Steps that a run takes in some eight seconds on this machine. */
  let steps = 1000;
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
    const panel = await person.window.frame('training');
    const first = await until('steps', async () => ((await person.step(panel)) >= 20 ? person.step(panel) : false), 60_000);
    const began = Date.now();
    const later = await until('more steps', async () => ((await person.step(panel)) > first ? person.step(panel) : false));
    await until('a moment to pass', async () => Date.now() - began > 1500);
    const now = await person.step(panel);
    steps = Math.min(60_000, Math.max(400, Math.round(((now - first) / (Date.now() - began)) * 8000)));
    assert.ok(later > first);
    await person.window.shot('webgpu-training');
    if ((await panel.evaluate(() => document.body.dataset.state)) === 'running') await person.press(panel, 'Stop');
    await person.waitForState(panel, ['ended']);
    const record = person.record();
    const start = record[0];
    assert.ok(start.type === 'start');
    assert.deepEqual([start.backend, start.precision], ['webgpu', 'float32']);
    assert.match((await panel.locator('.details').textContent()) ?? '', /WebGPU$/);
    assertRecorded(await person.numbers(panel), record);
  });

  let undisturbed: string[] = [];
  it('a run that nothing befalls, its tab looked at, tells the time by kernel', async () => {
    const panel = await person.train('moons.run.json', { ...moons(steps), backend: 'webgpu' });
    await until('some steps', async () => (await person.step(panel)) > 8, 60_000);
    await person.window.palette('WebGPU engine: time by kernel');
    const page = await person.window.frame('gpuEngine');
    await page.locator('tr[data-kernel]').first().waitFor({ timeout: 20_000 });
    const shares = await page.locator('tr[data-kernel] td:last-child').allTextContents();
    const whole = shares.reduce((sum, share) => sum + Number.parseFloat(share), 0);
    assert.ok(Math.abs(whole - 100) < 0.05 * shares.length + 0.1, `the shares are ${whole} % in all`);
    await person.window.shot('webgpu-kernels');
    await until('its end', async () => person.record().at(-1)?.type === 'end', 60_000);
    undisturbed = lines();
  });

  it('a run whose device is lost, whose tab is closed and whose page is loaded anew, hidden all the while, has the same record', async () => {
    await person.window.palette('Open the Training panel');
    const before = person.recordFiles().length;
    let panel = await person.train('moons.run.json', { ...moons(steps), backend: 'webgpu' });
    await until('a record', async () => person.recordFiles().length > before, 60_000);
    const disturbances: readonly (readonly [string, () => Promise<void>])[] = [
      ['the GPU was lost', () => person.window.palette('Lose the GPU')],
      ['its tab was closed', () => person.closeTabAtOnce('WebGPU engine')],
      ['its page was loaded anew', () => person.window.palette('Developer: Reload Webviews')],
    ];
    for (const [index, [what, disturb]] of disturbances.entries()) {
      await until('it to be under way', async () => (await person.step(panel)) > ((index + 1) * steps) / 5, 60_000);
      await disturb();
      panel = await person.window.frame('training');
      const told = panel.locator('.banner.told', { hasText: what });
      await told.waitFor({ timeout: 20_000 });
      assert.match((await told.textContent()) ?? '', /The run goes on from step [\d,]+, on WebGPU again\./);
      if (index === 1) await person.window.shot('webgpu-goes-on');
    }
    await until('its end', async () => person.record().at(-1)?.type === 'end', 60_000);
    assert.equal(lines().length, undisturbed.length);
    assert.deepEqual(lines(), undisturbed);
  });
});

describe('Without WebGPU', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown({ webgpu: false, settings: { 'optimizerDebugger.backend': 'auto' } })));
  after(async () => person?.window.close());

  it('WebGPU asked for is an error that says what to do; the faster one is the CPU, and it says why', async () => {
    const panel = await person.train('asked.run.json', { ...moons(100), backend: 'webgpu' });
    await person.waitForState(panel, ['failed']);
    const banner = panel.locator('.banner:not(.told):visible');
    assert.match((await banner.textContent()) ?? '', /WebGPU.*"backend": "cpu"/);
    await person.window.shot('webgpu-missing');

    await person.startTraining('wide.run.json', moons(50, 512));
    await person.waitForState(panel, ['ended']);
    assert.match((await panel.locator('.place').textContent()) ?? '', /^CPU: [\d.]+ m?s a step; there is no WebGPU adapter$/);
    const start = person.record()[0];
    assert.ok(start.type === 'start' && start.backend === 'cpu');
    assert.match(await person.notifications(), /Training goes on the CPU: /);
  });
});
