/** What the inspector calls layers, which weight a cell of its map is, which layer is slowest, and how a number is written with all its digits. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { column, rowWidth, writeRow } from '../../../src/shared/frame';
import { History } from '../../../src/shared/history';
import { exactly } from '../../../src/webview/inspector/everyNumber';
import { layerName } from '../../../src/webview/inspector/layerName';
import { meanRatios, RANKED_STEPS, ratioSeries, slowestFirst, updateRatio } from '../../../src/webview/inspector/slowest';
import { indicesAt, placeColumns, showWeights, weightAt } from '../../../src/webview/inspector/weightPlace';

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
  const convolution = { rows: 16, columns: 150, shape: [16, 6, 5, 5], image: [6, 5, 5] } as const;
  const dense = { rows: 128, columns: 784, shape: [128, 784], image: null } as const;

  it('says what its rows and columns are', () => {
    const show = (map: Parameters<typeof showWeights>[0], name = 'dense1.weight', layer = map.shape): string =>
      showWeights(map, { name, layer });
    assert.equal(show(convolution, 'convolution1.weight'), '16 filters × 6·5·5');
    assert.equal(show(dense), '128 units × 784 inputs');
    assert.equal(show({ rows: 1, columns: 7, shape: [1, 7] }), '1 unit × 7 inputs');
    assert.equal(show({ rows: 1, columns: 128, shape: [128] }, 'dense1.bias'), '128 units');
    assert.equal(show({ rows: 1, columns: 8, shape: [8] }, 'batchNorm1.weight'), '8 channels');
    assert.equal(show({ rows: 1, columns: 2, shape: [2] }, 'position'), '2 variables');
    assert.equal(show({ rows: 500, columns: 2000, shape: [1000, 4000] }), '1,000 units × 4,000 inputs, shown as 500 × 2,000');
    assert.equal(show({ rows: 1, columns: 1, shape: [128, 784] }), '128 units × 784 inputs', 'one number for all is no part of them');
    assert.equal(show({ rows: 24, columns: 24, shape: [24, 24] }, 'dense1.weight', [24, 144]), '24 × 24', 'a state has no inputs');
  });

  it('names the weight of a cell by its own indices, in the order of memory', () => {
    let place = 0;
    for (let channel = 0; channel < 6; channel++)
      for (let line = 0; line < 5; line++)
        for (let at = 0; at < 5; at++) assert.deepEqual(indicesAt(convolution, 7, place++), [7, channel, line, at]);
    assert.deepEqual(indicesAt({ rows: 1, columns: 128, shape: [128] }, 0, 5), [5]);
    assert.deepEqual(indicesAt({ rows: 500, columns: 2000, shape: [1000, 4000] }, 2, 3), [4, 6]);
  });

  it('says in words where a weight is', () => {
    const at = (map: Parameters<typeof weightAt>[0], name: string, row: number, place: number): string =>
      weightAt(map, { name, layer: map.shape }, row, place);
    assert.equal(at({ ...dense, image: [1, 28, 28] }, 'dense1.weight', 12, 3 * 28 + 14), 'unit 12, pixel (3, 14)');
    assert.equal(at({ rows: 2, columns: 12, shape: [2, 12], image: [3, 2, 2] }, 'dense1.weight', 1, 7), 'unit 1, channel 1, pixel (1, 1)');
    assert.equal(at(dense, 'dense2.weight', 3, 700), 'unit 3, input 700');
    assert.equal(at(convolution, 'convolution1.weight', 3, 62), 'filter 3, channel 2, pixel (2, 2)');
    assert.equal(at({ rows: 1, columns: 8, shape: [8], image: null }, 'dense1.bias', 0, 5), 'unit 5');
    assert.equal(at({ rows: 1, columns: 8, shape: [8], image: null }, 'batchNorm1.weight', 0, 5), 'channel 5');
    assert.equal(at({ rows: 1, columns: 2, shape: [2], image: null }, 'position', 0, 1), 'variable 1');
    const square = { rows: 3, columns: 3, shape: [3, 3], image: null };
    assert.equal(
      weightAt(square, { name: 'dense1.weight', layer: [3, 4] }, 1, 2),
      'entry [1, 2]',
      'what a rule keeps in a shape of its own',
    );
  });

  it('has for each cell of its table where the weight is, the pixel of an image too', () => {
    const at = (map: Parameters<typeof placeColumns>[0], name: string, row: number, column: number, layer = map.shape): unknown =>
      Object.fromEntries(placeColumns(map, { name, layer }).map((place) => [place.name, place.at(row, column)]));
    assert.deepEqual(at({ ...dense, image: [1, 28, 28] }, 'dense1.weight', 12, 3 * 28 + 14), {
      unit: 12,
      input: 98,
      'pixel row': 3,
      'pixel column': 14,
    });
    assert.deepEqual(at({ rows: 2, columns: 12, shape: [2, 12], image: [3, 2, 2] }, 'dense1.weight', 1, 7), {
      unit: 1,
      input: 7,
      channel: 1,
      'pixel row': 1,
      'pixel column': 1,
    });
    assert.deepEqual(at(dense, 'dense2.weight', 3, 700), { unit: 3, input: 700 });
    assert.deepEqual(at(convolution, 'convolution1.weight', 3, 62), { filter: 3, channel: 2, row: 2, column: 2 });
    assert.deepEqual(at({ rows: 1, columns: 2, shape: [2], image: null }, 'position', 0, 1), { variable: 1 });
    assert.deepEqual(at({ rows: 1, columns: 8, shape: [8], image: null }, 'batchNorm1.weight', 0, 5), { channel: 5 });
    assert.deepEqual(at({ rows: 3, columns: 3, shape: [3, 3], image: null }, 'dense1.weight', 1, 2, [3, 4]), {
      'index 1': 1,
      'index 2': 2,
    });
  });
});

describe('the slowest layer', () => {
  /** A history of Δw/w: a row a step, a column a layer. */
  const historyOf = (ratios: readonly (readonly number[])[]): History => {
    const [layers] = [ratios[0].length];
    const data = new Float64Array(ratios.length * rowWidth(layers));
    const none = { q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 };
    ratios.forEach((row, i) =>
      writeRow(data, i * rowWidth(layers), {
        type: 'step',
        step: i + 1,
        epoch: 0,
        loss: 1,
        lr: 1,
        gradientNorm: row.map(() => 1),
        updateNorm: row.map((ratio) => 2 * ratio),
        weightNorm: row.map(() => 2),
        effectiveRate: row.map(() => none),
      }),
    );
    const history = new History(layers);
    history.addRows({ layers, rows: ratios.length, width: rowWidth(layers), data, spacing: { stride: 1, phase: 0 } });
    return history;
  };
  const ranks = (history: History, row: number): number[] => {
    const means = new Float64Array(history.layers);
    meanRatios(history, row, means);
    return slowestFirst(means);
  };

  it('is the one that moved least for its size over the last steps, not in the last one alone', () => {
    const ratios = Array.from({ length: 200 }, (_, step) => [1e-3, step === 199 ? 1e-1 : 1e-4, 1e-2]);
    assert.deepEqual(ranks(historyOf(ratios), 199), [1, 0, 2]);
  });

  it('is that of the step looked at', () => {
    const ratios = Array.from({ length: 200 }, (_, step) => (step < 100 ? [1, 2] : [2, 1]));
    assert.deepEqual([ranks(historyOf(ratios), 99), ranks(historyOf(ratios), 100 + RANKED_STEPS)], [[0, 1], [1, 0]]); // prettier-ignore
  });

  it('is none of those that never moved or have no weights yet: these come last', () => {
    assert.deepEqual(ranks(historyOf([[NaN, 3, Infinity, 2, 0]]), 0), [3, 1, 0, 2, 4]);
  });

  it('moves by 0 where all its last steps were 0, as at a learning rate of 0; nothing is said of one without weights', () => {
    const history = historyOf(Array.from({ length: 60 }, (_, step) => [step < 5 ? 1 : 0, step % 2 === 0 ? 0 : 1, NaN]));
    const means = new Float64Array(3);
    meanRatios(history, 59, means);
    assert.deepEqual([...means], [0, 1, NaN]);
    assert.deepEqual(slowestFirst(means), [1, 0, 2]);
  });

  it("has the record's numbers as its line", () => {
    const history = historyOf([[0.25], [0.5]]);
    const line = ratioSeries(history, 0);
    assert.deepEqual([line.length, line.x(1), line.y(1), updateRatio(history, 0, 0)], [2, 2, 0.5, 0.25]);
    assert.equal(history.at(1, column.updateNorm(0)), 1);
  });
});

describe('a number with all its digits', () => {
  it('reads back as itself', () => {
    const back = (text: string): number => {
      const [mantissa, exponent = '0'] = text.split(' × 10');
      const digits = [...exponent].map((digit) =>
        '⁰¹²³⁴⁵⁶⁷⁸⁹'.includes(digit) ? String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)) : digit.replace('⁻', '-'),
      );
      return Number(`${mantissa.replace('−', '-')}e${digits.join('')}`);
    };
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => assert.equal(back(exactly(value, false)), value + 0)),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) =>
        assert.equal(Math.fround(back(exactly(value, true))), value + 0),
      ),
    );
  });

  it('has no more digits than its precision', () => {
    assert.equal(exactly(Math.fround(0.1), true), '0.1');
    assert.equal(exactly(Math.fround(-1e-9), true), '−1 × 10⁻⁹');
    assert.equal(exactly(0.1, false), '0.1');
    assert.deepEqual([exactly(NaN, true), exactly(-Infinity, false)], ['NaN', '−∞']);
  });
});
