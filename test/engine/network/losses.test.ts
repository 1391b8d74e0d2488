// Every loss: hand-made values, and derivatives against central differences.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLoss, losses, type Loss } from '../../../src/engine/network/losses';

const find = (name: string): Loss => {
  const loss = findLoss(name);
  assert.ok(loss, name);
  return loss;
};
const rows = (values: number[], columns: number, stride = columns) => ({
  values: Float64Array.from(values),
  count: values.length / stride,
  columns,
  stride,
});

describe('losses', () => {
  it('mean squared error: the mean over outputs, summed over samples', () => {
    assert.equal(find('meanSquaredError').value(rows([1, 2, 3, 4], 2), Float64Array.of(0, 0, 3, 1)), (1 + 4) / 2 + (0 + 9) / 2);
  });

  it('cross-entropy: log of the classes for equal logits, the logit difference for far ones, never an overflow', () => {
    const { value } = find('crossEntropy');
    assert.ok(Math.abs(value(rows([7, 7, 7], 3), Float64Array.of(1)) - Math.log(3)) < 1e-15);
    assert.equal(value(rows([1000, 0], 2), Float64Array.of(1)), 1000);
    assert.equal(value(rows([1000, 0], 2), Float64Array.of(0)), 0);
    assert.ok(Number.isNaN(value(rows([NaN, 0], 2), Float64Array.of(0))));
  });

  for (const loss of losses)
    it(`${loss.name}: gradient and curvature are the derivatives, whatever the stride and weight`, () =>
      fc.assert(
        fc.property(
          fc.integer({ min: 2, max: 5 }),
          fc.integer({ min: 0, max: 3 }),
          fc.integer({ min: 0, max: 1e6 }),
          (columns, gap, seed) => {
            const noise = (i: number) => 2 * Math.sin(seed + 1.7 * i);
            const stride = columns + gap;
            const at = rows(
              Array.from({ length: 3 * stride }, (_, i) => noise(i)),
              columns,
              stride,
            );
            const wanted =
              loss.against === 'class'
                ? Float64Array.from({ length: 3 }, (_, i) => (seed + i) % columns)
                : Float64Array.from({ length: 3 * columns }, (_, i) => noise(100 + i));
            const direction = Float64Array.from({ length: 3 * stride }, (_, i) => (i % stride < columns ? noise(200 + i) : 0));
            const moved = (h: number) => ({ ...at, values: at.values.map((y, i) => y + h * direction[i]) });
            const weight = 0.3;
            const gradientAt = (h: number) => {
              const gradient = new Float64Array(3 * stride);
              assert.equal(loss.gradient(moved(h), wanted, weight, gradient).toFixed(9), loss.value(moved(h), wanted).toFixed(9));
              return gradient;
            };
            const h = 1e-5;
            const slope = (weight * (loss.value(moved(h), wanted) - loss.value(moved(-h), wanted))) / (2 * h);
            const gradient = gradientAt(0);
            assert.ok(Math.abs(slope - gradient.reduce((sum, g, i) => sum + g * direction[i], 0)) < 1e-7, 'gradient');
            const [above, below] = [gradientAt(h), gradientAt(-h)];
            const out = direction.slice();
            loss.curvature(at, wanted, weight, out, out);
            for (let i = 0; i < out.length; i++)
              if (i % stride < columns) assert.ok(Math.abs((above[i] - below[i]) / (2 * h) - out[i]) < 1e-7, 'curvature');
          },
        ),
      ));
});
