/**
 * How high a stability limit may be to be drawn beside the measured ends of the spectrum. It depends on all measurements of a run, and it is
 * asked for whenever one is drawn: what was found is kept with the measurements, so that only new ones are looked at.
 */
import type { CurvatureEvent } from '../../engine/run/record';

/** A limit further above the curves than this many times their height would flatten them: it is told, not drawn. */
const OUT_OF_SIGHT = 1.5;

/** What the first `count` measurements span. */
interface Extent {
  readonly count: number;
  /** The last of them: while it is at its place, so are those before it. */
  readonly last: CurvatureEvent | undefined;
  /** The highest λ max and the lowest λ min; 0 belongs to the picture. */
  readonly top: number;
  readonly bottom: number;
}

const NOTHING: Extent = { count: 0, last: undefined, top: -Infinity, bottom: 0 };

const known = new WeakMap<readonly CurvatureEvent[], Extent>();

/** @param curvatures in the order of their steps, grown by `append` @returns −∞ where there is none with a finite λ max */
export function highestLimit(curvatures: readonly CurvatureEvent[]): number {
  const before = known.get(curvatures) ?? NOTHING;
  const grown = before.count <= curvatures.length && curvatures[before.count - 1] === before.last;
  const extent = grown ? before : NOTHING;
  let { top, bottom } = extent;
  for (let index = extent.count; index < curvatures.length; index++) {
    const { lambdaMax, lambdaMin } = curvatures[index];
    if (Number.isFinite(lambdaMax)) top = Math.max(top, lambdaMax);
    if (Number.isFinite(lambdaMin)) bottom = Math.min(bottom, lambdaMin);
  }
  if (!grown || extent.count < curvatures.length)
    known.set(curvatures, { count: curvatures.length, last: curvatures[curvatures.length - 1], top, bottom });
  return top + OUT_OF_SIGHT * (top - bottom);
}
