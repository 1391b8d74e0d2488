// Samples on their way into a network on the CPU: the same numbers from a small data set, which is kept beside the weights, and from a large one.
import assert from 'node:assert/strict';
import { cpuBackend } from '../../../src/engine/backends/cpu';
import { completeLayers } from '../../../src/engine/network/complete';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { Random } from '../../../src/engine/random';
import { referenceBackend } from '../../../src/engine/backends/reference';
import { classes, targets } from './data';
import { close, flat } from './networks';

/** Samples of data sets above 1 MiB, and how many of them the small one has. */
const [many, few] = [30_000, 40];
const random = new Random(3, 'data');
const kinds: Readonly<Record<string, (count: number) => Dataset['x']>> = {
  bytes: (count) => new Uint8Array(count),
  'float32 numbers': (count) => new Float32Array(count),
  'float64 numbers': (count) => new Float64Array(count),
};

describe('samples on the CPU', () => {
  for (const [kind, make] of Object.entries(kinds))
    for (const inputs of [37, 52])
      for (const loss of ['crossEntropy', 'meanSquaredError'])
        it(`are the same from small and large data sets: ${inputs} ${kind}, ${loss}`, () => {
          const x = make(many * inputs);
          for (let i = 0; i < few * inputs; i++) x[i] = kind === 'bytes' ? random.integer(256) : random.normal();
          const labels = Array.from({ length: many }, () => random.integer(3));
          const scale = kind === 'bytes' ? 1 / 255 : 1;
          const set = (samples: number): Dataset => ({
            name: 'test data',
            samples,
            inputs,
            x: x.slice(0, samples * inputs),
            scale,
            y: loss === 'crossEntropy' ? classes(labels.slice(0, samples), 3) : targets(labels.slice(0, samples), 1),
          });
          const layers = completeLayers([{ dense: 5, activation: 'tanh' }, { dense: loss === 'crossEntropy' ? 3 : 1 }]);
          const plan = { inputs, layers, loss, seed: 1 };
          const rows = Uint32Array.from({ length: few }, (_, i) => (7 * i) % few);
          const [small, large] = [few, many].map((samples) => {
            const model = cpuBackend.network(plan, set(samples), 16);
            return { loss: model.gradient(rows), gradient: flat(model.gradients), evaluation: model.evaluate(rows) };
          });
          assert.deepEqual(large, small);
          const reference = referenceBackend.network(plan, set(few), few);
          close([small.loss], [reference.gradient(rows)], 1e-5, 'loss');
          close(small.gradient, flat(reference.gradients), 1e-5, 'gradient');
        });
});
