/** What the last run of a line of the user's code has measured, for its hovers. A line is known by its call, not by its number. */
import type { CurvatureEvent } from '../engine/run/record';
import { column } from '../shared/frame';
import type { CallReference } from './optimizerChoice';
import type { Run } from './run';

/** The last values of a run. */
export interface Measured {
  readonly step: number;
  readonly loss: number;
  readonly lr: number;
  /** Settings that it ran with, by our names. */
  readonly settings: Readonly<Record<string, number | boolean | string>>;
  /** Of the newest curvature measurement; null before the first. */
  readonly curvature: CurvatureEvent | null;
  /** One a layer. */
  readonly layers: readonly {
    readonly name: string;
    readonly gradientNorm: number;
    /** Effective per-weight learning rates. */
    readonly rate05: number;
    readonly rate50: number;
    readonly rate95: number;
  }[];
  /** Losses over the run, evenly, for a small chart. */
  readonly losses: readonly number[];
}

const keyOf = ({ uri, constructorName, ordinal }: CallReference): string => `${uri}#${constructorName}#${ordinal}`;
/** Points of the small chart. */
const points = 60;

export class Measurements {
  /** The last run of each line; read when a hover asks, so that a streaming run costs nothing here. */
  private readonly runs = new Map<string, Run>();

  note(run: Run): void {
    if (run.request.origin) this.runs.set(keyOf(run.request.origin), run);
  }

  /** What was measured last for a call; null where it has not been run, or not measured yet. */
  of(call: CallReference): Measured | null {
    const run = this.runs.get(keyOf(call));
    const { start, history } = run ?? {};
    if (!run || !start || !history || history.rows === 0) return null;
    const { name: _name, ...settings } = start.spec.optimizer;
    const every = Math.max(1, Math.ceil(history.rows / points));
    const losses = Array.from({ length: Math.ceil(history.rows / every) }, (_, index) => history.at(index * every, column.loss));
    return {
      step: history.last(column.step),
      loss: history.last(column.loss),
      lr: history.last(column.lr),
      settings,
      curvature: run.curvatures[run.curvatures.length - 1] ?? null,
      layers: start.layers.map(({ name }, layer) => ({
        name,
        gradientNorm: history.last(column.gradientNorm(layer)),
        rate05: history.last(column.rate(layer, 'q05')),
        rate50: history.last(column.rate(layer, 'q50')),
        rate95: history.last(column.rate(layer, 'q95')),
      })),
      losses,
    };
  }
}
