/**
 * Asks the engine for slices and keeps the newest: first a coarse one, which is soon there, then finer ones of the same window until the wanted
 * fineness is reached. It survives that the panel is hidden or loaded anew.
 */
import { recall, remember } from '../connection';
import type { HostCalls, Slice } from '../../shared/protocol';

/** Cells a side, each grid holding the places of the one before. */
export const FINENESS = [9, 17, 33, 65] as const;

/** A slice, and the run that it is of. */
export interface Kept {
  readonly run: string;
  readonly slice: Slice;
}

export class SliceKeeper {
  /** The newest; null where there is none. */
  kept: Kept | null = restored(recall('slice'));
  /** What is under way: cells a side, and how many there will be in the end. */
  under: { readonly cells: number; readonly of: number } | null = null;
  private asked = 0;

  /** @param changed is called after each change */
  constructor(
    private readonly host: Pick<HostCalls, 'slice'>,
    private readonly changed: () => void,
  ) {}

  /**
   * Looks around where a run stands. @param fineness cells a side in the end @param reach half the width; null: so that it holds the way
   * @param moving the run trains on between two slices: only two are asked for
   */
  async ask(run: string, fineness: number, reach: number | null, moving: boolean): Promise<void> {
    const number = ++this.asked;
    const all = FINENESS.filter((cells) => cells < fineness);
    let window = reach;
    try {
      for (const cells of [...(moving ? all.slice(0, 1) : all), fineness]) {
        this.under = { cells, of: fineness };
        this.changed();
        const slice = await this.host.slice({ resolution: cells, reach: window });
        if (number !== this.asked) return;
        this.kept = { run, slice };
        window = slice.u[slice.u.length - 1];
        this.changed();
      }
      this.save();
    } finally {
      if (number === this.asked) this.under = null;
      this.changed();
    }
  }

  private save(): void {
    if (!this.kept) return;
    const { run, slice } = this.kept;
    remember('slice', JSON.stringify({ run, slice: { ...slice, u: [...slice.u], v: [...slice.v], loss: [...slice.loss].map(spelt) } }));
  }
}

/** JSON has no numbers that are not finite. */
const spelt = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** What `save` has written, of this version or another; null where it will not do. */
function restored(text: string | undefined): Kept | null {
  try {
    const { run, slice } = JSON.parse(text ?? 'null') as { run: string; slice: Slice & { loss: ArrayLike<number | string> } };
    const numbers = (list: ArrayLike<number | string>): Float64Array => Float64Array.from(Array.from(list), Number);
    const [u, v, loss] = [numbers(slice.u), numbers(slice.v), numbers(slice.loss)];
    if (loss.length !== u.length * v.length || !Array.isArray(slice.path) || slice.eigenvalues.length !== 2) return null;
    return { run, slice: { ...slice, u, v, loss } };
  } catch {
    return null;
  }
}
