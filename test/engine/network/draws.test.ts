// What dropout and noise draw: the shares and moments they promise, the same numbers for the same step whatever came before.
import assert from 'node:assert/strict';
import type { Model } from '../../../src/engine/backends/backend';
import { referenceBackend } from '../../../src/engine/backends/reference';
import { drawMask, drawNoise, streamOf } from '../../../src/engine/network/draws';
import type { DropoutOperation, NoiseOperation } from '../../../src/engine/network/operations';
import { network } from '../backends/everyLayer';
import { all, flat } from '../backends/networks';

const dropout: DropoutOperation = { kind: 'dropout', name: 'dropout1', from: [0], parameters: [], rate: 0.3, index: 1 };
const noise: NoiseOperation = { kind: 'noise', name: 'noise1', from: [0], parameters: [], deviation: 0.5, index: 1 };
const count = 100_000;

describe('draws in training', () => {
  it('keep the promised share, made larger so that the mean stays 1', () => {
    const mask = new Float64Array(count);
    drawMask(streamOf(dropout, 1, 1), 0.3, mask, 0, count);
    assert.deepEqual(new Set(mask), new Set([0, 1 / 0.7]));
    const share = mask.filter((factor) => factor === 0).length / count;
    assert.ok(Math.abs(share - 0.3) < 4 * Math.sqrt((0.3 * 0.7) / count), `${share} dropped`);
    drawMask(streamOf(dropout, 1, 1), 0, mask, 0, count);
    assert.ok(mask.every((factor) => factor === 1));
  });

  it('add noise with mean 0 and the promised deviation', () => {
    const added = new Float64Array(count);
    drawNoise(streamOf(noise, 1, 1), 0.5, added, 0, count);
    const mean = added.reduce((sum, each) => sum + each, 0) / count;
    const variance = added.reduce((sum, each) => sum + each * each, 0) / count;
    assert.ok(Math.abs(mean) < (4 * 0.5) / Math.sqrt(count), `mean ${mean}`);
    assert.ok(Math.abs(variance - 0.25) < 4 * 0.25 * Math.sqrt(2 / count), `variance ${variance}`);
  });

  it('are others for another step, layer and seed, also after a billion steps', () => {
    const first = (operation: DropoutOperation, seed: number, step: number): number => streamOf(operation, seed, step).uint32();
    const other = { ...dropout, index: 2 };
    const drawn = [
      first(dropout, 1, 1),
      first(dropout, 1, 2),
      first(dropout, 1, 1e9),
      first(dropout, 1, 1e9 - 1),
      first(other, 1, 1),
      first(dropout, 2, 1),
    ];
    assert.equal(new Set(drawn).size, drawn.length);
  });

  const made = (): Model => {
    const { plan, data } = network('draws', [8], [{ noise: 0.2 }, { dense: 9 }, { dropout: 0.5 }, { dense: 3 }], 'crossEntropy');
    return referenceBackend.network(plan, data, data.samples);
  };
  const gradientAt = (model: Model, step: number): Float64Array => {
    model.begin(step);
    model.gradient(all(model));
    return flat(model.gradients);
  };

  it('are the same at every call of a step, whatever was computed before', () => {
    const [one, other] = [made(), made()];
    const expected = gradientAt(one, 5);
    gradientAt(other, 2);
    other.evaluate(all(other));
    assert.deepEqual(gradientAt(other, 5), expected);
    other.loss(all(other));
    assert.deepEqual(gradientAt(other, 5), expected);
    assert.equal(other.loss(all(other)), other.gradient(all(other)), 'the loss has the step’s draws, too');
    assert.notDeepEqual(gradientAt(other, 6), expected);
  });

  it('are not made in evaluation, nor for the Hessian', () => {
    const model = made();
    model.begin(1);
    const before = model.evaluate(all(model)).loss;
    const product = (): Float64Array => {
      const out = new Float64Array(model.parameters);
      model.hessian(all(model)).apply(new Float64Array(model.parameters).fill(1), out);
      return out;
    };
    const expected = product();
    model.begin(2);
    assert.equal(model.evaluate(all(model)).loss, before);
    assert.deepEqual(product(), expected);
    assert.notEqual(model.loss(all(model)), before);
  });

  it('have the expectation of evaluation where the network is linear', () => {
    const { plan, data } = network('linear', [8], [{ noise: 0.3 }, { dropout: 0.4 }, { dense: 1 }], 'meanSquaredError');
    const model = referenceBackend.network(plan, data, data.samples);
    const rows = all(model);
    // The mean of (output − target) over samples and draws is linear in the outputs: its gradient by the bias tells it.
    const steps = 2000;
    let sum = 0;
    for (let step = 1; step <= steps; step++) sum += gradientAt(model, step)[8] / steps;
    const still = new Float64Array(model.parameters);
    model.hessian(rows).gradient(still);
    assert.ok(Math.abs(sum - still[8]) < 0.05, `${sum}, and ${still[8]} in evaluation`);
  });
});
