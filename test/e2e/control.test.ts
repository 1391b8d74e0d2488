/** A long run under a person's hand: pause, one step, on, stop; its panel closed and opened again in the middle; its worker lost. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Person, until } from './person';
import { assertRecorded } from './recorded';

/** Runs for minutes unless it is stopped. */
const long = {
  problem: {
    network: { layers: [{ dense: 64, activation: 'tanh' }, { dense: 64, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 2000, noise: 0.2, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.001 },
  batchSize: 64,
  steps: 2_000_000,
  seed: 1,
};

describe('A long run', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown({ others: [join(process.cwd(), 'test/e2e/saboteur')] })));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await person.window.shot(`failed ${this.currentTest.title}`.replace(/[^\w.-]+/g, '-'));
  });
  after(async () => person?.window.close());

  it('pauses, takes one step at a time, forward and back, goes on', async () => {
    const panel = await person.train('long.run.json', long);
    await until('some steps', async () => (await person.step(panel)) > 50);
    await person.press(panel, 'Pause');
    await person.waitForState(panel, ['paused']);
    await sleep(300); // frames under way arrive
    const stood = await person.step(panel);
    await sleep(700);
    assert.equal(await person.step(panel), stood, 'it stands still while paused');

    await person.press(panel, 'Take one step');
    await until('one more step', async () => (await person.step(panel)) === stood + 1);
    const record = await until('that step in the record', async () => {
      const events = person.record();
      return events.some((event) => event.type === 'step' && event.step === stood + 1) && events;
    });
    assertRecorded(
      (await person.numbers(panel)).filter(({ step }) => step === stood + 1),
      record,
    );

    await person.press(panel, 'Step back');
    await until('the step before', async () => (await person.step(panel)) === stood);
    await person.press(panel, 'Take one step');
    await until('the same step again', async () => (await person.step(panel)) === stood + 1);

    await person.press(panel, 'Continue');
    await person.waitForState(panel, ['running']);
    await until('it to go on', async () => (await person.step(panel)) > stood + 10);
  });

  it('goes on while its panel is closed, and the panel opened again shows all of it', async () => {
    const before = await person.step(await person.window.frame('training'));
    await person.closeTab('Training');
    await sleep(1000);
    await person.window.palette('Open the Training panel');
    const panel = await person.window.frame('training');
    await until('it to be further than before', async () => (await person.step(panel)) > before);
    await person.waitForState(panel, ['running']);
  });

  it('stops when it is told to, with its record complete', async () => {
    const panel = await person.window.frame('training');
    await person.press(panel, 'Stop');
    await person.waitForState(panel, ['ended']);
    const end = await until('the end of the record', async () => person.record().find((event) => event.type === 'end'));
    assert.equal(end.type === 'end' && end.reason, 'stopped');
    assert.equal(await person.step(panel), end.type === 'end' ? end.step : NaN);
  });

  it('a worker that dies is told, and one click goes on from the last checkpoint', async () => {
    const panel = await person.train('long.run.json', long);
    await until('a checkpoint to be behind it', async () => (await person.step(panel)) > 3000, 60_000);
    await person.window.palette('Sabotage');
    await person.waitForState(panel, ['lost']);
    const banner = panel.locator('.banner:visible');
    await banner.waitFor({ timeout: 10_000 });
    const said = (await banner.textContent()) ?? '';
    const checkpoint = Number(/step ([\d,]+)/.exec(said.slice(said.indexOf('Resume')))?.[1].replaceAll(',', ''));
    assert.ok(checkpoint > 0, `the panel says from where it can go on: “${said}”`);
    await person.window.shot('worker-lost');

    await panel.locator('.banner vscode-button', { hasText: 'Resume' }).click();
    await person.waitForState(panel, ['running']);
    await until('it to go on', async () => (await person.step(panel)) > checkpoint);
    await person.press(panel, 'Stop');
    await person.waitForState(panel, ['ended']);
    const run = await panel.evaluate(() => document.body.dataset.run);
    assertRecorded(await person.numbers(panel), person.record(run));
  });
});
