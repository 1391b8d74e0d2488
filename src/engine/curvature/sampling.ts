/**
 * Trace and distribution of a large spectrum from random probes. Hutchinson: zᵀ·H·z has the trace as its mean for z of random signs
 * (Hutchinson 1990). Stochastic Lanczos quadrature: a few Lanczos steps from z give a Gauss quadrature of the spectrum's density
 * (Golub & Meurant 2010; Ghorbani, Krishnan & Xiao 2019, arXiv:1901.10159). The first of those steps is the Hutchinson sample.
 */
import type { Random } from '../random';
import { dot } from '../vectors';
import type { Measuring } from './ends';
import { openKrylov, type SymmetricMap } from './krylov';
import { diagonalise } from '../linear/tridiagonal';

/** A sampled spectrum: `weights` of all `nodes` sum to 1. */
export interface SampledSpectrum {
  readonly trace: number;
  /** Standard error of the trace over the probes. */
  readonly traceError: number;
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** Probes for the trace. */
const PROBES = 8;
/** How many of them go on to a quadrature. */
const QUADRATURES = 3;
/** Lanczos steps of a quadrature. */
export const NODES = 10;

/** Samples a spectrum; yields after each product: 8 + 3·9 of them. */
export function* sampledSpectrum(map: SymmetricMap, random: Random): Measuring<SampledSpectrum> {
  const traces: number[] = [];
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    const signs = randomSigns(map.size, random);
    const quadrature = probe < QUADRATURES;
    if (!quadrature && map.krylov === undefined) {
      const product = new Float64Array(map.size);
      yield map.apply(signs, product);
      traces.push(dot(signs, product));
      continue;
    }
    const krylov = openKrylov(map, signs);
    while (krylov.steps < (quadrature ? Math.min(NODES, map.size) : 1) && !krylov.invariant) {
      yield krylov.step();
    }
    traces.push(krylov.alpha[0] * map.size);
    if (!quadrature) continue;
    const first = new Float64Array(krylov.steps);
    first[0] = 1;
    nodes.push(...diagonalise(krylov.alpha, krylov.beta, [first]));
    weights.push(...first.map((part) => (part * part) / QUADRATURES));
  }
  return { ...meanAndError(traces), nodes, weights };
}

/** The share of the spectrum below `threshold`, from 0 to 1. */
export function shareBelow({ nodes, weights }: SampledSpectrum, threshold: number): number {
  const share = nodes.reduce((sum, node, i) => (node < threshold ? sum + weights[i] : sum), 0);
  return Math.min(share, 1);
}

function meanAndError(samples: readonly number[]): { trace: number; traceError: number } {
  const trace = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const squares = samples.reduce((sum, value) => sum + (value - trace) ** 2, 0);
  return { trace, traceError: Math.sqrt(squares / (samples.length - 1) / samples.length) };
}

/** Each entry 1 or −1, with equal chance. */
function randomSigns(size: number, random: Random): Float64Array {
  const signs = new Float64Array(size);
  for (let start = 0; start < size; start += 32) {
    const bits = random.uint32();
    for (let bit = 0; bit < 32 && start + bit < size; bit++) signs[start + bit] = (bits >>> bit) & 1 ? 1 : -1;
  }
  return signs;
}
