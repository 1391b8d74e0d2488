/** The functions that the float32 lowering writes out, beside JavaScript's in double precision, over the whole range of floats. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkSettings, readRule } from '../../../src/engine/language';
import { noBatch } from '../../../src/engine/language/reference';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { residentModel } from './models';

const samples = 256;

/** f of each number, as a rule's line in float32. */
function evaluator(line: string): (inputs: Float32Array) => Float32Array {
  const model = residentModel([samples]);
  const rule = readRule(`optimizer demo\nparameter lr = 1\nrate = lr\nw = ${line}`, 'demo.optim');
  const updater = wasmUpdater(rule, checkSettings(rule, {}), model, 1);
  let t = 0;
  return (inputs) => {
    model.weights[0].set(inputs);
    updater.step(++t, 1, 'nothing', noBatch);
    return Float32Array.from(model.weights[0]);
  };
}

const special = [0, -0, Infinity, -Infinity, NaN, 1, -1, 2 ** -126, 2 ** -149, 2 ** 127, 88.7, 88.8, -87.4, -104, 1e-30, 0.5, Math.E, -0.3];
const floats = fc.float32Array({ minLength: samples, maxLength: samples });
/** Of the sizes at which a function is neither 0 nor infinite. */
const moderate = fc.array(fc.float({ min: -100, max: 100, noNaN: true, noDefaultInfinity: true }), {
  minLength: samples,
  maxLength: samples,
});
const inputs = fc.oneof(floats, moderate.map(Float32Array.from.bind(Float32Array) as (values: number[]) => Float32Array));
const smallestNormal = 2 ** -126;

describe('functions in float32', () => {
  const functions: readonly (readonly [line: string, value: (x: number) => number, tolerance: number])[] = [
    ['exp(w)', Math.exp, 4e-7],
    ['log(w)', Math.log, 2.5e-7],
    ['tanh(w)', Math.tanh, 4e-7],
    ['sigmoid(w)', (x) => 1 / (1 + Math.exp(-x)), 4e-7],
    // e^(c·ln x): the rounding of c·ln x, which is up to 88, becomes a share of the result
    ['w^(1/3)', (x) => Math.pow(x, 1 / 3), 6e-6],
    ['pow(w, -0.25)', (x) => Math.pow(x, -0.25), 6e-6],
    ['w^1.5', (x) => Math.pow(x, 1.5), 1.2e-5],
    ['w^17', (x) => Math.pow(x, 17), 1e-7],
  ];
  for (const [line, value, tolerance] of functions)
    it(`${line} is right within ${tolerance}, also at the ends of the range`, () => {
      const computed = evaluator(line);
      const check = (given: Float32Array): void => {
        const found = computed(given);
        given.forEach((x, i) => {
          const expected = value(x);
          const rounded = Math.fround(expected);
          const infinitesimal = Math.abs(expected) < 1e-37 && Math.abs(found[i]) < 1e-37;
          const close = Math.abs(found[i] - expected) <= tolerance * Math.abs(expected);
          const atLimit = Math.abs(expected) > 3.4e38 && Math.abs(found[i]) > 3.39e38 && Math.sign(found[i]) === Math.sign(expected);
          const same = found[i] === rounded || (Number.isNaN(found[i]) && Number.isNaN(expected));
          assert.ok(same || infinitesimal || close || atLimit, `${line} at ${x}: found ${found[i]}, expected ${expected}`);
        });
      };
      check(Float32Array.from({ length: samples }, (_, i) => special[i] ?? smallestNormal * (i / 64)));
      fc.assert(fc.property(inputs, check), { numRuns: 200 });
    });
});
