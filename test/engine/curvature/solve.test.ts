// Functions of the Hessian: against the matrix written out, in a Krylov space, and of networks; conjugate gradients on Gauss–Newton.
import assert from 'node:assert/strict';
import type { HessianOperator } from '../../../src/engine/backends/backend';
import { atOnce } from '../../../src/engine/eventually';
import { EXACT_LIMIT, FUNCTION_PRODUCTS, gaussNewtonSolve, GRADIENT_PRODUCTS, hessianFunction } from '../../../src/engine/curvature/solve';
import { matmul, solve, symmetricEigen } from '../../../src/engine/linear';
import { functionModel } from '../../../src/engine/problems/function';
import { dot, norm } from '../../../src/engine/vectors';
import { all, backends, build, close, normals, oracle, show } from '../backends/networks';

/** A diagonal matrix in a basis turned by one reflection, which counts its products. */
function turned(eigenvalues: Float64Array): HessianOperator & { products: number } {
  const n = eigenvalues.length;
  const u = normals(n, 9);
  const scale = 2 / dot(u, u);
  const reflect = (v: Float64Array): Float64Array => {
    const along = scale * dot(u, v);
    return v.map((value, i) => value - along * u[i]);
  };
  return {
    size: n,
    products: 0,
    apply(v, out) {
      this.products++;
      out.set(reflect(reflect(v).map((value, i) => value * eigenvalues[i])));
    },
    gradient: (out) => out.fill(0),
  };
}
const inverted = (damping: number) => (value: number) => 1 / (value + damping);
const absolute = (damping: number) => (value: number) => 1 / (Math.abs(value) + damping);

const small = oracle.filter(({ widths }) => widths[0] < 13).slice(0, 12);

/** A map as a matrix. */
function written(operator: HessianOperator): Float64Array {
  const n = operator.size;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    operator.apply(
      new Float64Array(n).map((_, k) => (k === i ? 1 : 0)),
      matrix.subarray(i * n, (i + 1) * n),
    );
  return matrix;
}

describe('functions of the Hessian', () => {
  for (const { backend, tolerance } of backends)
    it(`are those of the matrix written out, on the ${backend.name} backend`, () => {
      for (const one of small) {
        const model = build(backend, one);
        const hessian = model.hessian(all(model));
        const n = hessian.size;
        const v = normals(n, 1);
        const out = new Float64Array(n);
        atOnce(hessianFunction(hessian, v, absolute(0.1), out));
        const { values, vectors } = symmetricEigen(written(hessian), n);
        const along = matmul(v, vectors, 1, n, n).map((part, k) => part / (Math.abs(values[k]) + 0.1));
        close(out, matmul(vectors, along, n, n, 1), tolerance, show(one));
      }
    }).timeout(20_000);

  it('give the step of Newton and of its saddle-free kin at a saddle', () => {
    const model = functionModel('x^2 - y^2', { x: 3, y: 2 });
    const hessian = model.hessian(Uint32Array.of(0));
    const gradient = new Float64Array(2);
    hessian.gradient(gradient);
    const out = new Float64Array(2);
    atOnce(hessianFunction(hessian, gradient, inverted(0), out));
    close(out, [3, 2], 1e-15, 'Newton goes to the saddle');
    atOnce(hessianFunction(hessian, gradient, absolute(0), out));
    close(out, [3, -2], 1e-15, 'the other leaves it');
  });

  it('may write over their vector', () => {
    const v = Float64Array.of(2, 8);
    const model = functionModel('x^2 + 2*y^2', { x: 1, y: 1 });
    atOnce(hessianFunction(model.hessian(Uint32Array.of(0)), v, inverted(0), v));
    close(v, [1, 2], 1e-15, 'solution');
  });

  it(`above ${EXACT_LIMIT} parameters come from a Krylov space of at most ${FUNCTION_PRODUCTS} products, right to 1e-6 where those suffice`, () => {
    const n = EXACT_LIMIT + 500;
    for (const f of [inverted(0.5), absolute(2)]) {
      const eigenvalues = Float64Array.from({ length: n }, (_, k) => (f(-1) === f(1) ? 4 * Math.sin(k) : 2 + 2 * Math.sin(k)));
      const operator = turned(eigenvalues);
      const v = normals(n, 2);
      const out = new Float64Array(n);
      atOnce(hessianFunction(operator, v, f, out));
      assert.ok(operator.products <= FUNCTION_PRODUCTS, `${operator.products} products`);
      const exact = new Float64Array(n);
      turned(eigenvalues.map(f)).apply(v, exact);
      close(out, exact, f(-1) === f(1) ? 2e-2 : 1e-6, `${operator.products} products`);
    }
  });

  it('need two products where there are two eigenvalues, and none for a vector of zeros', () => {
    const n = EXACT_LIMIT + 1;
    const operator = turned(Float64Array.from({ length: n }, (_, k) => (k % 2 === 0 ? 3 : -5)));
    const [v, out] = [normals(n, 3), new Float64Array(n)];
    atOnce(hessianFunction(operator, v, inverted(0), out));
    assert.equal(operator.products, 2);
    const back = new Float64Array(n);
    operator.apply(out, back);
    close(back, v, 1e-12, 'H·out');
    atOnce(hessianFunction(operator, new Float64Array(n), inverted(0), out));
    assert.ok(out.every((value) => value === 0));
  });

  it('are NaN throughout where a number is not finite', () => {
    for (const n of [3, EXACT_LIMIT + 1]) {
      const out = new Float64Array(n);
      atOnce(hessianFunction(turned(new Float64Array(n).fill(NaN)), normals(n, 1), inverted(1), out));
      assert.ok(out.every(Number.isNaN));
      atOnce(hessianFunction(turned(new Float64Array(n).fill(1)), normals(n, 1).fill(Infinity, 0, 1), inverted(1), out));
      assert.ok(out.every(Number.isNaN));
    }
  });
});

describe('conjugate gradients on the Gauss–Newton matrix', () => {
  for (const { backend } of backends)
    it(`come near the exact solution, on the ${backend.name} backend`, () => {
      for (const one of small) {
        const model = build(backend, one);
        const matrix = model.gaussNewton(all(model));
        const n = matrix.size;
        const gradient = new Float64Array(n);
        matrix.gradient(gradient);
        const damping = 0.1;
        const out = new Float64Array(n);
        atOnce(gaussNewtonSolve(matrix, gradient, damping, out));
        const damped = written(matrix).map((value, k) => value + (k % (n + 1) === 0 ? damping : 0));
        const exact = solve(damped, gradient, n, 1);
        // Martens' rule stops where ten more steps would gain half a hundredth of φ; the error in the matrix's own norm is the root of that.
        const gap = out.map((value, i) => value - exact[i]);
        const energy = dot(gap, matmul(damped, gap, n, n, 1)) / dot(exact, matmul(damped, exact, n, n, 1));
        assert.ok(energy < 5e-3, `${show(one)}: ${energy}`);
      }
    }).timeout(20_000);

  it('end in as many steps as there are eigenvalues', () => {
    const operator = turned(Float64Array.from({ length: 300 }, (_, k) => [1, 5, 20][k % 3]));
    const [v, out, back] = [normals(300, 4), new Float64Array(300), new Float64Array(300)];
    atOnce(gaussNewtonSolve(operator, v, 0.5, out));
    assert.equal(operator.products, 3);
    operator.apply(out, back);
    close(
      back.map((value, i) => value + 0.5 * out[i]),
      v,
      1e-12,
      'equation',
    );
  });

  it(`stop by Martens' rule long before the last digit, and never after ${GRADIENT_PRODUCTS} products`, () => {
    const spread = (orders: number) => turned(Float64Array.from({ length: 1000 }, (_, k) => 10 ** ((-orders * k) / 1000)));
    const easy = spread(2);
    const out = new Float64Array(1000);
    atOnce(gaussNewtonSolve(easy, normals(1000, 5), 0, out));
    assert.ok(easy.products > 10 && easy.products < 60, `${easy.products}`);
    const hard = spread(14);
    atOnce(gaussNewtonSolve(hard, normals(1000, 5), 0, out));
    assert.ok(hard.products <= GRADIENT_PRODUCTS && out.every(Number.isFinite));
    assert.ok(norm(out) > 0);
  });

  it('are 0 for 0, and NaN throughout where there is no solution', () => {
    const out = new Float64Array(4);
    atOnce(gaussNewtonSolve(turned(Float64Array.of(1, 2, 3, 4)), new Float64Array(4), 0, out));
    assert.deepEqual([...out], [0, 0, 0, 0]);
    for (const eigenvalues of [
      [1, -1, 1, -1],
      [0, 0, 0, 0],
      [NaN, 1, 1, 1],
      [Infinity, 1, 1, 1],
    ]) {
      atOnce(gaussNewtonSolve(turned(Float64Array.from(eigenvalues)), normals(4, 6), 0, out));
      assert.ok(out.every(Number.isNaN), `${eigenvalues.join(' ')}: ${out.join(' ')}`);
    }
  });
});
