/** Lanczos, the tridiagonal solver, the whole spectrum and the sampled one, each against dense eigenvalues. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PRODUCT_LIMIT, RESIDUAL_TOLERANCE, largestEigenpair, spectrumEnds } from '../../../src/engine/curvature/ends';
import { DenseMap, fullSpectrum, writtenOut } from '../../../src/engine/curvature/full';
import { sampledSpectrum, shareBelow } from '../../../src/engine/curvature/sampling';
import { diagonalise } from '../../../src/engine/linear/tridiagonal';
import { Random } from '../../../src/engine/random';
import { close, eigenvalues, operatorOf, randomSymmetric, run, withEigenvalues, type Matrix } from './matrices';

const sizeOf = (values: readonly number[]): number => Math.max(...values.map(Math.abs), 1e-300);
const seed = fc.integer({ min: 0, max: 1e6 });
const random = (): Random => new Random(1, 'test');

describe('the tridiagonal solver', () => {
  it('finds the eigenvalues and turns any rows along with them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), seed, (n, seed) => {
        const numbers = new Random(seed, 'test/tridiagonal');
        const diagonal = Array.from({ length: n }, () => numbers.normal());
        const off = Array.from({ length: n - 1 }, () => (numbers.uniform() < 0.1 ? 0 : numbers.normal()));
        const dense = diagonal.map((d, i) => diagonal.map((_, j) => (i === j ? d : j === i + 1 ? off[i] : i === j + 1 ? off[j] : 0)));
        const rows = diagonal.map((_, i) => Float64Array.from(diagonal, (_, j) => (i === j ? 1 : 0)));
        const values = diagonalise(diagonal, off, rows);
        const expected = eigenvalues(dense);
        expected.forEach((value, i) => close(values[i], value, 1e-12 * sizeOf(expected)));
        for (let k = 0; k < n; k++)
          for (let i = 0; i < n; i++)
            close(
              dense[i].reduce((sum, x, j) => sum + x * rows[j][k], 0),
              values[k] * rows[i][k],
              1e-12 * sizeOf(expected),
              'T·q = λ·q:',
            );
      }),
    );
  });

  it('gives NaN for entries that are not finite, and returns', () => {
    assert.ok(diagonalise([1, NaN], [2]).every(Number.isNaN));
    assert.ok(diagonalise([1, 2], [Infinity]).every(Number.isNaN));
  });
});

describe('both ends of a spectrum', () => {
  it('are exact for any symmetric matrix no larger than the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), seed, (n, seed) => {
        const matrix = randomSymmetric(n, seed);
        const expected = eigenvalues(matrix);
        const { result } = run(spectrumEnds(operatorOf(matrix), { random: random() }));
        close(result.max.value, expected[n - 1], 1e-12 * sizeOf(expected));
        close(result.min.value, expected[0], 1e-12 * sizeOf(expected));
        close(Math.max(result.max.residual, result.min.residual), 0, 1e-11 * sizeOf(expected), 'residual');
      }),
    );
  });

  it('are exact where eigenvalues are equal, zero or few', () => {
    for (const values of [[3, 3, 3, 3], [0, 0, 0], [5, 0, 0, 0, 0, 0], [-1, -1, 2, 2], [7], [1e-8, 1e8, -1e8, 0]]) {
      const { result } = run(spectrumEnds(operatorOf(withEigenvalues(values, 3)), { random: random() }));
      close(result.max.value, Math.max(...values), 1e-12 * sizeOf(values));
      close(result.min.value, Math.min(...values), 1e-12 * sizeOf(values));
    }
  });

  it('finds an end that a warm start has no part in', () => {
    const diagonal: Matrix = [
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, -9],
    ];
    const { result } = run(spectrumEnds(operatorOf(diagonal), { random: random(), near: [Float64Array.of(1, 0, 0)] }));
    close(result.min.value, -9, 1e-12);
  });

  // Many eigenvalues near zero and a few that stand out, as a network's Hessian has.
  const bulk = Array.from({ length: 200 }, (_, i) => 0.2 * Math.sin(i * i));
  const large = withEigenvalues([...bulk, 11, 7, 3, -2, -1.5], 5);

  it('meet the residual tolerance for a matrix above the limit, in fewer products, and pause after each', () => {
    const { result, pauses } = run(spectrumEnds(operatorOf(large), { random: random() }));
    close(result.max.value, 11, 1e-5);
    close(result.min.value, -2, 1e-5);
    assert.ok(Math.max(result.max.residual, result.min.residual) <= RESIDUAL_TOLERANCE * 11);
    assert.ok(pauses <= PRODUCT_LIMIT + 2, `${pauses} products`);
  });

  it('take fewer products when they start from the vectors of the last measurement', () => {
    const cold = run(spectrumEnds(operatorOf(large), { random: random() }));
    const moved = large.map((row, i) => row.map((x, j) => x + (i === j ? 0.01 * Math.cos(i) : 0)));
    const near = [cold.result.max.vector, cold.result.min.vector];
    const warm = run(spectrumEnds(operatorOf(moved), { random: random(), near }));
    assert.ok(warm.pauses < cold.pauses, `${warm.pauses} against ${cold.pauses} products`);
    close(warm.result.max.value, run(spectrumEnds(operatorOf(moved), { random: random() })).result.max.value, 1e-5);
  });

  it('see a new extreme eigenvalue although they start from old vectors', () => {
    const old = run(spectrumEnds(operatorOf(large), { random: random() })).result;
    const grown = withEigenvalues([...bulk, 11, 40, 3, -2, -30], 5);
    const { result } = run(spectrumEnds(operatorOf(grown), { random: random(), near: [old.max.vector, old.min.vector] }));
    close(result.max.value, 40, 1e-4);
    close(result.min.value, -30, 1e-4);
  });

  it('find the signed upper end where the lower one is larger in size', () => {
    const { result } = run(largestEigenpair(operatorOf(withEigenvalues([...bulk, 2, -50], 8)), { random: random() }));
    close(result.value, 2, 1e-3);
  });

  it('tell the residual as it is where the products are used up', () => {
    const line = Array.from({ length: 300 }, (_, i) => i / 300);
    const { result } = run(spectrumEnds(operatorOf(withEigenvalues(line, 2)), { random: random(), limit: 5 }));
    const distance = 299 / 300 - result.max.value;
    assert.ok(distance > 0 && result.max.residual > 0.01, `residual ${result.max.residual}`);
    assert.ok(line.some((value) => Math.abs(value - result.max.value) <= result.max.residual));
  });

  it('are NaN, and end, where the products are not finite', () => {
    const broken = { size: 100, apply: (_: Float64Array, out: Float64Array) => void out.fill(NaN) };
    const { result, pauses } = run(spectrumEnds(broken, { random: random() }));
    assert.ok(Number.isNaN(result.max.value) && Number.isNaN(result.max.residual));
    assert.equal(pauses, 1);
  });
});

describe('the whole spectrum', () => {
  it('is that of the dense matrix, every eigenvalue as often as it occurs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 16 }), seed, (values, seed) => {
        const { result: matrix } = run(writtenOut(operatorOf(withEigenvalues(values, seed))));
        const found = fullSpectrum(matrix, random());
        [...values].sort((a, b) => a - b).forEach((value, i) => close(found[i], value, 1e-11 * sizeOf(values)));
        close(
          matrix.trace,
          values.reduce((a, b) => a + b, 0),
          1e-11 * sizeOf(values),
        );
      }),
    );
  });

  it('of D^½·H·D^½ is that of D·H', () => {
    const matrix = randomSymmetric(6, 4);
    const scaling = Float64Array.of(1, 4, 0.25, 9, 0, 2);
    const scaled = matrix.map((row, i) => row.map((x, j) => Math.sqrt(scaling[i]) * x * Math.sqrt(scaling[j])));
    const expected = eigenvalues(scaled);
    const dense = new DenseMap(matrix.map((row) => Float64Array.from(row)));
    fullSpectrum(dense.preconditioned(scaling), random()).forEach((value, i) => close(value, expected[i], 1e-12));
  });
});

describe('the sampled spectrum', () => {
  const values = Array.from({ length: 400 }, (_, i) => (i < 100 ? -1 - i / 400 : i < 300 ? 0.5 + i / 300 : 4));
  const { result, pauses } = run(sampledSpectrum(operatorOf(withEigenvalues(values, 6)), new Random(3, 'test')));

  it('has the trace within a few standard errors', () => {
    const trace = values.reduce((a, b) => a + b, 0);
    assert.ok(result.traceError > 0);
    close(result.trace, trace, 4 * result.traceError);
    assert.equal(pauses, 8 + 3 * 9);
  });

  it('has about the right share of negative eigenvalues', () => {
    close(shareBelow(result, -0.1), 0.25, 0.06);
    close(shareBelow(result, Infinity), 1, 1e-12);
    assert.equal(shareBelow(result, -10), 0);
  });

  it('has an exact trace of a diagonal matrix: every sign squared is 1', () => {
    const diagonal = { size: 300, apply: (v: Float64Array, out: Float64Array) => v.forEach((x, i) => (out[i] = x * (i - 100))) };
    const { result } = run(sampledSpectrum(diagonal, new Random(3, 'test')));
    close(result.trace, (299 * 300) / 2 - 30000, 1e-8);
    close(result.traceError, 0, 1e-9);
  });
});
