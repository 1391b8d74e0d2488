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
});
