/** Between the coordinates of a plane and the pixels of a canvas: the same scale along both axes, so that right angles stay right angles. */

export type Extent = readonly [from: number, to: number];

export class Projection {
  /**
   * @param centre in the middle of the canvas @param scale pixels for a distance of 1
   * @param width, height of the canvas in CSS pixels
   */
  constructor(
    readonly centre: readonly [number, number],
    readonly scale: number,
    readonly width: number,
    readonly height: number,
    /** Pixels for a distance of 1 along the vertical axis, where it has its own. */
    readonly verticalScale = scale,
  ) {}

  /** The one that shows all of a rectangle, with the rest of the canvas round it. */
  static fitting(x: Extent, y: Extent, width: number, height: number): Projection {
    const scale = Math.min(width / (x[1] - x[0]), height / (y[1] - y[0]));
    return new Projection([(x[0] + x[1]) / 2, (y[0] + y[1]) / 2], scale, width, height);
  }

  /** The one that stretches a rectangle over the canvas. */
  static filling(x: Extent, y: Extent, width: number, height: number): Projection {
    return new Projection([(x[0] + x[1]) / 2, (y[0] + y[1]) / 2], width / (x[1] - x[0]), width, height, height / (y[1] - y[0]));
  }

  get x(): Extent {
    return [this.xAt(0), this.xAt(this.width)];
  }

  /** From the bottom up. */
  get y(): Extent {
    return [this.yAt(this.height), this.yAt(0)];
  }

  /** Pixels from the left. */
  left(x: number): number {
    return this.width / 2 + (x - this.centre[0]) * this.scale;
  }

  /** Pixels from the top. */
  top(y: number): number {
    return this.height / 2 - (y - this.centre[1]) * this.verticalScale;
  }

  xAt(left: number): number {
    return this.centre[0] + (left - this.width / 2) / this.scale;
  }

  yAt(top: number): number {
    return this.centre[1] - (top - this.height / 2) / this.verticalScale;
  }

  holds(x: number, y: number): boolean {
    const [left, top] = [this.left(x), this.top(y)];
    return left >= 0 && left <= this.width && top >= 0 && top <= this.height;
  }
}
