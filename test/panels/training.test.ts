/**
 * The Training panel under a person's hand: the scrubber by pointer and by keys, going on from an earlier step with another learning rate, and
 * the lowest held-out loss. What it shows is held against the record; what it asks of the editor is read from the preview's list.
 */
import assert from 'node:assert/strict';
import type { EvaluationEvent, StepEvent } from '../../src/engine/run/record';
import { lowestHeldOut } from '../../src/webview/training/lowest';
import { PanelPage, record, type Query } from './page';

const AT = 1240;

describe('the scrubber of the Training panel', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());
  afterEach(() => assert.deepEqual(panel.errors, []));

  const slider = (): Promise<{ now: number; least: number; most: number; text: string }> =>
    panel.page.locator('[role=slider]').evaluate((element) => ({
      now: Number(element.getAttribute('aria-valuenow')),
      least: Number(element.getAttribute('aria-valuemin')),
      most: Number(element.getAttribute('aria-valuemax')),
      text: element.getAttribute('aria-valuetext') ?? '',
    }));
  const press = async (key: string): Promise<number> => {
    await panel.page.locator('[role=slider]').press(key);
    await panel.settled();
    return (await slider()).now;
  };
  const looks = async (): Promise<unknown[]> =>
    (await panel.asked()).filter(({ call }) => call === 'look').map(({ args }) => (args[0] as { at: unknown }).at);
  const button = (text: string): ReturnType<PanelPage['page']['locator']> => panel.page.locator('vscode-button:visible', { hasText: text });
  const focused = (): Promise<string | null | undefined> => panel.page.evaluate(() => document.activeElement?.getAttribute('role'));
  const show = async (query: Query): Promise<void> => {
    await panel.show('training', { record: 'adam', at: AT, ...query });
    await panel.page.locator('[role=slider]').waitFor();
    await panel.settled();
  };
  /** Moves the pointer to a place of the track, in shares of it, in several movements. */
  const slide = async (from: number, to: number, moves = 10): Promise<void> => {
    const box = (await panel.page.locator('.track').boundingBox())!;
    for (let move = 0; move <= moves; move++)
      await panel.page.mouse.move(box.x + (from + ((to - from) * move) / moves) * box.width, box.y + box.height / 2);
  };
  const resumed = (): Promise<unknown> =>
    panel.page.waitForFunction(() => window.asked.some(({ call }) => call === 'resume'), undefined, { timeout: 30_000 });
  /** What moved the run. */
  const moves = async (): Promise<unknown> => (await panel.asked()).filter(({ call }) => ['goTo', 'resume'].includes(call));
  const grasp = async (at: number): Promise<void> => {
    await slide(at, at, 1);
    await panel.page.mouse.down();
  };

  it('says where it stands, and moves by keys from measured step to measured step', async () => {
    await show({});
    const steps = record('adam').filter((event): event is StepEvent => event.type === 'step');
    const first = steps[0].step;
    const { now, least, most, text } = await slider();
    assert.deepEqual([now, least, most], [AT, first, AT]);
    assert.match(text, /^step 1,240 of 2,000, loss 0\.\d+$/);
    assert.equal(await press('ArrowLeft'), AT - 1);
    assert.equal(await press('ArrowLeft'), AT - 2);
    assert.equal(await press('ArrowRight'), AT - 1);
    assert.equal(await press('PageDown'), Math.floor(AT - 1 - 0.05 * (AT - first)));
    assert.equal(await press('Home'), first);
    assert.equal(await press('ArrowLeft'), first, 'there is nothing before');
    assert.equal(await press('PageUp'), Math.floor(first + 0.05 * (AT - first)));
    assert.equal(await press('End'), AT);
    await press('Home');
    assert.equal(await press('Escape'), AT);
    assert.equal((await looks()).at(-1), null, 'the newest is followed, not a step');
    await press('Home');
    assert.match((await slider()).text, new RegExp(`^step ${first} of 2,000, loss ${steps[0].loss.toPrecision(3)}$`));
  });

  it('counts every key, however quickly they come', async () => {
    await show({});
    await panel.page.locator('[role=slider]').evaluate((element) => {
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowRight'])
        element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
    await panel.settled();
    const { now, least } = await slider();
    assert.equal(now, least + 3);
  });

  it('follows the pointer, asks once a frame at most, and offers what can be done only when let go', async () => {
    await show({});
    assert.equal(await button('Continue from here').count(), 0);
    await grasp(0.5);
    await slide(0.5, 0.4);
    const before = (await looks()).length;
    await panel.page.locator('.scrubber').evaluate((scrubber) => {
      const { left, width } = scrubber.querySelector('.track')!.getBoundingClientRect();
      for (let move = 1; move <= 100; move++) {
        const clientX = left + width * (0.4 - 0.0015 * move);
        scrubber.dispatchEvent(new PointerEvent('pointermove', { clientX, bubbles: true }));
      }
    });
    await panel.settled();
    assert.equal((await looks()).length, before + 1, 'a hundred movements within one frame');
    await slide(0.4, 0.25);
    assert.equal(await button('Continue from here').count(), 0, 'still dragging');
    await panel.page.mouse.up();
    await panel.settled();
    const asked = await looks();
    assert.equal(asked.at(-1), 500); // a quarter of 2,000
    assert.equal((await slider()).now, 500);
    await button('Continue from here').waitFor();
    await button('Back to newest').click();
    await panel.settled();
    assert.equal((await slider()).now, AT);
    assert.equal(await button('Back to newest').count(), 0);
  });

  it('dragged to the right end follows the newest step again', async () => {
    await show({ look: 300 });
    await grasp(0.15);
    await slide(0.15, 0.9);
    await panel.page.mouse.up();
    await panel.settled();
    assert.equal((await looks()).at(-1), null);
  });

  it('goes on from an earlier step as it was, also in a run read from its record', async () => {
    for (const query of [{}, { scene: 'opened' }] as Readonly<Record<string, string>>[]) {
      await show({ ...query, look: 100 });
      await button('Continue from here').click();
      await resumed();
      assert.deepEqual(await moves(), [
        { call: 'goTo', args: [100] },
        { call: 'resume', args: [] },
      ]);
    }
  });

  it('goes on from an earlier step with another learning rate, after telling what will not do at its field', async () => {
    await show({ look: 800 });
    await button('Change hyperparameters').click();
    const field = panel.page.locator('[data-setting=lr]');
    const input = field.locator('input');
    for (const [wrong, told] of [
      ['-1', '(0, ∞)'],
      ['fast', 'not a number'],
    ]) {
      await input.fill(wrong);
      await input.press('Enter');
      assert.match(await field.locator('[role=alert]').innerText(), new RegExp(told.replace(/[()]/g, '\\$&')));
    }
    assert.ok(!(await panel.asked()).some(({ call }) => call === 'goTo'), 'nothing is asked for that will not do');
    await input.fill('0.02');
    await button('Continue with lr 0.02').click();
    await resumed();
    assert.deepEqual(await moves(), [
      { call: 'goTo', args: [800, { lr: 0.02 }] },
      { call: 'resume', args: [] },
    ]);
    await panel.settled();
    assert.equal(await panel.page.locator('.changeForm').isVisible(), false);
    assert.equal(await focused(), 'slider', 'the focus is beside the form that has gone');
    const mark = panel.page.locator('.mark');
    assert.equal(await mark.getAttribute('title'), 'from step 801: lr 0.005 → 0.02');
  });

  it('goes from mark to mark with Control, and says what happened there', async () => {
    await panel.page.evaluate(() => window.preview.goTo(900));
    await panel.settled();
    assert.equal(await press('Control+ArrowLeft'), 800);
    assert.match((await slider()).text, /lr 0\.005 → 0\.02/);
    assert.equal(await press('Control+ArrowLeft'), (await slider()).least);
  });
});

describe('the lowest held-out loss', () => {
  it('is the record’s, with its step, and one click looks there', async () => {
    const panel = await PanelPage.open();
    await panel.show('training', { record: 'adam', scene: 'completed' });
    const evaluations = record('adam').filter((event): event is EvaluationEvent => event.type === 'evaluation');
    const lowest = Math.min(...evaluations.map(({ heldOutLoss }) => heldOutLoss ?? Infinity));
    const { step } = evaluations.find(({ heldOutLoss }) => heldOutLoss === lowest)!;
    assert.equal(step, lowestHeldOut(evaluations)?.step);
    const shown = (await panel.numbers()).find(({ role }) => role === 'lowest');
    assert.deepEqual([shown?.value, shown?.step], [lowest, step]);
    await panel.page.locator('[data-role=lowest]').click();
    await panel.settled();
    const heldOut = (await panel.numbers()).find(
      ({ quantity, role, inTable }) => quantity === 'heldOutLoss' && role === undefined && !inTable,
    );
    assert.deepEqual([heldOut?.value, heldOut?.step], [lowest, step]);
    assert.deepEqual((await panel.asked()).at(-1), { call: 'look', args: [{ at: step }] });
    await panel.close();
  });
});

describe('a run that did not go well', () => {
  it('says why it could not start, died or ended, and offers what can be done about it', async () => {
    const panel = await PanelPage.open({ viewport: { width: 300, height: 900 } });
    const banner = panel.page.locator('.banner[role=alert]');
    const buttons = (): Promise<string[]> => banner.locator('vscode-button:visible').allTextContents();
    await panel.show('training', { scene: 'failed' });
    assert.match((await banner.textContent()) ?? '', /train-images-idx3-ubyte cannot be read: ENOENT/);
    assert.ok(!(await panel.page.locator('.cards').isVisible()));
    assert.deepEqual(await buttons(), ['Train again']);
    await banner.getByRole('button', { name: 'Train again' }).click();
    assert.equal((await panel.asked()).at(-1)?.call, 'again');
    await panel.show('training', { scene: 'lost' });
    assert.deepEqual(await buttons(), ['Resume from step 1,200']);
    await panel.show('training', { scene: 'error' });
    assert.match((await banner.textContent()) ?? '', /The record cannot be written: ENOSPC/);
    await panel.show('training', { scene: 'deviceLost' });
    assert.ok(!(await banner.isVisible()));
    assert.match(
      (await panel.page.locator('.banner.told').textContent()) ?? '',
      /The WebGPU engine has ended.*goes on from step 1,200, on the CPU/,
    );
    assert.deepEqual(panel.errors, []);
    await panel.close();
  });
});
