/** What must stay as it is: a panel's state over a reload, its width in a narrow place, and quiet where nobody looks or nothing is to move. */
import assert from 'node:assert/strict';
import { PanelPage, panelNames, type Query } from './page';

const scenes: readonly Query[] = [
  { scene: 'completed', pinned: 'momentum' },
  { scene: 'paused', at: 1500, branch: 1234, look: 600 },
  { scene: 'lost' },
];

describe('a panel stays within its bounds', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open({ reducedMotion: 'reduce' })));
  after(() => panel.close());

  for (const name of panelNames)
    it(`${name} is never wider than its place`, async () => {
      for (const query of scenes) {
        await panel.page.setViewportSize({ width: 300, height: 900 });
        await panel.show(name, query);
        for (const width of [300, 400, 1200]) {
          await panel.page.setViewportSize({ width, height: 900 });
          await panel.settled();
          const wide = await panel.page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${JSON.stringify(query)}: ${wide} px in ${width} px`);
        }
      }
    });

  for (const name of panelNames)
    it(`${name} moves nothing where reduced motion is wished for`, async () => {
      await panel.show(name, { scene: 'running', at: 1234 });
      const moving = await panel.page.evaluate(() => {
        const seconds = (text: string): number => Math.max(...text.split(',').map((part) => Number.parseFloat(part)));
        return [...document.querySelectorAll('*')]
          .filter((element) => {
            const { transitionDuration, animationName, animationDuration } = getComputedStyle(element);
            return seconds(transitionDuration) > 0.011 || (animationName !== 'none' && seconds(animationDuration) > 0.011);
          })
          .map(({ outerHTML }) => outerHTML.slice(0, 100));
      });
      assert.deepEqual(moving, []);
    });

  for (const name of panelNames)
    it(`${name} draws nothing while it is hidden, and all of it when it is seen again`, async () => {
      await panel.begin(name, { scene: 'running', at: 200, speed: 100 });
      const hide = (hidden: boolean): Promise<void> =>
        panel.page.evaluate((wanted) => {
          Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (wanted ? 'hidden' : 'visible') });
          document.dispatchEvent(new Event('visibilitychange'));
        }, hidden);
      const draws = (): Promise<number> => panel.page.evaluate(() => Number(document.body.dataset.draws));
      const wait = (ms: number): Promise<void> => panel.page.waitForTimeout(ms);
      await hide(true);
      await wait(100);
      const before = await draws();
      await wait(300);
      assert.equal(await draws(), before, 'hidden, it draws nothing');
      assert.equal(await panel.page.evaluate(() => document.body.dataset.state), 'running', 'the run goes on meanwhile');
      await hide(false);
      await wait(300);
      assert.ok((await draws()) > before, 'seen again, it draws');
    });
});

describe('a panel is as it was after a reload', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());

  it('training: the axis that was chosen', async () => {
    await panel.show('training', { at: 1234 });
    const card = panel.page.locator('[data-card="loss"]');
    const note = (): Promise<string | null> => card.locator('.head small').textContent();
    const before = await note();
    await card.hover();
    await card.locator('.tools [aria-pressed]').first().click();
    await panel.settled();
    const chosen = await note();
    assert.notEqual(chosen, before, 'the first tool changes the axis');
    await panel.page.reload();
    await panel.settled();
    assert.equal(await note(), chosen);
  });

  it('training: a line that was hidden', async () => {
    await panel.show('training', { at: 1234 });
    const entry = panel.page.locator('[data-card="loss"] .legend [role=button]:visible').first();
    await entry.click();
    assert.equal(await entry.getAttribute('aria-pressed'), 'false');
    await panel.page.reload();
    await panel.settled();
    assert.equal(await entry.getAttribute('aria-pressed'), 'false');
  });

  it('gradientInspector: the quantity of the map', async () => {
    await panel.show('gradientInspector', { at: 1234 });
    const dropdown = panel.page.locator('[data-card="everyWeight"] vscode-dropdown');
    await dropdown.click();
    await dropdown.locator('vscode-option', { hasText: 'gradient' }).first().click();
    await panel.settled();
    await panel.page.reload();
    await panel.settled();
    assert.equal(await dropdown.evaluate((element) => (element as HTMLSelectElement).value), 'gradient');
  });
});
