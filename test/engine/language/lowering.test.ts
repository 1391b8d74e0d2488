/** The lowerings agree: what the reference computes line by line, the fused WebAssembly passes compute too. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Floats, Model, Updater } from '../../../src/engine/backends/backend';
import { checkSettings, readRule, type Rule, type TextRule } from '../../../src/engine/language/index';
import { print } from '../../../src/engine/language/print';
import { noBatch, referenceUpdater, type Matrix } from '../../../src/engine/language/reference';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { findRule } from '../../../src/engine/optimizers/index';
import { numberExpression } from './arbitraries';
import { demoText, elementwiseTexts, matrixTexts } from './loweringTexts';
import { plainModel, residentModel, type LayerSize } from './models';
import { anyRule } from './ruleArbitrary';

const demo = (lines: string, declarations = ''): TextRule => readRule(demoText(lines, declarations), 'demo.optim');

const builtIn = (name: string): TextRule => {
  const rule: Rule | undefined = findRule(name);
  return rule?.kind === 'text' ? rule : assert.fail(`There is no text ${name}.`);
};

/** Weights and gradients that float32 holds exactly, so that both lowerings begin with the same numbers. */
function fill(model: Model, layer: number, weights: ArrayLike<number>, gradients: ArrayLike<number>): void {
  (model.weights[layer] as Floats).set(weights);
  (model.gradients[layer] as Floats).set(gradients);
}

const pattern = (size: number, seed: number): Float32Array => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + seed) * 1.5);
const rateOf = (updater: Updater, layer: number, i: number): number => {
  const rate = updater.rate(layer);
  return typeof rate === 'number' ? rate : rate[i];
};

/** Sizes that are and are not whole vectors. */
const vectors = [1, 4, 7, 130];
/** Matrices flat and tall, one of more dimensions, and biases. */
const matrices: readonly LayerSize[] = [[3, 5], 3, [1, 6], [4, 1], [9, 7], [2, 3, 2], [1, 1], [8, 12]];

/** Both lowerings of a rule after some steps with gradients that stay the same. */
function both(rule: TextRule, given: Record<string, unknown> = {}, steps = 5, sizes: readonly LayerSize[] = vectors) {
  const settings = checkSettings(rule, given);
  const plain = plainModel(sizes);
  const resident = residentModel(sizes);
  plain.layers.forEach(({ parameters: size }, layer) => {
    fill(plain, layer, pattern(size, layer), pattern(size, 9));
    fill(resident, layer, pattern(size, layer), pattern(size, 9));
  });
  const reference = referenceUpdater(rule, settings, plain, 7);
  const fast = wasmUpdater(rule, settings, resident, 7);
  for (let t = 1; t <= steps; t++) {
    const batch = { rows: Uint32Array.of(0), loss: Math.sin(t) };
    reference.step(t, 0.1, 'rates', batch);
    fast.step(t, 0.1, 'rates', batch);
  }
  return { plain, resident, reference, fast };
}

function expectSame({ plain, resident, reference, fast }: ReturnType<typeof both>, tolerance: number): void {
  const close = (found: number, wanted: number, what: string): void => {
    if (Object.is(found, wanted) || (Number.isNaN(found) && Number.isNaN(wanted))) return;
    assert.ok(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${what}: found ${found}, expected ${wanted}`);
  };
  assert.deepEqual(Object.keys(fast.state), Object.keys(reference.state));
  plain.layers.forEach(({ parameters }, layer) => {
    for (let i = 0; i < parameters; i++) {
      close(resident.weights[layer][i], plain.weights[layer][i], `weight ${layer}.${i}`);
      close(rateOf(fast, layer, i), rateOf(reference, layer, i), `rate ${layer}.${i}`);
    }
    for (const [name, values] of Object.entries(reference.state)) {
      assert.equal(fast.state[name][layer].length, values[layer].length, `length of ${name} ${layer}`);
      values[layer].forEach((wanted, i) => close(fast.state[name][layer][i], wanted, `${name} ${layer}.${i}`));
    }
    assert.deepEqual([...resident.gradients[layer]], [...pattern(parameters, 9)]);
  });
}

describe('the WebAssembly lowering', () => {
  for (const [what, lines, declarations] of elementwiseTexts)
    it(`agrees: ${what}`, () => expectSame(both(demo(lines, declarations)), 2e-5));

  it('agrees on any expression', function () {
    this.timeout(60_000);
    const any = numberExpression({
      names: ['w', 'g', 'm', 'lr', 't', 'x'],
      operators: ['+', '-', '*'],
      functions: [
        ['tanh', 1],
        ['sin', 1],
        ['sigmoid', 1],
        ['abs', 1],
      ],
      numbers: fc.integer({ min: -2, max: 2 }),
      choices: false,
    });
    fc.assert(
      fc.property(any, any, any, (x, m, w) => {
        const bounded = (node: typeof x): string => `tanh((${print(node)})/8)`;
        const lines = `x = ${bounded(x).replaceAll(/\bx\b/g, 'g')}\nm = ${bounded(m)}\nrate = lr + abs(x)\nw = ${bounded(w)} + 0.01*m*x*rate`;
        expectSame(both(demo(lines, 'state m'), {}, 1), 1e-4);
      }),
      { numRuns: 300 },
    );
  });

  for (const [what, lines, declarations] of matrixTexts)
    it(`agrees on matrices and models: ${what}`, () => expectSame(both(demo(lines, declarations), {}, 3, matrices), 2e-4)).timeout(20_000);

  it('agrees on matrices and models: curvature', function () {
    this.timeout(20_000);
    const rule = demo(
      'rate = lr\nw = w - rate*(hessian(g) + gaussNewton(w) + hessianSolve(g, 4) + hessianAbsSolve(g, 1) + gaussNewtonSolve(w, 0.5))',
    );
    expectSame(both(rule, {}, 3, matrices.slice(0, 4)), 2e-4);
  });

  it('agrees on any rule of the language', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(anyRule, (text) => expectSame(both(readRule(text, 'any.optim'), {}, 3, matrices.slice(0, 5)), 1e-4)),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('computes nothing that only the side not taken reads', () => {
    const model = residentModel([[3, 2], 2]);
    let asked = 0;
    const counting = { ...model, gradient: () => (asked++, 0) };
    const lazy = demo(
      'ahead = gradient(w + g)\nrate = lr\nw = if mod(t, 3) == 1 then w - rate*tanh(ahead)/norm(ahead + 1) else w - rate*g',
    );
    const updater = wasmUpdater(lazy, checkSettings(lazy, {}), counting);
    for (let t = 1; t <= 6; t++) updater.step(t, 0.1, 'nothing', noBatch);
    assert.equal(asked, 2);

    const late = demo('S = errorMoment\nU = if t > 9 then S @ g else g\nrate = lr\nw = w - rate*U');
    const careful = wasmUpdater(late, checkSettings(late, {}), { ...model, moments: null });
    careful.step(9, 0.1, 'nothing', noBatch);
    assert.throws(() => careful.step(10, 0.1, 'nothing', noBatch), /needs a network/);
  });

  it('repeats itself to the bit', () => {
    const rule = demo('rate = lr/norm(g, all)\nw = w - rate*(g @ transpose(w) @ g) - mean(w)*normal()');
    const [a, b] = [both(rule, {}, 3, matrices), both(rule, {}, 3, matrices)].map(({ resident }) => resident.weights);
    assert.deepEqual(a, b);
  });

  it('keeps not-a-number and infinities as the reference does', () => {
    const rule = demo('rate = lr\nm = m + g\nw = max(w, g) + min(0, m) + sign(g)', 'state m');
    const run = both(rule, {}, 1);
    for (const model of [run.plain, run.resident]) fill(model, 1, [1, 2, NaN, 3], [NaN, Infinity, 0, -Infinity]);
    run.reference.step(2, 0.1, 'nothing', noBatch);
    run.fast.step(2, 0.1, 'nothing', noBatch);
    for (let i = 0; i < 4; i++) assert.deepEqual(run.resident.weights[1][i], run.plain.weights[1][i]);
    assert.ok(Number.isNaN(run.resident.weights[1][0]) && run.resident.weights[1][1] === Infinity);
  });

  it('flushes state of denormal size to zero, and nothing above it, at every eighth step', () => {
    const rule = demo('m = m*0.5\nrate = lr\nw = w - m', 'state m');
    const model = residentModel([4]);
    const fast = wasmUpdater(rule, checkSettings(rule, {}), model);
    fast.state.m[0].set([2 ** -125, 2 ** -126, -(2 ** -126), 1]);
    fast.step(1, 0.1, 'nothing', noBatch);
    assert.deepEqual([...fast.state.m[0]], [2 ** -126, 0, 0, 0.5]);
    fast.state.m[0].fill(NaN);
    for (let t = 2; t <= 9; t++) {
      assert.ok(
        fast.state.m[0].slice(1).every((value) => value !== 0),
        String(t),
      );
      fast.state.m[0].fill(2 ** -126, 1);
      fast.step(t, 0.1, 'nothing', noBatch);
    }
    assert.deepEqual([...fast.state.m[0]], [NaN, 0, 0, 0]);
  });

  it('fills the rates only of measured steps', () => {
    const rule = demo('rate = lr*abs(g)\nw = w - rate*g');
    const model = residentModel([3]);
    const fast = wasmUpdater(rule, checkSettings(rule, {}), model);
    model.gradients[0].fill(1);
    fast.step(1, 0.5, 'rates', noBatch);
    assert.deepEqual([...(fast.rate(0) as Floats)], [0.5, 0.5, 0.5]);
    fast.step(2, 0.25, 'nothing', noBatch);
    assert.deepEqual([...(fast.rate(0) as Floats)], [0.5, 0.5, 0.5]);
  });
});

describe('the reference', () => {
  it('stops after each line with what the line gave', () => {
    const adam = builtIn('adam');
    const model = plainModel([2]);
    const updater = referenceUpdater(adam, checkSettings(adam, {}), model);
    fill(model, 0, [1, 2], [3, -4]);
    const stops = [...updater.lines(1, 0.1)].map(({ line, values }) => [line.target, line.at.line, values[0]] as const);
    assert.deepEqual(
      stops.map(([target]) => target),
      ['m', 'v', 'mHat', 'vHat', 'rate', 'w'],
    );
    const lines = adam.text.split('\n');
    for (const [target, line] of stops) assert.ok(lines[line - 1].startsWith(`${target} = `), lines[line - 1]);
    assert.deepEqual(
      [...(updater.value('mHat', 0) as Matrix).values].map((x) => Number(x.toFixed(12))),
      [3, -4],
    );
    assert.ok(Math.abs(model.weights[0][0] - 0.9) < 1e-8 && Math.abs(model.weights[0][1] - 2.1) < 1e-8);
  });

  it('keeps the state that the settings need, and no other', () => {
    const states = (name: string, given: Record<string, unknown>): string[] => {
      const rule = builtIn(name);
      return Object.keys(referenceUpdater(rule, checkSettings(rule, given), plainModel([1])).state);
    };
    assert.deepEqual(states('sgd', {}), []);
    assert.deepEqual(states('sgd', { momentum: 0.9 }), ['b']);
    assert.deepEqual(states('rmsprop', {}), ['A']);
    assert.deepEqual(states('rmsprop', { centered: true, momentum: 0.5 }), ['A', 'a', 'b']);
    assert.deepEqual(states('adam', {}), ['m', 'v']);
  });

  it('leaves weights alone that nothing pulls on, even where they are not finite', () => {
    const model = plainModel([2]);
    const sgd = builtIn('sgd');
    const updater = referenceUpdater(sgd, checkSettings(sgd, { weightDecay: 0 }), model);
    fill(model, 0, [Infinity, 1], [0, 1]);
    updater.step(1, 0.5, 'nothing', noBatch);
    assert.deepEqual([...model.weights[0]], [Infinity, 0.5]);
  });
});
