/**
 * “Around this network” under a person's hand: a slice is asked for and drawn, its numbers are those of the engine on the same weights, a step of
 * the way can be looked at, the window made narrower, and all of it is still there when the panel is loaded anew.
 */
import assert from 'node:assert/strict';
import { joined } from '../../src/engine/run/lossSurface';
import { decodeCheckpoint } from '../../src/engine/run/checkpoint';
import { prepare } from '../../src/engine/run/prepare';
import type { StartEvent } from '../../src/engine/run/record';
import { Trainer } from '../../src/engine/run/trainer';
import type { Slice } from '../../src/shared/protocol';
import { Slices } from '../../src/shared/run/slices';
import { PanelPage, record } from './page';

const AT = 60;
/** Points along an axis of the last picture. */
const FINEST = 33;

describe('the slice of a network’s loss', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());
  afterEach(() => assert.deepEqual(panel.errors, []));

  const text = async (selector: string): Promise<string> => (await panel.page.locator(`${selector}:visible`).first().textContent()) ?? '';
  const button = (name: RegExp): ReturnType<PanelPage['page']['locator']> =>
    panel.page.locator('.sliceView vscode-button:visible').filter({ hasText: name });
  const requests = async (): Promise<{ resolution: number; reach: number | null }[]> =>
    (await panel.asked()).filter(({ call }) => call === 'slice').map(({ args }) => args[0] as { resolution: number; reach: number | null });
  /** Waits until the finest picture is drawn. @param asked how many had been asked for before */
  const drawn = async (asked: number): Promise<void> => {
    while ((await requests()).slice(asked).at(-1)?.resolution !== FINEST) await panel.settled(); // or the test takes too long
    await panel.page.waitForFunction(() => {
      const status = document.querySelector('.sliceView [role=status].quiet')?.textContent ?? '';
      return document.querySelector('.slice:not([hidden])') !== null && !status.startsWith('Computing');
    });
    await panel.settled();
  };
  const number = async (quantity: string): Promise<number> =>
    Number(await panel.page.locator(`.sliceFacts [data-quantity="${quantity}"]`).first().getAttribute('data-value'));

  /** The same slice, computed here. */
  async function computed(resolution: number): Promise<Slice> {
    const [start] = record('momentum');
    const refuse = (): never => {
      throw new Error('no file is read');
    };
    const prepared = await prepare((start as StartEvent).spec, { size: refuse, read: refuse, text: refuse });
    const trainer = new Trainer(prepared);
    trainer.begin();
    while (trainer.step < AT) trainer.advance();
    const weights = joined(decodeCheckpoint(trainer.checkpoint({}, false), false).tensors.weights);
    const slices = new Slices({ clock: () => 0, breath: () => Promise.resolve() });
    return slices.draw({ prepared, samples: trainer.probed, here: { step: AT, weights }, way: [] }, { resolution, reach: 1 });
  }

  it('is asked for, drawn coarse and then finer, and says what the engine says', async () => {
    await panel.show('landscape', { record: 'momentum', at: AT });
    await panel.page.getByText('Around this network', { exact: true }).click();
    await panel.settled();
    assert.match(await text('.sliceView .headline'), /Around this network/);
    await button(/Look around step 60/).click();
    await drawn(0);
    const asked = await requests();
    assert.deepEqual(
      asked.map(({ resolution }) => resolution),
      [9, 17, FINEST],
    );
    assert.equal(asked[0].reach, null);
    assert.ok(asked[1].reach !== null && asked[1].reach > 0 && asked[1].reach === asked[2].reach, 'the finer ones show the same window');
    const expected = await computed(3);
    const near = (value: number, wanted: number, what: string): void =>
      assert.ok(Math.abs(value - wanted) <= 1e-4 * Math.abs(wanted), `${what} ${value} against ${wanted}`);
    near(await number('slice.loss'), expected.loss[4], 'the loss in the middle');
    near(await number('slice.eigenvalue1'), expected.eigenvalues[0], 'λ₁');
    near(await number('slice.eigenvalue2'), expected.eigenvalues[1], 'λ₂');
    assert.equal(await number('slice.samples'), expected.samples);
    assert.match(await text('[data-card=slice] h2'), /^Loss around step 60$/);
    assert.match((await panel.page.locator('.slicePlot canvas[role=img]').getAttribute('aria-label')) ?? '', /around step 60.*λ₁/s);
  });

  it('goes closer by a key, and looks at steps of the way', async () => {
    const before = await requests();
    const plot = panel.page.locator('.slicePlot');
    await plot.press('+');
    await drawn(before.length);
    const [close] = (await requests()).slice(-1);
    assert.equal(close.reach, before.at(-1)!.reach! / 2);
    await plot.press('ArrowLeft');
    await panel.settled();
    const look = (await panel.asked()).filter(({ call }) => call === 'look').at(-1)?.args[0] as { at: number };
    assert.ok(look.at < AT && look.at > 0, `it looks at step ${look.at}`);
    await panel.look({ at: null });
  });

  it('shows the numbers under the pointer, and gives all of them as CSV', async () => {
    const box = (await panel.page.locator('.slicePlot').boundingBox())!;
    await panel.page.mouse.move(box.x + 0.93 * box.width, box.y + 0.06 * box.height);
    await panel.settled();
    const under = Number(await panel.page.locator('.probe:visible [data-quantity="slice.loss"]').getAttribute('data-value'));
    await panel.page.locator('[data-card=slice] vscode-button[title*="CSV"]').click();
    await panel.settled();
    const csv = (await panel.asked()).filter(({ call }) => call === 'copyText').at(-1)?.args[0] as string;
    const rows = csv
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(','));
    const grid = rows.filter(([what]) => what === 'grid');
    assert.equal(grid.length, FINEST * FINEST);
    assert.ok(
      grid.some((cells) => Number(cells[4]) === under),
      'the number under the pointer is a cell’s',
    );
    assert.equal(Number(grid[(FINEST * FINEST - 1) / 2][4]), await number('slice.loss'));
    const way = rows.filter(([what]) => what === 'way');
    assert.equal(Number(way.at(-1)?.[1]), AT);
  });

  it('is still there when the panel is loaded anew', async () => {
    const before = await number('slice.loss');
    assert.ok(before > 0);
    await panel.page.reload();
    await panel.page.waitForFunction(() => Number(document.body.dataset.draws) > 0);
    await panel.settled();
    assert.equal(await number('slice.loss'), before);
    assert.deepEqual(await requests(), [], 'and nothing was computed for it');
  });

  it('says of a function, and of a run opened from its record, what can be done', async () => {
    await panel.show('landscape', { record: 'function', at: 300 });
    assert.match(await text('.sliceView .headline'), /run is of a function/);
    await panel.show('landscape', { scene: 'opened', record: 'adam', look: 40 });
    assert.match(await text('.sliceView .headline'), /opened from its record/);
    await button(/Train again up to step 40/).click();
    await panel.settled();
    assert.deepEqual((await panel.asked()).filter(({ call }) => call === 'goTo').at(-1)?.args[0], 40);
  });
});
