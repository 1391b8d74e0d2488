/** DP-SGD on mini-batches of several samples; on single ones it is followed beside Optax's (test/oracle/make-contrib.py). */
import assert from 'node:assert/strict';
import type { Model } from '../../../src/engine/backends/backend';
import { checkSettings } from '../../../src/engine/language';
import { dpsgd } from '../../../src/engine/optimizers/dpsgd';
import { plainModel } from '../language/models';

type Given = Readonly<Record<string, number | boolean>>;

/** A model whose loss of sample i has the gradient `slopes[i]` everywhere. */
function sloped(slopes: readonly (readonly number[])[]): Model {
  const model = plainModel([slopes[0].length]);
  const gradient = (rows: Uint32Array): number => {
    model.gradients[0].forEach((_, k) => (model.gradients[0][k] = rows.reduce((sum, i) => sum + slopes[i][k] / rows.length, 0)));
    return 0;
  };
  return { ...model, samples: slopes.length, gradient };
}

/** The weights after some steps of rate 1 from 0 on all samples at once. */
function walk(slopes: readonly (readonly number[])[], given: Given, steps = 1): readonly number[] {
  const model = sloped(slopes);
  const updater = dpsgd.updater(checkSettings(dpsgd, { lr: 1, ...given }), model, 11);
  const rows = Uint32Array.from(slopes.keys());
  for (let t = 1; t <= steps; t++) {
    const loss = model.gradient(rows);
    const before = [...model.gradients[0]];
    updater.step(t, 1, 'rates', { rows, loss });
    assert.deepEqual([...model.gradients[0]], before, 'the gradients are left as they were');
  }
  return [...model.weights[0]];
}

const close = (found: readonly number[], expected: readonly number[]): void =>
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-14, `${found} is not ${expected}`));

describe('DP-SGD', () => {
  it('shortens the gradient of every sample by itself before the mean', () =>
    // (3, 4) becomes (0.6, 0.8); (0.3, 0.4) stays.
    close(
      walk(
        [
          [3, 4],
          [0.3, 0.4],
        ],
        { noise: 0 },
      ),
      [-0.45, -0.6],
    ));

  it('is SGD where nothing is clipped and no noise added, with momentum too', () => {
    const slopes = [
      [3, 4],
      [-1, 2],
      [5, -6],
    ];
    const [mean, mu] = [[7 / 3, 0], 0.5];
    const open = { clip: 1e6, noise: 0, momentum: mu };
    close(
      walk(slopes, open, 3),
      mean.map((g) => -g * (1 + (1 + mu) + (1 + mu + mu * mu))),
    );
    close(
      walk(slopes, { ...open, nesterov: true }),
      mean.map((g) => -g * (1 + mu)),
    );
  });

  it('adds noise of deviation σ·C to the sum, new at every step', () => {
    const size = 20_000;
    const slopes = Array.from({ length: 4 }, () => new Array<number>(size).fill(0));
    const w = walk(slopes, { clip: 2, noise: 3 });
    const mean = w.reduce((sum, each) => sum + each, 0) / size;
    const deviation = Math.sqrt(w.reduce((sum, each) => sum + each * each, 0) / size);
    // Five deviations of each estimate
    assert.ok(Math.abs(mean) < (5 * 1.5) / Math.sqrt(size), `mean ${mean}`);
    assert.ok(Math.abs(deviation - (3 * 2) / 4) < (5 * 1.5) / Math.sqrt(2 * size), `deviation ${deviation}`);
    const two = walk(slopes, { clip: 2, noise: 3 }, 2);
    const second = two.map((each, i) => each - w[i]);
    const correlation = second.reduce((sum, each, i) => sum + each * w[i], 0) / size / 1.5 ** 2;
    assert.ok(Math.abs(correlation) < 5 / Math.sqrt(size), `correlation ${correlation}`);
  });
});
