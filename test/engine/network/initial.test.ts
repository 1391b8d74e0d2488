// What a network starts from: the variance that each initialiser promises, reproducibility, and given weights.
import assert from 'node:assert/strict';
import { startingWeights } from '../../../src/engine/network/initial';
import { initialisers } from '../../../src/engine/network/initialisers';
import type { NetworkPlan } from '../../../src/engine/network/plan';
import { dot, norm } from '../../../src/engine/vectors';

const plan = (init: string, inputs: number, outputs: number, rest: Partial<NetworkPlan> = {}): NetworkPlan => ({
  inputs,
  layers: [{ kind: 'dense', inputs, outputs, activation: 'relu', init, bias: 0.01 }],
  loss: 'crossEntropy',
  seed: 1,
  ...rest,
});

describe('starting weights', () => {
  const [inputs, outputs] = [300, 200];
  const expected: Record<string, { variance: number; bound: number }> = {
    constant: { variance: 0, bound: 0 },
    heNormal: { variance: 2 / inputs, bound: Infinity },
    heUniform: { variance: 2 / inputs, bound: Math.sqrt(6 / inputs) },
    xavierNormal: { variance: 2 / (inputs + outputs), bound: Infinity },
    xavierUniform: { variance: 2 / (inputs + outputs), bound: Math.sqrt(6 / (inputs + outputs)) },
  };

  for (const { name } of initialisers)
    it(`${name} has mean 0, the variance it promises, and keeps its bounds`, () => {
      const [{ weight, bias }] = startingWeights(plan(name, inputs, outputs));
      const { variance, bound } = expected[name];
      const n = weight.length;
      assert.equal(n, inputs * outputs);
      const mean = weight.reduce((sum, w) => sum + w, 0) / n;
      assert.ok(Math.abs(mean) <= 5 * Math.sqrt(variance / n), `mean ${mean}`);
      assert.ok(Math.abs(dot(weight, weight) / n - variance) <= 0.05 * variance);
      assert.ok(weight.every((w) => Math.abs(w) <= Math.fround(bound) && w === Math.fround(w)));
      assert.ok(bias.every((b) => b === Math.fround(0.01)));
      assert.deepEqual(startingWeights(plan(name, inputs, outputs))[0].weight, weight, 'the same seed gives the same weights');
      if (variance > 0) assert.notDeepEqual(startingWeights(plan(name, inputs, outputs, { seed: 2 }))[0].weight, weight);
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
