/** Notices whether anything of a list of values differs from the last time, without keeping more than the values themselves. */
export class Watch {
  private readonly values: unknown[] = [];
  private place = 0;
  private differs = false;

  /** The next value of the list. */
  see(value: unknown): void {
    if (this.place >= this.values.length || !Object.is(this.values[this.place], value)) {
      this.values[this.place] = value;
      this.differs = true;
    }
    this.place++;
  }

  /** The next list differs, whatever it holds. */
  forget(): void {
    this.values.length = 0;
  }

  /** The list is complete. @returns whether it differs from the one before */
  done(): boolean {
    const differs = this.differs || this.place < this.values.length;
    this.values.length = this.place;
    [this.place, this.differs] = [0, false];
    return differs;
  }
}
