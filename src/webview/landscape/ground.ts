/**
 * What lies under the paths: the map of a function of two variables, or the curve of one, with its axes. It is worked out when function, window,
 * size or colours change; while the window moves, coarsely, and finely once it rests.
 */
import type { ScalarFunction } from '../../engine/language';
import { findGalleryFunction } from '../../engine/problems/gallery';
import type { CriticalPoint } from '../../engine/problems/gallery/definition';
import { linearTicks } from '../charts/axis';
import { levelsOf } from '../charts/contourLevels';
import { ContourPicture } from '../charts/contourPicture';
import { sample } from '../charts/contours';
import { writeOutlined } from '../charts/outlined';
import type { Projection } from '../charts/projection';
import { type Extent } from '../charts/projection';
import { tickFormat } from '../format';
import { fade, theme } from '../theme';

/** Pixels between two numbers of the grid, at rest and on the move. */
const FINE = 3;
const COARSE = 9;
/** Pixels between two arrows. */
const ARROWS = 38;
/** Pixels between two numbers at an axis. */
const TICKS = 84;

/** The known critical points of a function of the gallery. */
export const pointsOf = (gallery: string | null): readonly CriticalPoint[] =>
  gallery === null ? [] : (findGalleryFunction(gallery)?.points ?? []);

/** The vertical extent that shows a curve over a horizontal one: all of it but what runs off to a pole. */
export function heightOf(f: ScalarFunction, x: Extent, heads: readonly number[] = []): Extent {
  const values = Array.from({ length: 401 }, (_, k) => f.value([x[0] + ((x[1] - x[0]) * k) / 400])).filter(Number.isFinite);
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  if (sorted.length === 0) return [-1, 1];
  const [low, high] = [Math.min(at(0.005), ...heads.filter((v) => v >= sorted[0])), at(0.995)];
  const spread = high - low || 1;
  return [low - 0.08 * spread, high + 0.06 * spread];
}

/** Draws a map of two variables. */
export class Map2d {
  private readonly picture = new ContourPicture();

  /** @param coarse where it will be drawn again at once @param slope with arrows downhill */
  draw(
    context: CanvasRenderingContext2D,
    projection: Projection,
    f: ScalarFunction,
    gallery: string | null,
    { coarse, slope }: { readonly coarse: boolean; readonly slope: boolean },
  ): void {
    const place = new Float64Array(2);
    const value = (x: number, y: number): number => {
      [place[0], place[1]] = [x, y];
      return f.value(place);
    };
    const apart = coarse ? COARSE : FINE;
    const { width, height } = projection;
    const grid = sample(value, projection.x, projection.y, Math.ceil(width / apart) + 1, Math.ceil(height / apart) + 1);
    const points = pointsOf(gallery);
    const floor = points.length > 0 ? Math.min(...points.map((point) => point.value)) : undefined;
    this.picture.take(grid, levelsOf(grid.values, 13, floor));
    this.picture.draw(context, projection);
    if (slope) arrows(context, projection, f);
    axes(context, projection, [f.variables[0], f.variables[1]]);
    marks(context, points, ({ at }) => [projection.left(at[f.variables[0]]), projection.top(at[f.variables[1]])]);
  }
}

/** Arrows in the direction of steepest descent; their lengths tell the steepness, by its logarithm. */
function arrows(context: CanvasRenderingContext2D, projection: Projection, f: ScalarFunction): void {
  const columns = Math.max(1, Math.round(projection.width / ARROWS));
  const rows = Math.max(1, Math.round(projection.height / ARROWS));
  const found: [left: number, top: number, x: number, y: number, steepness: number][] = [];
  const slope = new Float64Array(2);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [left, top] = [((column + 0.5) * projection.width) / columns, ((row + 0.5) * projection.height) / rows];
      f.gradient([projection.xAt(left), projection.yAt(top)], slope);
      const size = Math.hypot(slope[0], slope[1]);
      if (size > 0 && Number.isFinite(size)) found.push([left, top, -slope[0] / size, slope[1] / size, Math.log(size)]);
    }
  const steepest = Math.max(...found.map(([, , , , steepness]) => steepness));
  context.strokeStyle = fade(theme().foreground, 0.5);
  context.lineWidth = 1;
  context.beginPath();
  for (const [left, top, x, y, steepness] of found) {
    const length = Math.max(3, 0.62 * ARROWS * (1 - (steepest - steepness) / 12));
    const [endX, endY] = [left + x * length * 0.5, top + y * length * 0.5];
    context.moveTo(left - x * length * 0.5, top - y * length * 0.5);
    context.lineTo(endX, endY);
    for (const side of [1, -1]) {
      context.moveTo(endX, endY);
      context.lineTo(endX - 3.6 * x + side * 2.4 * y, endY - 3.6 * y - side * 2.4 * x);
    }
  }
  context.stroke();
}

/** Numbers along the lower and the left edge, with the variables' names at their ends. */
function axes(context: CanvasRenderingContext2D, projection: Projection, names: readonly [string, string]): void {
  const { width, height, x, y } = projection;
  context.font = `10px ${theme().font}`;
  const write = (text: string, left: number, top: number): void => writeOutlined(context, text, left, top);
  context.textBaseline = 'bottom';
  context.textAlign = 'center';
  const across = linearTicks(x[0], x[1], Math.max(2, Math.round(width / TICKS)));
  const formatX = tickFormat(across, false);
  for (const value of across)
    if (projection.left(value) > 40 && projection.left(value) < width - 26) {
      tickLine(context, projection.left(value), height, 0, -4);
      write(formatX(value), projection.left(value), height - 5);
    }
  context.textAlign = 'right';
  write(names[0], width - 6, height - 5);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const up = linearTicks(y[0], y[1], Math.max(2, Math.round(height / (TICKS * 0.75))));
  const formatY = tickFormat(up, false);
  for (const value of up)
    if (projection.top(value) > 22 && projection.top(value) < height - 14) {
      tickLine(context, 0, projection.top(value), 4, 0);
      write(formatY(value), 7, projection.top(value));
    }
  context.textBaseline = 'top';
  write(names[1], 7, 6);
}

function tickLine(context: CanvasRenderingContext2D, left: number, top: number, right: number, down: number): void {
  context.strokeStyle = fade(theme().foreground, 0.6);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left + right, top + down);
  context.stroke();
}

/** Known critical points: a minimum is a ring, a maximum a ring with a dot, a saddle a cross. */
function marks(
  context: CanvasRenderingContext2D,
  points: readonly CriticalPoint[],
  placeOf: (point: CriticalPoint) => readonly [number, number],
): void {
  for (const point of points) {
    const [left, top] = placeOf(point);
    for (const [width, colour] of [
      [3.5, fade(theme().background, 0.8)],
      [1.3, theme().foreground],
    ] as const) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.beginPath();
      if (point.kind === 'saddle' || point.kind === 'degenerate') {
        context.moveTo(left - 4, top - 4);
        context.lineTo(left + 4, top + 4);
        context.moveTo(left - 4, top + 4);
        context.lineTo(left + 4, top - 4);
      } else context.arc(left, top, 4.5, 0, 2 * Math.PI);
      context.stroke();
    }
    if (point.kind !== 'maximum') continue;
    context.fillStyle = theme().foreground;
    context.beginPath();
    context.arc(left, top, 1.6, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Draws the curve of a function of one variable. */
export function drawCurve(
  context: CanvasRenderingContext2D,
  projection: Projection,
  f: ScalarFunction,
  gallery: string | null,
  slope: boolean,
): void {
  const { width, height, x, y } = projection;
  context.strokeStyle = theme().grid;
  context.lineWidth = 1;
  context.beginPath();
  for (const value of linearTicks(x[0], x[1], Math.max(2, Math.round(width / TICKS)))) {
    context.moveTo(Math.round(projection.left(value)) + 0.5, 0);
    context.lineTo(Math.round(projection.left(value)) + 0.5, height);
  }
  for (const value of linearTicks(y[0], y[1], Math.max(2, Math.round(height / (TICKS * 0.75))))) {
    context.moveTo(0, Math.round(projection.top(value)) + 0.5);
    context.lineTo(width, Math.round(projection.top(value)) + 0.5);
  }
  context.stroke();
  const [line, under] = curves(projection, f);
  context.fillStyle = fade(theme().blue, 0.13);
  context.fill(under);
  context.strokeStyle = fade(theme().foreground, 0.75);
  context.lineWidth = 1.6;
  context.lineJoin = 'round';
  context.stroke(line);
  if (slope) tangents(context, projection, f);
  axes(context, projection, [f.variables[0], `f(${f.variables[0]})`]);
  marks(context, pointsOf(gallery), ({ at, value }) => [projection.left(at[f.variables[0]]), projection.top(value)]);
}

/** The curve, cut where it is not finite, and what lies under it. */
function curves(projection: Projection, f: ScalarFunction): readonly [Path2D, Path2D] {
  const { width, height } = projection;
  const [line, under] = [new Path2D(), new Path2D()];
  let from: number | null = null;
  for (let left = 0; left <= width + 1; left++) {
    const value = left <= width ? f.value([projection.xAt(left)]) : NaN;
    if (!Number.isFinite(value)) {
      if (from !== null) {
        under.lineTo(left - 1, 2 * height);
        under.lineTo(from, 2 * height);
        under.closePath();
      }
      from = null;
      continue;
    }
    const top = Math.max(-height, Math.min(2 * height, projection.top(value)));
    for (const path of [line, under])
      if (from === null) path.moveTo(left, top);
      else path.lineTo(left, top);
    from ??= left;
  }
  return [line, under];
}

/** Arrows along the curve, downhill; their lengths tell the steepness as it is drawn. */
function tangents(context: CanvasRenderingContext2D, projection: Projection, f: ScalarFunction): void {
  context.strokeStyle = fade(theme().foreground, 0.55);
  context.lineWidth = 1;
  context.beginPath();
  for (let left = ARROWS / 2; left < projection.width; left += ARROWS) {
    const x = projection.xAt(left);
    const [slope] = f.gradient([x]);
    const rise = (slope * projection.verticalScale) / projection.scale;
    const length = 0.4 * ARROWS;
    if (!Number.isFinite(rise) || rise === 0) continue;
    const [across, down] = [-Math.sign(rise) / Math.hypot(1, rise), Math.abs(rise) / Math.hypot(1, rise)];
    const top = projection.top(f.value([x])) - 9;
    const [endX, endY] = [left + (across * length) / 2, top + (down * length) / 2];
    context.moveTo(left - (across * length) / 2, top - (down * length) / 2);
    context.lineTo(endX, endY);
    for (const side of [1, -1]) {
      context.moveTo(endX, endY);
      context.lineTo(endX - 3.6 * across + side * 2.4 * down, endY - 3.6 * down - side * 2.4 * across);
    }
  }
  context.stroke();
}
