/**
 * The rows of a list that grows while a person reads it: what takes longer to find is put in where it belongs, and the row that Enter would take
 * changes only while nobody can have read it yet.
 */

/** A row may be chosen if it has a value; the others are headings. */
interface Row {
  readonly value?: unknown;
}

/** How long the first row may still be another than the one that was there before, in ms: less than reading it and pressing Enter takes. */
const READ = 300;

export class Arrivals<Item extends Row> {
  private readonly parts: (readonly Item[])[];
  private awaited: number;
  /** When the first row came, in ms; null: there is none yet. */
  private since: number | null = null;

  /** @param first what is there at once, on top @param more how many parts are still to come */
  constructor(
    private readonly first: readonly Item[],
    more: number,
    now: number,
  ) {
    this.parts = Array.from({ length: more }, () => []);
    this.awaited = more;
    if (top(first)) this.since = now;
  }

  get items(): readonly Item[] {
    return [...this.first, ...this.parts.flat()];
  }

  get busy(): boolean {
    return this.awaited > 0;
  }

  /**
   * A part has come, or nothing of it.
   * @param active the row that Enter takes now
   * @returns the row that Enter shall take from now on where that is not simply the first: the one that the person has gone to, or has read
   */
  add(part: number, found: readonly Item[], active: Item | undefined, now: number): Item | null {
    const gone = active !== undefined && active !== top(this.items);
    const read = this.since !== null && now - this.since > READ;
    this.parts[part] = found;
    this.awaited--;
    if (this.since === null && top(this.items)) this.since = now;
    return active !== undefined && (gone || read) ? active : null;
  }
}

const top = <Item extends Row>(items: readonly Item[]): Item | undefined => items.find(({ value }) => value !== undefined);
