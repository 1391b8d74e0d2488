/**
 * What a copied picture says besides what is drawn: what ran, whole also where the panel is narrow, and which line is whose; and that no control
 * is on it.
 */
import assert from 'node:assert/strict';
import { PanelPage, type Query } from './page';

describe('a copied picture', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open({ viewport: { width: 300, height: 900 } })));
  after(() => panel.close());

  /** The words that are written while a card's picture is copied, and how high it is beyond the card, CSS pixels. */
  async function copied(name: string, card: string, query: Query): Promise<{ text: string; beyond: number }> {
    await panel.show(name, { at: 400, ...query });
    const taken = await panel.page.evaluate(async (wanted) => {
      const words: string[] = [];
      const { fillText } = CanvasRenderingContext2D.prototype;
      navigator.clipboard.write = () => Promise.reject(new Error('not allowed'));
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        if (!this.canvas.isConnected) words.push(text);
        fillText.call(this, text, x, y);
      };
      const element = document.querySelector<HTMLElement>(`[data-card="${wanted}"]`)!;
      element.querySelector<HTMLElement>('.tools > [aria-label="Copy the picture"]')!.click();
      const saved = (): unknown => window.asked.find(({ call }) => call === 'saveImage')?.args[1];
      while (saved() === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      CanvasRenderingContext2D.prototype.fillText = fillText;
      const image = await createImageBitmap(new Blob([saved() as ArrayBuffer], { type: 'image/png' }));
      return { text: words.join(' '), beyond: image.height / 2 - element.offsetHeight, left: element.matches('.photographed') };
    }, card);
    assert.equal(taken.left, false);
    assert.deepEqual(panel.errors, []);
    return taken;
  }

  it('of a chart says what ran and what it is compared with, in as many lines as that takes', async () => {
    const { text, beyond } = await copied('training', 'loss', { pinned: 'momentum' });
    assert.match(text, /Adam · lr 0\.005 · .* batch 32 · CPU; dashed: SGD · lr 0\.05 · .* CPU Loss/);
    assert.ok(beyond >= 24 + 3 * 16, `${beyond} pixels below the card are too few for three lines`);
  });

  it('of a map says what ran, and which layer each row is', async () => {
    const { text } = await copied('gradientInspector', 'gradientMap', {});
    assert.match(text, /from above: dense1 · weight, dense1 · bias, dense2 · weight, dense2 · bias · Adam · lr 0\.005 ·/);
    assert.doesNotMatch(text, /Click a step/);
  });

  it('of every weight has no controls', async () => {
    const { text } = await copied('gradientInspector', 'everyWeight', {});
    assert.match(text, /^Adam · lr 0\.005 · .* Every weight of dense1 · weight effective rate, .* step 400/);
    assert.doesNotMatch(text, /matrix|images/);
  });

  it('of a landscape has its optimizers by name, the step and the start, and no controls', async () => {
    const { text } = await copied('landscape', 'landscape', {});
    assert.match(text, /SGD · lr 0\.001 Heavy ball · lr 5 × 10⁻⁴ · momentum 0\.9 Adam · lr 0\.05 Newton · lr 1/);
    assert.match(text, /^step \d+, from x = −1\.2, y = 1 f\(x, y\)/);
    assert.doesNotMatch(text, /Steps/);
    assert.ok(!(await panel.page.locator('.pictured').isVisible()), 'the list of the optimizers says it on the screen');
  });
});
