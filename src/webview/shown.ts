/** What a panel draws: the run, the one pinned beside it, and what is looked at; the same in all panels. */
import type { SharedView } from '../shared/protocol';
import type { Run } from './run';

export interface Shown {
  readonly run: Run;
  /** A second run, for comparison. */
  readonly pinned: Run | null;
  readonly view: SharedView;
}

/** The chosen layer's index in the run; 0 where that layer is not there. */
export function chosenLayer({ run, view }: Shown): number {
  return Math.max(
    0,
    run.layers.findIndex(({ name }) => name === view.layer),
  );
}

/** Whether a layer is to be drawn. */
export const isHidden = ({ view }: Shown, layer: string): boolean => view.hiddenLayers.includes(layer);
