/**
 * What K-FAC is for (Martens & Grosse 2015, section 13): a deep autoencoder, on which it takes far fewer steps than SGD with momentum. The
 * paper's "curves" are images of smooth curves; here they are the curves themselves, 32 points of each, squeezed through four units.
 */
import assert from 'node:assert/strict';
import { cpuBackend } from '../../../../src/engine/backends/cpu';
import type { NetworkPlan } from '../../../../src/engine/network/plan';
import type { Dataset } from '../../../../src/engine/problems/dataset';
import { Random } from '../../../../src/engine/random';
import { train } from './training';

const points = 32;
const samples = 512;
const sizes = [points, 24, 12, 4, 12, 24, points];

const plan: NetworkPlan = {
  inputs: points,
  loss: 'meanSquaredError',
  seed: 1,
  layers: sizes.slice(1).map((outputs, i) => ({
    dense: outputs,
    activation: i === sizes.length - 2 ? 'identity' : 'tanh',
    init: 'xavierUniform',
    bias: 0,
  })),
};

function curves(): Dataset {
  const random = new Random(3, 'curves');
  const values = new Float64Array(samples * points);
  for (let s = 0; s < samples; s++) {
    const [level, slope, wave, ripple] = Array.from({ length: 4 }, () => random.normal());
    for (let i = 0; i < points; i++) {
      const u = (2 * i) / (points - 1) - 1;
      values[s * points + i] = 0.6 * Math.tanh(level + slope * u + wave * Math.sin(3 * u) + 0.5 * ripple * Math.cos(6 * u));
    }
  }
  return { name: 'curves', samples, inputs: points, x: values, scale: 1, y: { kind: 'targets', outputs: points, values } };
}

describe('K-FAC on a deep autoencoder', () => {
  const course = { backend: cpuBackend, plan, data: curves(), batch: samples / 2 };
  /** Just below where gradient descent stands still for long. */
  const goal = 2.9e-3;
  const passesTo = (losses: readonly number[]): number => losses.findIndex((loss) => loss <= goal) + 1 || Infinity;

  it('takes fewer than half the steps that SGD with momentum takes, whatever the learning rate', function () {
    this.timeout(60_000);
    const passes = passesTo(train(course, 'kfac', { lr: 0.3, damping: 0.01, clip: 0.1 }, 70));
    assert.ok(passes <= 70, `K-FAC took ${passes} passes`);
    for (const lr of [0.1, 0.3, 1, 2]) {
      const plain = passesTo(train(course, 'sgd', { lr, momentum: 0.9 }, 2 * passes));
      assert.equal(plain, Infinity, `SGD with ${lr} took ${plain} passes, K-FAC ${passes}`);
    }
  });
});
