/** A list of numbers that grows: eight bytes a number, where a plain array of many may take far more. */
export class Floats64 {
  private data = new Float64Array(1024);
  private length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  /** The numbers so far, in an array of just their length. */
  take(): Float64Array {
    return this.data.slice(0, this.length);
  }
}
