/**
 * What kind of place the weights are at, from the gradient and the two ends of the Hessian's spectrum. This file is the one place
 * that defines "near-critical", "flat" and "beyond tolerance". Each compares numbers that grow alike when the loss is multiplied
 * by a constant, so the verdict does not change with the unit of the loss.
 */
import type { Verdict } from '../run/record';

/** What the verdict is decided from. */
export interface Situation {
  readonly lambdaMax: number;
  readonly lambdaMin: number;
  readonly residualMax: number;
  readonly residualMin: number;
  /** ‖g‖ over the samples of the measurement. */
  readonly gradientNorm: number;
  /** How far a Newton step would go, ‖H⁻¹·g‖ over the directions that are not flat; null where there are too many weights to know. */
  readonly newtonStep: number | null;
  /** ‖w‖ */
  readonly weightNorm: number;
  /** |loss| where its zero means something (a network's loss); 0 for a function, to which a constant can be added. */
  readonly lossSize: number;
  /** The largest ‖g‖ and |λ| of this run's measurements so far, this one included. */
  readonly largestGradient: number;
  readonly largestCurvature: number;
}

/**
 * Near-critical: ‖g‖ ≤ 10⁻⁴·S·r, S = max |λ|, r = max(‖w‖, 1). A Newton step along the sharpest direction would then move the
 * weights by less than a ten-thousandth of their length.
 */
const NEAR_CRITICAL = 1e-4;

/**
 * Where the whole spectrum is known, near-critical also asks that the Newton step be short in every direction that is not flat: at most 10⁻³·r.
 * On the floor of a long ravine, such as Rosenbrock's, the sharpest direction alone would say too early that one has arrived.
 */
const NEAR_BY_NEWTON = 1e-3;

/** An eigenvalue counts as positive or negative where |λ| exceeds 10⁻⁴·S plus its residual; the rest is flat or rounding. */
const SIGNIFICANT = 1e-4;

/**
 * Plateau: ‖g‖ ≤ 10⁻⁴·max(largest ‖g‖ of the run, loss/r) and S ≤ 10⁻⁴·max(largest |λ| of the run, loss/r²). Both are near zero against what
 * this run has seen, or against a loss that a move of length r changes by less than a ten-thousandth.
 */
const FLAT = 1e-4;

/** λ below this is negative beyond tolerance, above its opposite positive. */
export const tolerance = (lambdaMax: number, lambdaMin: number, residual: number): number =>
  SIGNIFICANT * Math.max(Math.abs(lambdaMax), Math.abs(lambdaMin)) + residual;

/** The verdict, and one sentence with the numbers that decided. */
export function judge(at: Situation): { readonly verdict: Verdict; readonly reason: string } {
  const { lambdaMax, lambdaMin, gradientNorm } = at;
  if (![lambdaMax, lambdaMin, gradientNorm].every(Number.isFinite))
    return { verdict: 'slope', reason: 'The gradient or the curvature is not finite here.' };
  const size = Math.max(Math.abs(lambdaMax), Math.abs(lambdaMin));
  const radius = Math.max(at.weightNorm, 1);
  const ends = `eigenvalues from ${show(lambdaMin)} to ${show(lambdaMax)}`;

  const flatGradient = FLAT * Math.max(at.largestGradient, at.lossSize / radius);
  const flatCurvature = FLAT * Math.max(at.largestCurvature, at.lossSize / radius ** 2);
  if (gradientNorm <= flatGradient && size <= flatCurvature)
    return { verdict: 'plateau', reason: `Gradient and curvature are both near zero: ‖g‖ ${show(gradientNorm)}, ${ends}.` };

  const critical = NEAR_CRITICAL * size * radius;
  if (gradientNorm > critical)
    return {
      verdict: 'slope',
      reason: `The loss still slopes, so this is no minimum or saddle yet: ‖g‖ is ${show(gradientNorm)} and counts as zero up to ${show(critical)}.`,
    };
  const reach = NEAR_BY_NEWTON * radius;
  if (at.newtonStep !== null && at.newtonStep > reach)
    return {
      verdict: 'slope',
      reason: `A Newton step would still move ${show(at.newtonStep)}, so this is no minimum or saddle yet: up to ${show(reach)} counts as arrived.`,
    };

  const negative = lambdaMin < -tolerance(lambdaMax, lambdaMin, at.residualMin);
  const positive = lambdaMax > tolerance(lambdaMax, lambdaMin, at.residualMax);
  const near = `‖g‖ ${show(gradientNorm)} counts as zero (up to ${show(critical)} does),`;
  if (negative && positive) return { verdict: 'saddle', reason: `${near} with curvature of both signs: ${ends}.` };
  if (negative) return { verdict: 'maximum', reason: `${near} and no direction curves up: ${ends}.` };
  const flat = lambdaMin <= tolerance(lambdaMax, lambdaMin, at.residualMin) ? '; some are flat to second order' : '';
  return { verdict: 'minimum', reason: `${near} and no direction curves down: ${ends}${flat}.` };
}

const show = (value: number): string => String(Number(value.toPrecision(3)));
