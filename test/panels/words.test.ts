/** What cards say in words about what they draw: quantity, unit, and what was set. */
import assert from 'node:assert/strict';
import { PanelPage, type Query } from './page';

describe('the words of a card', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open({ viewport: { width: 1200, height: 1600 } })));
  after(() => panel.close());
  afterEach(() => assert.deepEqual(panel.errors, []));

  const text = async (name: string, query: Query, part: string): Promise<string> => {
    await panel.show(name, query);
    return (await panel.page.locator(part).textContent()) ?? '';
  };

  it('say that a rate warms up before its schedule', async () => {
    const note = await text('training', { scene: 'diverged', record: 'diverged' }, '[data-card=rate] .head small');
    assert.equal(note, 'constant schedule after 1,200 steps of warm-up, linear axis');
  });

  it('say what the numbers of a shape count', async () => {
    const note = await text('gradientInspector', { record: 'function', scene: 'completed' }, '[data-card=everyWeight] .head small');
    assert.match(note, /^effective rate, 2 variables, /);
  });

  it('write the derivative of one variable as such, and large numbers with separators', async () => {
    const places = await text('landscape', { remembered: '{"landscape":"{\\"gallery\\":\\"parabola\\",\\"step\\":2}"}' }, '.places');
    assert.match(places, /df\/dx: gradient/);
    assert.doesNotMatch(places, /∂/);
    assert.match(places, /4,900.*3,136/);
  });

  it('are not cut off in a side bar of 300 pixels, nor is the number under the pointer', async () => {
    await panel.page.setViewportSize({ width: 300, height: 1600 });
    await panel.show('gradientInspector', { at: 1234, layer: 'dense1.weight' });
    for (const pointed of [false, true]) {
      if (pointed) await panel.page.locator('[data-card=gradientMap] canvas[role=img]').hover({ position: { x: 250, y: 30 } });
      const cut = await panel.page
        .locator('.cellReading, .head small')
        .evaluateAll((all) =>
          all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent),
        );
      assert.deepEqual(cut, []);
    }
    const read = await panel.page.locator('[data-card=gradientMap] .cellReading').textContent();
    assert.match(read ?? '', /^dense1 · bias, step 1,\d\d\d: 0\.\d{5,7}$/);
  });
});
