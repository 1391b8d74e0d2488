/**
 * What one can do to a chart: read the record's numbers of it by pointer and by keys, zoom all charts of a panel together and one's values alone,
 * look at a step, hide a line, change the axis, take a picture along. What was chosen is still there when the panel is seen again.
 */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { PanelPage, record } from './page';
import { assertRecorded } from '../e2e/recorded';
import type { ShownNumber } from '../e2e/person';

const AT = 1000;
const events = record('adam');

describe('a chart of a run', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());
  beforeEach(async () => {
    await panel.page.evaluate(() => sessionStorage.clear()).catch(() => undefined); // there is none before the first page
    await panel.show('training', { at: AT });
  });

  const card = (name: string): Locator => panel.page.locator(`[data-card="${name}"]`);
  const canvas = (name: string): Locator => card(name).locator('canvas[role=img]');
  const tool = (name: string, label: string): Locator => card(name).locator(`.tools > [aria-label="${label}"]`);
  /** Presses keys in a chart. */
  const press = async (name: string, ...keys: string[]): Promise<void> => {
    for (const key of keys) await canvas(name).press(key);
    await panel.settled();
  };
  /** Drags in a chart between two places, shares of its width at half of its height. */
  const drag = async (name: string, from: number, to: number, row = 0.5): Promise<void> => {
    const { x, y, width, height } = (await canvas(name).boundingBox())!;
    await panel.page.mouse.move(x + from * width, y + row * height);
    await panel.page.mouse.down();
    for (const share of [0.3, 0.7, 1]) await panel.page.mouse.move(x + (from + share * (to - from)) * width, y + row * height);
    await panel.page.mouse.up();
    await panel.settled();
  };
  /** What is read at the pointer or where the keys have led. */
  const read = (name: string): Promise<(ShownNumber & { readonly line: string })[]> =>
    card(name)
      .locator('.readout:not([hidden]) .readings > div')
      .evaluateAll((rows) =>
        rows.map((row) => {
          const { quantity = '', layer, step, value } = row.querySelector<HTMLElement>('[data-value]')!.dataset;
          return { line: row.querySelector('.label')!.textContent ?? '', quantity, layer, step: Number(step), value: Number(value) };
        }),
      );
  /** The steps in sight, as the table of a card says. */
  const inSight = async (name: string): Promise<readonly [from: number, to: number]> => {
    await card(name).hover();
    await tool(name, 'Show the numbers as a table').click();
    const caption = (await card(name).locator('caption').textContent()) ?? '';
    await panel.page.keyboard.press('Escape');
    await panel.settled();
    const found = /steps ([\d,]+) to ([\d,]+)/.exec(caption);
    assert.ok(found, `the caption says the steps: “${caption}”`);
    return [Number(found[1].replace(/,/g, '')), Number(found[2].replace(/,/g, ''))];
  };
  const lookedAt = async (): Promise<unknown> =>
    (await panel.asked())
      .filter(({ call }) => call === 'look')
      .map(({ args }) => (args[0] as { at?: number | null }).at)
      .at(-1);

  it('is drawn to its newest step also where the axis has come to span more steps than at first', async () => {
    await panel.show('training', { at: 100 });
    await panel.page.evaluate(() => window.preview.goTo(900));
    await panel.settled();
    for (const name of ['rate', 'loss']) {
      // the line at 800 of 2,000 steps: somewhere in that column of the picture there is ink
      const ink = await canvas(name).evaluate((picture: HTMLCanvasElement) => {
        const [left, right] = [60 * devicePixelRatio, picture.width - 10 * devicePixelRatio];
        const x = Math.round(left + 0.4 * (right - left));
        return picture
          .getContext('2d')!
          .getImageData(x - 3, 0, 6, picture.height)
          .data.some((byte) => byte > 0);
      });
      assert.ok(ink, name);
    }
  });

  it('is read by the pointer: each line’s measured number nearest to it', async () => {
    const { width, height } = (await canvas('loss').boundingBox())!;
    await canvas('loss').hover({ position: { x: width * 0.3, y: height / 2 } });
    const numbers = await read('loss');
    assert.deepEqual(
      numbers.map(({ line }) => line),
      ['batch', 'train', 'held out'],
    );
    assertRecorded(numbers, events);
    await panel.page.mouse.move(1, 1);
    assert.deepEqual(await read('loss'), []);
  });

  it('is read by the arrow keys, which say the numbers, and Enter looks at that step in all panels', async () => {
    await press('loss', 'ArrowLeft', 'ArrowLeft');
    const [batch] = await read('loss');
    assertRecorded([batch], events);
    assert.ok(batch.step < AT && batch.step >= AT - 0.02 * 2000, `two strokes lead from ${AT} to ${batch.step}`);
    const spoken = await card('loss').locator('[role=status]').first().textContent();
    assert.match(spoken ?? '', /^Step [\d,]+, batch [\d.]+, train [\d.]+( at step [\d,]+)?, held out/);
    await press('loss', 'Home');
    assert.equal(Math.min(...(await read('loss')).map(({ step }) => step)), 0);
    await press('loss', 'ArrowRight', 'Enter');
    assert.equal(await lookedAt(), (await read('loss'))[0].step);
  });

  it('is zoomed by dragging, all charts of the panel together; it is so still when the panel comes back; 0 shows all again', async () => {
    await drag('loss', 0.2, 0.4);
    const [from, to] = await inSight('loss');
    assert.ok(from > 150 && to < 900 && to - from > 200 && to - from < 600, `steps ${from} to ${to} of 2,000`);
    assert.deepEqual(await inSight('accuracy'), [from, to]);
    assert.equal(await lookedAt(), undefined, 'a drag is no click');
    await panel.page.waitForTimeout(250); // it is remembered a moment later
    await panel.show('training', { at: AT });
    assert.deepEqual(await inSight('accuracy'), [from, to]);
    await drag('accuracy', 0.5, 0.3);
    const moved = await inSight('loss');
    assert.ok(moved[0] > from && moved[1] - moved[0] === to - from, `dragging a zoomed chart moves it: ${moved.join(' to ')}`);
    await press('loss', '0');
    assert.deepEqual(await inSight('accuracy'), [0, AT]);
  });

  it('is zoomed by keys and by Ctrl and the wheel about the pointer', async () => {
    await press('loss', '+', '+', '+');
    const [from, to] = await inSight('loss');
    assert.ok(to - from < 1200 && from > 0, `steps ${from} to ${to}`);
    await press('loss', '0');
    const { x, y, width, height } = (await canvas('loss').boundingBox())!;
    await panel.page.mouse.move(x + 0.3 * width, y + height / 2);
    const pointed = (await read('loss'))[0].step;
    await panel.page.keyboard.down('Control');
    for (let turn = 0; turn < 4; turn++) await panel.page.mouse.wheel(0, -120);
    await panel.page.keyboard.up('Control');
    await panel.settled();
    const [first, last] = await inSight('loss');
    const [share, before] = [(pointed - first) / (last - first), pointed / 2000];
    assert.ok(last - first < 1000 && Math.abs(share - before) < 0.02, `step ${pointed} of steps ${first} to ${last}`);
  });

  it('moves its own values alone by their axis, and shows all again by its button', async () => {
    const before = await canvas('accuracy').screenshot();
    const reset = tool('loss', 'Show all steps and values (0)');
    assert.ok(await reset.isHidden());
    const { x, y, height } = (await canvas('loss').boundingBox())!;
    await panel.page.mouse.move(x + 8, y + height / 2);
    await panel.page.mouse.down();
    await panel.page.mouse.move(x + 8, y + height / 2 + 20);
    await panel.page.mouse.move(x + 8, y + height / 2 + 40);
    await panel.page.mouse.up();
    await panel.settled();
    await panel.page.mouse.move(1, 1);
    assert.deepEqual(await canvas('accuracy').screenshot(), before);
    assert.ok(await reset.isVisible());
    await reset.click();
    await panel.settled();
    assert.ok(await reset.isHidden());
  });

  it('looks at the step that is clicked, and at the newest beyond it', async () => {
    const { width, height } = (await canvas('loss').boundingBox())!;
    const click = (share: number): Promise<void> => canvas('loss').click({ position: { x: share * width, y: height / 2 } });
    await click(0.3);
    await panel.settled();
    const at = Number(await lookedAt());
    assert.ok(at > 300 && at < 700, `looks at step ${at}`);
    assert.ok((await canvas('loss').getAttribute('aria-label'))?.includes(`At step ${at}:`), 'its words are about that step');
    await click(0.9);
    await panel.settled();
    assert.equal(await lookedAt(), null);
  });

  it('hides a line by its legend, by pointer or keys, and remembers it', async () => {
    const entry = card('loss').locator('.entry[data-line="held out"]');
    await entry.press('Enter');
    assert.equal(await entry.getAttribute('aria-pressed'), 'false');
    await panel.show('training', { at: AT });
    assert.equal(await entry.getAttribute('aria-pressed'), 'false');
    await press('loss', 'ArrowLeft');
    assert.deepEqual(
      (await read('loss')).map(({ line }) => line),
      ['batch', 'train'],
    );
    await entry.click();
    assert.equal(await entry.getAttribute('aria-pressed'), 'true');
  });

  it('changes between a logarithmic and a linear axis, says so, and remembers it', async () => {
    const note = card('loss').locator('.head small');
    assert.match((await note.textContent()) ?? '', /log axis$/);
    await card('loss').hover();
    await tool('loss', 'Logarithmic axis').click();
    await panel.show('training', { at: AT });
    assert.match((await note.textContent()) ?? '', /linear axis$/);
    assert.equal(await tool('loss', 'Logarithmic axis').getAttribute('aria-pressed'), 'false');
  });

  it('has its labels as they were also where its canvas was sized again, which forgets the font', async () => {
    const labels = (): Promise<string> =>
      card('rate')
        .locator('canvas.axes')
        .evaluate((axes: HTMLCanvasElement) => axes.toDataURL());
    const before = await labels();
    await card('rate')
      .locator('canvas.axes')
      .evaluate((axes: HTMLCanvasElement) => void (axes.width += 0));
    await press('rate', '+', '0');
    assert.equal(await labels(), before);
  });

  it('gives a picture of itself with two pixels for one, to a file where the clipboard refuses', async () => {
    await panel.page.evaluate(() => (navigator.clipboard.write = () => Promise.reject(new Error('not allowed'))));
    await card('loss').hover();
    const { width } = (await card('loss').boundingBox())!;
    await tool('loss', 'Copy the picture').click();
    await panel.page.waitForFunction(() => window.asked.some(({ call }) => call === 'saveImage'));
    const saved = await panel.page.evaluate(async () => {
      const asked = window.asked.filter(({ call }) => call === 'saveImage').at(-1);
      const [name, png] = (asked?.args ?? []) as [string, ArrayBuffer];
      const image = await createImageBitmap(new Blob([png], { type: 'image/png' }));
      return { name, width: image.width };
    });
    assert.equal(saved.name, 'Loss');
    assert.ok(saved.width >= 2 * width && saved.width < 2 * width + 100, `${saved.width} pixels for ${width}`);
    assert.deepEqual(panel.errors, []);
  });
});
