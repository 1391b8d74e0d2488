// Every loss: hand-made values, and derivatives against central differences.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLoss, losses, type Loss } from '../../../src/engine/network/losses';
import { Random } from '../../../src/engine/random';

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
                : Float64Array.from({ length: 3 * columns }, (_, i) => (loss.wants ? Math.abs(noise(100 + i)) / 2 : noise(100 + i)));
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

  it('binary cross-entropy: −log of the chance of what is wanted, mean over outputs, finite for enormous logits', () => {
    const { value } = find('binaryCrossEntropy');
    const chance = 1 / (1 + Math.exp(-2));
    assert.ok(Math.abs(value(rows([2], 1), Float64Array.of(1)) + Math.log(chance)) < 1e-14);
    assert.ok(Math.abs(value(rows([2, -2], 2), Float64Array.of(0, 1)) + Math.log(1 - chance)) < 1e-14);
    assert.equal(value(rows([1000, -1000], 1), Float64Array.of(0, 1)), 2000);
    assert.ok(Number.isNaN(value(rows([NaN], 1), Float64Array.of(0))));
  });

  it('Huber: a parabola up to 1, a line beyond; absolute error: a line on both sides', () => {
    assert.equal(find('huber').value(rows([0.5, 3, -3, 1], 4), Float64Array.of(0, 0, 0, 0)), (0.125 + 2.5 + 2.5 + 0.5) / 4);
    assert.equal(find('meanAbsoluteError').value(rows([0.5, 3, -3, 1], 2), Float64Array.of(0, 0, 0, 1)), (0.5 + 3) / 2 + 3 / 2);
    const gradient = new Float64Array(4);
    find('huber').gradient(rows([0.5, 3, -3, 1], 1), new Float64Array(4), 1, gradient);
    assert.deepEqual([...gradient], [0.5, 1, -1, 1]);
    find('meanAbsoluteError').gradient(rows([0.5, 3, -3, 1], 1), Float64Array.of(0, 0, 0, 1), 1, gradient);
    assert.deepEqual([...gradient], [1, 1, -1, 0]);
  });

  describe('gradients of drawn targets', () => {
    const outputs = [0.3, -1, 2];
    /** Their mean and second moment over many draws. */
    function drawn(loss: Loss, columns: number, draws = 40_000) {
      const random = new Random(1, 'drawn');
      const at = { values: Float64Array.from(outputs), count: 1, columns, stride: columns };
      const gradient = new Float64Array(3);
      const mean = new Float64Array(columns);
      const moment = new Float64Array(columns * columns);
      for (let k = 0; k < draws; k++) {
        loss.drawn(at, random, gradient);
        for (let i = 0; i < columns; i++) {
          mean[i] += gradient[i] / draws;
          for (let j = 0; j < columns; j++) moment[i * columns + j] += (gradient[i] * gradient[j]) / draws;
        }
      }
      return { mean, moment };
    }
    for (const name of ['crossEntropy', 'meanSquaredError', 'binaryCrossEntropy'])
      it(`${name}: mean 0, and the loss's curvature as second moment`, () => {
        const loss = find(name);
        const { mean, moment } = drawn(loss, 3);
        for (let i = 0; i < 3; i++) {
          const column = new Float64Array(3);
          const unit = new Float64Array(3).map((_, k) => (k === i ? 1 : 0));
          loss.curvature({ values: Float64Array.from(outputs), count: 1, columns: 3, stride: 3 }, new Float64Array(3), 1, unit, column);
          assert.ok(Math.abs(mean[i]) < 0.02, `mean ${mean[i]}`);
          for (let j = 0; j < 3; j++)
            assert.ok(Math.abs(moment[i * 3 + j] - column[j]) < 0.02, `${i}, ${j}: ${moment[i * 3 + j]}, not ${column[j]}`);
        }
      });
    it('Huber and absolute error: the second moment under the density e^(−loss), by quadrature', () => {
      for (const columns of [1, 3]) {
        let total = 0;
        let squares = 0;
        for (let r = -200; r < 200; r += 1e-3) {
          const size = Math.abs(r);
          const density = Math.exp(-(size <= 1 ? (r * r) / 2 : size - 0.5) / columns);
          total += density;
          squares += density * Math.min(size, 1) ** 2;
        }
        const { moment } = drawn(find('huber'), columns);
        assert.ok(Math.abs(moment[0] * columns ** 2 - squares / total) < 0.01, `${moment[0] * columns ** 2}, not ${squares / total}`);
        assert.ok(Math.abs(drawn(find('meanAbsoluteError'), columns).moment[0] - 1 / columns ** 2) < 1e-9);
      }
    });
  });
});
