// Every activation: its derivatives are derivatives, and its vector code computes what its plain code does.
import assert from 'node:assert/strict';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import { Assembler } from '../../../src/engine/backends/cpu/assembler';
import { emitActivation } from '../../../src/engine/backends/cpu/elementwise';
import { instantiate } from '../../../src/engine/backends/cpu/webassembly';
import { activations, findActivation } from '../../../src/engine/network/activations';

/** From −100 to 100, dense round 0; not 0 itself, where ReLU has a corner. */
const points = Float32Array.from({ length: 4000 }, (_, i) => {
  const u = (i - 1999.5) / 2000;
  return 100 * u * Math.abs(u) ** 3;
});

describe('activations', () => {
  it('are found by their names', () => {
    assert.deepEqual(
      activations.map(({ name }) => name),
      ['identity', 'relu', 'sigmoid', 'tanh'],
    );
    assert.equal(findActivation('tanh')?.title, 'Tanh');
    assert.equal(findActivation('tan'), undefined);
  });

  it('have the values that everybody expects', () => {
    const value = (name: string, z: number) => findActivation(name)?.value(z);
    assert.deepEqual(
      [value('identity', -3), value('relu', -3), value('relu', 3), value('sigmoid', 0), value('tanh', 0)],
      [-3, 0, 3, 0.5, 0],
    );
    assert.equal(findActivation('relu')?.slope(0, 0), 0);
    assert.ok(Math.abs((value('sigmoid', 2) ?? 0) - 0.8807970779778823) < 1e-15);
    assert.ok(Math.abs((value('tanh', 0.5) ?? 0) - 0.46211715726000973) < 1e-15);
  });

  for (const activation of activations) {
    const { name, value, slope, second, piecewiseLinear } = activation;

    it(`${name}: the slope is the value's derivative, and the second derivative the slope's`, () => {
      for (const z of points) {
        const h = piecewiseLinear ? Math.abs(z) / 2 : 1e-4;
        const difference = (value(z + h) - value(z - h)) / (2 * h);
        assert.ok(Math.abs(difference - slope(z, value(z))) < 1e-6, `slope at ${z}`);
        const bend = (slope(z + h, value(z + h)) - slope(z - h, value(z - h))) / (2 * h);
        assert.ok(Math.abs(bend - second(z, value(z))) < 1e-5, `second derivative at ${z}`);
        if (piecewiseLinear) assert.equal(second(z, value(z)), 0);
      }
    });

    it(`${name}: the vector code agrees with the plain code to 1e-6`, () => {
      const assembler = new Assembler();
      emitActivation(assembler, activation);
      const arena = new Arena();
      const bytes = 4 * points.length;
      const [z, a, e, out] = ['z', 'a', 'e', 'out'].map((what) => arena.reserve(bytes, what));
      arena.open();
      arena.floats(z, points.length).set(points);
      arena.floats(e, points.length).fill(-2);
      const kernels = instantiate(assembler.bytes(), arena.memory);
      const values = arena.floats(a, points.length);
      const result = arena.floats(out, points.length);
      const check = (what: string, found: Float32Array, expected: (z: number, a: number) => number, floor: number) =>
        points.forEach((x, i) => {
          const wanted = expected(x, values[i]);
          assert.ok(Math.abs(found[i] - wanted) <= 1e-6 * Math.max(Math.abs(wanted), floor), `${what} at ${x}: ${found[i]}, not ${wanted}`);
        });
      kernels[`${name}.value`](z, a, bytes);
      check('value', values, value, 1e-30);
      // Derivatives are made from the rounded value, so near saturation only their absolute size can be right.
      kernels[`${name}.slope`](z, a, out, bytes);
      check('slope', result, slope, 1);
      kernels[`${name}.delta`](z, a, e, out, bytes);
      check('delta', result, (x, y) => -2 * slope(x, y), 1);
      kernels[`${name}.bend`](z, a, e, out, bytes);
      check('bend', result, (x, y) => -2 * second(x, y), 1);
    });

    it(`${name}: the vector code takes zeros, infinities and NaN as the plain code does`, () => {
      const assembler = new Assembler();
      emitActivation(assembler, activation);
      const arena = new Arena();
      const [z, a] = [arena.reserve(32, 'z'), arena.reserve(32, 'a')];
      arena.open();
      const extreme = [0, -0, Infinity, -Infinity, NaN, 1e30, -1e30, 1e-40];
      arena.floats(z, 8).set(extreme);
      instantiate(assembler.bytes(), arena.memory)[`${name}.value`](z, a, 32);
      const found = arena.floats(a, 8);
      extreme.forEach((x, i) => {
        const wanted = Math.fround(value(Math.fround(x)));
        const same = Object.is(found[i] + 0, wanted + 0) || Math.abs(found[i] - wanted) < 1e-37;
        assert.ok(same, `${name}(${x}) is ${found[i]}, not ${wanted}`);
      });
    });
  }
});
