// Every activation: its derivatives are derivatives, and its vector code computes what its plain code does.
import assert from 'node:assert/strict';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import { Assembler } from '../../../src/engine/backends/cpu/assembler';
import { Kernels } from '../../../src/engine/backends/cpu/kernels';
import { activationCalls } from '../../../src/engine/backends/cpu/layers/elementwise';
import { instantiate } from '../../../src/engine/backends/cpu/webassembly';
import { activations, findActivation, type Activation } from '../../../src/engine/network/activations';
import { findInitialiser } from '../../../src/engine/network/initialisers';
import { corners } from './corners';

/** From −100 to 100, dense round 0; not 0 itself, where ReLU has a corner. */
const points = Float32Array.from({ length: 4000 }, (_, i) => {
  const u = (i - 1999.5) / 2000;
  return 100 * u * Math.abs(u) ** 3;
});

/**
 * Down to where the vector code's value is right in relation to itself, if not everywhere: far out in a tail of e^(−z²) the exponent's
 * rounding counts.
 */
const smallest: Readonly<Record<string, number>> = { gelu: 1e-8, geluTanh: 1e-4 };

/** What the kernels of an activation make of numbers, as many as fill vectors; `deltas` and `bends` are multiplied by −2. */
function vectorCode(activation: Activation, z: Float32Array): Record<'values' | 'slopes' | 'deltas' | 'bends', Float32Array> {
  const assembler = new Assembler();
  const kernels = new Kernels(assembler, 1);
  const arena = new Arena();
  const bytes = 4 * z.length;
  const names = ['z', 'ones', 'twos', 'zeros', 'value', 'slope', 'delta', 'bend'];
  const [zAt, ones, twos, zeros, ...out] = names.map((what) => arena.reserve(bytes, what));
  const made = activationCalls(kernels, activation);
  const calls = [
    made.value(zAt, out[0], bytes),
    made.delta(zAt, out[0], ones, out[1], bytes),
    made.delta(zAt, out[0], twos, out[2], bytes),
    made.bend(zAt, out[0], twos, ones, zeros, out[3], bytes),
  ];
  arena.open();
  const at = (address: number) => arena.floats(address, z.length);
  at(zAt).set(z);
  at(ones).fill(1);
  at(twos).fill(-2);
  const run = instantiate(assembler.bytes(), arena.memory);
  for (const { kernel, operands } of calls) run[kernel](...operands.map(Number), 0);
  const [values, slopes, deltas, bends] = out.map(at);
  return { values, slopes, deltas, bends };
}

describe('activations', () => {
  it('are found by their names', () => {
    const expected = 'identity sigmoid tanh relu leakyRelu elu gelu geluTanh silu softplus selu hardTanh relu6 mish softsign'.split(' ');
    for (const name of expected) assert.equal(findActivation(name)?.name, name);
    assert.equal(findActivation('tanh')?.title, 'Tanh');
    assert.equal(findActivation('tan'), undefined);
  });

  it('are what programs write, each by one name only, and start from an initialiser that there is', () => {
    const paths = activations.flatMap(({ written }) => written);
    assert.equal(new Set(paths).size, paths.length);
    for (const { name, init } of activations) assert.ok(findInitialiser(init), name);
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
        const away = Math.min(...(corners[name] ?? []).map((corner) => Math.abs(z - corner)));
        if (away < (piecewiseLinear ? 1e-6 : 2e-4)) continue;
        const h = Math.min(1e-4, away / 2);
        const difference = (value(z + h) - value(z - h)) / (2 * h);
        assert.ok(Math.abs(difference - slope(z, value(z))) < 1e-6, `slope at ${z}`);
        const bend = (slope(z + h, value(z + h)) - slope(z - h, value(z - h))) / (2 * h);
        assert.ok(Math.abs(bend - second(z, value(z))) < 1e-5, `second derivative at ${z}`);
        if (piecewiseLinear) assert.equal(second(z, value(z)), 0);
      }
    });

    it(`${name}: far out the derivatives have their limits, in both codes`, () => {
      for (const z of [Infinity, -Infinity]) {
        const limit = slope(Math.sign(z) * 1e9, value(Math.sign(z) * 1e9));
        assert.ok(Math.abs(slope(z, value(z)) - limit) < 1e-8 && Math.abs(second(z, value(z))) < 1e-8, `plain at ${z}`);
        const { values, slopes, bends } = vectorCode(activation, Float32Array.of(z, z, z, z));
        assert.ok(
          Math.abs(slopes[0] - limit) < 1e-6 && Math.abs(bends[0]) < 1e-6,
          `vector at ${z}: ${values[0]}, ${slopes[0]}, ${bends[0]}`,
        );
      }
      const { values } = vectorCode(activation, new Float32Array(4).fill(NaN));
      assert.ok(Number.isNaN(value(NaN)) && Number.isNaN(values[0]));
    });

    it(`${name}: the vector code agrees with the plain code to 1e-6`, () => {
      const { values, slopes, deltas, bends } = vectorCode(activation, points);
      const check = (what: string, found: Float32Array, expected: (z: number, a: number) => number, floor: number) =>
        points.forEach((x, i) => {
          const wanted = expected(x, values[i]);
          assert.ok(Math.abs(found[i] - wanted) <= 1e-6 * Math.max(Math.abs(wanted), floor), `${what} at ${x}: ${found[i]}, not ${wanted}`);
        });
      check('value', values, value, smallest[name] ?? 1e-30);
      // Derivatives are made from the rounded value, so near saturation only their absolute size can be right.
      check('slope', slopes, slope, 1);
      check('delta', deltas, (x, y) => -2 * slope(x, y), 2);
      check('bend', bends, (x, y) => -2 * second(x, y), 2);
    });

    it(`${name}: the vector code takes zeros, infinities and NaN as the plain code does`, () => {
      const extreme = [0, -0, Infinity, -Infinity, NaN, 1e30, -1e30, 1e-40];
      const { values: found } = vectorCode(activation, Float32Array.from(extreme));
      extreme.forEach((x, i) => {
        const wanted = Math.fround(value(Math.fround(x)));
        const same = Object.is(found[i] + 0, wanted + 0) || Math.abs(found[i] - wanted) < Math.max(1e-37, 1e-6 * Math.abs(wanted));
        assert.ok(same, `${name}(${x}) is ${found[i]}, not ${wanted}`);
      });
    });
  }
});
