/**
 * Checkpoints along a run, within a budget of bytes: the first, the newest, and one at every multiple of a spacing between them. When
 * the budget is full the spacing doubles and every second one goes, so that those that stay are spread over the whole run, however long
 * it becomes, and a run of n steps takes only some log n times as many checkpoints as it keeps.
 *
 * What holds as long as every step that is `due` is added: the bytes never exceed the budget, and any step from the first on is fewer than
 * `every` steps behind one that is kept (where the first fits into the budget at all).
 */

interface Kept<Item> {
  readonly step: number;
  readonly bytes: number;
  readonly item: Item;
}

export class Timeline<Item> {
  private kept: Kept<Item>[] = [];
  private spacing: number;
  private total = 0;

  /** @param budget bytes @param every steps from one checkpoint to the next, at first */
  constructor(
    private readonly budget: number,
    every: number,
  ) {
    this.spacing = every;
  }

  /** Steps from one checkpoint to the next, by now. */
  get every(): number {
    return this.spacing;
  }

  /** Bytes of what is kept. */
  get bytes(): number {
    return this.total;
  }

  /** The steps that are kept, ascending. */
  get steps(): readonly number[] {
    return this.kept.map(({ step }) => step);
  }

  /** Is this step one to be added? The first always is, and one that is kept, or lies before the newest, never. */
  due(step: number): boolean {
    return this.kept.length === 0 || (step > this.newest && step % this.spacing === 0);
  }

  /** The first step behind `step` that will be due, as things stand; Infinity where none is kept yet, and any may be the first. */
  dueAfter(step: number): number {
    return this.kept.length === 0 ? Infinity : (Math.floor(Math.max(step, this.newest) / this.spacing) + 1) * this.spacing;
  }

  /**
   * Adds a checkpoint, later than all that are there; also one that is not due, which stays until the next comes.
   * @returns what went for it, or the item itself where it alone is more than the budget
   */
  add(step: number, bytes: number, item: Item): Item[] {
    const newest = this.kept.at(-1);
    if (newest !== undefined && step <= newest.step)
      throw new RangeError(`A checkpoint of step ${step} cannot follow one of step ${newest.step}.`);
    const before = this.kept;
    this.kept = [...before, { step, bytes, item }];
    this.thin();
    while (this.total > this.budget) {
      this.widen();
      // Only the first and the newest are left: the first reaches everything.
      if (this.total > this.budget && this.spacing > step) {
        this.kept.pop();
        this.count();
      }
    }
    const stays = new Set(this.kept);
    return [...before.filter((each) => !stays.has(each)).map((each) => each.item), ...(this.kept.at(-1)?.step === step ? [] : [item])];
  }

  /** Doubles the spacing, for whoever finds checkpoints too frequent. */
  widen(): void {
    this.spacing *= 2;
    this.thin();
  }

  /** The latest that is kept of those up to a step; undefined where there is none. */
  upTo(step: number): Item | undefined {
    return this.kept.filter((each) => each.step <= step).at(-1)?.item;
  }

  /** Drops what lies after a step. @returns it */
  forgetAfter(step: number): Item[] {
    const later = this.kept.filter((each) => each.step > step);
    this.kept = this.kept.filter((each) => each.step <= step);
    this.count();
    return later.map(({ item }) => item);
  }

  /** The newest step that is kept; -1 where none is. */
  private get newest(): number {
    return this.kept.at(-1)?.step ?? -1;
  }

  /** Keeps the first, the newest and what lies on the spacing. */
  private thin(): void {
    const last = this.kept.length - 1;
    this.kept = this.kept.filter(({ step }, i) => i === 0 || i === last || step % this.spacing === 0);
    this.count();
  }

  private count(): void {
    this.total = this.kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
