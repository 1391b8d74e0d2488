/**
 * Draws slices of a run's loss, beside the run: from copies of its weights, with a network of its own, in short pieces so that messages are
 * answered in between. The plane of a step is kept, so that the same place is soon drawn again, finer or wider. Of several that are asked
 * for only the newest is drawn to its end.
 */
import { leadingPlane, type Plane } from '../../engine/curvature/plane';
import { checkExtent, lossGrid, projectedPath, reachOf, type Waypoint } from '../../engine/curvature/slice';
import type { Measuring } from '../../engine/curvature/ends';
import { Random } from '../../engine/random';
import { NetworkSurface } from '../../engine/run/lossSurface';
import type { Prepared } from '../../engine/run/prepare';
import type { Slice, SliceRequest } from '../protocol';

/** Milliseconds of work between two looks at the messages. */
const PIECE = 8;

/** Where slices are drawn. */
export interface Pieces {
  /** Milliseconds since any fixed moment. */
  clock(): number;
  /** Ends after messages have been looked at. */
  breath(): Promise<void>;
}

/** What a slice is drawn of. */
export interface Place {
  readonly prepared: Prepared;
  /** Of every curvature measurement. */
  readonly samples: Uint32Array;
  /** Where the run stands. */
  readonly here: Waypoint;
  /** The steps before, as far as they are known. */
  readonly way: Iterable<Waypoint>;
}

export class Slices {
  /** Of the last slice. */
  private known: { readonly step: number; readonly plane: Plane } | null = null;
  private asked = 0;
  private refused = '';

  constructor(private readonly around: Pieces) {}

  /** Draws one. @throws where there is none, and where another is asked for meanwhile */
  async draw({ prepared, samples, here, way }: Place, request: SliceRequest): Promise<Slice> {
    checkExtent(request);
    const number = this.supersede('Another slice was asked for meanwhile.');
    const surface = new NetworkSurface(prepared, samples);
    const plane = await this.inPieces(number, this.planeAt(surface, here, prepared.spec.seed));
    this.known = { step: here.step, plane };
    const path = [...(await this.inPieces(number, projectedPath(plane, way))), { step: here.step, u: 0, v: 0, distance: 0 }];
    const reach = request.reach ?? reachOf(path, plane, surface.lossAt(here.weights));
    const grid = await this.inPieces(number, lossGrid(surface, plane, request.resolution, reach));
    const [first, second] = plane.axes;
    return {
      step: here.step,
      eigenvalues: [first.value, second.value],
      residuals: [first.residual, second.residual],
      ...grid,
      samples: surface.samples,
      path,
    };
  }

  /** Gives up what is being drawn. @param why for whoever waits for it */
  cancel(why: string): void {
    this.supersede(why);
  }

  private supersede(why: string): number {
    this.refused = why;
    return ++this.asked;
  }

  private *planeAt(surface: NetworkSurface, { step, weights }: Waypoint, seed: number): Measuring<Plane> {
    const { known } = this;
    if (known?.step === step && same(known.plane.centre, weights)) return known.plane;
    return yield* leadingPlane(surface.hessianAt(weights), weights, new Random(seed, 'curvature/slice'));
  }

  private async inPieces<Result>(number: number, work: Measuring<Result>): Promise<Result> {
    const { clock, breath } = this.around;
    for (let until = clock() + PIECE; ;) {
      const { done, value } = work.next();
      if (done) return value;
      if (clock() < until) continue;
      await breath();
      if (number !== this.asked) throw new Error(this.refused);
      until = clock() + PIECE;
    }
  }
}

const same = (a: Float64Array, b: Float64Array): boolean => a.length === b.length && a.every((value, i) => value === b[i]);
