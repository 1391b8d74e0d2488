/**
 * What the Landscape panel is set to: the function, its start, the optimizers, the step that is looked at, and the part of the plane that is
 * drawn. As plain data, so that the panel is the same again after it was hidden, reloaded or moved. What is read back may be of another version:
 * only what fits is taken over.
 */
import { findGalleryFunction, gallery } from '../../engine/problems/gallery';
import type { GalleryFunction } from '../../engine/problems/gallery/definition';
import type { RunSpecification } from '../../engine/run/specification';
import { readLandscape } from './function';
import type { Entry, Ground } from './participant';

/** From where to where, by variable. */
export type Window = Readonly<Record<string, readonly [from: number, to: number]>>;

export interface Scene {
  /** The function's name in the gallery; null where it was typed, or comes from a run. */
  readonly gallery: string | null;
  readonly formula: string;
  readonly start: Readonly<Record<string, number>>;
  readonly entries: readonly Entry[];
  readonly steps: number;
  readonly seed: number;
  /** The step that is looked at. */
  readonly step: number;
  readonly window: Window;
}

/** Half the width of the window of a function of which nothing is known. */
const REACH = 5;
export const MOST_STEPS = 20_000;
/** Optimizers on one landscape: as many as can be told apart by their looks. */
export const MOST_ENTRIES = 12;

/** A function of the gallery as its author shows it. */
export const sceneOf = ({ name, formula, start, optimizers, wrappers, steps, look = steps, window }: GalleryFunction): Scene => ({
  gallery: name,
  formula,
  start,
  entries: optimizers.map((optimizer) => ({ optimizer, ...(wrappers ? { wrappers } : {}) })),
  steps,
  seed: 1,
  step: look,
  window,
});

export const groundOf = ({ formula, start, steps, seed }: Scene): Ground => ({ formula, start, steps, seed });

/** A window round a start. */
export const windowRound = (start: Readonly<Record<string, number>>): Window =>
  Object.fromEntries(
    Object.entries(start).map(([name, value]) => {
      const reach = Math.max(REACH, 1.3 * Math.abs(value));
      return [name, [-reach, reach] as const];
    }),
  );

/**
 * The scene with another function, with as much of the rest as goes with it.
 * @throws LanguageError or Error where the formula cannot be drawn
 */
export function withFormula(scene: Scene, formula: string): Scene {
  const { variables } = readLandscape(formula);
  const kept = variables.length === Object.keys(scene.start).length && variables.every((name) => Object.hasOwn(scene.start, name));
  const start = kept ? scene.start : Object.fromEntries(variables.map((name, i) => [name, scene.start[name] ?? [2, 1.5][i]]));
  const known = scene.gallery === null ? undefined : findGalleryFunction(scene.gallery);
  return {
    ...scene,
    gallery: known?.formula === formula ? known.name : null,
    formula,
    start,
    window: kept ? scene.window : windowRound(start),
  };
}

/** The function and the optimizer of a run; null where it trains a network, or a function of too many variables. */
export function sceneOfRun({ problem, optimizer, wrappers, schedule, steps, seed }: RunSpecification): Scene | null {
  if (!('function' in problem) || Object.keys(problem.start).length > 2 || 'file' in optimizer) return null;
  const known = gallery.find(({ formula }) => formula === problem.function);
  const constant = schedule === undefined || schedule.name === 'constant';
  return {
    gallery: known?.name ?? null,
    formula: problem.function,
    start: problem.start,
    entries: [{ optimizer, ...(wrappers ? { wrappers } : {}), ...(constant ? {} : { schedule }) }],
    steps: Math.min(steps ?? 1000, MOST_STEPS),
    seed: seed ?? 1,
    step: Math.min(steps ?? 1000, MOST_STEPS),
    window: known?.window ?? windowRound(problem.start),
  };
}

/** @param kept what `JSON.stringify` made of a scene, or of a part of one: `{"gallery":"saddle","step":12}` */
export function readScene(kept: string | undefined): Scene {
  const first = sceneOf(findGalleryFunction('rosenbrock') ?? gallery[0]);
  if (kept === undefined) return first;
  try {
    return merge(first, JSON.parse(kept));
  } catch {
    return first;
  }
}

/** @throws Error where what was kept is not a scene */
function merge(first: Scene, kept: unknown): Scene {
  if (typeof kept !== 'object' || kept === null) return first;
  const given = kept as Partial<Record<keyof Scene, unknown>>;
  const known = typeof given.gallery === 'string' ? findGalleryFunction(given.gallery) : undefined;
  const base = known ? sceneOf(known) : first;
  const formula = typeof given.formula === 'string' ? given.formula : base.formula;
  const { variables } = readLandscape(formula);
  const numbers = isRecord(given.start) ? given.start : base.start;
  const window = isRecord(given.window) ? given.window : base.window;
  const start = Object.fromEntries(variables.map((name) => [name, finite(numbers[name])]));
  const extents = variables.map((name): [string, [number, number]] => {
    const extent = window[name];
    if (!Array.isArray(extent)) throw new Error(`The window of ${name} is missing.`);
    return [name, [finite(extent[0]), finite(extent[1])]];
  });
  const steps = typeof given.steps === 'number' ? whole(given.steps, 1, MOST_STEPS) : base.steps;
  return {
    gallery: given.gallery === null || formula !== base.formula ? null : base.gallery,
    formula,
    start,
    entries: Array.isArray(given.entries) ? given.entries.filter(isEntry).slice(0, MOST_ENTRIES) : base.entries,
    steps,
    seed: typeof given.seed === 'number' ? whole(given.seed, 0, Number.MAX_SAFE_INTEGER) : base.seed,
    step: whole(typeof given.step === 'number' ? given.step : base.step, 0, steps),
    window: Object.fromEntries(extents),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a specification's check would not even look at; the rest is told where it runs. */
const isEntry = (value: unknown): value is Entry =>
  isRecord(value) && isRecord(value.optimizer) && typeof value.optimizer.name === 'string';

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`Found ${String(value)}; a finite number is expected.`);
  return value;
}

const whole = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, Math.round(value) || 0));
