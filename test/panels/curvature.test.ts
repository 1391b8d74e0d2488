/**
 * The Curvature panel under a person's hand: the strip of verdicts by pointer and by keys, the table with every digit, and what is said where
 * there is nothing to show.
 */
import assert from 'node:assert/strict';
import type { CurvatureEvent } from '../../src/engine/run/record';
import { PanelPage, record } from './page';

const AT = 1240;

describe('the Curvature panel', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open({ permissions: ['clipboard-read', 'clipboard-write'] })));
  after(() => panel.close());
  afterEach(() => assert.deepEqual(panel.errors, []));

  const measured = (at: number): CurvatureEvent[] =>
    record('adam').filter((event): event is CurvatureEvent => event.type === 'curvature' && event.step <= at);
  const strip = (): ReturnType<PanelPage['page']['locator']> => panel.page.locator('.verdicts [role=slider]');
  const looks = async (): Promise<unknown[]> =>
    (await panel.asked()).filter(({ call }) => call === 'look').map(({ args }) => (args[0] as { at: unknown }).at);
  const card = (name: string): ReturnType<PanelPage['page']['locator']> => panel.page.locator(`[data-card=${name}]`);

  it('looks at a measurement by a click on the strip, and at its neighbours by keys', async () => {
    await panel.show('curvature', { at: AT });
    const events = measured(AT);
    const box = (await strip().boundingBox())!;
    const [middle] = events.slice(events.length >> 1);
    await panel.page.mouse.click(box.x + (middle.step / 2000) * box.width, box.y + box.height / 2);
    await panel.settled();
    assert.equal((await looks()).at(-1), middle.step);
    assert.match((await card('whereabouts').locator('.head').textContent()) ?? '', new RegExp(`after step ${middle.step}$`));
    await strip().press('ArrowRight');
    await panel.settled();
    assert.equal((await looks()).at(-1), events[(events.length >> 1) + 1].step);
    await strip().press('Home');
    await panel.settled();
    assert.equal((await looks()).at(-1), events[0].step);
    assert.equal(await strip().getAttribute('aria-valuetext'), `Step 0: ${events[0].verdict}`);
    assert.match((await card('sharpness').locator('.stability').textContent()) ?? '', /from the first step on/);
    await strip().press('End');
    await panel.settled();
    assert.equal((await looks()).at(-1), events.at(-1)?.step);
    await strip().press('PageDown');
    await panel.settled();
    await panel.page.locator('vscode-button:visible', { hasText: 'Back to newest' }).click();
    await panel.settled();
    assert.equal((await looks()).at(-1), null);
  });

  it('has every measurement in its table, with every digit and the newest first; a step looks at it', async () => {
    await panel.show('curvature', { at: AT });
    const events = measured(AT).reverse();
    const rows = card('measurements').locator('tbody tr');
    assert.equal(await rows.count(), events.length);
    const cells = await card('measurements')
      .locator('[data-quantity=lambdaMin]')
      .evaluateAll((found) => found.map((cell) => [(cell as HTMLElement).dataset.step, cell.textContent]));
    assert.deepEqual(
      cells,
      events.map(({ step, lambdaMin }) => [String(step), String(lambdaMin).replace('-', '−')]),
    );
    await rows.nth(3).locator('button').click();
    await panel.settled();
    assert.equal((await looks()).at(-1), events[3].step);
    assert.equal(await rows.nth(3).getAttribute('aria-current'), 'true');
    assert.equal(await card('measurements').locator('[aria-current]').count(), 1);
    await panel.page.locator('[data-card=measurements] vscode-button[title^="Copy"]').click();
    await panel.settled();
    const copied = (await panel.asked()).find(({ call }) => call === 'copyText')?.args[0] as string;
    const [head, ...lines] = copied.trimEnd().split('\r\n');
    assert.equal(lines.length, events.length);
    const oldest = Object.fromEntries(head.split(',').map((name, i) => [name, lines[0].split(',')[i]]));
    assert.equal(oldest.step, '0');
    assert.equal(Number(oldest.trace), events.at(-1)?.trace);
  });

  it('says how the sharpness stands to the limit in numbers of the record', async () => {
    await panel.show('curvature', { scene: 'diverged' });
    const [last] = record('diverged')
      .filter((event): event is CurvatureEvent => event.type === 'curvature')
      .slice(-1);
    const share = panel.page.locator('[data-card=sharpness] [data-quantity=shareOfLimit]').first();
    assert.equal(Number(await share.getAttribute('data-value')), last.preconditionedSharpness / last.stabilityLimit!);
    assert.match((await card('sharpness').locator('.stability').textContent()) ?? '', /times the limit: unstable on a quadratic$/);
  });

  it('teaches where there is nothing to show', async () => {
    await panel.show('curvature', { scene: 'starting' });
    assert.match((await panel.page.locator('.absence').textContent()) ?? '', /about to begin/);
    await panel.show('curvature', { scene: 'empty' });
    assert.match((await panel.page.locator('#app').textContent()) ?? '', /No run yet/);
  });
});
