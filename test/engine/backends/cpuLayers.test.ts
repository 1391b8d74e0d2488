// Every kind of layer on the CPU beside the reference: losses, gradients, evaluation, running statistics, curvature, and a hundred steps of training.
import assert from 'node:assert/strict';
import type { Model } from '../../../src/engine/backends/backend';
import { cpuBackend } from '../../../src/engine/backends/cpu';
import { referenceBackend } from '../../../src/engine/backends/reference';
import type { LayerSpecification } from '../../../src/engine/network/layers/definition';
import { findRule } from '../../../src/engine/optimizers';
import { norm } from '../../../src/engine/vectors';
import { network, type SmallNetwork, smallNetworks } from './everyLayer';
import { all, close, flat, normals } from './networks';

const image = [2, 7, 6];
const end: readonly LayerSpecification[] = [{ flatten: true }, { dense: 4 }];
/** What the small networks leave out: shapes that do not fill vectors, windows that overlap, values that several operations read. */
const corners: readonly (readonly [name: string, inputs: readonly number[], layers: readonly LayerSpecification[]])[] = [
  ['a convolution', image, [{ convolution: 3, kernel: 3, activation: 'tanh' }, ...end]],
  ['an uneven window', image, [{ convolution: 5, kernel: [3, 2], stride: 2, padding: 1, activation: 'gelu' }, ...end]],
  [
    'two convolutions',
    [1, 9, 9],
    [{ convolution: 4, kernel: 3, activation: 'relu' }, { convolution: 3, kernel: 3, activation: 'silu', padding: 'same' }, ...end],
  ],
  ['the largest of windows', image, [{ convolution: 3, kernel: 2 }, { maxPool: 2 }, ...end]],
  [
    'the largest of overlapping windows with padding',
    image,
    [{ convolution: 3, kernel: 2, activation: 'tanh' }, { maxPool: 3, stride: 2, padding: 1 }, ...end],
  ],
  [
    'means of overlapping windows with padding',
    image,
    [{ convolution: 3, kernel: 2, activation: 'sigmoid' }, { averagePool: 3, stride: 2, padding: 1 }, ...end],
  ],
  ['batch norm of the samples', [5], [{ batchNorm: true }, { dense: 4 }]],
  [
    'a residual block before anything that learns, and one within another',
    [6],
    [
      { residual: [{ dense: 6, activation: 'silu' }], activation: 'identity' },
      {
        residual: [
          { activation: 'tanh' },
          { dense: 6, activation: 'identity' },
          { residual: [{ dense: 6, activation: 'gelu' }], activation: 'identity' },
        ],
        activation: 'identity',
      },
      { dense: 4 },
    ],
  ],
  ['an activation by itself on the samples', [9], [{ activation: 'sigmoid' }, { dense: 4 }]],
];
const cases: readonly SmallNetwork[] = [
  ...smallNetworks,
  ...corners.map(([name, inputs, layers]) => network(name, inputs, layers, 'crossEntropy')),
];

const build = ({ plan, data }: SmallNetwork): readonly [reference: Model, cpu: Model] => [
  referenceBackend.network(plan, data, data.samples),
  cpuBackend.network(plan, data, data.samples),
];

const tolerance = 3e-5;

describe('layers on the CPU', function () {
  this.timeout(20_000);
  for (const one of cases)
    it(`agree with the reference: ${one.name}`, () => {
      const [reference, cpu] = build(one);
      const rows = all(cpu).reverse();
      for (const step of [1, 2]) {
        for (const model of [reference, cpu]) model.begin(step);
        close([cpu.loss(rows)], [reference.loss(rows)], tolerance, `loss of step ${step}`);
        close([cpu.gradient(rows)], [reference.gradient(rows)], tolerance, `loss with the gradient of step ${step}`);
        const size = norm(flat(reference.gradients));
        cpu.layers.forEach(({ name }, i) => {
          // The bias before a batch norm has no gradient at all: what is left there is rounding.
          if (norm(reference.gradients[i]) > 1e-4 * size)
            close(cpu.gradients[i], reference.gradients[i], 3 * tolerance, `gradient of ${name}, step ${step}`);
        });
        close(flat(cpu.gradients), flat(reference.gradients), tolerance, `gradient of step ${step}`);
        close(flat(cpu.buffers), flat(reference.buffers), tolerance, `running statistics after step ${step}`);
        const moved = cpu.buffers.map((values) => values.slice());
        cpu.gradient(rows);
        assert.deepEqual([...cpu.buffers], moved, 'running statistics moved twice');
        reference.weights.forEach((weights, i) => {
          weights.forEach((_, k) => (weights[k] = Math.fround(weights[k] - 0.05 * reference.gradients[i][k])));
          cpu.weights[i].set(weights);
        });
      }
      close([cpu.evaluate(rows).loss], [reference.evaluate(rows).loss], tolerance, 'evaluation');
      assert.equal(cpu.evaluate(rows).accuracy, reference.evaluate(rows).accuracy);
    });

  for (const one of cases)
    it(`measure the same curvature as the reference: ${one.name}`, () => {
      const [reference, cpu] = build(one);
      const rows = all(cpu);
      for (const matrix of ['hessian', 'gaussNewton'] as const) {
        const [expected, found] = [reference[matrix](rows), cpu[matrix](rows)];
        const [a, b] = [new Float64Array(expected.size), new Float64Array(expected.size)];
        for (const seed of [1, 2]) {
          const v = normals(expected.size, seed);
          expected.apply(v, a);
          found.apply(v, b);
          close(b, a, 10 * tolerance, `${matrix} times v`);
        }
        expected.gradient(a);
        found.gradient(b);
        close(b, a, tolerance, `${matrix}: gradient after products`);
      }
    });

  for (const one of smallNetworks)
    it(`train for a hundred steps as the reference does: ${one.name}`, () => {
      const models = build(one);
      const rule = findRule('sgd');
      assert.ok(rule);
      const settings = Object.fromEntries(rule.hyperparameters.map((each) => [each.name, each.default]));
      const rules = models.map((model, i) => [referenceBackend, cpuBackend][i].updater(rule, settings, model, 1));
      const rows = all(models[0]);
      for (let t = 1; t <= 100; t++)
        models.forEach((model, i) => {
          model.begin(t);
          const loss = model.gradient(rows);
          rules[i].step(t, 0.02, 'nothing', { rows, loss });
        });
      const [expected, found] = models;
      close(flat(found.weights), flat(expected.weights), 1e-4, 'weights');
      close(flat(found.buffers), flat(expected.buffers), 1e-4, 'running statistics');
      close([found.evaluate(rows).loss], [expected.evaluate(rows).loss], 1e-4, 'loss');
    });
});
