/** Which weights are pictures, and of which extents. */
import assert from 'node:assert/strict';
import { imagesOf } from '../../../src/engine/network/images';
import { structure } from '../../../src/engine/network/structure';
import { prepare } from '../../../src/engine/run/prepare';
import type { NetworkProblem } from '../../../src/engine/run/specification';
import { noFiles } from '../run/runs';

/** Names of layers → their images, where they have any. */
async function images(
  layers: NetworkProblem['network']['layers'],
  generator: 'shapes' | 'moons',
): Promise<Record<string, readonly number[]>> {
  const data = { generator, samples: 20 };
  const { problem } = await prepare(
    { problem: { network: { layers, loss: 'crossEntropy' }, data }, optimizer: { name: 'sgd' }, steps: 1 },
    noFiles,
  );
  assert.ok(problem.kind === 'network');
  const made = structure(problem.plan);
  const found = imagesOf(made, problem.data.shape);
  assert.equal(found.length, made.layers.length);
  return Object.fromEntries(
    made.layers.flatMap(({ name, shape }, i) => {
      const image = found[i];
      if (image === null) return [];
      assert.equal(
        image[0] * image[1] * image[2],
        shape.slice(1).reduce((all, extent) => all * extent, 1),
        name,
      );
      return [[name, image]];
    }),
  );
}

describe('the weights that are images', () => {
  it('are those of the first dense layer on images, also behind what only disturbs the pixels', async () => {
    const side = (await images([{ dense: 3 }, { dense: 4 }], 'shapes'))['dense1.weight'];
    assert.equal(side[0], 1);
    assert.ok(side[1] > 1 && side[1] === side[2]);
    assert.deepEqual(await images([{ dropout: 0.1 }, { dense: 3, activation: 'relu' }, { dropout: 0.5 }, { dense: 4 }], 'shapes'), {
      'dense1.weight': side,
    });
  });

  it('are filters, and the weights of a dense layer on what they made', async () => {
    const found = await images([{ convolution: 4, kernel: 3 }, { convolution: 2, kernel: 1 }, { flatten: true }, { dense: 4 }], 'shapes');
    assert.deepEqual(found['convolution1.weight'], [1, 3, 3]);
    assert.equal(found['convolution2.weight'], undefined, 'a filter of one place is no image');
    assert.equal(found['dense1.weight'][0], 2);
  });

  it('are none on plain numbers', async () => {
    assert.deepEqual(await images([{ dense: 3 }, { dense: 2 }], 'moons'), {});
  });
});
