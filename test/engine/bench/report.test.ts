/** What the benchmark makes of its measurements, without measuring anything. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cases, operationsOf, parametersOf, type Case } from '../../../bench/cases';
import { readOptions, parts } from '../../../bench/options';
import { findPeers, ourName, peerKeys } from '../../../bench/participants';
import { batches, problemOf } from '../../../bench/problem';
import { disagreeing, passes, ratios, rowOf, timeOf, type Figure, type Report, type TrainingRow } from '../../../bench/report';
import { show, table, text } from '../../../bench/table';
import { median } from '../../../bench/timing';

const find = (id: string): Case => cases.find((one) => one.id === id) ?? assert.fail(id);

/** A row with these medians. */
const measured = (one: Case, times: readonly (readonly [string, 1 | 2, number])[], losses = [2, 1], threads = 1): TrainingRow =>
  rowOf(
    one,
    times.map(([name, threads, time]) => ({ name, threads, losses, rounds: [9 * time, time, time / 9], cores: [threads] })),
    [2, 1],
    { threads, note: 'as chosen' },
  );

const report = (training: readonly TrainingRow[], figures: readonly Figure[]): Report => ({
  version: 1,
  date: '2026-01-01T00:00:00.000Z',
  seconds: 12,
  machine: {
    ...{ processor: 'a processor', cores: 2, features: ['AVX2'], memory: 8, system: 'linux', node: '20.0.0', v8: '11.3' },
    ...{ relaxedSimd: true, bounds: 'guarded by pages', load: [0, 0, 0], busy: 0, drift: [0.01, 0.02] },
  },
  rounds: 3,
  secondsARound: 0.4,
  libraries: { PyTorch: '2.13.0' },
  missing: [{ name: 'JAX', reason: 'it is not installed', command: 'pip install jax' }],
  training,
  sections: [{ title: 'How many times as fast', figures }],
});

describe('the benchmark', () => {
  describe('ratios', () => {
    const c = find('c');
    const row = measured(c, [
      [ourName, 1, 500],
      [ourName, 2, 250],
      ['PyTorch', 1, 600],
      ['PyTorch', 2, 400],
      ['JAX', 1, 450],
      ['JAX', 2, 300],
    ]);

    it('are of medians over the rounds', () => {
      assert.equal(timeOf(row, ourName, 2)?.microseconds, 250);
      assert.equal(timeOf(row, 'JAX', 0)?.microseconds, 300, 'threads 0: the faster');
      assert.equal(median([3, 1, 2]), 2);
      assert.ok(Number.isNaN(median([])));
    });

    it('stand beside the bars of the same threads, and nothing stands for a peer that was not there', () => {
      assert.deepEqual(
        ratios(c, row).map((figure) => [figure.value, passes(figure)]),
        [
          [600 / 500, true], // PyTorch's one thread over our one, at least 1.2
          [600 / 250, true], // over our two, at least 2
          [300 / 250, false], // JAX's better over our two, at least 1.4
          [500 / 250, true], // our one over our two, at least 1.75
        ],
      );
    });

    it('take the number of threads that a run chooses, which must not be the slower one', () => {
      const a = find('a');
      const times = [
        [ourName, 1, 5],
        [ourName, 2, 8],
        ['PyTorch', 1, 210],
        ['PyTorch', 2, 190],
      ] as const;
      for (const [threads, torch, own, good] of [
        [1, 42, 1, true],
        [2, 26.25, 0.625, false],
      ] as const) {
        const found = ratios(a, measured(a, times, [2, 1], threads));
        assert.deepEqual(
          found.map(({ value }) => value),
          [torch, own],
        );
        assert.deepEqual(found.map(passes), [good, good]);
      }
    });
  });

  it('says who computes something else', () => {
    const b = find('b');
    assert.deepEqual(disagreeing([measured(b, [['JAX', 1, 1]], [2, 1.0005])]), []);
    assert.deepEqual(disagreeing([measured(b, [['JAX', 1, 1]], [2, 1.002])]), ['JAX (1T) on b']);
    assert.deepEqual(disagreeing([measured(b, [['JAX', 2, 1]], [2])]), ['JAX (2T) on b'], 'a loss that is missing agrees with none');
  });

  it('prints what was found, what was asked, who is missing and why', () => {
    const b = find('b');
    const row = measured(b, [
      [ourName, 1, 30],
      ['PyTorch', 1, 200.44],
    ]);
    const copy: Figure = { name: 'Adam', value: 1.25, unit: '×', bar: { atMost: 1.5 } };
    const printed = text(report([row], [...ratios(b, row), copy, { ...copy, name: 'Lion', value: 2 }]));
    for (const part of [
      /2 cores of a processor \(AVX2\)/,
      /JAX did not take part: it is not installed\n {2}pip install jax/,
      /network, batch +ours 1T +PyTorch 1T/,
      /b\. 64-64-10 ReLU, 64 +30 +200\n/,
      /b\. 64-64-10 ReLU, 64 +1 +6\.68\n/,
      /All compute the same/,
      /PyTorch \(1T\) ÷ ours \(1T, as chosen\) +6\.68 × +≥ 6 +✔/,
      /Lion +2 × +≤ 1\.5 +✘/,
      /2 of 3 bars reached/,
    ])
      assert.match(printed, part);
  });

  it('gives JSON that reads back as it was', () => {
    const row = measured(find('a'), [[ourName, 1, 4.5]]);
    const whole = report([row], ratios(find('a'), row));
    assert.deepEqual(JSON.parse(JSON.stringify(whole)), whole);
    assert.deepEqual(Object.keys(whole.training[0]), ['id', 'name', 'megaflops', 'chosen', 'times']);
  });

  it('writes numbers with three digits that count, in columns', () => {
    assert.deepEqual([0.012345, 1.75, 12.345, 68646].map(show), ['0.0123', '1.75', '12.3', '68,600']);
    assert.deepEqual(
      table(
        ['what', 'µs'],
        [
          ['one', '1'],
          ['three', '1,000'],
        ],
      ),
      ['what      µs', '────────────', 'one        1', 'three  1,000'],
    );
  });

  it('refuses arguments that mean nothing, with the nearest that do', () => {
    assert.deepEqual(readOptions([]).only, parts);
    assert.deepEqual(readOptions(['--only', 'training']).only, ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(readOptions(['--peers', 'none']).peers, []);
    assert.deepEqual(readOptions(['--peers', 'torch,tfjs']).peers, ['torch', 'tfjs']);
    assert.deepEqual([readOptions([]).install, readOptions(['--peers', 'all']).install], [false, true]);
    assert.deepEqual(readOptions(['--peers', 'all']).peers, peerKeys);
    assert.throws(() => readOptions(['--only', 'memroy']), /--only: found memroy; did you mean memory\? Valid are a, b/);
    assert.throws(() => readOptions(['--peers', 'pytorch']), /--peers: found pytorch; .*Valid are torch, jax/);
    assert.throws(() => readOptions(['--rounds', '0']), /--rounds: found 0; a number above 0/);
  });

  it('names peers that are not there, with what installs them', () => {
    const before = process.env.OPTIMIZER_DEBUGGER_PYTHON;
    process.env.OPTIMIZER_DEBUGGER_PYTHON = join('no', 'such', 'python');
    try {
      const { found, missing } = findPeers(join('no', 'such', 'checkout'), peerKeys, false);
      assert.deepEqual(found, []);
      assert.deepEqual(
        missing.map(({ name, command }) => [name, /pip install -r|npm ci/.exec(command)?.[0]]),
        [
          ['PyTorch', 'pip install -r'],
          ['JAX', 'pip install -r'],
          ['jax-js', 'npm ci'],
          ['TensorFlow.js', 'npm ci'],
        ],
      );
      assert.match(missing[0].reason, /there is no .*python/);
    } finally {
      if (before === undefined) delete process.env.OPTIMIZER_DEBUGGER_PYTHON;
      else process.env.OPTIMIZER_DEBUGGER_PYTHON = before;
    }
  });

  it('knows its networks', () => {
    assert.equal(parametersOf(find('d')), 784 * 500 + 500 + 500 * 300 + 300 + 300 * 10 + 10);
    assert.equal(operationsOf(find('c')), 2 * 64 * (2 * 784 * 128 + 3 * 128 * 10));
    const { data, rows, weights } = problemOf(find('b'));
    assert.equal(rows.length, batches);
    assert.deepEqual([...new Set(rows.flatMap((of) => [...of]))].length, batches * 64, 'no sample twice');
    assert.deepEqual(
      weights.map(({ length }) => length),
      [64 * 64, 64, 640, 10],
    );
    assert.ok(data.y.kind === 'classes' && new Set(data.y.labels).size === 10);
    assert.deepEqual(problemOf(find('b')).weights, weights, 'the same every time');
  });
});
