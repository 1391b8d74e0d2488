/**
 * A stranger's minute (docs/strangers-minute.md): somebody opens the panels for the first time and answers three questions with what can be
 * read and pressed there, found by its words alone.
 */
import assert from 'node:assert/strict';
import type { EvaluationEvent, StepEvent } from '../../src/engine/run/record';
import { PanelPage, record } from './page';

const evaluations = (name: string): EvaluationEvent[] =>
  record(name).filter((event): event is EvaluationEvent => event.type === 'evaluation');

/** The evaluation with the lowest held-out loss. */
const lowest = (name: string): EvaluationEvent =>
  evaluations(name).reduce((best, event) => ((event.heldOutLoss ?? Infinity) < (best.heldOutLoss ?? Infinity) ? event : best));

/** Which layer's weights moved least of all, for their size, over the last 50 steps. */
function slowestLayer(name: string): string {
  const events = record(name);
  const [start] = events;
  assert.ok(start.type === 'start');
  const steps = events.filter((event): event is StepEvent => event.type === 'step').slice(-50);
  const mean = start.layers.map((_, layer) =>
    steps.reduce((sum, { updateNorm, weightNorm }) => sum + Math.log(updateNorm[layer] / weightNorm[layer]), 0),
  );
  return start.layers[mean.indexOf(Math.min(...mean))].name;
}

describe('a stranger’s minute', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());
  afterEach(() => assert.deepEqual(panel.errors, []));

  it('has the theme’s colours before all of its files are there', async () => {
    const { page } = panel;
    const late: (() => void)[] = [];
    await page.route(/\.ttf/, (route) => new Promise<void>((resolve) => late.push(() => resolve(route.continue()))));
    const shown = panel.show('landscape', { theme: 'light' });
    const field = page.locator('vscode-text-field').first();
    await field.waitFor();
    assert.equal(await page.evaluate(() => document.readyState), 'interactive', 'the icons’ font is still awaited');
    const colours = await field.evaluate((element) => {
      const resolve = (value: string): string => {
        const probe = document.body.appendChild(Object.assign(document.createElement('i'), { style: `color: ${value}` }));
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
      };
      const inside = element.shadowRoot?.querySelector('.root');
      return {
        words: [getComputedStyle(document.body).color, resolve('var(--vscode-foreground)')],
        field: [inside ? getComputedStyle(inside).backgroundColor : '', resolve('var(--vscode-input-background)')],
      };
    });
    for (const [drawn, themes] of Object.values(colours)) assert.equal(drawn, themes, JSON.stringify(colours));
    late.forEach((go) => go());
    await shown;
    await page.unrouteAll();
  });

  it('the empty panel says what to do, and its button does it', async () => {
    await panel.show('training', { scene: 'empty' });
    const { page } = panel;
    assert.match(await page.locator('main').innerText(), /No run yet[\s\S]*Put the cursor on an optimizer/);
    await page.getByRole('button', { name: 'Train with…' }).click();
    await page.getByText('Loss', { exact: true }).waitFor();
    assert.ok((await panel.asked()).some(({ call }) => call === 'trainWith'));
  });

  it('which layer learns slowest: the Gradient inspector says it in its list', async () => {
    await panel.show('training', { scene: 'completed' });
    await panel.page.getByRole('button', { name: /gradient inspector/i }).click();
    assert.deepEqual((await panel.asked()).at(-1), { call: 'openPanel', args: ['gradientInspector'] });
    await panel.show('gradientInspector', { scene: 'completed' });
    const row = panel.page.getByRole('row').filter({ has: panel.page.getByText('slowest', { exact: true }).locator('visible=true') });
    assert.equal(await row.getAttribute('data-layer'), slowestLayer('adam'));
  });

  it('at which step the held-out loss was lowest: the loss says it, and goes there', async () => {
    await panel.show('training', { scene: 'completed' });
    const { step, heldOutLoss } = lowest('adam');
    const found = panel.page.getByRole('button', { name: /lowest held.out/i }).first();
    assert.match(await found.innerText(), new RegExp(`${heldOutLoss?.toFixed(3)} at step ${step.toLocaleString('en')}`));
    await found.click();
    await panel.settled();
    assert.match(await panel.page.locator('main').innerText(), new RegExp(`Looking at step ${step.toLocaleString('en')} of 2,000`));
  });

  it('which of two runs is better: a sentence above the charts says it, one table has both, the better number in bold', async () => {
    await panel.show('training', { scene: 'completed' });
    await panel.page
      .getByRole('button', { name: /compare/i })
      .first()
      .click();
    const row = panel.page.getByRole('row', { name: /lowest held.out loss/i });
    await row.waitFor();
    const numbers = await row.locator('[data-quantity="heldOutLoss"]').evaluateAll((cells) =>
      cells.map((cell) => ({
        value: Number((cell as HTMLElement).dataset.value),
        bold: Number(getComputedStyle(cell).fontWeight) >= 600,
      })),
    );
    const [own, other] = [lowest('adam').heldOutLoss ?? NaN, lowest('momentum').heldOutLoss ?? NaN];
    const [least, most] = [Math.min(own, other), Math.max(own, other)].map((loss) => loss.toPrecision(3));
    const better = own < other ? 'Adam' : 'SGD';
    const sentence = await panel.page.getByText('came out better').innerText();
    assert.match(sentence, new RegExp(`^${better}.* came out better: its lowest held-out loss is ${least}, that of .* ${most}\\.$`));
    assert.deepEqual(numbers, [
      { value: own, bold: own < other },
      { value: other, bold: other < own },
    ]);
  });

  it('why gradient descent zigzags in a ravine: the Landscape says it, names the momentum beside, and tells what its bars are', async () => {
    await panel.show('landscape', { remembered: JSON.stringify({ landscape: JSON.stringify({ gallery: 'ravine', step: 12 }) }) });
    const text = (): Promise<string> => panel.page.locator('main').innerText();
    assert.match(await text(), /multiplies y by 1 − 4·lr = −0\.8: it jumps to the other side of the floor each time/);
    assert.match(await text(), /Heavy ball · lr 0\.3 · momentum 0\.95/);
    assert.match(await text(), /coloured bars: the rate along each axis; plain bars: directions of the curvature/);
    await panel.page.getByRole('button', { name: 'Learning rate along each axis, at the heads' }).click();
    await panel.settled();
    assert.doesNotMatch(await text(), /coloured bars/);
  });

  it('why a weight has the rate 0.5 beside an lr of 0.001: the card says what a rate is', async () => {
    await panel.show('gradientInspector', { scene: 'completed' });
    assert.match(await panel.page.locator('[data-card="effectiveRate"]').innerText(), /what multiplies the gradient; [\d,]+ weights/);
  });
});
