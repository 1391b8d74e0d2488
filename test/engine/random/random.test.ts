// The generator against the known answers of its authors, and its distributions against what they must be.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { philox4x32, Random } from '../../../src/engine/random';

const words = (text: string) => text.split(' ').map((word) => parseInt(word, 16));

describe('Philox4x32-10', () => {
  // Random123, kat_vectors: counter, key, result.
  const known = [
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ];
  for (const [counter, key, result] of known)
    it(`gives the known answer for counter ${counter}`, () => {
      const out = new Uint32Array(4);
      philox4x32(words(counter), words(key), out);
      assert.deepEqual([...out], words(result));
    });
});

describe('Random', () => {
  it('gives the same numbers for the same seed and stream, and others for another of either', () => {
    const draw = (seed: number, stream: string) =>
      Array.from(
        { length: 8 },
        (
          (r) => () =>
            r.uint32()
        )(new Random(seed, stream)),
      );
    assert.deepEqual(draw(1, 'init'), draw(1, 'init'));
    assert.notDeepEqual(draw(1, 'init'), draw(2, 'init'));
    assert.notDeepEqual(draw(1, 'init'), draw(1 + 2 ** 32, 'init'));
    assert.notDeepEqual(draw(1, 'init'), draw(1, 'shuffle'));
  });

  it('continues from a kept position, whatever was drawn before', () =>
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.array(fc.constantFrom('uint32', 'uniform', 'normal')), (seed, before) => {
        const first = new Random(seed, 's');
        for (const what of before) first[what as 'uint32' | 'uniform' | 'normal']();
        const second = new Random(seed, 's');
        second.counter = first.counter;
        assert.equal(second.normal(), first.normal());
        assert.equal(second.uint32(), first.uint32());
        assert.equal(second.counter, first.counter);
      }),
    ));

  it('does not repeat beyond 2^32 blocks', () => {
    const random = new Random(1, 's');
    const start = random.uint32();
    random.counter = 4 * 2 ** 32;
    assert.notEqual(random.uint32(), start);
  });

  it('draws uniforms of mean 1/2 and variance 1/12, all in [0, 1)', () => {
    const random = new Random(7, 'u');
    const n = 200_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      assert.ok(u >= 0 && u < 1);
      sum += u;
      squares += (u - 0.5) ** 2;
    }
    assert.ok(Math.abs(sum / n - 0.5) < 5 * Math.sqrt(1 / 12 / n));
    assert.ok(Math.abs(squares / n - 1 / 12) < 5 * Math.sqrt(1 / 180 / n));
  });

  it('draws normals whose first four moments are 0, 1, 0, 3', () => {
    const random = new Random(7, 'n');
    const n = 200_000;
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      for (let k = 0; k < 4; k++) moments[k] += x ** (k + 1) / n;
    }
    const spread = [1, 2, 15, 96].map((variance) => 5 * Math.sqrt(variance / n));
    [0, 1, 0, 3].forEach((expected, k) => assert.ok(Math.abs(moments[k] - expected) < spread[k], `moment ${k + 1} is ${moments[k]}`));
  });

  it('draws every integer below a bound equally often', () => {
    const random = new Random(3, 'i');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]++;
    // Chi-squared with 6 degrees of freedom: 27.9 is passed by chance once in 10,000.
    assert.ok(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0) < 27.9, counts.join(' '));
  });

  it('permutes: each number once, each order of three equally likely', () => {
    assert.deepEqual(
      [...new Random(1, 'p').permutation(1000)].sort((a, b) => a - b),
      Array.from({ length: 1000 }, (_, i) => i),
    );
    assert.deepEqual([...new Random(1, 'p').permutation(0)], []);
    const random = new Random(5, 'p');
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.permutation(3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    for (const [order, count] of counts) assert.ok(Math.abs(count - 1000) < 150, `${order}: ${count}`);
  });

  it('refuses a seed, a position or a bound that is no such integer', () => {
    assert.throws(() => new Random(0.5, 's'), /The seed is 0\.5/);
    assert.throws(() => new Random(1, 's').integer(0), /below 0/);
    assert.throws(() => {
      new Random(1, 's').counter = -1;
    }, /position in a random stream is -1/);
  });
});
