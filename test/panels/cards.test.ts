/**
 * What every card with a picture gives away is the record's: the table in the picture's place, the comma-separated values on the clipboard, and
 * the words for who does not see the picture.
 */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { PanelPage, panelNames, record } from './page';
import { assertRecorded } from '../e2e/recorded';
import type { ShownNumber } from '../e2e/person';

const AT = 1234;

/** Cards of the Landscape's functions have no record. */
const ofRun = panelNames.filter((name) => name !== 'landscape');

/** A tool of a card, by its name. */
const tool = (card: Locator, name: string): Locator => card.locator(`.tools > [aria-label="${name}"]`);

interface TableCell {
  readonly text: string;
  readonly number: ShownNumber | null;
}

/** The cells of the table that stands in a card's picture's place. */
const cells = (card: Locator): Promise<TableCell[][]> =>
  card.locator('.dataTable tbody tr').evaluateAll((rows) =>
    rows.map((row) =>
      [...row.querySelectorAll<HTMLElement>('th, td')].map(({ textContent, dataset }) => ({
        text: textContent ?? '',
        number:
          dataset.quantity === undefined
            ? null
            : { quantity: dataset.quantity, layer: dataset.layer, step: Number(dataset.step), value: Number(dataset.value) },
      })),
    ),
  );

/** The lines of comma-separated values; none of ours has a comma inside. */
const lines = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));

describe('what a card gives away is the record’s', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());

  for (const name of ofRun)
    it(`${name}: the tables and the copied numbers of its cards`, async () => {
      await panel.show(name, { at: AT });
      const events = record('adam').filter((event) => !('step' in event) || event.step <= AT);
      const cards = panel.page
        .locator('[data-card]')
        .filter({ has: panel.page.locator('.tools [aria-label="Show the numbers as a table"]'), visible: true });
      const count = await cards.count();
      assert.ok(count >= 3, `${name} has ${count} cards with tools`);
      for (let index = 0; index < count; index++) {
        const card = cards.nth(index);
        const title = (await card.getAttribute('data-card')) ?? '';
        await card.hover();
        await tool(card, 'Show the numbers as a table').click();
        const table = await cells(card);
        assert.ok(table.length > 0, `${title} shows a table with rows`);
        const numbers = table.flat().flatMap(({ text, number }) => {
          if (number) assert.equal(text, String(number.value), `${title} shows every digit`);
          return number ? [number] : [];
        });
        assertRecorded(
          numbers.filter(({ quantity }) => !quantity.startsWith('everyWeight')),
          events,
        );
        await tool(card, 'Copy the numbers as CSV').click();
        const csv = (await panel.asked()).filter(({ call }) => call === 'copyText').at(-1)?.args[0];
        assert.equal(typeof csv, 'string', `${title} copies its numbers`);
        const copied = new Set(lines(String(csv)).map((line) => line.join('|')));
        for (const row of table.slice(0, 3).concat(table.slice(-3))) {
          const shown = row.map(({ text }, place) => (place === 0 ? text.replace(/,/g, '') : text)).join('|');
          if (row.length < 60) assert.ok(copied.has(shown), `${title}: the table has the row ${shown}, the copied numbers have not`);
        }
        await card.locator('.dataTable').press('Escape');
        assert.ok(await card.locator('.dataTable').isHidden(), `${title}: Escape goes back to the picture`);
      }
      assert.deepEqual(panel.errors, []);
    });

  it('training: all steps are copied, not only those that are drawn', async () => {
    await panel.show('training', { at: AT });
    const card = panel.page.locator('[data-card="loss"]');
    await card.hover();
    await tool(card, 'Copy the numbers as CSV').click();
    const csv = String((await panel.asked()).at(-1)?.args[0]);
    const losses = record('adam').flatMap((event) => (event.type === 'step' && event.step <= AT ? [event.loss] : []));
    const [head, ...rows] = lines(csv);
    const column = head.findIndex((text) => /batch/.test(text));
    assert.ok(column > 0, `one column is the batch loss: ${head.join(', ')}`);
    const copied = rows.map((row) => row[column]).filter((text) => text !== '');
    assert.deepEqual(copied.map(Number), losses);
  });

  it('training: the table of the accuracy says that its numbers are shares, not per cent as on the axis', async () => {
    await panel.show('training', { at: AT });
    const card = panel.page.locator('[data-card="accuracy"]');
    await card.hover();
    await tool(card, 'Show the numbers as a table').click();
    assert.match((await card.locator('caption').textContent()) ?? '', /^Accuracy, share of samples, 0 to 1, steps 0 to 1,234/);
    const values = (await cells(card)).flat().flatMap(({ number }) => (number ? [number.value] : []));
    assert.ok(values.length > 100 && values.every((value) => value >= 0 && value <= 1));
    await card.locator('.dataTable').press('Escape');
  });

  it('training: the copied picture lies on the clipboard, whole and with twice the pixels', async () => {
    const granted = await PanelPage.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await granted.show('training', { at: AT });
    const card = granted.page.locator('[data-card="loss"]');
    await card.hover();
    await tool(card, 'Copy the picture').click();
    await card.locator('.tools > [aria-label="The picture is copied"]').waitFor();
    const { width, height } = (await card.boundingBox())!;
    const copied = await granted.page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const picture = await createImageBitmap(await item.getType('image/png'));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext('2d')!;
      context.drawImage(picture, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, picture.width, picture.height).data.buffer);
      return { types: item.types, size: [picture.width, picture.height], colours: new Set(pixels).size };
    });
    const [margin, line] = [12, 16];
    assert.deepEqual(copied.types, ['image/png']);
    assert.deepEqual(copied.size, [Math.round(2 * (width + 2 * margin)), Math.round(2 * (height + 2 * margin + line))]);
    assert.ok(copied.colours > 50, `the picture has ${copied.colours} colours; lines and letters on a background have many`);
    assert.ok(!(await granted.asked()).some(({ call }) => call === 'saveImage'));
    assert.deepEqual(granted.errors, []);
    await granted.close();
  });

  for (const name of panelNames)
    it(`${name}: every picture says in words what it shows`, async () => {
      await panel.show(name, { at: AT });
      const pictures = panel.page.locator('[role="img"]:visible');
      for (const label of await pictures.evaluateAll((found) => found.map((picture) => picture.getAttribute('aria-label') ?? '')))
        assert.match(label, /\S+ \S+.*\d/, `a picture says “${label}”: a sentence with the numbers is expected`);
      assert.ok((await pictures.count()) > 0);
    });
});
