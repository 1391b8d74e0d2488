// What a network starts from: the variance that each initialiser promises, reproducibility, and given weights.
import assert from 'node:assert/strict';
import { completeLayers } from '../../../src/engine/network/complete';
import { startingWeights } from '../../../src/engine/network/initial';
import { initialisers } from '../../../src/engine/network/initialisers';
import { matmul, transpose } from '../../../src/engine/linear';
import type { NetworkPlan } from '../../../src/engine/network/plan';
import { dot, norm } from '../../../src/engine/vectors';
import layersFile from '../../oracle/layers.json';
import file from '../../oracle/network.json';

const plan = (init: string, inputs: number, outputs: number, rest: Partial<NetworkPlan> = {}): NetworkPlan => ({
  inputs,
  layers: [{ dense: outputs, activation: 'relu', init, bias: 0.01 }],
  loss: 'crossEntropy',
  seed: 1,
  ...rest,
});

describe('starting weights', () => {
  const { inputs, outputs, drawn, gains } = file.initialisers;
  const expected: Record<string, { deviation: number; largest: number }> = drawn;
  /** Uniform ones and a truncated one never leave their interval. */
  const bounds: Record<string, number> = {
    constant: 0,
    heUniform: gains.relu * Math.sqrt(3 / inputs),
    lecunUniform: gains.linear * Math.sqrt(3 / inputs),
    torchUniform: gains.torchDefault * Math.sqrt(3 / inputs),
    xavierUniform: Math.sqrt(6 / (inputs + outputs)),
    truncatedNormal: 2 / (0.8796256610342398 * Math.sqrt(inputs)),
  };

  for (const { name } of initialisers)
    it(`${name} has mean 0, the deviation and the bounds that PyTorch's or JAX's has, and is repeatable`, () => {
      const [{ weight, bias }] = startingWeights(plan(name, inputs, outputs));
      const { deviation, largest } = expected[name];
      const n = weight.length;
      assert.equal(n, inputs * outputs);
      const mean = weight.reduce((sum, w) => sum + w, 0) / n;
      assert.ok(Math.abs(mean) <= (5 * deviation) / Math.sqrt(n), `mean ${mean}`);
      assert.ok(Math.abs(Math.sqrt(dot(weight, weight) / n) - deviation) <= 0.01 * deviation);
      const reached = weight.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
      assert.ok(Math.abs(reached - largest) <= (name in bounds ? 1e-4 : 0.2) * largest, `largest ${reached}, PyTorch's ${largest}`);
      if (name in bounds) assert.ok(reached <= Math.fround(bounds[name]) * (1 + 1e-7));
      assert.ok(weight.every((w) => w === Math.fround(w)));
      assert.ok(bias.every((b) => b === Math.fround(0.01)));
    });

  for (const { name } of initialisers)
    it(`${name} gives the same weights for the same seed, and others for another`, () => {
      const [first, again, other] = [1, 1, 2].map((seed) => startingWeights(plan(name, 30, 20, { seed }))[0].weight);
      assert.deepEqual(again, first);
      if (name !== 'constant') assert.notDeepEqual(other, first);
    });

  it('orthogonal has orthonormal rows, or columns where there are fewer of them, to 1e-6', () => {
    for (const [fanIn, fanOut] of [
      [40, 40],
      [50, 20],
      [20, 50],
      [1, 7],
      [7, 1],
      [300, 300],
    ]) {
      const [{ weight }] = startingWeights(plan('orthogonal', fanIn, fanOut));
      const turned = fanOut <= fanIn ? weight : transpose(weight, fanOut, fanIn);
      const [few, many] = [Math.min(fanIn, fanOut), Math.max(fanIn, fanOut)];
      const gram = matmul(turned, transpose(turned, few, many), few, many, few);
      gram.forEach((value, k) => {
        const wanted = k % (few + 1) === 0 ? 1 : 0;
        assert.ok(Math.abs(value - wanted) < 1e-6, `${fanOut} × ${fanIn}, entry ${k}: ${value}`);
      });
    }
  });

  it('gives a convolution the fans that PyTorch does: channels and filters, each times the window', () => {
    const { shape, heUniform, xavierUniform } = layersFile.fans;
    const [filters, channels, height, width] = shape;
    for (const [init, bound] of Object.entries({ heUniform, xavierUniform })) {
      const [{ weight, bias }] = startingWeights({
        inputs: [channels, 8, 8],
        layers: completeLayers([{ convolution: filters, kernel: [height, width], init, bias: 0.5 }]),
        loss: 'crossEntropy',
        seed: 1,
      });
      const reached = weight.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
      assert.equal(weight.length, filters * channels * height * width);
      assert.ok(Math.abs(reached - bound) <= 1e-3 * bound, `${init} reaches ${reached}, PyTorch’s ${bound}`);
      assert.deepEqual(bias, new Float64Array(filters).fill(0.5));
    }
    const [{ weight }] = startingWeights({
      inputs: [2, 4, 4],
      layers: completeLayers([{ convolution: 5, kernel: 3, init: 'orthogonal' }, { batchNorm: true }]),
      loss: 'crossEntropy',
      seed: 1,
    });
    const gram = matmul(weight, transpose(weight, 5, 18), 5, 18, 5);
    gram.forEach((value, k) => assert.ok(Math.abs(value - (k % 6 === 0 ? 1 : 0)) < 1e-6, 'filters are orthonormal'));
  });

  it('starts a batch norm with a scale of 1 and a shift of 0', () => {
    const layers = completeLayers([{ dense: 3 }, { batchNorm: true }]);
    const [, { weight, bias }] = startingWeights({ inputs: 2, layers, loss: 'meanSquaredError', seed: 1 });
    assert.deepEqual([...weight, ...bias], [1, 1, 1, 0, 0, 0]);
  });

  it('takes given weights to the last bit, and refuses those of another shape', () => {
    const weight = [
      [0.1, 0.2, 0.3],
      [0.4, 0.5, 0.6],
    ];
    const [given] = startingWeights(plan('heUniform', 3, 2, { given: [{ weight, bias: [7, 8] }] }));
    assert.deepEqual([...given.weight], weight.flat());
    assert.deepEqual([...given.bias], [7, 8]);
    assert.throws(
      () => startingWeights(plan('heUniform', 2, 3, { given: [{ weight, bias: [7, 8] }] })),
      /weights given for dense1 are 2 × 3 with 2 biases; 3 × 2 with 3 is expected/,
    );
  });
});

describe('vectors', () => {
  it('have a norm that neither overflows nor vanishes, and tells of what is not finite', () => {
    assert.equal(norm(Float32Array.of(3, 0, 0, 4, 0)), 5);
    assert.equal(norm(new Float64Array(0)), 0);
    assert.equal(norm(new Float32Array(9)), 0);
    assert.ok(Math.abs(norm(Float64Array.of(3e200, 4e200)) / 5e200 - 1) < 1e-15);
    assert.ok(Math.abs(norm(Float64Array.of(3e-200, 4e-200)) / 5e-200 - 1) < 1e-15);
    assert.equal(norm(Float64Array.of(1, Infinity)), Infinity);
    assert.ok(Number.isNaN(norm(Float64Array.of(1, NaN, Infinity))));
    assert.ok(Math.abs(norm(Float32Array.from({ length: 1001 }, () => 0.1)) - Math.fround(0.1) * Math.sqrt(1001)) < 1e-12);
  });
});
