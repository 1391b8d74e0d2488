/**
 * One curvature measurement at frozen weights: both ends of the spectrum with residuals, trace, index, preconditioned sharpness and
 * verdict. A generator that pauses after every Hessian-vector product and yields what this has to be waited for: whoever runs it decides
 * how the products are spread over time, and the numbers do not depend on it.
 */
import { after, atOnce, type Eventually } from '../eventually';
import { Random } from '../random';
import type { CurvatureEvent } from '../run/record';
import { norm } from '../vectors';
import { largestEigenpair, spectrumEnds, withResidual, type Ends, type Measuring } from './ends';
import { FULL_LIMIT, fullSpectrum, newtonStepLength, writtenOut } from './full';
import type { SymmetricMap } from './krylov';
import { sampledSpectrum, shareBelow } from './sampling';
import { judge, tolerance } from './verdict';

/** What one measurement leaves for the next: vectors to start from, and the scale of what the run has seen. */
export interface CurvatureMemory {
  readonly max: Float64Array | null;
  readonly min: Float64Array | null;
  readonly preconditioned: Float64Array | null;
  readonly largestGradient: number;
  readonly largestCurvature: number;
}

/** What the first measurement of a run starts from. */
export const noMemory: CurvatureMemory = { max: null, min: null, preconditioned: null, largestGradient: 0, largestCurvature: 0 };

/** The Hessian at frozen weights, whose answers may come later: in the order in which they were asked for. */
export interface FrozenHessian extends SymmetricMap {
  /** out = the gradient of the same loss at the same weights. */
  gradient(out: Float64Array): Eventually<void>;
}

export interface CurvatureInput {
  readonly operator: FrozenHessian;
  /** ‖w‖ at the frozen weights. */
  readonly weightNorm: number;
  /** |loss| where its zero means something; 0 for a function of variables. */
  readonly lossSize: number;
  /** rate/lr, one number for all weights or one each; null before the first step, when no rate is known. */
  readonly scaling: number | Float64Array | null;
  readonly memory: CurvatureMemory;
  readonly seed: number;
}

/** The fields of the record's event that the measurement itself knows. */
export type CurvatureFigures = Omit<CurvatureEvent, 'type' | 'step' | 'stabilityLimit' | 'probeSamples'>;

export interface CurvatureResult {
  readonly figures: CurvatureFigures;
  readonly memory: CurvatureMemory;
}

/** What both ways of measuring find. */
interface Spectrum {
  readonly ends: Ends;
  readonly trace: number;
  readonly traceError: number;
  readonly negativeFraction: number;
  readonly preconditionedSharpness: number;
  readonly preconditioned: Float64Array | null;
  readonly newtonStep: number | null;
}

/** Measures; yields after each product. The random numbers depend on the seed alone: the probes are the same at every measurement. */
export function* measureCurvature(input: CurvatureInput): Measuring<CurvatureResult> {
  const { operator, memory } = input;
  const gradient = new Float64Array(operator.size);
  const work = operator.size <= FULL_LIMIT ? exact(operator, gradient, input) : sampled(operator, input);
  const { result: spectrum, products } = yield* counted(work, operator.gradient(gradient));
  const { ends, preconditioned, newtonStep, ...figures } = spectrum;
  const gradientNorm = norm(gradient);
  const [lambdaMax, lambdaMin] = [ends.max.value, ends.min.value];
  const [residualMax, residualMin] = [ends.max.residual, ends.min.residual];
  const largestGradient = larger(memory.largestGradient, gradientNorm);
  const largestCurvature = larger(memory.largestCurvature, Math.max(Math.abs(lambdaMax), Math.abs(lambdaMin)));
  const { weightNorm, lossSize } = input;
  const numbers = { lambdaMax, lambdaMin, residualMax, residualMin, gradientNorm };
  const judged = judge({ ...numbers, newtonStep, weightNorm, lossSize, largestGradient, largestCurvature });
  return {
    figures: { ...numbers, ...figures, ...judged, products },
    memory: { max: ends.max.vector, min: ends.min.vector, preconditioned, largestGradient, largestCurvature },
  };
}

/** Counts the products of some work. @param also is waited for with the first */
function* counted<Result>(work: Measuring<Result>, also: Eventually<void>): Measuring<{ result: Result; products: number }> {
  for (let products = 0; ; products++) {
    const { done, value } = work.next();
    if (done) return { result: value, products };
    yield products === 0 && also instanceof Promise ? Promise.all([also, value]).then(() => undefined) : value;
  }
}

/** Few parameters: the whole matrix, one product a parameter and two for the true residuals. */
function* exact(map: SymmetricMap, gradient: Float64Array, { scaling, seed }: CurvatureInput): Measuring<Spectrum> {
  const matrix = yield* writtenOut(map);
  const values = fullSpectrum(matrix, new Random(seed, 'curvature/full'));
  const found = atOnce(spectrumEnds(matrix, { random: new Random(seed, 'curvature/ends') }));
  const ends: Ends = {
    max: yield* withResidual(map, () => found.max.vector, found.max.value),
    min: yield* withResidual(map, () => found.min.vector, found.min.value),
  };
  const below = -tolerance(ends.max.value, ends.min.value, ends.min.residual);
  const sharpest = (by: Float64Array): number =>
    fullSpectrum(matrix.preconditioned(by), new Random(seed, 'curvature/full'))[matrix.size - 1];
  return {
    ends,
    trace: matrix.trace,
    traceError: 0,
    negativeFraction: values.filter((value) => value < below).length / matrix.size,
    preconditionedSharpness: uniformlyScaled(scaling, ends.max.value) ?? sharpest(scaling as Float64Array),
    preconditioned: null,
    newtonStep: newtonStepLength(matrix, gradient, -below),
  };
}

/** Many parameters: Lanczos for the ends, random probes for the rest. */
function* sampled(map: SymmetricMap, { scaling, seed, memory }: CurvatureInput): Measuring<Spectrum> {
  const near = [memory.max, memory.min].filter((vector) => vector !== null);
  const ends = yield* spectrumEnds(map, { random: new Random(seed, 'curvature/ends'), near });
  const spectrum = yield* sampledSpectrum(map, new Random(seed, 'curvature/probes'));
  const below = -tolerance(ends.max.value, ends.min.value, ends.min.residual);
  const common = {
    ends,
    trace: spectrum.trace,
    traceError: spectrum.traceError,
    negativeFraction: shareBelow(spectrum, below),
    newtonStep: null,
  };
  const known = uniformlyScaled(scaling, ends.max.value);
  if (known !== undefined) return { ...common, preconditionedSharpness: known, preconditioned: memory.preconditioned };
  const pair = yield* largestEigenpair(preconditioned(map, scaling as Float64Array), {
    random: new Random(seed, 'curvature/preconditioned'),
    near: memory.preconditioned ? [memory.preconditioned] : [],
  });
  return { ...common, preconditionedSharpness: pair.value, preconditioned: pair.vector };
}

/** The preconditioned sharpness where it takes no further product: NaN where a rate is unknown or no finite positive number. */
function uniformlyScaled(scaling: CurvatureInput['scaling'], lambdaMax: number): number | undefined {
  if (scaling === null) return NaN;
  if (typeof scaling === 'number') return scaling * lambdaMax;
  return scaling.every((value) => value >= 0 && value < Infinity) ? undefined : NaN;
}

/** v ↦ D^(1/2)·H·D^(1/2)·v, which has the eigenvalues of D·H and is symmetric. */
function preconditioned(map: SymmetricMap, scaling: Float64Array): SymmetricMap {
  const roots = scaling.map(Math.sqrt);
  const scaled = new Float64Array(map.size);
  const krylov = map.krylov?.bind(map);
  return {
    size: map.size,
    apply(v, out) {
      for (let i = 0; i < scaled.length; i++) scaled[i] = roots[i] * v[i];
      return after(map.apply(scaled, out), () => {
        for (let i = 0; i < out.length; i++) out[i] *= roots[i];
      });
    },
    ...(krylov && { krylov: (start) => krylov(start, roots) }),
  };
}

/** The larger of two, leaving out one that is not finite. */
const larger = (known: number, value: number): number => (Number.isFinite(value) ? Math.max(known, value) : known);
