// The moments of K-FAC: of inputs exactly, of errors against the Gauss–Newton matrix, whose blocks are their expectation.
import assert from 'node:assert/strict';
import { Random } from '../../../src/engine/random';
import { functionModel } from '../../../src/engine/problems/function';
import type { Model, Moments } from '../../../src/engine/backends/backend';
import { referenceBackend } from '../../../src/engine/backends/reference';
import { symmetricEigen } from '../../../src/engine/linear';
import { dataset, randomData, targets } from './data';
import { all, backends, build, close, oracle, plan, show } from './networks';

function measure(model: Model, random: Random, rows = all(model)): readonly Moments[] {
  assert.ok(model.moments);
  return model.moments(rows, random);
}

/** The block of the Gauss–Newton matrix that belongs to one layer, by products with unit vectors. */
function block(model: Model, layer: number): Float64Array {
  const operator = model.gaussNewton(all(model));
  const start = model.layers.slice(0, layer).reduce((sum, { parameters }) => sum + parameters, 0);
  const n = model.layers[layer].parameters;
  const out = new Float64Array(n * n);
  const product = new Float64Array(operator.size);
  for (let i = 0; i < n; i++) {
    operator.apply(
      new Float64Array(operator.size).map((_, k) => (k === start + i ? 1 : 0)),
      product,
    );
    out.set(product.subarray(start, start + n), i * n);
  }
  return out;
}

for (const { backend, tolerance } of backends)
  describe(`the moments of the ${backend.name} backend`, () => {
    it('have a row and column an input and an output, symmetric, without a negative direction; 1 for the input of a bias', () => {
      for (const one of oracle) {
        const model = build(backend, one);
        const moments = measure(model, new Random(1, 'rule'));
        assert.equal(moments.length, model.layers.length);
        model.layers.forEach(({ shape }, l) => {
          const { input, error } = moments[l];
          const [rows, columns] = [shape[0], shape[1] ?? 1];
          assert.deepEqual([input.length, error.length], [columns ** 2, rows ** 2], show(one));
          if (shape.length === 1) assert.deepEqual([...input], [1]);
          for (const [matrix, n] of [
            [input, columns],
            [error, rows],
          ] as const) {
            const largest = Math.max(...matrix.map(Math.abs));
            for (let i = 0; i < n; i++)
              for (let j = 0; j < i; j++) assert.ok(Math.abs(matrix[i * n + j] - matrix[j * n + i]) <= 1e-12 * largest);
            assert.ok(symmetricEigen(matrix, n).values[0] >= -1e-6 * largest, `${show(one)} ${model.layers[l].name}`);
          }
        });
      }
    });

    it('are of the inputs of each layer: E[x·xᵀ] first, then of what the activation gives', () => {
      const x = [1, 2, -1, 0.5, 3, -2];
      const given = {
        given: [
          { weight: [[1, -1]], bias: [0.5] },
          { weight: [[2]], bias: [0] },
        ],
      };
      const model = backend.network(
        plan([2, 1, 1], ['relu', 'identity'], 'meanSquaredError', given),
        dataset(2, Float64Array.from(x), targets([0, 0, 0], 1)),
        3,
      );
      const moments = measure(model, new Random(1, 'rule'));
      close(
        moments[0].input,
        [1 + 1 + 9, 2 - 0.5 - 6, 2 - 0.5 - 6, 4 + 0.25 + 4].map((sum) => sum / 3),
        tolerance,
        'of the samples',
      );
      // relu(x₀ − x₁ + ½): 0 of the first two, 5.5 of the last
      close(moments[2].input, [5.5 ** 2 / 3], tolerance, 'of the hidden unit');
    });

    it('are exact where every draw has the same: a single absolute error, whose gradient is 1 or −1', () => {
      const data = randomData(3, 130, 2, 1, 'meanAbsoluteError');
      const given = {
        given: [
          { weight: [[1, 2]], bias: [0] },
          { weight: [[3]], bias: [0] },
        ],
      };
      const model = backend.network(plan([2, 1, 1], ['identity', 'identity'], 'meanAbsoluteError', given), data, 130);
      const moments = measure(model, new Random(1, 'rule'));
      close(moments[2].error, [1], tolerance, 'at the output');
      close(moments[1].error, [9], tolerance, 'a layer below');
    });

    it('depend on nothing but weights, rows and the position in the random stream, and leave the model alone', () => {
      const model = build(backend, oracle[4]);
      model.gradient(all(model));
      const before = [...model.weights, ...model.gradients].map((values) => values.slice());
      const first = measure(model, new Random(4, 'rule'));
      assert.deepEqual(measure(model, new Random(4, 'rule')), first);
      const random = new Random(4, 'rule');
      measure(model, random);
      assert.notDeepEqual(measure(model, random)[0].error, first[0].error, 'further on in the stream');
      assert.deepEqual([...model.weights, ...model.gradients], before);
      model.weights[0][0] += 1;
      assert.notDeepEqual(measure(model, new Random(4, 'rule'))[2].input, first[2].input, 'at the weights of the moment');
    });

    it('agree with the reference on the same draws', () => {
      for (const one of oracle) {
        const [slow, fast] = [referenceBackend, backend].map((each) => measure(build(each, one), new Random(2, 'rule')));
        fast.forEach(({ input, error }, l) => {
          close(input, slow[l].input, tolerance, `${show(one)} inputs`);
          close(error, slow[l].error, tolerance, `${show(one)} errors`);
        });
      }
    });
  });

describe('moments of errors', () => {
  const curved = oracle.filter(
    ({ loss, x }) => ['crossEntropy', 'meanSquaredError', 'binaryCrossEntropy'].includes(loss) && x.length < 100,
  );
  for (const one of curved.slice(0, 8))
    it(`have the Gauss–Newton matrix's blocks as their mean over draws, to five standard errors: ${show(one)}`, () => {
      const model = build(referenceBackend, one);
      const random = new Random(1, 'rule');
      const draws = Array.from({ length: 3000 }, () => measure(model, random));
      model.layers.forEach(({ name, shape }, l) => {
        if (shape.length > 1) return;
        block(model, l).forEach((expected, k) => {
          const mean = draws.reduce((sum, moments) => sum + moments[l].error[k], 0) / draws.length;
          const variance = draws.reduce((sum, moments) => sum + (moments[l].error[k] - mean) ** 2, 0) / (draws.length - 1);
          const error = Math.sqrt(variance / draws.length);
          assert.ok(Math.abs(mean - expected) <= 5 * error + 1e-12, `${name}, entry ${k}: ${mean} ± ${error}, not ${expected}`);
        });
      });
    }).timeout(20_000);

  it('are none for a function, whose Gauss–Newton matrix is its Hessian', () => {
    const model = functionModel('x^2*y', { x: 3, y: 2 });
    assert.equal(model.moments, null);
    const out = new Float64Array(2);
    model.gaussNewton(Uint32Array.of(0)).apply(Float64Array.of(1, 10), out);
    assert.deepEqual([...out], [4 + 60, 6]);
  });
});
