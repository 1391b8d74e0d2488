/** Each quantity against a brute-force recomputation. The norms come from the updater: see statistics.test.ts. */
import assert from 'node:assert/strict';
import { measure, needs } from '../../../src/engine/quantities';
import { rateQuantiles } from '../../../src/engine/rateQuantiles';
import { distance, dot, norm } from '../../../src/engine/vectors';

describe('quantities', () => {
  const rate = Float32Array.of(0.5, 0.1, 0.2, 0.3, 0.4);

  it('are the norms and quantiles of their definitions, layer by layer', () => {
    const measured = measure([
      { statistics: { gradientNorm: 5, updateNorm: 3.25, weightNorm: 9.5, meanRate: 0.3 }, rateQuantiles: rateQuantiles(rate) },
      { statistics: { gradientNorm: 1, updateNorm: 0, weightNorm: 2, meanRate: 0.25 }, rateQuantiles: rateQuantiles(0.25) },
    ]);
    assert.deepEqual(measured.gradientNorm, [5, 1]);
    assert.deepEqual(measured.updateNorm, [3.25, 0]);
    assert.deepEqual(measured.weightNorm, [9.5, 2]);
    const [a, b, c, d, e] = [...rate].sort();
    const between = (from: number, to: number, t: number): number => (t < 0.5 ? from + (to - from) * t : to - (to - from) * (1 - t));
    const q05 = between(a, b, 0.05 * 4);
    const q95 = between(d, e, 0.95 * 4 - 3);
    assert.deepEqual(measured.effectiveRate[0], { q05, q25: b, q50: c, q75: d, q95 });
    assert.deepEqual(measured.effectiveRate[1], { q05: 0.25, q25: 0.25, q50: 0.25, q75: 0.25, q95: 0.25 });
  });

  it('say together all that they need', () => {
    assert.deepEqual([...needs].sort(), ['rateQuantiles', 'statistics']);
  });
});

describe('vectors', () => {
  it('sum every element, whatever the length', () => {
    for (let n = 0; n < 12; n++) {
      const a = Float64Array.from({ length: n }, (_, i) => i + 1);
      assert.equal(dot(a, a), (n * (n + 1) * (2 * n + 1)) / 6);
      assert.equal(distance(a, new Float64Array(n)), norm(a));
    }
  });

  it('measure lengths whose squares overflow or vanish', () => {
    assert.ok(Math.abs(norm(Float64Array.of(3e200, 4e200)) / 5e200 - 1) < 1e-15);
    assert.ok(Math.abs(norm(Float64Array.of(3e-200, 4e-200)) / 5e-200 - 1) < 1e-15);
    assert.ok(Math.abs(distance(Float64Array.of(3e200, 0), Float64Array.of(0, 4e200)) / 5e200 - 1) < 1e-15);
    assert.equal(norm(Float64Array.of(0, 0)), 0);
    assert.equal(norm(Float64Array.of(1, -Infinity)), Infinity);
    assert.ok(Number.isNaN(norm(Float64Array.of(1, NaN, 2))));
    assert.ok(Number.isNaN(norm(Float64Array.of(Infinity, NaN))));
  });
});
