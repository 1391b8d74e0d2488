/** Everything that can be done with a pointer can be done by keys: every control is a stop of the tabulator, or one arrow key away from one. */
import assert from 'node:assert/strict';
import { PanelPage, panelNames, type Query } from './page';

/** What has the focus, down through shadow roots, as a short name; and whether it shows that it has it. */
interface Stop {
  readonly name: string;
  readonly index: number;
  readonly seen: boolean;
}

/**
 * Puts into the page what the tests ask it: `appearance(element)`, what of an element and of its parts can show that it has the focus.
 * Numbers every control that can be seen, and keeps how each looks without the focus. @returns their names
 */
const numberControls = (panel: PanelPage): Promise<string[]> =>
  panel.page.evaluate(() => {
    const controls =
      'button, a[href], input, select, textarea, [role=slider], [role=tab], [role=button], [tabindex="0"], vscode-button, vscode-dropdown, vscode-text-field, vscode-checkbox';
    const appearance = (element: HTMLElement): string =>
      [element, ...element.querySelectorAll('*'), ...(element.shadowRoot?.querySelectorAll('*') ?? [])]
        .map((part) => {
          const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(part);
          return [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor].join();
        })
        .join('\n');
    const found = [...document.querySelectorAll<HTMLElement>(controls)].filter(
      (element) =>
        element.checkVisibility({ visibilityProperty: true }) &&
        !element.closest('[aria-disabled=true], [disabled], [inert]') &&
        !(element as HTMLButtonElement).disabled,
    );
    Object.assign(window, { appearance, resting: found.map(appearance) });
    found.forEach((element, index) => (element.dataset.control = String(index)));
    return found.map(
      (element) =>
        `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.title ?? ''} ${(element.textContent ?? '').trim().slice(0, 30)}`,
    );
  });

/** What has the focus now; null where it left the page. */
const focused = (panel: PanelPage): Promise<Stop | null> =>
  panel.page.evaluate(() => {
    const { appearance, resting } = window as unknown as { appearance(element: HTMLElement): string; resting: string[] };
    const outer = document.activeElement;
    if (!(outer instanceof HTMLElement) || outer === document.body) return null;
    const marked = outer.closest<HTMLElement>('[data-control]');
    const index = Number(marked?.dataset.control ?? -1);
    return { name: outer.outerHTML.slice(0, 120), index, seen: marked !== null && appearance(marked) !== resting[index] };
  });

/** Groups in which the arrow keys go from one to the next. */
const inGroup = (panel: PanelPage): Promise<number[]> =>
  panel.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-control]')].flatMap((element) => {
      const group = element.closest('[role=toolbar], [role=tablist], [role=grid], [role=radiogroup]');
      return group && element.tabIndex < 0 ? [Number(element.dataset.control)] : [];
    }),
  );

const scenes: Readonly<Record<string, Query>> = {
  empty: { scene: 'empty' },
  paused: { at: 1234, pinned: 'momentum' },
  'looking back': { at: 1234, look: 600 },
};

describe('everything can be done by keys', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());

  for (const name of panelNames)
    for (const [scene, query] of Object.entries(scenes))
      it(`${name}, ${scene}: the tabulator comes to every control, and one sees where`, async () => {
        await panel.show(name, query);
        const controls = await numberControls(panel);
        assert.ok(controls.length > 0);
        const reached = new Set(await inGroup(panel));
        for (let presses = 0; presses < 3 * controls.length + 20; presses++) {
          await panel.page.keyboard.press('Tab');
          const stop = await focused(panel);
          if (stop === null) break;
          reached.add(stop.index);
          assert.ok(stop.seen, `nothing shows that this has the focus: ${stop.name}`);
        }
        const missed = controls.filter((_, index) => !reached.has(index));
        assert.deepEqual(missed, []);
      });

  /** What the panel last asked to look at. */
  const looked = async (): Promise<unknown> => (await panel.asked()).filter(({ call }) => call === 'look').at(-1)?.args[0];

  it('training: the scrubber goes by steps, by pages, to both ends', async () => {
    await panel.show('training', { at: 1234 });
    const scrubber = panel.page.getByRole('slider', { name: 'Step that is looked at' });
    await scrubber.focus();
    for (const [key, at] of [
      ['ArrowLeft', 1233],
      ['ArrowLeft', 1232],
      ['ArrowRight', 1233],
      ['Home', 1],
      ['End', null],
    ] as const) {
      await panel.page.keyboard.press(key);
      await panel.settled();
      assert.deepEqual(await looked(), { at }, key);
      assert.equal(await scrubber.getAttribute('aria-valuenow'), String(at ?? 1234), `${key}: what a screen reader says`);
    }
  });

  it('training: a chart reads its numbers, and looks at a step', async () => {
    await panel.show('training', { at: 1234 });
    await panel.page.locator('[data-card="loss"] canvas[tabindex="0"]').focus();
    for (const key of ['ArrowLeft', 'ArrowLeft', 'Enter']) await panel.page.keyboard.press(key);
    await panel.settled();
    const { at } = (await looked()) as { at: number };
    assert.ok(at > 0 && at < 1234, `Enter looks at step ${at}`);
    assert.match((await panel.page.locator('[data-card="loss"] .spoken[role=status]').first().textContent()) ?? '', /\d/);
  });

  it('gradientInspector: arrows choose a layer, H hides it from all pictures', async () => {
    await panel.show('gradientInspector', { at: 1234 });
    await panel.page.locator('.row.layer[tabindex="0"]').focus();
    await panel.page.keyboard.press('ArrowDown');
    await panel.settled();
    assert.deepEqual(await looked(), { layer: 'dense1.bias' });
    await panel.page.keyboard.press('h');
    await panel.settled();
    assert.deepEqual(await looked(), { hiddenLayers: ['dense1.bias'] });
  });

  it('gradientInspector: a heat map says the number of a cell and its place', async () => {
    await panel.show('gradientInspector', { at: 1234 });
    const map = panel.page.locator('[data-card="everyWeight"] canvas[tabindex="0"]');
    await map.focus();
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.waitForFunction(() => /\d/.test(document.querySelector('[data-card="everyWeight"] .spoken')?.textContent ?? ''));
  });
});
