/**
 * What every backend's parity test shares: the cases of the fixtures (test/oracle), the rule each names, a walk through one of the four
 * problems, and how far two walks are apart. It imports nothing of Node, so that a page in a browser can run the same cases.
 */
import type { Floats, Measure, Model, Updater } from '../../../src/engine/backends/backend';
import { checkSettings, type Rule, type Settings } from '../../../src/engine/language';
import { composeRule } from '../../../src/engine/language/compose';
import { findRule } from '../../../src/engine/optimizers';
import { findWrapper } from '../../../src/engine/wrappers';
import { problems, rowsOf, type Problem } from './problems';

/** Weights by step, one list a layer. */
export type Path = ReadonlyMap<number, readonly (readonly number[])[]>;

type Shapes = readonly (readonly number[])[];

/** One rule with its settings on one problem. */
export interface Case {
  /** The rule or wrapper that is on trial. */
  readonly of: string;
  /** For a test's title. */
  readonly title: string;
  readonly rule: Rule;
  readonly settings: Settings;
  readonly problem: Problem;
  readonly problemName: string;
  /** Extents of the tensors where they are seen in other shapes than the problem's own. */
  readonly shapes?: Shapes;
  readonly start: Shapes;
}

/** The same with the path of the original. */
export interface OracleCase extends Case {
  /** `torch 2.13.0` */
  readonly source: string;
  readonly path: Path;
}

/** A fixture file, as test/oracle/problems.py describes it. */
export interface Fixture {
  readonly source: string;
  readonly cases: readonly {
    readonly optimizer?: string;
    readonly wrappers?: readonly { readonly name: string }[];
    readonly settings: Readonly<Record<string, number | boolean | string>>;
    readonly problem: string;
    readonly shapes?: Shapes;
    readonly path: Readonly<Record<string, Shapes>>;
  }[];
}

/** The steps at which fixtures keep the weights. */
export const kept: readonly number[] = [1, 2, 10, 50, 200];

/** How a rule's walk in float32 is to be compared with the reference, and why not as all others. */
export interface Exception {
  readonly reason: string;
  /** Give the float32 walk the reference's gradients, so that the rule alone is compared and not the path through the problem. */
  readonly gradients?: 'reference';
  /** Differences up to this count as none; by default up to the smallest normal number of float32. */
  readonly floor?: number;
  /** How far it may be from the reference, relative to a tensor's norm; 1e-4 by default. */
  readonly tolerance?: number;
}

const usual = { floor: 2 ** -126, tolerance: 1e-4, loss: 1e-3 };

/**
 * The exceptions. A rule that answers a small change of the gradient by a jump (a sign) or that lets no step die out amplifies the rounding
 * of its own path: two walks that are both right part there. One that solves with a matrix multiplies rounding by its condition. And
 * squares of gradients below 1e-19 are no numbers in float32.
 */
export const exceptions: ReadonlyMap<string, Exception> = new Map<string, Exception>([
  [
    'rprop',
    {
      reason: 'steps turn round where a gradient changes its sign, however small it is, and end at 0 from 1, with the rounding of 1',
      gradients: 'reference',
      floor: 1e-5,
    },
  ],
  [
    'newton',
    { reason: 'divides by eigenvalues near 0, and reaches the least point of a quadratic in one step', tolerance: 0.05, floor: 1e-6 },
  ],
  ['saddleFreeNewton', { reason: 'divides by eigenvalues near 0', tolerance: 0.01, floor: 1e-6 }],
  ['soap', { reason: 'a matrix of low rank has any basis for eigenvectors of its eigenvalue 0', tolerance: 0.05 }],
  ['l1', { reason: 'pulls by the sign of weights, which go to and fro around 0', floor: 1e-5 }],
]);

function found<T>(what: T | undefined, name: string): T {
  if (what === undefined) throw new Error(`There is no ${name}.`);
  return what;
}

/** A rule with what stands round it, ready to run. */
export function ready(
  name: string,
  given: Readonly<Record<string, unknown>>,
  around: readonly { readonly name: string }[] = [],
): { readonly rule: Rule; readonly settings: Settings } {
  const rule = found(findRule(name), name);
  const wrappers = around.map((each) => {
    const wrapper = found(findWrapper(each.name), each.name);
    return { rule: wrapper, settings: checkSettings(wrapper, { ...each }) };
  });
  return composeRule(rule, wrappers, checkSettings(rule, given));
}

/** @param file the fixture's name: `adam.torch.json` */
export function casesOf(file: string, { source, cases }: Fixture): OracleCase[] {
  const of = file.split('.')[0];
  return cases.map(({ optimizer = of, wrappers, settings, problem, shapes, path }) => {
    const around = (wrappers ?? []).map((each) => `${JSON.stringify(each)} round `).join('');
    return {
      title: `${around}${optimizer} ${JSON.stringify(settings)} on ${problem}${shapes ? ` as ${JSON.stringify(shapes)}` : ''}`,
      source,
      of,
      ...ready(optimizer, settings, wrappers),
      problem: found(problems[problem], problem),
      problemName: problem,
      shapes,
      start: path[0],
      path: new Map(kept.map((t) => [t, path[t]])),
    };
  });
}

export interface Walk {
  readonly path: Path;
  /** The gradients of every step, from the first. */
  readonly gradients: readonly (readonly Float64Array[])[];
}

/** An updater, whether it steps at once or has to wait for a device. */
export type Stepper = Pick<Updater, 'step'> | { step(...of: Parameters<Updater['step']>): Promise<void> };

/** What the steps of a walk measure, in turn: it must make no difference. */
const measures: readonly Measure[] = ['nothing', 'statistics', 'rates'];

/**
 * Walks through a case: 200 steps, each with the gradient at the model's weights.
 * @param model at any weights; it is put at the start
 * @param makeUpdater called when it stands there
 * @param given gradients to take instead of the model's own: those of another walk
 */
export async function follow(
  { settings, start }: Pick<Case, 'settings' | 'start'>,
  model: Model,
  makeUpdater: () => Stepper,
  given?: Walk['gradients'],
  steps: readonly number[] = kept,
): Promise<Walk> {
  const { weights, gradients } = model;
  weights.forEach((w, layer) => w.set(start[layer]));
  const updater = makeUpdater();
  const path = new Map<number, number[][]>();
  const taken: Float64Array[][] = [];
  for (let t = 1; t <= Math.max(...steps); t++) {
    const rows = rowsOf(t);
    const loss = model.gradient(rows);
    if (given !== undefined) gradients.forEach((g, layer) => g.set(given[t - 1][layer]));
    taken.push(gradients.map((g) => Float64Array.from(g)));
    await updater.step(t, Number(settings.lr), measures[t % 3], { rows, loss });
    if (steps.includes(t))
      path.set(
        t,
        weights.map((w) => [...w]),
      );
  }
  return { path, gradients: taken };
}

const norm = (values: readonly number[] | Floats): number => Math.hypot(...values);

export interface Distance {
  /** The largest distance of a tensor, relative to the norm of the expected one; infinite where a finite number was expected and none came. */
  readonly error: number;
  /** Where that is. */
  readonly where: string;
}

/** How far a path is from the expected one. @param floor differences up to this count as none */
export function distance(path: Path, expected: Path, floor = 0): Distance {
  let worst: Distance = { error: 0, where: 'nowhere' };
  for (const [t, tensors] of expected)
    tensors.forEach((wanted, layer) => {
      const values = path.get(t)?.[layer] ?? [];
      const apart = norm(wanted.map((value, i) => (values[i] ?? NaN) - value));
      const relative = apart <= floor ? 0 : apart / norm(wanted);
      const error = Number.isNaN(relative) ? Infinity : relative;
      if (error > worst.error) worst = { error, where: `step ${t}, tensor ${layer}: found ${values.join()}, expected ${wanted.join()}` };
    });
  return worst;
}

/** Null where two paths are close; otherwise what to tell. */
export function apart(path: Path, expected: Path, tolerance: number, floor = 0): string | null {
  const { error, where } = distance(path, expected, floor);
  return error <= tolerance ? null : `${error.toExponential(1)} apart at ${where}`;
}

/** The loss on the last step of a path, as share of what it was at the start of a case. */
function lossLeft({ problem, start }: Case, path: Path): number {
  const last = Math.max(...path.keys());
  const at = (tensors: Shapes): number =>
    problem.loss(
      tensors.map((values) => Float64Array.from(values)),
      last,
    );
  return at(path.get(last) ?? []) / (Math.abs(at(start)) || 1);
}

/**
 * Holds a case's walk in float32 against the reference's. Of a rule in TypeScript the losses are compared that it reaches: a line search
 * takes a point or does not, so a rounding of its loss can change the whole path, and only where it leads says whether it is right.
 * @param model of 32-bit floats @param makeUpdater for it @param exception of the backend's own, in place of everybody's
 * @returns null where they are close; otherwise what to tell
 */
export async function apartInFloat32(
  one: Case,
  reference: Walk,
  model: Model,
  makeUpdater: () => Stepper,
  exception: Exception | undefined = exceptions.get(one.of) ?? exceptions.get(one.rule.name),
): Promise<string | null> {
  const { gradients, floor, tolerance } = { ...usual, ...exception };
  const given = gradients === 'reference' ? reference.gradients : undefined;
  const { path } = await follow(one, model, makeUpdater, given, [...reference.path.keys()]);
  if (one.rule.kind === 'text') return apart(path, reference.path, tolerance, floor);
  const [found, expected] = [lossLeft(one, path), lossLeft(one, reference.path)];
  const difference = Math.abs(found - expected) / Math.max(1, Math.abs(expected));
  return difference <= usual.loss ? null : `the loss is ${found} of what it was at the start; on the reference ${expected}`;
}
