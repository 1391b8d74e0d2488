/**
 * What panels look at, over links that take their time: a wish holds in its own panel from the moment it is made until the editor has answered, so
 * that no word from before undoes it; and when all has been said, every panel looks at what the editor does.
 */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { SharedView } from '../../../src/shared/protocol';
import { Looking, nowhere } from '../../../src/webview/looking';

/** The editor as `panelLink.ts` and `stage.ts` have it: it tells visible panels of every change, and a panel that is shown again all there is. */
class Editor {
  view = nowhere;
  readonly panels: FarPanel[] = [];

  look(change: Partial<SharedView>): SharedView {
    this.view = { ...this.view, ...change };
    for (const panel of this.panels) if (panel.visible) panel.send(this.view);
    return this.view;
  }
}

/** A panel, and its messages on their way in both directions, each in its order. */
class FarPanel {
  /** Does the editor take it for visible? */
  visible = true;
  readonly toEditor: (() => void)[] = [];
  readonly toPanel: (() => void)[] = [];
  readonly frames: (() => void)[] = [];
  readonly looking: Looking;
  /** Its drawings. */
  readonly shown: SharedView[] = [];

  constructor(private readonly editor: Editor) {
    editor.panels.push(this);
    this.looking = new Looking(
      (change) => new Promise((resolve) => this.toEditor.push(() => this.answer(change, resolve))),
      () => this.shown.push(this.looking.view),
      (act) => this.frames.push(act),
      (error) => assert.fail(String(error)),
    );
  }

  send(view: SharedView): void {
    this.toPanel.push(() => this.looking.tell(view));
  }

  /** As the editor notices that it is shown again or hidden. */
  show(visible: boolean): void {
    if (visible && !this.visible) this.send(this.editor.view);
    this.visible = visible;
  }

  private answer(change: Partial<SharedView>, resolve: (view: SharedView) => void): void {
    const view = this.editor.look(change);
    this.toPanel.push(() => resolve(view));
  }
}

/** Lets one message, or one frame of the screen, come to where it is bound. */
async function deliver(waiting: (() => void)[]): Promise<void> {
  waiting.shift()?.();
  for (let turn = 0; turn < 3; turn++) await Promise.resolve();
}

/** Until nothing is on its way. */
async function settle({ panels }: Editor): Promise<void> {
  const ways = panels.flatMap(({ frames, toEditor, toPanel }) => [frames, toEditor, toPanel]);
  while (ways.some(({ length }) => length > 0)) for (const way of ways) await deliver(way);
}

describe('what a panel looks at', () => {
  it('follows a key at once, and keeps to it where the editor still takes the panel for hidden', async () => {
    const editor = new Editor();
    const panel = new FarPanel(editor);
    editor.look({ at: 539 });
    await settle(editor);
    panel.show(false);
    panel.looking.look({ at: 1 });
    assert.equal(panel.looking.view.at, 1);
    await settle(editor);
    assert.deepEqual([panel.looking.view.at, editor.view.at], [1, 1]);
  });

  it('is not moved back by what was said before its wish was heard', async () => {
    const editor = new Editor();
    const panel = new FarPanel(editor);
    panel.show(false);
    editor.look({ at: 539 });
    panel.show(true); // word of 539 is on its way …
    panel.looking.look({ at: 1 }); // … when a key is pressed
    const before = panel.shown.length;
    await settle(editor);
    assert.deepEqual(new Set(panel.shown.slice(before).map(({ at }) => at)), new Set([1]));
  });

  it('keeps a layer that is hidden while the step before it is still asked for', async () => {
    const editor = new Editor();
    const panel = new FarPanel(editor);
    panel.looking.look({ at: 7 });
    await deliver(panel.frames);
    panel.looking.look({ hiddenLayers: ['dense1'] });
    panel.looking.look({ layer: 'dense2' });
    await settle(editor);
    assert.deepEqual(editor.view, { at: 7, layer: 'dense2', hiddenLayers: ['dense1'] });
  });

  it('goes on asking where the editor has refused once, and stands where the editor does then', async () => {
    const faults: unknown[] = [];
    const refused = new Error('no');
    const looking = new Looking(
      ({ at = null }) => (at === 3 ? Promise.reject(refused) : Promise.resolve({ ...nowhere, at })),
      () => undefined,
      (act) => act(),
      (error) => faults.push(error),
    );
    looking.look({ at: 3 });
    await new Promise(setImmediate);
    assert.deepEqual([looking.view.at, faults], [null, [refused]]);
    looking.look({ at: 4 });
    await new Promise(setImmediate);
    assert.equal(looking.view.at, 4);
  });

  it('is the same in all panels when all has been said, and in each the last wish of its own until then, whatever comes when', async () => {
    const panel = fc.nat(2);
    const deed = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('look' as const), panel, at: fc.option(fc.nat(9)) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('pick' as const), panel, layer: fc.constantFrom('a', 'b') }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('show' as const), panel, visible: fc.boolean() }) },
      { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('frames' as const, 'toEditor' as const, 'toPanel' as const), panel }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 60 }), async (deeds) => {
        const editor = new Editor();
        const panels = [0, 1, 2].map(() => new FarPanel(editor));
        /** The last step that each panel wished for and the editor has not answered. */
        const wishes: (number | null | undefined)[] = [undefined, undefined, undefined];
        for (const one of deeds) {
          const { looking, frames, toEditor, toPanel } = panels[one.panel];
          if (one.do === 'look') {
            looking.look({ at: one.at });
            wishes[one.panel] = one.at;
          } else if (one.do === 'pick') looking.look({ layer: one.layer });
          else if (one.do === 'show') panels[one.panel].show(one.visible);
          else await deliver(panels[one.panel][one.do]);
          if (frames.length + toEditor.length + toPanel.length === 0) wishes[one.panel] = undefined;
          panels.forEach(({ looking: { view } }, index) => {
            if (wishes[index] !== undefined && panels[index].frames.length + panels[index].toEditor.length > 0)
              assert.equal(view.at, wishes[index], 'a wish that the editor has not heard holds');
          });
        }
        await settle(editor);
        for (const each of panels) each.show(true);
        await settle(editor);
        for (const { looking } of panels) assert.deepEqual(looking.view, editor.view);
      }),
      { numRuns: 300 },
    );
  });
});
