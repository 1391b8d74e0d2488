// Every backend's losses, gradients and curvature: against PyTorch, against one another, and against what calculus says.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HessianOperator } from '../../../src/engine/backends/backend';
import { referenceBackend } from '../../../src/engine/backends/reference';
import { activations } from '../../../src/engine/network/activations';
import { losses } from '../../../src/engine/network/losses';
import { dot } from '../../../src/engine/vectors';
import { classes, dataset, randomData, targets } from './data';
import { all, backends, build, close, flat, nearCorner, normals, oracle, plan, show } from './networks';

for (const { backend, tolerance } of backends)
  describe(`the ${backend.name} backend`, () => {
    for (const one of oracle)
      it(`agrees with PyTorch on ${show(one)}, ${one.x.length / one.widths[0]} samples`, () => {
        const model = build(backend, one);
        const rows = all(model);
        close([model.gradient(rows)], [one.value], tolerance, 'loss');
        close(flat(model.gradients), one.gradient, tolerance, 'gradient');
        close([model.evaluate(rows).loss], [one.value], tolerance, 'evaluated loss');
        const hessian = model.hessian(rows);
        const out = new Float64Array(hessian.size);
        hessian.gradient(out);
        close(out, one.gradient, tolerance, "the operator's gradient");
        const gaussNewton = model.gaussNewton(rows);
        gaussNewton.gradient(out);
        close(out, one.gradient, tolerance, "the Gauss–Newton operator's gradient");
        for (const { v, product, gaussNewton: expected } of one.products) {
          hessian.apply(Float64Array.from(v), out);
          close(out, product, tolerance, 'Hessian-vector product');
          gaussNewton.apply(Float64Array.from(v), out);
          close(out, expected, tolerance, 'Gauss–Newton product');
        }
      });

    it('gives a symmetric Hessian, to rounding', () => {
      for (const one of oracle) {
        const hessian = build(backend, one).hessian(Uint32Array.of(0, 0, 1).map((row) => row % (one.x.length / one.widths[0])));
        const [u, v] = [normals(hessian.size, 1), normals(hessian.size, 2)];
        const [hu, hv] = [new Float64Array(hessian.size), new Float64Array(hessian.size)];
        hessian.apply(u, hu);
        hessian.apply(v, hv);
        const size = Math.sqrt(dot(u, u) * dot(hv, hv));
        assert.ok(Math.abs(dot(u, hv) - dot(v, hu)) <= (tolerance / 10) * size, `${show(one)}: ${dot(u, hv)} and ${dot(v, hu)}`);
      }
    });

    it('gives a Gauss–Newton matrix that is symmetric and has no negative direction', () => {
      for (const one of oracle) {
        const { size, apply } = bound(
          build(backend, one).gaussNewton(Uint32Array.of(0, 1, 2).map((row) => row % (one.x.length / one.widths[0]))),
        );
        const vectors = [5, 6, 7].map((seed) => normals(size, seed));
        const products = vectors.map(apply);
        vectors.forEach((u, i) =>
          vectors.forEach((v, j) => {
            const scale = Math.sqrt(dot(u, u) * dot(products[j], products[j]));
            assert.ok(Math.abs(dot(u, products[j]) - dot(v, products[i])) <= (tolerance / 10) * scale, show(one));
            if (i === j) assert.ok(dot(u, products[j]) >= -tolerance * scale, show(one));
          }),
        );
      }
    });

    it('freezes the Hessian: later weights and later products do not reach it', () => {
      const model = build(backend, oracle[0]);
      const hessian = model.hessian(all(model));
      const v = normals(hessian.size, 3);
      const before = new Float64Array(hessian.size);
      hessian.apply(v, before);
      for (const weights of model.weights) weights.fill(7);
      model.gradient(all(model));
      const other = model.hessian(Uint32Array.of(0));
      other.apply(v, new Float64Array(other.size));
      const after = new Float64Array(hessian.size);
      hessian.apply(v, after);
      assert.deepEqual(after, before);
      hessian.gradient(after);
      close(after, oracle[0].gradient, tolerance, 'gradient at the frozen weights');
    });

    it('takes any number of rows, in any order and repeated, and means over them', () => {
      const data = randomData(5, 150, 6, 4, 'crossEntropy');
      const model = backend.network(plan([6, 5, 4], ['tanh', 'identity'], 'crossEntropy'), data, 150);
      const some = Uint32Array.from({ length: 130 }, (_, i) => (i * 7) % 150);
      const parts = [some.slice(0, 67), some.slice(67)];
      const mean = new Float64Array(model.parameters);
      let loss = 0;
      for (const part of parts) {
        loss += (model.gradient(part) * part.length) / some.length;
        flat(model.gradients).forEach((g, i) => (mean[i] += (g * part.length) / some.length));
      }
      close([model.gradient(some)], [loss], tolerance, 'loss');
      close(flat(model.gradients), mean, tolerance, 'gradient');
      const twice = Uint32Array.from([...some, ...some]);
      close([model.evaluate(twice).loss], [loss], tolerance, 'loss of each twice');
    });

    it('gives the same bits again', () => {
      const data = randomData(5, 100, 9, 3, 'crossEntropy');
      const run = () => {
        const model = backend.network(plan([9, 11, 3], ['sigmoid', 'identity'], 'crossEntropy'), data, 100);
        const loss = model.gradient(all(model));
        return [loss, ...flat(model.gradients)];
      };
      assert.deepEqual(run(), run());
    });

    it('reads bytes with their scale', () => {
      const bytes = Uint8Array.of(0, 51, 255, 102, 1, 2);
      const y = targets([1, 2, 3], 1);
      const ones = { given: [{ weight: [[1, 10]], bias: [0.5] }] };
      const model = backend.network(plan([2, 1], ['identity'], 'meanSquaredError', ones), dataset(2, bytes, y, 1 / 255), 3);
      const expected = [0 + 2 + 0.5 - 1, 1 + 4 + 0.5 - 2, (1 + 20) / 255 + 0.5 - 3].reduce((sum, d) => sum + d * d, 0) / 3;
      close([model.gradient(all(model))], [expected], tolerance, 'loss');
    });

    it('counts what is classified rightly', () => {
      const x = Float64Array.of(-2, -1, 1, 2);
      const accuracy = (outputs: number, weight: number[][], bias: number[], loss: string, y: ReturnType<typeof classes>) =>
        backend
          .network(plan([1, outputs], ['identity'], loss, { given: [{ weight, bias }] }), dataset(1, x, y), 4)
          .evaluate(Uint32Array.of(0, 1, 2, 3)).accuracy;
      const two = classes([0, 0, 1, 0], 2);
      assert.equal(accuracy(2, [[-1], [1]], [0, 0], 'crossEntropy', two), 0.75, 'the largest logit');
      assert.equal(accuracy(2, [[-1], [1]], [0, 0], 'meanSquaredError', two), 0.75, 'the largest output');
      assert.equal(accuracy(1, [[1]], [0], 'meanSquaredError', two), 0.75, 'one output, above a half');
      assert.equal(accuracy(1, [[1]], [-0.5], 'meanSquaredError', two), 0.5, 'not merely above 0');
      assert.equal(accuracy(1, [[1]], [0], 'binaryCrossEntropy', two), 0.75, 'one logit, above 0');
      assert.equal(accuracy(1, [[1]], [-0.9], 'binaryCrossEntropy', two), 0.75, 'where a half would be too much');
      assert.equal(accuracy(2, [[-1], [1]], [0, 0], 'binaryCrossEntropy', two), 0.75, 'the largest of several logits');
      assert.equal(accuracy(1, [[1]], [0], 'meanSquaredError', classes([0, 1, 2, 2], 3)), null, 'one output cannot name three classes');
      assert.equal(accuracy(1, [[1]], [0], 'meanSquaredError', targets([1, 2, 3, 4], 1)), null, 'no classes');
    });

    it('compares several outputs of a squared error with the class as one of them', () => {
      const given = { given: [{ weight: [[2], [3], [4]], bias: [0, 0, 0] }] };
      const model = backend.network(
        plan([1, 3], ['identity'], 'meanSquaredError', given),
        dataset(1, Float64Array.of(1), classes([1], 3)),
        1,
      );
      close([model.gradient(Uint32Array.of(0))], [(4 + 4 + 16) / 3], tolerance, 'loss');
      close(flat(model.gradients), [4 / 3, 4 / 3, 8 / 3, 4 / 3, 4 / 3, 8 / 3], tolerance, 'gradient');
    });

    it('keeps cross-entropy finite for enormous logits', () => {
      const given = { given: [{ weight: [[1], [0]], bias: [0, 0] }] };
      const data = dataset(1, Float64Array.of(1e4, -1e4), classes([1, 0], 2));
      const model = backend.network(plan([1, 2], ['identity'], 'crossEntropy', given), data, 2);
      assert.equal(model.gradient(all(model)), 1e4);
      close(flat(model.gradients), [1e4, -1e4, 0, 0], tolerance, 'gradient');
    });

    it('passes a NaN on instead of hiding it', () => {
      for (const { name } of activations) {
        const model = backend.network(plan([2, 3, 2], [name, 'identity'], 'crossEntropy'), randomData(1, 4, 2, 2, 'crossEntropy'), 4);
        model.weights[0][0] = NaN;
        assert.ok(Number.isNaN(model.gradient(all(model))), name);
        assert.ok(Number.isNaN(model.evaluate(all(model)).loss), name);
      }
    });

    it('says what does not fit together', () => {
      const data = randomData(1, 4, 2, 2, 'crossEntropy');
      const make =
        (widths: number[], loss = 'crossEntropy', activation = 'relu') =>
        () =>
          backend.network(
            plan(
              widths,
              widths.slice(1).map(() => activation),
              loss,
            ),
            data,
            4,
          );
      assert.throws(make([3, 2]), /test data has 2 features a sample, but the network takes 3 inputs/);
      assert.throws(make([2, 5]), /The last layer has 5 outputs, but test data needs 2, one a class/);
      assert.throws(make([2]), /no layer has weights/);
      assert.throws(make([2, 2], 'crosEntropy'), /no loss called crosEntropy.*crossEntropy/);
      assert.throws(make([2, 2], 'crossEntropy', 'relus'), /no activation called relus.*Did you mean `relu`/);
      const model = make([2, 2])();
      assert.throws(() => model.gradient(Uint32Array.of(4)), /Sample 4 is asked for, but test data has 4/);
      assert.throws(() => model.hessian(Uint32Array.of(0)).apply(new Float64Array(5), new Float64Array(6)), /5 entries.* 6 parameters/);
    });
  });

/** A product as a function of a vector. */
const bound = (operator: HessianOperator) => ({
  size: operator.size,
  apply: (v: Float64Array): Float64Array => {
    const out = new Float64Array(operator.size);
    operator.apply(v, out);
    return out;
  },
});

describe('the gradient of the reference', () => {
  it('is the derivative of the loss: central differences agree to 1e-7, for every activation and loss', () => {
    for (const one of oracle) {
      const model = build(referenceBackend, one);
      const rows = all(model);
      model.gradient(rows);
      const gradient = flat(model.gradients);
      const v = normals(gradient.length, 4);
      const lossAt = (step: number) => {
        let k = 0;
        for (const part of model.weights) for (let i = 0; i < part.length; i++) part[i] += step * v[k++];
        const { loss } = model.evaluate(rows);
        k = 0;
        for (const part of model.weights) for (let i = 0; i < part.length; i++) part[i] -= step * v[k++];
        return loss;
      };
      const h = 1e-5;
      const slope = (lossAt(h) - lossAt(-h)) / (2 * h);
      assert.ok(Math.abs(slope - dot(gradient, v)) <= 1e-7 * Math.sqrt(dot(gradient, gradient) * dot(v, v)), show(one));
    }
  });
});

describe('curvature of the reference', () => {
  it('is the derivative of the gradient: Hessian-vector products agree with central differences', () => {
    for (const one of oracle.slice(0, 4)) {
      const model = build(referenceBackend, one);
      const rows = all(model);
      const hessian = model.hessian(rows);
      const v = normals(hessian.size, 4);
      const product = new Float64Array(hessian.size);
      hessian.apply(v, product);
      const h = 1e-5;
      const gradientAt = (step: number) => {
        let k = 0;
        for (const part of model.weights) for (let i = 0; i < part.length; i++) part[i] += step * v[k++];
        model.gradient(rows);
        k = 0;
        for (const part of model.weights) for (let i = 0; i < part.length; i++) part[i] -= step * v[k++];
        return flat(model.gradients);
      };
      const [above, below] = [gradientAt(h), gradientAt(-h)];
      close(
        above.map((g, i) => (g - below[i]) / (2 * h)),
        product,
        1e-6,
        show(one),
      );
    }
  });
});

describe('the cpu backend beside the reference', () => {
  const [{ backend: reference }, { backend: cpu, tolerance }] = backends;
  const names = activations.map(({ name }) => name);
  it('agrees on networks of any shape', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 }),
        fc.array(fc.constantFrom(...names), { minLength: 4, maxLength: 4 }),
        fc.constantFrom(...losses.map(({ name }) => name)),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(1000),
        (widths, functions, loss, samples, seed) => {
          const inputs = widths[0];
          const outputs = widths[widths.length - 1];
          const data = randomData(seed, samples, inputs, outputs, loss);
          const planned = plan(widths, functions.slice(0, widths.length - 1), loss, { seed });
          fc.pre(!nearCorner(planned, data));
          const made = [reference, cpu].map((backend) => backend.network(planned, data, samples));
          const rows = all(made[0]);
          const [slow, fast] = made.map((model) => {
            const value = model.gradient(rows);
            const hessian = model.hessian(rows);
            const product = new Float64Array(hessian.size);
            hessian.apply(normals(hessian.size, seed), product);
            const gaussNewton = bound(model.gaussNewton(rows)).apply(normals(hessian.size, seed));
            return {
              weights: flat(model.weights),
              value,
              gradient: flat(model.gradients),
              product,
              gaussNewton,
              evaluation: model.evaluate(rows),
            };
          });
          assert.deepEqual(fast.weights, slow.weights, 'both start from the same weights');
          // A single logit has no loss at all, so only an absolute comparison makes sense there.
          if (loss === 'crossEntropy' && outputs === 1) return assert.ok(fast.value < 1e-6 && slow.value < 1e-6);
          close([fast.value], [slow.value], tolerance, 'loss');
          close(fast.gradient, slow.gradient, tolerance, 'gradient');
          close(fast.product, slow.product, tolerance, 'Hessian-vector product');
          close(fast.gaussNewton, slow.gaussNewton, tolerance, 'Gauss–Newton product');
          close([fast.evaluation.loss], [slow.evaluation.loss], tolerance, 'evaluated loss');
        },
      ),
      { numRuns: 60, seed: 1 },
    )).timeout(60_000);
});
