/**
 * What AdaGrad-Norm is for (Ward, Wu & Bottou 2018, section 4): it converges whatever its first divisor b₀ is, while gradient descent with the
 * rate 1/b₀ diverges. A network of one hidden layer on images; b₀ over six orders of magnitude.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { cpuBackend } from '../../../../src/engine/backends/cpu';
import type { NetworkPlan } from '../../../../src/engine/network/plan';
import type { Dataset } from '../../../../src/engine/problems/dataset';
import { idxDataset, readImages, readLabels } from '../../../../src/engine/problems/idx';
import { Random } from '../../../../src/engine/random';
import { ready } from '../follow';
import { strokes } from './strokes';

const folder = '../shared/data/mnist';
const file = (name: string): Uint8Array => gunzipSync(readFileSync(`${folder}/${name}.gz`));

function mnist(): Dataset {
  const [images, labels] = ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'];
  return idxDataset(readImages(file(images), images), readLabels(file(labels), labels), { images, labels });
}

const hidden = 16;
const batch = 64;
const steps = 250;
const samples = 1000;
/** The loss of guessing each of ten classes alike. */
const guessing = Math.log(10);

const plan: NetworkPlan = {
  inputs: 784,
  layers: [
    { dense: hidden, activation: 'relu', init: 'heUniform', bias: 0 },
    { dense: 10, activation: 'identity', init: 'heUniform', bias: 0 },
  ],
  loss: 'crossEntropy',
  seed: 1,
};

/** The mean loss on all samples after the last step. */
function train(data: Dataset, name: string, given: Record<string, number>): number {
  const { rule, settings } = ready(name, given);
  const model = cpuBackend.network(plan, data, samples);
  const updater = cpuBackend.updater(rule, settings, model, 1);
  const random = new Random(2, 'batches');
  for (let t = 1; t <= steps; t++) {
    const rows = Uint32Array.from({ length: batch }, () => random.integer(samples));
    const loss = model.gradient(rows);
    updater.step(t, Number(settings.lr), 'nothing', { rows, loss });
  }
  return model.evaluate(Uint32Array.from({ length: samples }, (_, i) => i)).loss;
}

const found = existsSync(folder);
const dataSets: readonly (readonly [title: string, data: () => Dataset])[] = [
  [`images of strokes${found ? '' : ` (MNIST itself was not tried: there is no ${folder})`}`, () => strokes(samples)],
  ...(found ? [['MNIST', mnist] as const] : []),
];

for (const [title, load] of dataSets)
  describe(`AdaGrad-Norm on ${title}`, () => {
    let data: Dataset;
    before(() => (data = load()));

    const reached: number[] = [];
    for (const b0 of [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1])
      it(`converges from b₀ = ${b0}, where gradient descent with 1/b₀ does not`, () => {
        const loss = train(data, 'adagradNorm', { lr: 1, b0 });
        assert.ok(loss < 0.25, `AdaGrad-Norm: ${loss}`);
        reached.push(loss);
        const plain = train(data, 'sgd', { lr: 1 / b0 });
        assert.ok(!(plain < 0.95 * guessing), `gradient descent: ${plain}`);
      });

    it('ends at the same loss whatever b₀ was', () => assert.ok(Math.max(...reached) < 1.05 * Math.min(...reached), reached.join()));
  });
