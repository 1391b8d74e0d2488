/** Matrix products in float32 are those in float64, rounded: every size against the tiles, every way round. */
import assert from 'node:assert/strict';
import { Products, type Matrix } from '../../../src/engine/backends/cpu/product';
import { matmul, transpose } from '../../../src/engine/linear';

const values = (count: number, seed: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.3 + seed));

describe('products of matrices in float32', () => {
  const sizes = [
    [1, 1, 1],
    [4, 8, 8],
    [5, 3, 9],
    [3, 700, 2],
    [33, 1030, 17],
    [12, 513, 8],
  ] as const;
  const products = new Products(sizes);
  for (const [m, k, n] of sizes)
    it(`agree with float64: ${m} × ${k} × ${n}`, () => {
      const [a, b] = [Float64Array.from(values(m * k, 1)), Float64Array.from(values(k * n, 2))];
      const wanted = matmul(a, b, m, k, n);
      const lefts: Matrix[] = [
        { values: Float32Array.from(a), rows: m, columns: k },
        { values: Float32Array.from(transpose(a, m, k)), rows: m, columns: k, transposed: true },
      ];
      const rights: Matrix[] = [
        { values: Float32Array.from(b), rows: k, columns: n },
        { values: Float32Array.from(transpose(b, k, n)), rows: k, columns: n, transposed: true },
      ];
      for (const left of lefts)
        for (const right of rights) {
          const out = new Float32Array(m * n).fill(NaN);
          products.multiply(left, right, out);
          out.forEach((found, i) =>
            assert.ok(Math.abs(found - wanted[i]) < 1e-6 * k + 1e-6, `${i}: found ${found}, expected ${wanted[i]}`),
          );
        }
    });

  it('compute half of a symmetric one', () => {
    const [n, k] = [33, 1030];
    const x = values(n * k, 3);
    const [left, right] = [
      { values: x, rows: n, columns: k },
      { values: x, rows: k, columns: n, transposed: true },
    ];
    const [whole, half] = [new Float32Array(n * n), new Float32Array(n * n)];
    const room = new Products([[n, k, n]]);
    room.multiply(left, right, whole);
    room.multiply(left, right, half, true);
    assert.deepEqual(half, whole);
  });

  it('keep what is not finite where it is', () => {
    const out = new Float32Array(4);
    const room = new Products([[2, 2, 2]]);
    const plain = (numbers: number[]): Matrix => ({ values: Float32Array.from(numbers), rows: 2, columns: 2 });
    room.multiply(plain([NaN, 0, 1, 2]), plain([1, Infinity, 1, 1]), out);
    assert.deepEqual([...out], [NaN, NaN, 3, Infinity]);
  });
});
