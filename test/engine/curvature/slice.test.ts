/** The slice of a loss: its plane against dense eigenvectors, its numbers against the loss itself, its path against plain sums. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { leadingEigenpairs } from '../../../src/engine/curvature/ends';
import { leadingPlane, pointAt, project, type Plane } from '../../../src/engine/curvature/plane';
import { checkExtent, lossGrid, projectedPath, reachOf } from '../../../src/engine/curvature/slice';
import { Random } from '../../../src/engine/random';
import { close, eigenvalues, operatorOf, randomSymmetric, run, withEigenvalues, type Matrix } from './matrices';

const random = (): Random => new Random(1, 'test/slice');
const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);
const times = (matrix: Matrix, v: ArrayLike<number>): number[] => matrix.map((row) => inner(row, v));
const normals = (n: number, seed: number): Float64Array => {
  const numbers = new Random(seed, 'test/point');
  return Float64Array.from({ length: n }, () => numbers.normal());
};

/** ½·(w − m)ᵀ·H·(w − m), whose Hessian is H everywhere. */
const quadratic = (matrix: Matrix, middle: Float64Array) => ({
  lossAt(weights: Float64Array): number {
    const away = weights.map((w, i) => w - middle[i]);
    return 0.5 * inner(away, times(matrix, away));
  },
});

const planeOf = (matrix: Matrix, centre: Float64Array): Plane => run(leadingPlane(operatorOf(matrix), centre, random())).result;

describe('the plane of the two largest eigenvalues', () => {
  it('has the eigenvectors of any symmetric matrix: orthonormal, H·e = λ·e, the larger first, the residual true', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const matrix = randomSymmetric(n, seed);
        const expected = eigenvalues(matrix).reverse();
        const { axes } = planeOf(matrix, new Float64Array(n));
        const size = Math.max(...expected.map(Math.abs));
        axes.forEach(({ value, vector, residual }, k) => {
          close(value, expected[k], 1e-11 * size);
          close(inner(vector, vector), 1, 1e-13);
          const rest = times(matrix, vector).map((x, i) => x - value * vector[i]);
          close(residual, Math.sqrt(inner(rest, rest)), 1e-12 * size);
          close(residual, 0, 1e-9 * size);
        });
        close(inner(axes[0].vector, axes[1].vector), 0, 1e-13);
      }),
    );
  });

  it('is signed: the larger of two negative eigenvalues comes first, and −50 is not among the largest', () => {
    const { axes } = planeOf(withEigenvalues([-50, -3, -7], 4), new Float64Array(3));
    close(axes[0].value, -3, 1e-11);
    close(axes[1].value, -7, 1e-11);
  });

  it('has two orthonormal axes where the largest eigenvalue occurs twice', () => {
    const { axes } = planeOf(withEigenvalues([5, 5, 1, 0, 0], 4), new Float64Array(5));
    close(axes[0].value, 5, 1e-11);
    close(axes[1].value, 5, 1e-11);
    close(inner(axes[0].vector, axes[1].vector), 0, 1e-13);
  });

  const bulk = Array.from({ length: 300 }, (_, i) => 0.3 * Math.sin(i * i));

  it('is found above the limit of products, where a few eigenvalues stand out', () => {
    const matrix = withEigenvalues([...bulk, 11, 7, 3, -20], 5);
    const { axes } = planeOf(matrix, new Float64Array(304));
    close(axes[0].value, 11, 1e-7);
    close(axes[1].value, 7, 1e-7);
    for (const { residual } of axes) assert.ok(residual <= 1e-4 * 20, `residual ${residual}`);
  });

  it('says by its residual that the second is not told apart from its neighbours', () => {
    const crowd = Array.from({ length: 400 }, (_, i) => 1 + i / 4e4);
    const pairs = run(leadingEigenpairs(operatorOf(withEigenvalues([...crowd, 50], 5)), { random: random(), limit: 6 }, 2)).result;
    close(pairs[0].value, 50, 1e-6);
    assert.ok(pairs[1].residual > 10 * (1 / 4e4), `residual ${pairs[1].residual}`);
    assert.ok(crowd.some((value) => Math.abs(value - pairs[1].value) <= pairs[1].residual));
  });

  it('has signs that do not depend on the start: the largest entry of each axis is positive', () => {
    const matrix = randomSymmetric(12, 9);
    const planes = [1, 2, 3].map((seed) => run(leadingPlane(operatorOf(matrix), new Float64Array(12), new Random(seed, 'start'))).result);
    for (const { axes } of planes)
      axes.forEach(({ vector }, k) => {
        assert.ok(Math.max(...vector) >= -Math.min(...vector));
        vector.forEach((x, i) => close(x, planes[0].axes[k].vector[i], 1e-9));
      });
  });

  it('is refused, with what to do, where the products are not finite', () => {
    const broken = { size: 3, apply: (_: Float64Array, out: Float64Array) => void out.fill(NaN) };
    assert.throws(() => run(leadingPlane(broken, new Float64Array(3), random())), /not finite.*earlier step/s);
  });
});

describe('a slice', () => {
  const matrix = withEigenvalues([9, 4, 1, -2, 0.5, 0], 3);
  const [centre, middle] = [normals(6, 1), normals(6, 2)];
  const surface = quadratic(matrix, middle);
  const plane = planeOf(matrix, centre);
  const [e1, e2] = plane.axes;

  it('is the loss at w + u·e₁ + v·e₂, cell by cell, with the middle at w', () => {
    const { result: grid, pauses } = run(lossGrid(surface, plane, 7, 1.5));
    assert.deepEqual([...grid.u], [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]);
    assert.deepEqual(grid.v, grid.u);
    assert.equal(pauses, 49);
    for (let row = 0; row < 7; row++)
      for (let column = 0; column < 7; column++) {
        const at = centre.map((w, i) => w + grid.u[column] * e1.vector[i] + grid.v[row] * e2.vector[i]);
        close(grid.loss[row * 7 + column], surface.lossAt(at), 1e-12);
      }
    assert.equal(grid.loss[24], surface.lossAt(centre));
  });

  it('curves along its axes as the eigenvalues say, and not between them', () => {
    const h = 0.25;
    const { result: grid } = run(lossGrid(surface, plane, 3, h));
    const at = (row: number, column: number): number => grid.loss[3 * row + column];
    close((at(1, 0) - 2 * at(1, 1) + at(1, 2)) / h ** 2, e1.value, 1e-11);
    close((at(0, 1) - 2 * at(1, 1) + at(2, 1)) / h ** 2, e2.value, 1e-11);
    close((at(2, 2) - at(2, 0) - at(0, 2) + at(0, 0)) / (4 * h ** 2), 0, 1e-11);
  });

  it('projects the way: a point of the plane lies in it, and any other falls short by its distance', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true }), (u, v) => {
        const point = new Float64Array(6);
        pointAt(plane, u, v, point);
        const inside = project(plane, point);
        close(inside.u, u, 1e-13 * 10);
        close(inside.v, v, 1e-13 * 10);
        close(inside.distance, 0, 1e-12);
      }),
    );
    const points = [normals(6, 5), normals(6, 6)].map((weights, i) => ({ step: 10 * i, weights }));
    const { result: path } = run(projectedPath(plane, points));
    path.forEach(({ step, u, v, distance }, k) => {
      const away = points[k].weights.map((w, i) => w - centre[i]);
      assert.equal(step, 10 * k);
      close(u, inner(away, e1.vector), 1e-13);
      close(v, inner(away, e2.vector), 1e-13);
      close(u ** 2 + v ** 2 + distance ** 2, inner(away, away), 1e-12);
    });
  });

  it('is as wide as the way, or as the curvature says where there is none', () => {
    const point = { u: 0, v: 0, distance: 0 };
    assert.equal(reachOf([point, { u: -2, v: 1, distance: 7 }], plane, 1), 2 * 1.15);
    close(reachOf([point], plane, 4.5), 1, 1e-12); // √(2·4.5/9)
    assert.equal(reachOf([point], plane, 0), 1);
  });

  it('refuses what cannot be drawn, and says what can', () => {
    for (const resolution of [2, 4, 1, 103, 3.5, NaN])
      assert.throws(() => checkExtent({ resolution, reach: null }), /odd number of cells a side, from 3 to 101; found/);
    for (const reach of [0, -1, NaN, Infinity]) assert.throws(() => checkExtent({ resolution: 5, reach }), /distance above 0; found/);
    checkExtent({ resolution: 101, reach: 0.5 });
  });
});
