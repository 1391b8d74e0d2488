// Dense linear algebra: against NumPy and SciPy, as properties of random matrices, and where there is no answer.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  cholesky,
  eigenvectors,
  inverse,
  inverseRoot,
  matmul,
  newtonSchulz,
  solve,
  symmetricEigen,
  symmetricFunction,
  transpose,
} from '../../../src/engine/linear';
import { Random } from '../../../src/engine/random';
import { close } from '../backends/networks';
import file from '../../oracle/linear.json';

const floats = (values: readonly number[]) => Float64Array.from(values);
const tolerance = 1e-10;

const normals = (size: number, seed: number) => {
  const random = new Random(seed, 'matrix');
  return Float64Array.from({ length: size }, () => random.normal());
};
/** X·Xᵀ + I, times a size. */
function positive(n: number, seed: number, size = 1): Float64Array {
  const x = normals(n * n, seed);
  return matmul(x, transpose(x, n, n), n, n, n).map((value, k) => size * (value + (k % (n + 1) === 0 ? 1 : 0)));
}
function symmetric(n: number, seed: number): Float64Array {
  const x = normals(n * n, seed);
  return x.map((value, k) => value + x[(k % n) * n + Math.floor(k / n)]);
}
const identity = (n: number) => new Float64Array(n * n).map((_, k) => (k % (n + 1) === 0 ? 1 : 0));

describe('linear algebra as NumPy and SciPy have it', () => {
  for (const one of file.cases) {
    const { n } = one;
    const [s, b, mixed, v] = [one.s, one.b, one.mixed, one.v].map(floats);
    it(`${n} × ${n}`, () => {
      close(matmul(s, b, n, n, 3), one.product, tolerance, 'product');
      close(cholesky(s, n), one.cholesky, tolerance, 'Cholesky factor');
      close(inverse(s, n), one.inverse, tolerance, 'inverse');
      close(solve(s, b, n, 3), one.solve, tolerance, 'solution');
      for (const [p, root] of Object.entries(one.roots)) close(inverseRoot(s, n, Number(p)), root, tolerance, `inverse root ${p}`);
      const { values, vectors } = symmetricEigen(mixed, n);
      close(values, one.values, tolerance, 'eigenvalues');
      close(vectors, one.vectors, tolerance, 'eigenvectors');
      assert.deepEqual(eigenvectors(mixed, n), vectors);
      const out = new Float64Array(n);
      symmetricFunction(mixed.slice(), n, v, (value) => 1 / (Math.abs(value) + 0.1), out);
      close(out, one.absolute, tolerance, 'inverse of the absolute value');
      symmetricFunction(mixed.slice(), n, v, Math.exp, out);
      close(out, one.exponential, tolerance, 'exponential');
    });
  }
  for (const { rows, columns, steps, coefficients, x, result } of file.newtonSchulz)
    it(`${steps} steps of Newton–Schulz, ${rows} × ${columns}`, () => {
      const [a, b, c] = coefficients;
      close(newtonSchulz(floats(x), rows, columns, a, b, c, steps), result, tolerance, 'iterate');
    });
});

describe('linear algebra of random matrices', () => {
  const extents = fc.integer({ min: 1, max: 24 });
  const seeds = fc.nat(1e6);
  const property = (check: (n: number, seed: number) => void) => () =>
    fc.assert(fc.property(extents, seeds, check), { numRuns: 40, seed: 1 });

  it(
    'S·S⁻¹ = 1 and S·solve(S, B) = B, and nothing above the diagonal is read',
    property((n, seed) => {
      const s = positive(n, seed);
      const lower = s.map((value, k) => (k % n > Math.floor(k / n) ? NaN : value));
      close(matmul(s, inverse(lower, n), n, n, n), identity(n), 1e-9, 'inverse');
      const b = normals(n * 2, seed + 1);
      close(matmul(s, solve(lower, b, n, 2), n, n, 2), b, 1e-9, 'solution');
      const factor = cholesky(lower, n);
      close(matmul(factor, transpose(factor, n, n), n, n, n), s, 1e-12, 'factor');
      assert.deepEqual(inverse(s, n), transpose(inverse(s, n), n, n), 'exactly symmetric');
    }),
  );

  it(
    'eigenvectors are orthonormal and belong to ascending eigenvalues, their largest component positive',
    property((n, seed) => {
      const s = symmetric(n, seed);
      const lower = s.map((value, k) => (k % n > Math.floor(k / n) ? NaN : value));
      const { values, vectors } = symmetricEigen(lower, n);
      close(matmul(transpose(vectors, n, n), vectors, n, n, n), identity(n), 1e-12, 'orthonormal');
      close(
        matmul(s, vectors, n, n, n),
        vectors.map((entry, k) => entry * values[k % n]),
        1e-12,
        'S·V = V·Λ',
      );
      values.forEach((value, k) => {
        assert.ok(k === 0 || value >= values[k - 1]);
        const column = Array.from({ length: n }, (_, i) => vectors[i * n + k]);
        assert.ok(Math.max(...column) >= Math.max(...column.map(Math.abs)) * (1 - 1e-6));
      });
    }),
  );

  it(
    'the p-th power of the inverse root is the inverse',
    property((n, seed) => {
      const s = positive(n, seed);
      for (const p of [1, 2, 4]) {
        const root = inverseRoot(s, n, p);
        let power: Float64Array = identity(n);
        for (let k = 0; k < p; k++) power = matmul(power, root, n, n, n);
        close(matmul(power, s, n, n, n), identity(n), 1e-8, `p = ${p}`);
        close(root, transpose(root, n, n), 1e-15, 'symmetric');
      }
    }),
  );

  it('matrices of any size of number: their squares may overflow or vanish', () => {
    for (const size of [1e-200, 1e200]) {
      const s = positive(4, 1, size);
      const plain = symmetricEigen(positive(4, 1), 4);
      const { values, vectors } = symmetricEigen(s, 4);
      close(
        values.map((value) => value / size),
        plain.values,
        1e-12,
        'eigenvalues',
      );
      close(vectors, plain.vectors, 1e-12, 'eigenvectors');
      close(
        matmul(
          s,
          inverse(s, 4).map((value) => value * size),
          4,
          4,
          4,
        ).map((value) => value / size),
        identity(4),
        1e-9,
        'inverse',
      );
    }
  });

  it('eigenvalues that occur often, zeros, and a diagonal that is done already', () => {
    for (const diagonal of [
      [0, 0, 0],
      [2, 2, 2, 2],
      [3, -1, 3, 0, 3],
    ]) {
      const n = diagonal.length;
      const q = eigenvectors(symmetric(n, 5), n);
      const turned = matmul(
        q.map((entry, k) => entry * diagonal[k % n]),
        transpose(q, n, n),
        n,
        n,
        n,
      );
      const expected = Float64Array.from(diagonal).sort();
      for (const matrix of [turned, identity(n).map((one, k) => one * diagonal[k % n])]) {
        const { values, vectors } = symmetricEigen(matrix, n);
        values.forEach((value, k) => assert.ok(Math.abs(value - expected[k]) < 1e-14));
        close(matmul(transpose(vectors, n, n), vectors, n, n, n), identity(n), 1e-13, 'orthonormal');
      }
    }
  });

  it('the sign of an eigenvector is not left to rounding where components are alike', () => {
    const { vectors } = symmetricEigen(Float64Array.of(1, 1, 1, 1), 2);
    assert.ok(vectors[0] > 0 && vectors[2] < 0 && vectors[1] > 0 && vectors[3] > 0);
  });

  it('0 times infinity is nothing, where a matrix is flat and the vector has no part', () => {
    const out = new Float64Array(3);
    const s = Float64Array.of(2, 0, 0, 0, 0, 0, 0, 0, 4);
    symmetricFunction(s.slice(), 3, Float64Array.of(2, 0, 2), (value) => 1 / value, out);
    close(out, [1, 0, 0.5], 1e-15, 'solved where it can be');
    symmetricFunction(s.slice(), 3, Float64Array.of(2, 1, 2), (value) => 1 / value, out);
    assert.ok(!out.every(Number.isFinite), 'and not where it cannot');
  });
});

describe('what has no answer is NaN throughout', () => {
  const matrices: Record<string, Float64Array> = {
    'a negative eigenvalue': Float64Array.of(1, 2, 2, 1),
    'a zero eigenvalue': Float64Array.of(1, 1, 1, 1),
    NaN: Float64Array.of(NaN, 0, 0, 1),
    infinity: Float64Array.of(Infinity, 0, 0, 1),
    zeros: new Float64Array(4),
  };
  for (const [name, s] of Object.entries(matrices))
    it(name, () => {
      for (const found of [cholesky(s, 2), inverse(s, 2), solve(s, Float64Array.of(1, 2), 2, 1)]) assert.ok(found.every(Number.isNaN));
      const root = inverseRoot(s, 2, 4);
      assert.ok(name === 'a zero eigenvalue' ? !root.every((value) => Math.abs(value) < 1e3) : root.every(Number.isNaN));
      if (s.every(Number.isFinite)) return;
      const { values, vectors } = symmetricEigen(s, 2);
      assert.ok(values.every(Number.isNaN) && vectors.every(Number.isNaN));
      const out = new Float64Array(2);
      symmetricFunction(s.slice(), 2, Float64Array.of(1, 1), (value) => value, out);
      assert.ok(out.every(Number.isNaN));
    });
});
