/** "Train with…" as a person does it: from the palette and from the line above the code, to the end of the run, and the numbers after it. */
import assert from 'node:assert/strict';
import { isCsv } from '../../src/engine/problems/load';
import { Person, until } from './person';
import { assertRecorded } from './recorded';

describe('Train with…', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown()));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await person.window.shot(`failed ${this.currentTest.title}`.replace(/[^\w.-]+/g, '-'));
  });
  after(async () => person?.window.close());

  it('F1, "Train with", Enter all the way: the Training panel opens, its numbers move, the run ends', async () => {
    const panel = await person.trainWithDefaults();
    await until('a first step in the panel', async () => (await person.numbers(panel)).some(({ quantity }) => quantity === 'loss'));
    const first = (await person.numbers(panel)).find(({ quantity }) => quantity === 'step');
    await person.waitForState(panel, ['ended']);
    const last = (await person.numbers(panel)).find(({ quantity }) => quantity === 'step');
    assert.ok(first && last && last.value >= first.value, `steps went from ${first?.value} to ${last?.value}`);
    await person.window.shot('training-light');
  });

  it('shows numbers that are the record’s own, to the last digit', async () => {
    const panel = await person.window.frame('training');
    const run = await panel.evaluate(() => document.body.dataset.run);
    const record = person.record(run);
    assert.equal(record.at(-1)?.type, 'end', 'the record is complete');
    const held = assertRecorded(await person.numbers(panel), record);
    for (const name of ['step', 'loss', 'lr', 'trainLoss', 'heldOutLoss', 'lambdaMax', 'lambdaMin'])
      assert.ok(held.has(name), `the panel shows ${name} (it shows ${[...held].join(', ')})`);
  });

  it('trains with the optimizer and the settings under the cursor, on the table that the program reads', () => {
    const start = person.record()[0];
    assert.ok(start.type === 'start');
    const { name, lr, beta1, beta2 } = start.spec.optimizer;
    assert.deepEqual({ name, lr, beta1, beta2 }, { name: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999 });
    const { problem } = start.spec;
    assert.ok('data' in problem && isCsv(problem.data) && 'network' in problem, JSON.stringify(problem));
    assert.equal(problem.data.csv.label, 'species');
    assert.match(problem.data.csv.file, /leaves\.csv$/);
    assert.deepEqual(
      problem.network.layers.map((layer) => layer.dense),
      [32, 3],
    );
  });

  it('beside one run alone, comparing says what to do first: a hint with a button, not a fault', async () => {
    await person.press(await person.window.frame('training'), 'Compare with another run…');
    const toast = person.page.locator('.notifications-toasts .notification-list-item', { hasText: 'There is no other run yet' });
    await toast.waitFor({ timeout: 10_000 });
    assert.equal(await toast.locator('.codicon-info').count(), 1);
    assert.match((await toast.locator('.monaco-button').allTextContents()).join(), /Train with…/);
    await person.window.palette('Notifications: Clear All Notifications');
    await toast.waitFor({ state: 'detached' });
  });

  it('opens the Gradient inspector from the activity bar, with the record’s own numbers for every layer', async () => {
    await person.page.locator('.activitybar .action-label[aria-label*="Optimizer Debugger"]').click();
    const inspector = await person.window.frame('gradientInspector');
    const numbers = await until('numbers of layers', async () => {
      const shown = (await person.numbers(inspector)).filter(({ layer }) => layer !== undefined);
      return shown.length > 0 && shown;
    });
    const record = person.record();
    const start = record[0];
    assert.ok(start.type === 'start');
    assertRecorded(numbers, record);
    const shownLayers = new Set(numbers.filter(({ quantity }) => quantity === 'gradientNorm').map(({ layer }) => layer));
    assert.deepEqual(
      [...shownLayers],
      start.layers.map(({ name }) => name),
    );
    await person.window.shot('inspector-light');
  });

  it('a click on "▶ Train with Adam (lr 0.001)" above the constructor takes that optimizer, and Enter does the rest', async () => {
    const before = person.recordFiles().length;
    const lens = person.lens('Train with Adam');
    await lens.waitFor({ timeout: 60_000 });
    assert.match((await lens.textContent()) ?? '', /Train with Adam \(lr 0\.001\)/);
    await lens.click();
    await until('the question of the problem', async () => (await person.question())?.includes('Adam'));
    await person.enterAllTheWay();
    await until('a second record', async () => person.recordFiles().length > before);
    const panel = await person.window.frame('training');
    await person.waitForState(panel, ['ended']);
    const start = person.record()[0];
    assert.ok(start.type === 'start');
    assert.equal(start.spec.optimizer.name, 'adam');
    assert.equal(start.spec.optimizer.lr, 0.001);
  });

  it('shows the run in the status bar', async () => {
    const item = person.page.locator('.statusbar-item[id*="optimizer-debugger"]').first();
    await item.waitFor({ timeout: 10_000 });
    assert.match((await item.textContent()) ?? '', /\d/);
  });

  it('trains LeNet-5 on images, and the inspector shows its convolutions, every weight too', async () => {
    const before = person.recordFiles().length;
    await person.window.palette('Train with');
    await person.answer('Which optimizer?', 'Adam');
    await person.answer('On what?', 'Shapes');
    await person.answer('on Shapes', 'LeNet-5');
    await until('a record', async () => person.recordFiles().length > before);
    const panel = await person.window.frame('training');
    await until('twenty steps', async () => (await person.step(panel)) >= 20);
    await person.press(panel, 'Stop');
    await person.waitForState(panel, ['ended']);
    const start = person.record()[0];
    assert.ok(start.type === 'start' && 'network' in start.spec.problem);
    assert.deepEqual(
      start.spec.problem.network.layers.map((layer) => layer.convolution ?? layer.averagePool ?? layer.dense),
      [6, 2, 16, 2, 120, 84, 4],
    );

    const inspector = await person.window.frame('gradientInspector');
    const row = inspector.locator('.row[data-layer="convolution2.weight"]');
    assert.match((await row.textContent()) ?? '', /conv2 · weight/);
    await row.click();
    await inspector.locator('[data-card="everyWeight"]').scrollIntoViewIfNeeded(); // out of sight it is not asked for
    await until('the map of every weight', async () =>
      (await inspector.locator('[data-card="everyWeight"]').textContent())?.includes('16 filters × 6·5·5'),
    );
    const numbers = await person.numbers(inspector);
    assert.ok(numbers.some(({ quantity, layer }) => quantity === 'gradientNorm' && layer === 'convolution2.weight'));
    assertRecorded(numbers, person.record());
    await person.window.shot('inspector-convolution');
  });
});
