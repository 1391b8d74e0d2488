/**
 * The Landscape panel: every number in its tables is the one that a record of the same specification has, and what a person does by pointer and
 * keys moves the start, the window and the step; what is wrong is told where it is; all of it is there again after a reload.
 */
import assert from 'node:assert/strict';
import { PanelPage } from './page';
import type { StepEvent } from '../../src/engine/run/record';
import { specificationOf } from '../../src/shared/landscape/participant';
import { groundOf, readScene, type Scene } from '../../src/shared/landscape/scene';
import { record, steps } from '../engine/run/runs';

interface Row {
  readonly head: string;
  readonly cells: readonly { readonly quantity: string; readonly step: number; readonly value: number }[];
}

describe('the Landscape panel', () => {
  let panel: PanelPage;
  beforeEach(async () => (panel = await PanelPage.open({ reducedMotion: 'reduce' })));
  afterEach(async () => {
    await panel.close();
    assert.deepEqual(panel.errors, []);
  });

  /** Opens it as it was left with a scene. */
  const open = async (scene: string): Promise<void> => {
    await panel.page.addInitScript((kept) => {
      if (sessionStorage.getItem('/landscape') === null) sessionStorage.setItem('/landscape', JSON.stringify({ landscape: kept }));
    }, scene);
    await panel.show('landscape', { scene: 'empty' });
    await panel.page.waitForSelector('table[data-table=now] tbody tr');
    await panel.settled();
  };
  /** What it is set to now. */
  const kept = async (): Promise<Scene> => {
    await panel.settled();
    const text = await panel.page.evaluate(() => sessionStorage.getItem('/landscape') ?? '{}');
    return readScene((JSON.parse(text) as { landscape?: string }).landscape);
  };
  const rows = async (table: 'now' | 'way'): Promise<Row[]> => {
    await panel.settled();
    return panel.page.evaluate(
      (name) =>
        [...document.querySelectorAll<HTMLTableRowElement>(`table[data-table=${name}] tbody tr`)].map((row) => ({
          head: row.querySelector('th')?.textContent ?? '',
          cells: [...row.querySelectorAll<HTMLElement>('[data-quantity][data-value]')].map(({ dataset }) => ({
            quantity: dataset.quantity ?? '',
            step: Number(dataset.step),
            value: Number(dataset.value),
          })),
        })),
      table,
    );
  };
  /** A number of the record by the name that the panel gives it. */
  const told = (event: StepEvent, quantity: string): number | undefined => {
    const [name, variable] = quantity.split('.');
    if (name === 'value') return event.value;
    if (name === 'position') return event.position?.[variable];
    if (name === 'gradient') return event.gradient?.[variable];
    return name === 'rate' ? event.effectiveRatePerWeight?.[0][Object.keys(event.position ?? {}).indexOf(variable)] : undefined;
  };
  const field = (name: string) => panel.page.locator(`.picker vscode-text-field`, { hasText: name });
  const type = async (locator: ReturnType<typeof field>, text: string): Promise<void> => {
    await locator.click();
    await panel.page.keyboard.press('Control+A');
    await panel.page.keyboard.type(text);
    await panel.page.keyboard.press('Enter');
    await panel.settled();
  };

  // the draws of a noisy gradient go through cosine and logarithm, whose last digit is not the same in Node's V8 and in Chromium's
  for (const [name, tolerance] of [
    ['saddle', 0],
    ['noisyBowl', 1e-12],
  ] as const)
    it(`shows the record’s numbers: ${name}`, async () => {
      await open(JSON.stringify({ gallery: name, step: 12 }));
      const scene = await kept();
      const records = await Promise.all(scene.entries.map(async (entry) => steps(await record(specificationOf(groundOf(scene), entry)))));
      const now = await rows('now');
      assert.equal(now.length, scene.entries.length);
      let compared = 0;
      const hold = (cells: Row['cells'], lane: number): void => {
        for (const { quantity, step, value } of cells) {
          if (step === 0 || quantity.startsWith('hessianEigenvalue')) continue;
          const recorded = told(records[lane][step - 1], quantity) ?? NaN;
          const what = `${quantity} of ${scene.entries[lane].optimizer.name} at step ${step}: ${value}, in the record ${recorded}`;
          assert.ok(Math.abs(value - recorded) <= tolerance * Math.max(1, Math.abs(recorded)), what);
          compared++;
        }
      };
      now.forEach(({ cells }, lane) => {
        assert.ok(cells.every(({ step }) => step === 12));
        hold(cells, lane);
      });
      for (const { cells } of await rows('way')) hold(cells, 0);
      assert.ok(compared > 60, `${compared} numbers`);
    });

  it('goes back and on by keys to the same numbers, plays, and begins again', async () => {
    await open('{"gallery":"saddle","step":12}');
    const before = await rows('now');
    await panel.page.locator('.plot').focus();
    await panel.page.keyboard.press(',');
    assert.equal((await kept()).step, 11);
    await panel.page.keyboard.press('.');
    assert.deepEqual(await rows('now'), before);
    await panel.page.locator('.slider').focus();
    await panel.page.keyboard.press('End');
    assert.equal((await kept()).step, 40);
    assert.match((await rows('now'))[0].head, /at a saddle/);
    assert.match((await rows('now'))[1].head, /outside the window/);
    await panel.page.keyboard.press('Home');
    assert.equal((await kept()).step, 0);
    await panel.page.getByRole('button', { name: 'Play' }).click();
    await panel.page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-role=step]')?.dataset.value) >= 3);
    await panel.page.getByRole('button', { name: 'Pause' }).click();
    assert.ok((await kept()).step >= 3);
  });

  it('moves the start by dragging and by keys, and the window by wheel, drag and keys', async () => {
    await open('{"gallery":"bowl","step":20}');
    const plot = panel.page.locator('.plot');
    const box = await plot.boundingBox();
    assert.ok(box);
    const first = await kept();
    await plot.focus();
    await panel.page.keyboard.press('ArrowLeft');
    const [left, ...others] = [(await kept()).start, first.start];
    assert.ok(left.x < others[0].x && left.y === others[0].y);
    // the window is fitted into the picture, at one scale for both axes
    const scale = Math.min(box.width, box.height) / 20;
    const place = (x: number, y: number): [number, number] => [box.x + box.width / 2 + x * scale, box.y + box.height / 2 - y * scale];
    await panel.page.mouse.move(...place(left.x, left.y));
    await panel.page.mouse.down();
    await panel.page.mouse.move(...place(-3, 2), { steps: 4 });
    await panel.page.mouse.up();
    const dragged = await kept();
    assert.ok(Math.abs(dragged.start.x + 3) < 0.3 && Math.abs(dragged.start.y - 2) < 0.3, JSON.stringify(dragged.start));
    assert.deepEqual(dragged.window, first.window);
    await panel.page.keyboard.press('+');
    const closer = (await kept()).window;
    assert.ok(closer.y[1] - closer.y[0] < 20);
    await panel.page.mouse.move(...place(4, -4));
    await panel.page.mouse.down();
    await panel.page.mouse.move(...place(5, -4), { steps: 4 });
    await panel.page.mouse.up();
    const moved = (await kept()).window;
    assert.ok(moved.x[0] < closer.x[0] && Math.abs(moved.x[1] - moved.x[0] - (closer.x[1] - closer.x[0])) < 1e-9);
    await panel.page.keyboard.press('0');
    assert.deepEqual((await kept()).window, first.window);
  });

  it('tells what is wrong with a formula and with a hyperparameter where it is, and keeps running what was right', async () => {
    await open('{"gallery":"bowl","step":20}');
    await type(field('Formula'), 'x^2 + 3*y^');
    const first = await kept();
    assert.equal(first.formula, 'x^2 + y^2');
    assert.match((await panel.page.locator('.picker .fieldProblem:visible').textContent()) ?? '', /At character \d+/);
    const cut = await panel.page.locator('.picker .fieldLabel').evaluateAll((labels) => labels.filter((label) => label.scrollHeight > label.clientHeight + 1).map((label) => label.textContent)); // prettier-ignore
    assert.deepEqual(cut, [], 'labels that the message takes the height of');
    await type(field('Formula'), 'x^2 + 3*y^2');
    assert.deepEqual([(await kept()).formula, (await kept()).gallery], ['x^2 + 3*y^2', null]);
    const lr = panel.page.locator('[data-setting=lr]').first();
    await type(lr.locator('vscode-text-field'), '-1');
    assert.match((await lr.locator('.fieldProblem').textContent()) ?? '', /-1 will not do; a number in \(0, ∞\)/);
    assert.equal((await kept()).entries[0].optimizer.lr, 0.1);
    await type(lr.locator('vscode-text-field'), '0.2');
    assert.equal((await kept()).entries[0].optimizer.lr, 0.2);
    assert.ok(await lr.locator('.fieldProblem').isHidden());
  });

  it('takes as many optimizers as can be told apart, and says why no more', async () => {
    const many = Array.from({ length: 14 }, () => ({ optimizer: { name: 'sgd' } }));
    await open(JSON.stringify({ gallery: 'rosenbrock', step: 3, entries: many.slice(0, 11) }));
    const full = panel.page.getByText(
      '12 optimizers run, as many as colours, dashes and shapes can tell apart. Remove one to add another.',
    );
    const adding = panel.page.locator('.who > .field, .who > vscode-dropdown').last();
    assert.deepEqual([await full.isVisible(), await adding.isVisible()], [false, true]);
    await adding.locator('vscode-dropdown').or(adding).last().click();
    await panel.page.getByRole('option', { name: 'Adam', exact: true }).click();
    await full.waitFor();
    assert.deepEqual([(await rows('now')).length, await adding.isVisible()], [12, false]);
    // each has a picture of its line and head, in the list and in the table, and no two are the same
    for (const place of ['.entrant', 'table[data-table=now]']) {
      const pictures = await panel.page
        .locator(`${place} canvas.sample`)
        .evaluateAll((found) => found.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
      assert.deepEqual([pictures.length, new Set(pictures).size], [12, 12], place);
    }
    await panel.page.getByRole('button', { name: 'Remove Adam' }).click();
    await panel.settled();
    assert.deepEqual([await full.isVisible(), await adding.isVisible()], [false, true]);
    assert.equal(readScene(JSON.stringify({ gallery: 'rosenbrock', entries: many })).entries.length, 12);
  });

  it('is the same again after a reload', async () => {
    await open('{"gallery":"himmelblau","step":33}');
    await panel.page.locator('.plot').focus();
    for (const key of ['ArrowUp', '+', ',']) await panel.page.keyboard.press(key);
    await panel.page.getByRole('button', { name: 'Remove SGD' }).click();
    const [scene, now] = [await kept(), await rows('now')];
    assert.equal(scene.entries.length, 3);
    await panel.page.reload();
    await panel.page.waitForSelector('table[data-table=now] tbody tr');
    assert.deepEqual(await kept(), scene);
    assert.deepEqual(await rows('now'), now);
  });
});
