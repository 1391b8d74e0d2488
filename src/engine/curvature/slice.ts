/**
 * A two-dimensional slice of a loss: its value on a grid in a plane, and the way a run took, projected on that plane. A generator that
 * pauses after every evaluation, so that whoever runs it can do something else in between.
 */
import type { Measuring } from './ends';
import { pointAt, project, type Plane, type Projection } from './plane';

/** The loss as a function of all weights. */
export interface LossSurface {
  /** The loss at these weights, layer after layer. */
  lossAt(weights: Float64Array): number;
}

/** Weights of a step. */
export interface Waypoint {
  readonly step: number;
  readonly weights: Float64Array;
}

/** What to draw. */
export interface Extent {
  /** Cells a side, odd, so that one lies in the middle. */
  readonly resolution: number;
  /** Half the width, as a distance between weights; null: so that it holds the way. */
  readonly reach: number | null;
}

export interface LossGrid {
  /** Coordinates along the two axes, ascending, `resolution` each. */
  readonly u: Float64Array;
  readonly v: Float64Array;
  /** The loss at each, [v, u] row by row. */
  readonly loss: Float64Array;
}

export type PathPoint = Projection & { readonly step: number };

export const leastResolution = 3;
export const mostResolution = 101;

/** How much wider than the way the picture is. */
const MARGIN = 1.15;

/** @throws RangeError where a slice like this cannot be drawn */
export function checkExtent({ resolution, reach }: Extent): void {
  if (!Number.isInteger(resolution) || resolution % 2 === 0 || resolution < leastResolution || resolution > mostResolution)
    throw new RangeError(
      `A slice has an odd number of cells a side, from ${leastResolution} to ${mostResolution}; found ${resolution}. Choose another resolution.`,
    );
  if (reach !== null && !(reach > 0 && reach < Infinity))
    throw new RangeError(
      `The reach of a slice is a distance above 0; found ${reach}. Choose another, or none: it then holds the run’s way.`,
    );
}

/** Projects each waypoint; yields after each. */
export function* projectedPath(plane: Plane, way: Iterable<Waypoint>): Measuring<PathPoint[]> {
  const path: PathPoint[] = [];
  for (const { step, weights } of way) {
    path.push({ step, ...project(plane, weights) });
    yield;
  }
  return path;
}

/**
 * Half the width of a picture that holds the way. Where the way is a point (or does not leave it within the plane), the distance at which
 * the curvature would have changed the loss by as much as it is: √(2·loss/|λ|); 1 where that says nothing, either.
 */
export function reachOf(path: readonly Projection[], { axes: [{ value }] }: Plane, loss: number): number {
  const widest = path.reduce((most, { u, v }) => Math.max(most, Math.abs(u), Math.abs(v)), 0);
  if (widest > 0 && widest < Infinity) return MARGIN * widest;
  const natural = Math.sqrt((2 * Math.abs(loss)) / Math.abs(value));
  return natural > 0 && natural < Infinity ? natural : 1;
}

/** The loss on a square grid about the centre; yields after each cell. */
export function* lossGrid(surface: LossSurface, plane: Plane, resolution: number, reach: number): Measuring<LossGrid> {
  const u = coordinates(resolution, reach);
  const loss = new Float64Array(resolution * resolution);
  const point = new Float64Array(plane.centre.length);
  for (let row = 0; row < resolution; row++)
    for (let column = 0; column < resolution; column++) {
      pointAt(plane, u[column], u[row], point);
      loss[row * resolution + column] = surface.lossAt(point);
      yield;
    }
  return { u, v: u.slice(), loss };
}

/** From −reach to reach, with 0 in the middle. */
function coordinates(resolution: number, reach: number): Float64Array {
  const middle = (resolution - 1) / 2;
  return Float64Array.from({ length: resolution }, (_, i) => (reach * (i - middle)) / middle);
}
