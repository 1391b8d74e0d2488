/**
 * What a key pressed in a list acts on. The editor tells an extension which rows are selected, not which has the focus, and the arrow keys move
 * only that. So the row with the focus is turned over, selected or not, and back again: the one that changed is the one.
 */

/** A list as an extension sees it. */
export interface List<Row> {
  /** The rows that are selected at this moment. */
  selection(): readonly Row[];
  /** Selects the row with the focus, or no longer does, and ends when that is known here. */
  turnOver(): Thenable<unknown>;
}

/** How often it is tried while the list is drawn anew in between. */
const ATTEMPTS = 3;

/**
 * The row that has the focus, first, and with it all that is selected if it is one of them: as in the editor's own lists.
 * @returns none where no row has the focus, or it cannot be told
 */
export async function underKey<Row extends { readonly run: string }>({ selection, turnOver }: List<Row>): Promise<readonly Row[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = selection();
    await turnOver();
    const between = selection();
    await turnOver();
    const [lost, gained] = [without(before, between), without(between, before)];
    const undisturbed = without(before, selection()).length + without(selection(), before).length === 0;
    if (!undisturbed || lost.length + gained.length > 1) continue;
    return gained.length === 1 ? gained : [...lost, ...without(lost.length === 1 ? before : [], lost)];
  }
  return [];
}

const without = <Row extends { readonly run: string }>(rows: readonly Row[], others: readonly Row[]): Row[] =>
  rows.filter(({ run }) => !others.some((other) => other.run === run));
