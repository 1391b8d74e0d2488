/** Finding the row with the focus in a list that tells only what is selected. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { underKey } from '../../../src/host/library/underKey';

interface Row {
  readonly run: string;
}
const rows: readonly Row[] = ['a', 'b', 'c', 'd'].map((run) => ({ run }));

/** A list as the editor keeps it. @param disturb called after each turn: the list may be drawn anew then */
class EditorList {
  constructor(
    public selected: readonly Row[],
    public focused: Row | null,
    private readonly disturb: (list: EditorList) => void = () => undefined,
  ) {}

  readonly selection = (): readonly Row[] => this.selected;
  readonly turnOver = (): Promise<void> => {
    const { focused, selected } = this;
    if (focused) this.selected = selected.includes(focused) ? selected.filter((row) => row !== focused) : [...selected, focused];
    this.disturb(this);
    return Promise.resolve();
  };
}

describe('what a key in the list of runs acts on', () => {
  it('is the row with the focus, and what is selected with it; the selection stays as it was', () =>
    fc.assert(
      fc.asyncProperty(fc.subarray([...rows]), fc.constantFrom(...rows), async (selected, focused) => {
        const list = new EditorList(selected, focused);
        const found = await underKey(list);
        assert.equal(found[0], focused);
        assert.deepEqual(new Set(found), new Set(selected.includes(focused) ? selected : [focused]));
        assert.deepEqual(new Set(list.selected), new Set(selected));
      }),
    ));

  it('is nothing where no row has the focus', async () => {
    assert.deepEqual(await underKey(new EditorList([rows[1]], null)), []);
  });

  it('is never a row without the focus, also where the list is drawn anew meanwhile and forgets what was selected', async () => {
    for (const at of [1, 2]) {
      for (const focused of [rows[2], null]) {
        let turns = 0;
        const list = new EditorList([rows[0]], focused, (drawn) => {
          if (++turns === at) drawn.selected = [];
        });
        assert.deepEqual(await underKey(list), focused ? [focused] : [], `forgotten after turn ${at}`);
      }
    }
  });

  it('is nothing where the list does not come to rest', async () => {
    let turns = 0;
    const list = new EditorList([rows[0]], null, (drawn) => (drawn.selected = turns++ % 2 === 0 ? [rows[1]] : [rows[2], rows[3]]));
    assert.deepEqual(await underKey(list), []);
  });
});
