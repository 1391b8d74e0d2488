/**
 * A grid of numbers as a map: shaded by depth, with contour lines and their values along them. What it takes to draw is worked out once a grid;
 * drawing it again under another projection costs one image and the strokes.
 */
import { tick } from '../format';
import { fade, theme } from '../theme';
import { contourLines, type ContourLine, type Grid } from './contours';
import { depthScale, SHADES } from './depthScale';
import type { Levels } from './contourLevels';
import { writeOutlined } from './outlined';
import type { Projection } from './projection';

/** A line must be this long for its value to be written on it, in pixels. */
const LEAST_LENGTH = 90;
/** Room for the numbers of the axes, at the left; below half of it. */
const MARGIN = 44;
/** Values keep this far from one another. */
const APART = 64;

export class ContourPicture {
  private grid: Grid | null = null;
  private lines: readonly ContourLine[] = [];
  private readonly image = document.createElement('canvas');

  /** Works out the picture of a grid with the colours of this moment. */
  take(grid: Grid, levels: Levels): void {
    this.grid = grid;
    this.lines = contourLines(grid, levels.levels);
    const [columns, rows] = [grid.x.length, grid.y.length];
    [this.image.width, this.image.height] = [columns, rows];
    const context = this.image.getContext('2d')!;
    const pixels = context.createImageData(columns, rows);
    const scale = depthScale();
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const value = grid.values[row * columns + column];
        const at = 4 * ((rows - 1 - row) * columns + column);
        if (Number.isNaN(value)) continue;
        const shade = 3 * Math.round(levels.shade(value) * (SHADES - 1));
        for (let channel = 0; channel < 3; channel++) pixels.data[at + channel] = scale[shade + channel];
        pixels.data[at + 3] = 255;
      }
    context.putImageData(pixels, 0, 0);
  }

  /** @param context with the unit of a CSS pixel */
  draw(context: CanvasRenderingContext2D, projection: Projection): void {
    const { grid } = this;
    if (!grid) return;
    this.drawImage(context, projection, grid);
    context.lineWidth = 1;
    context.lineJoin = 'round';
    context.strokeStyle = fade(theme().foreground, 0.28);
    for (const { points } of this.lines) {
      context.beginPath();
      trace(context, projection, points);
      context.stroke();
    }
    this.label(context, projection);
  }

  /** Each number of the grid is the middle of a pixel of the image. */
  private drawImage(context: CanvasRenderingContext2D, projection: Projection, { x, y }: Grid): void {
    const halfX = (x[1] - x[0]) / 2;
    const halfY = (y[1] - y[0]) / 2;
    const [left, right] = [projection.left(x[0] - halfX), projection.left(x[x.length - 1] + halfX)];
    const [bottom, top] = [projection.top(y[0] - halfY), projection.top(y[y.length - 1] + halfY)];
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.image, left, top, right - left, bottom - top);
  }

  private label(context: CanvasRenderingContext2D, projection: Projection): void {
    const taken: [number, number][] = [];
    context.font = `10px ${theme().font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const line of [...this.lines].sort((a, b) => b.points.length - a.points.length)) {
      const place = placeOn(line.points, projection, taken);
      if (!place) continue;
      taken.push([place.left, place.top]);
      context.save();
      context.translate(place.left, place.top);
      context.rotate(place.angle);
      writeOutlined(context, tick(line.level), 0, 0);
      context.restore();
    }
  }
}

/** Adds a line to the path. */
function trace(context: CanvasRenderingContext2D, projection: Projection, points: readonly number[]): void {
  for (let at = 0; at < points.length; at += 2) context.lineTo(projection.left(points[at]), projection.top(points[at + 1]));
}

/** A place on a line for its value: well inside the canvas, far from the others, where the line is straightest. */
function placeOn(
  points: readonly number[],
  projection: Projection,
  taken: readonly (readonly [number, number])[],
): { left: number; top: number; angle: number } | null {
  const count = points.length / 2;
  const pixel = (k: number): [number, number] => [projection.left(points[2 * k]), projection.top(points[2 * k + 1])];
  let length = 0;
  for (let k = 1; k < count && length < LEAST_LENGTH; k++) length += distance(pixel(k), pixel(k - 1));
  if (length < LEAST_LENGTH) return null;
  const reach = Math.max(2, Math.min(8, Math.floor(count / 6)));
  let best: { left: number; top: number; angle: number } | null = null;
  let straightest = 0.9;
  for (let k = reach; k < count - reach; k += 3) {
    const [left, top] = pixel(k);
    if (left < MARGIN || top < 14 || left > projection.width - 24 || top > projection.height - MARGIN / 2 - 10) continue;
    if (taken.some((other) => distance(other, [left, top]) < APART)) continue;
    const [before, behind] = [pixel(k - reach), pixel(k + reach)];
    const straight = distance(before, behind) / (distance(before, [left, top]) + distance([left, top], behind));
    if (straight <= straightest) continue;
    straightest = straight;
    const angle = Math.atan2(behind[1] - before[1], behind[0] - before[0]);
    best = { left, top, angle: Math.abs(angle) > Math.PI / 2 ? angle + Math.PI : angle };
  }
  return best;
}

const distance = (a: readonly [number, number], b: readonly [number, number]): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
