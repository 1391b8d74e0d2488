/**
 * The Gradient inspector under a person's hand: which layer learns slowest, hiding one, and the number of a single weight, held against the record
 * and against the same run trained here.
 */
import assert from 'node:assert/strict';
import { prepare } from '../../src/engine/run/prepare';
import type { StepEvent } from '../../src/engine/run/record';
import { Trainer } from '../../src/engine/run/trainer';
import { noFiles } from '../engine/run/runs';
import { PanelPage, record } from './page';

const AT = 60;

describe('the Gradient inspector', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open({ viewport: { width: 400, height: 1600 } })));
  after(() => panel.close());
  afterEach(() => assert.deepEqual(panel.errors, []));

  const rows = (): Promise<(string | undefined)[]> =>
    panel.page.locator('.row.layer').evaluateAll((found) => found.map((row) => (row as HTMLElement).dataset.layer));
  const looks = async (): Promise<unknown[]> => (await panel.asked()).filter(({ call }) => call === 'look').map(({ args }) => args[0]);
  const layers = (): readonly string[] => {
    const [start] = record('adam');
    assert.ok(start.type === 'start');
    return start.layers.map(({ name }) => name);
  };
  /** The mean over the last 50 steps up to `at`, of the logarithms. */
  const ratios = (at: number): number[] => {
    const steps = record('adam').filter((event): event is StepEvent => event.type === 'step' && event.step <= at && event.step > at - 50);
    return layers().map((_, layer) => {
      const logs = steps.map(({ updateNorm, weightNorm }) => Math.log(updateNorm[layer] / weightNorm[layer])).filter(Number.isFinite);
      return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
    });
  };

  it('says which layer learns slowest, at the step looked at, and puts it first where one sorts', async () => {
    await panel.show('gradientInspector', { at: 1500, look: 700 });
    for (const at of [700, 1500]) {
      if (at === 1500) await panel.look({ at: null });
      const expected = ratios(at);
      const order = [...expected.keys()].sort((a, b) => expected[a] - expected[b]).map((layer) => layers()[layer]);
      const told = (await panel.numbers()).filter(({ quantity }) => quantity === 'updateRatio.mean');
      for (const { layer, value, step } of told) {
        assert.equal(step, at);
        const wanted = expected[layers().indexOf(layer ?? '')];
        assert.ok(Math.abs(value / wanted - 1) < 1e-12, `${layer}: found ${value}, expected ${wanted}`);
      }
      const marked = panel.page.locator('.row.layer', { has: panel.page.locator('.slowest:visible') });
      assert.deepEqual([await marked.count(), await marked.getAttribute('data-layer')], [1, order[0]]);
      assert.deepEqual(await rows(), at === 700 ? layers() : order);
      if (at === 700) await panel.page.locator('.sort').click();
    }
  });

  it('hides the chosen layer with H, and chooses another by the arrow keys', async () => {
    await panel.show('gradientInspector', { at: AT });
    const sorted = panel.page.locator('[aria-sort=ascending] .sort'); // remembered, where a person sorted before
    if ((await sorted.count()) > 0) await sorted.click();
    await panel.settled();
    const [first, second] = await rows();
    await panel.page.locator('.row.layer[aria-selected=true]').press('h');
    await panel.settled();
    assert.deepEqual((await looks()).at(-1), { hiddenLayers: [first] });
    await panel.page.locator('.row.layer[aria-selected=true]').press('ArrowDown');
    await panel.settled();
    assert.deepEqual((await looks()).at(-1), { layer: second });
    assert.equal(await panel.page.locator('.row.layer:focus').getAttribute('data-layer'), second);
    assert.match((await panel.page.locator('canvas.layersBySteps').getAttribute('aria-label')) ?? '', /of 3 layers/);
  });

  it("reads any cell's own number: that of the same run, trained here", async () => {
    const [start] = record('adam');
    assert.ok(start.type === 'start');
    const run = new Trainer(await prepare(start.spec, noFiles));
    run.begin();
    while (run.step < AT) run.advance();
    await panel.show('gradientInspector', { at: AT, layer: 'dense1.weight' });
    const map = panel.page.locator('canvas.everyWeight');
    for (const [quantity, name] of [
      ['rate', 'effective rate'],
      ['gradient', 'gradient'],
      ['v', 'state v'],
    ] as const) {
      // prettier-ignore
      await panel.page.locator('[data-card=everyWeight] vscode-dropdown').click();
      await panel.page.getByRole('option', { name, exact: true }).click();
      await panel.page.waitForFunction(
        (wanted) => document.querySelector<HTMLElement>('canvas.everyWeight')?.dataset.quantity === wanted,
        quantity,
      );
      await panel.settled();
      const values = run.values(0, quantity)?.values;
      assert.ok(typeof values === 'object');
      await map.press('Escape');
      for (const [keys, place, cell] of [
        [['ArrowRight', 'ArrowRight', 'ArrowDown'], 'unit 0, pixel (1, 1)', 13],
        [['PageDown', 'End'], 'unit 1, pixel (11, 11)', 287],
      ] as const) {
        for (const key of keys) await map.press(key);
        const text = (await panel.page.locator('[data-card=everyWeight] .cellReading').textContent()) ?? '';
        assert.ok(text.startsWith(`${place}: `), text);
        const found = (await panel.numbers()).find((one) => one.quantity === 'everyWeight');
        assert.deepEqual([found?.value, found?.layer, found?.step], [values[cell], 'dense1.weight', AT], `${quantity} at ${place}`);
      }
      await panel.page.locator('[data-card=everyWeight]').hover();
      await panel.page.locator('[data-card=everyWeight] .tools > [aria-label="Copy the numbers as CSV"]').click();
      const csv = String((await panel.asked()).filter(({ call }) => call === 'copyText').at(-1)?.args[0]);
      const [head, ...cells] = csv.trimEnd().split('\r\n');
      assert.equal(head, `unit,input,pixel row,pixel column,${name} dense1.weight step ${AT}`);
      assert.deepEqual(cells.map((line) => Number(line.split(',')[4])), Array.from(values)); // prettier-ignore
      assert.ok(cells[287].startsWith('1,143,11,11,'), cells[287]);
    }
  });

  it('says of which step the map is where another is looked at, and why a record has none', async () => {
    await panel.show('gradientInspector', { at: AT, look: 20 });
    await panel.page.waitForFunction(() => document.querySelector<HTMLElement>('canvas.everyWeight')?.dataset.step === '60');
    const card = panel.page.locator('[data-card=everyWeight]');
    assert.match(
      (await card.locator('.apart').textContent()) ?? '',
      /You look at step 20\..*at step 60.*Continue from here.*puts the run to step 20/,
    );
    await card.locator('.apart vscode-button').click();
    assert.deepEqual((await panel.asked()).at(-1), { call: 'openPanel', args: ['training'] });
    await panel.show('gradientInspector', { scene: 'opened' });
    assert.match((await card.textContent()) ?? '', /read from its record, which does not hold single weights/);
    assert.ok(!(await card.locator('canvas.everyWeight').isVisible()));
  });

  it('says what is to come of a run that has not taken a step, and shows no empty pictures', async () => {
    await panel.show('gradientInspector', { scene: 'starting' });
    const text = await panel.page.locator('#app').innerText();
    assert.match(text, /The run is about to begin\n+With the first step you see here how large the gradient of each layer is/);
    assert.doesNotMatch(text, /step 0|layer\n/);
    assert.equal(await panel.page.locator('.card:visible, canvas:visible').count(), 0);
  });
});
