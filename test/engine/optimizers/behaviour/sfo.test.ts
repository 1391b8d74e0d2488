/** What SFO is for (Sohl-Dickstein et al. 2014, section 5): on logistic regression it is nearer to the optimum than SGD after as many passes. */
import assert from 'node:assert/strict';
import { referenceBackend } from '../../../../src/engine/backends/reference';
import type { NetworkPlan } from '../../../../src/engine/network/plan';
import type { Dataset } from '../../../../src/engine/problems/dataset';
import { Random } from '../../../../src/engine/random';
import { train } from './training';

const inputs = 20;
const samples = 1000;
const classes = 4;

const plan: NetworkPlan = {
  inputs,
  loss: 'crossEntropy',
  seed: 1,
  layers: [{ dense: classes, activation: 'identity', init: 'xavierUniform', bias: 0 }],
};

/** Clouds that overlap, in features whose sizes differ tenfold, as real ones do. */
function clouds(): Dataset {
  const random = new Random(3, 'clouds');
  const centers = Array.from({ length: classes * inputs }, () => 0.5 * random.normal());
  const labels = Int32Array.from({ length: samples }, () => random.integer(classes));
  const x = Float64Array.from({ length: samples * inputs }, (_, k) => {
    const feature = k % inputs;
    return (centers[labels[Math.floor(k / inputs)] * inputs + feature] + random.normal()) * 10 ** (-feature / inputs);
  });
  const names = Array.from({ length: classes }, (_, label) => String(label));
  return { name: 'clouds', samples, inputs, x, scale: 1, y: { kind: 'classes', classes, names, labels } };
}

describe('SFO on logistic regression', () => {
  const data = clouds();
  const course = { backend: referenceBackend, plan, data, batch: 50 };
  const passes = 12;

  it('is ten times nearer to the optimum than SGD, with or without momentum, at any learning rate', function () {
    this.timeout(60_000);
    const optimum = Math.min(...train({ ...course, batch: samples }, 'lbfgs', { historySize: 50 }, 20));
    const gap = (name: string, given: Record<string, number>): number => (train(course, name, given, passes).at(-1) ?? NaN) - optimum;
    const sfo = gap('sfo', {});
    assert.ok(sfo > -1e-9 && sfo < 1e-2, `SFO: ${sfo}`);
    for (const lr of [0.03, 0.1, 0.3, 1, 3, 10])
      for (const momentum of [0, 0.9]) {
        const sgd = gap('sgd', { lr, momentum });
        assert.ok(!(sgd < 10 * sfo), `SGD with ${lr}, ${momentum}: ${sgd}; SFO: ${sfo}`);
      }
  });
});
