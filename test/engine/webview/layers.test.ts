/** What the inspector calls layers, and which weight a cell of its map is. */
import assert from 'node:assert/strict';
import { layerName } from '../../../src/webview/inspector/layerName';
import { showWeights, weightAt } from '../../../src/webview/inspector/weightPlace';

describe('layers in the inspector', () => {
  for (const [name, shown] of [
    ['dense1.weight', 'dense1 · weight'],
    ['convolution12.bias', 'conv12 · bias'],
    ['batchNorm2.weight', 'batchNorm2 · γ'],
    ['batchNorm2.bias', 'batchNorm2 · β'],
    ['position', 'position'],
  ])
    it(`${name} is called ${shown}`, () => assert.equal(layerName(name), shown));
});

describe('the map of every weight', () => {
  const convolution = { rows: 16, columns: 150, shape: [16, 6, 5, 5] };
  it('says what its rows and columns are', () => {
    assert.equal(showWeights(convolution), '16 filters × 6·5·5');
    assert.equal(showWeights({ rows: 128, columns: 784, shape: [128, 784] }), '128 × 784');
    assert.equal(showWeights({ rows: 1, columns: 128, shape: [128] }), '128');
    assert.equal(showWeights({ rows: 500, columns: 2000, shape: [1000, 4000] }), '1,000 × 4,000 shown as 500 × 2,000');
  });
  it('names the weight of a cell by its own indices, in the order of memory', () => {
    let column = 0;
    for (let channel = 0; channel < 6; channel++)
      for (let line = 0; line < 5; line++)
        for (let place = 0; place < 5; place++) assert.equal(weightAt(convolution, 7, column++), `[7, ${channel}, ${line}, ${place}]`);
    assert.equal(weightAt({ rows: 128, columns: 784, shape: [128, 784] }, 3, 700), '[3, 700]');
    assert.equal(weightAt({ rows: 1, columns: 128, shape: [128] }, 0, 5), '[5]');
    assert.equal(weightAt({ rows: 500, columns: 2000, shape: [1000, 4000] }, 2, 3), '[4, 6]');
  });
});
