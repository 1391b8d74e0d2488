/**
 * All panels together in the real editor: one scrubber moves them all; letting go puts the run there, with another learning rate; runs stay in a
 * list, across a reload of the window, which brings the panels back and goes on with a run that it cut off.
 */
import type { Frame } from 'playwright-core';
import assert from 'node:assert/strict';
import type { RecordEvent, StepEvent } from '../../src/engine/run/record';
import { Person, until } from './person';
import { assertRecorded } from './recorded';

const STEPS = 600;
const moons = (lr: number): Readonly<Record<string, unknown>> => ({
  problem: {
    network: { layers: [{ dense: 16, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 400, noise: 0.2, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr },
  batchSize: 32,
  steps: STEPS,
  seed: 1,
  backend: 'cpu',
  measure: { curvatureEvery: 100, evaluateEvery: 50 },
});

const isStep = (event: RecordEvent): event is StepEvent => event.type === 'step';

describe('All panels', () => {
  let person: Person;
  before(async () => (person = await Person.sitDown()));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await person.window.shot(`failed ${this.currentTest.title}`.replace(/[^\w.-]+/g, '-'));
  });
  after(async () => person?.window.close());

  const scrubber = (panel: Frame) => panel.getByRole('slider', { name: 'Step that is looked at' });
  /** Presses keys on the scrubber. @returns the step where it stands then */
  const scrub = async (panel: Frame, keys: readonly string[]): Promise<number> => {
    const now = async (): Promise<number> => Number(await scrubber(panel).getAttribute('aria-valuenow'));
    const listens = (): Promise<boolean> =>
      scrubber(panel).evaluate((element) => document.hasFocus() && document.activeElement === element);
    for (const key of keys) {
      const before = await now();
      await scrubber(panel).focus();
      await until('the scrubber to have the focus', listens);
      await scrubber(panel).press(key);
      await until(`the scrubber to follow ${key} from step ${before}`, async () => (await now()) !== before);
    }
    return now();
  };
  /** The numbers of a panel, once it shows some of that step; the ends of colour scales are none of the record's. */
  const numbersAt = (panel: Frame, step: number) =>
    until(`numbers of step ${step}`, async () => {
      const numbers = (await person.numbers(panel)).filter(
        ({ quantity }) => !quantity.startsWith('scale.') && quantity !== 'everyWeight' && quantity !== 'verdict',
      );
      return numbers.some((number) => number.step === step) && numbers;
    });

  it('one scrubber moves them all, and every number is the record’s of that step', async () => {
    const training = await person.train('moons.run.json', moons(0.003));
    await person.waitForState(training, ['ended']);
    await person.window.palette('Open the gradient inspector');
    const inspector = await person.window.frame('gradientInspector');
    const looked = await scrub(training, ['PageDown', 'PageDown', 'ArrowLeft']);
    assert.ok(looked > 400 && looked < STEPS - 50, `it looks at ${looked}`);
    const record = person.record();
    assertRecorded(await numbersAt(training, looked), record);
    assertRecorded(await numbersAt(inspector, looked), record);
    await person.window.shot('panels-looking-back');
    await person.window.palette('Open the Curvature panel');
    const curvature = await person.window.frame('curvature');
    const held = assertRecorded(await numbersAt(curvature, 100 * Math.floor(looked / 100)), record);
    assert.ok(held.has('lambdaMax'), [...held].join());
    await person.window.shot('panels-curvature');
  });

  it('letting go puts the run there: it goes on with another learning rate, and what it left stays as a faint curve', async () => {
    await person.window.palette('Open the Training panel');
    const training = await person.window.frame('training');
    const from = await scrub(training, ['Home', 'PageUp', 'PageUp', 'PageUp', 'PageUp']);
    await person.press(training, 'Change hyperparameters');
    const field = training.locator('[data-setting$="lr"] input').first();
    await field.fill('-1');
    await field.press('Enter');
    await training
      .getByText(/\(0, (∞|inf)\)/)
      .first()
      .waitFor();
    assert.equal(await training.locator('form.changeForm').isVisible(), true, 'a rate below 0 is refused where it was typed');
    await field.fill('0.03');
    await person.window.shot('panels-change');
    await person.press(training, 'Continue');
    const record = await until('the new end', async () => {
      const events = person.record();
      return events.at(-1)?.type === 'end' && events.some(({ type }) => type === 'settings') && events;
    });
    const change = record.find((event) => event.type === 'settings');
    assert.ok(change?.type === 'settings' && change.step === from, JSON.stringify(change));
    const rates = new Set(record.filter(isStep).map(({ step, lr }) => `${step > from} ${lr}`));
    assert.deepEqual([...rates], ['false 0.003', 'true 0.03']);
    await person.waitForState(training, ['ended']);
    await until('the newest step', async () => (await person.step(training)) === STEPS);
    assertRecorded(
      (await person.numbers(training)).filter(({ quantity }) => !quantity.startsWith('scale.')),
      record,
    );
    await person.window.shot('panels-other-future');
  });

  it('moves into a window of its own as it is: the step looked at, the axis, a hidden line, and every number', async () => {
    const training = await person.window.frame('training');
    await training.locator('[data-card="loss"] .legend [role=button]:visible').first().click();
    await training.locator('[data-card="loss"] [aria-label="Logarithmic axis"]').evaluate((button: HTMLElement) => button.click());
    const looked = await scrub(training, ['Home', 'PageUp']);
    const choices = (panel: Frame): Promise<unknown[]> =>
      panel
        .locator('[data-card="loss"] [aria-pressed]')
        .evaluateAll((toggles) => toggles.map((toggle) => [toggle.ariaLabel, toggle.getAttribute('aria-pressed')]));
    const chosen = await choices(training);
    const { window, panel } = await person.moveOut('Training', 'training');
    assertRecorded(await numbersAt(panel, looked), person.record());
    assert.deepEqual(await choices(panel), chosen);
    assert.equal(await scrub(panel, ['End']), STEPS);
    await window.screenshot({ path: 'out/screenshots/panels-own-window.png' });
    await window.close();
  });

  it('a run that a reload of the window cut off is shown again and goes on with one click; an earlier one is opened from the list', async () => {
    // every 20th step, or its record would be full and thinned before it is looked at on a fast machine
    const measure = { curvatureEvery: 100, evaluateEvery: 50, every: 20 };
    const cutOff = await person.train('endless.run.json', { ...moons(0.1), steps: 10_000_000, measure });
    await until('another record', async () => person.recordFiles().length === 2);
    await until('some steps', async () => (await person.step(cutOff)) > 100);
    await person.press(cutOff, 'Pause');
    await person.waitForState(cutOff, ['paused']);
    await person.window.palette('Open the Landscape panel'); // the Training panel lies behind it
    await person.window.frame('landscape');
    const [older] = person.recordFiles();
    const before = person.record();
    // without what the address asks to be opened, the window comes back as it was
    const address = new URL(person.page.url());
    address.searchParams.delete('payload');
    await person.page.goto(address.href);
    const last = before.filter(isStep).at(-1)!.step;
    const goOn = person.page.locator('.notifications-toasts .monaco-button', { hasText: `Go on from step ${last.toLocaleString('en')}` });
    await goOn.first().waitFor({ timeout: 60_000 });
    await person.window.shot('panels-cut-off');
    await goOn.first().click();
    const training = await person.window.frame('training', 60_000);
    assert.equal(await person.page.locator('.tab', { hasText: 'Training' }).count(), 1, 'it is the tab that came back');
    const shown = (): Promise<string> => training.evaluate(() => document.body.dataset.run ?? '');
    await until('it to go on', async () => person.recordFiles().length === 3 && (await person.step(training)) > last);
    await person.press(training, 'Stop');
    await person.waitForState(training, ['ended']);
    const stepsUpTo = (events: readonly RecordEvent[]): StepEvent[] => events.filter(isStep).filter(({ step }) => step <= last);
    assert.deepEqual(stepsUpTo(person.record()), stepsUpTo(before));
    assertRecorded(await numbersAt(training, await person.step(training)), person.record());

    await person.window.palette('Open the gradient inspector');
    const rows = person.page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row, [aria-label="Runs"] .monaco-list-row');
    await until('all runs in the list', async () => (await rows.count()) >= 3, 30_000);
    await rows.last().dblclick();
    await until('the older run', async () => older.includes((await shown()) || '?'), 30_000);
    assertRecorded(
      (await person.numbers(training)).filter(({ quantity }) => !quantity.startsWith('scale.')),
      person.record(await shown()),
    );
    await person.window.shot('panels-opened-record');
  });

  it('the Landscape needs no run', async () => {
    await person.window.palette('Open the Landscape panel');
    const landscape = await person.window.frame('landscape');
    await landscape.locator('canvas').first().waitFor();
    await person.window.shot('panels-landscape');
  });
});
