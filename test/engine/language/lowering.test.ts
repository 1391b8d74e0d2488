/** The lowerings agree: what the reference computes line by line, the fused WebAssembly pass computes too. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Floats, Model, Updater } from '../../../src/engine/backends/backend';
import { checkSettings, readRule, type Rule } from '../../../src/engine/language/index';
import { print } from '../../../src/engine/language/print';
import { referenceUpdater } from '../../../src/engine/language/reference';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { rules } from '../../../src/engine/optimizers/index';
import { numberExpression } from './arbitraries';
import { plainModel, residentModel } from './models';

const demo = (lines: string, declarations = ''): Rule =>
  readRule(`optimizer demo\nparameter lr = 0.1\n${declarations}\n${lines}`, 'demo.optim');

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
const sizes = [1, 4, 7, 130];

/** Both lowerings of a rule after some steps with gradients that follow the weights. */
function both(rule: Rule, given: Record<string, unknown> = {}, steps = 5) {
  const settings = checkSettings(rule, given);
  const plain = plainModel(sizes);
  const resident = residentModel(sizes);
  const reference = referenceUpdater(rule, settings, plain);
  const fast = wasmUpdater(rule, settings, resident);
  sizes.forEach((size, layer) => {
    fill(plain, layer, pattern(size, layer), pattern(size, 9));
    fill(resident, layer, pattern(size, layer), pattern(size, 9));
  });
  for (let t = 1; t <= steps; t++) {
    reference.step(t, 0.1, true);
    fast.step(t, 0.1, true);
  }
  return { plain, resident, reference, fast };
}

function expectSame({ plain, resident, reference, fast }: ReturnType<typeof both>, tolerance: number): void {
  const close = (found: number, wanted: number, what: string): void => {
    if (Object.is(found, wanted) || (Number.isNaN(found) && Number.isNaN(wanted))) return;
    assert.ok(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${what}: found ${found}, expected ${wanted}`);
  };
  assert.deepEqual(Object.keys(fast.state), Object.keys(reference.state));
  sizes.forEach((size, layer) => {
    for (let i = 0; i < size; i++) {
      close(resident.weights[layer][i], plain.weights[layer][i], `weight ${layer}.${i}`);
      close(rateOf(fast, layer, i), rateOf(reference, layer, i), `rate ${layer}.${i}`);
      for (const name of Object.keys(fast.state))
        close(fast.state[name][layer][i], reference.state[name][layer][i], `${name} ${layer}.${i}`);
    }
  });
}

describe('the WebAssembly lowering', () => {
  const texts: readonly (readonly [what: string, lines: string, declarations?: string])[] = [
    ['arithmetic', 'rate = lr\nw = (w + 2)*(w - 1)/(abs(w) + 3) - -g*rate'],
    ['whole powers', 'rate = lr\nw = w/2 + 0.01*(w^2 + w^3 - w^4 + g^7 + (2 + w^2)^-3 + w^1 + w^0)'],
    ['other powers', 'rate = lr\nw = (w^2)^0.5 + abs(g)^1.5 + (1 + g^2)^w + 2^w'],
    [
      'functions without an instruction',
      'rate = lr\nw = w/4 + 0.1*(exp(w/4) + log(1 + g^2) + sin(w)*cos(g) + tanh(w) + sigmoid(g) + tan(w/9) + pow(1 + abs(w), g))',
    ],
    ['min, max, sqrt, abs, sign', 'rate = lr\nw = min(w, g) + max(w, 0.5) + sqrt(abs(w)) + sign(g)*0.1 + sign(0*w)'],
    ['choice by weight', 'rate = if g > 0 then lr else lr/2\nw = w - rate*g'],
    [
      'truths by weight',
      'late = t > 2\nbig = abs(g) > 0.5 and not (w < 0 or late)\nrate = if big == (g > 0) then lr else 2*lr\nw = if big != late then w - rate else w',
    ],
    ['choice by step', 'rate = lr\nm = if t == 1 then g else 0.5*m + g\nw = w - rate*m', 'state m'],
    ['division by a number', 'rate = lr/t\nw = w/3 - g/(1 + t) - rate*g'],
    ['names assigned anew', 'x = g\nx = x + w\nw = w - lr*x\nx = w*2\nrate = lr*abs(x)\ng = g*2\nw = w - rate*g'],
    ['a sum over the layer', 'rate = lr/max(norm(g), 1)\nw = w - rate*g'],
    ['sums of sums', 'c = g - mean(g)\nu = c/rms(c + sum(w)*0.001)\nrate = lr*norm(u*mean(abs(w)))/rms(w)\nw = w - rate*u'],
    ['a sum of one number', 'rate = lr\nw = w - rate*g/norm(x)', 'parameter on = false\nstate x\nx = if on then g else 2'],
    ['a state read before it is set', 'rate = lr\nw = w - rate*m\nm = m*0.5 + g + start', 'parameter start = 0.25\nstate m = start*2'],
    ['constants', 'rate = lr\nw = w - rate*g*pi + (if true then e else g)'],
    ['the schedule', 'rate = lr*lr0\nw = w - rate*g'],
  ];
  for (const [what, lines, declarations] of texts) it(`agrees: ${what}`, () => expectSame(both(demo(lines, declarations)), 2e-5));

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

  it('keeps not-a-number and infinities as the reference does', () => {
    const rule = demo('rate = lr\nm = m + g\nw = max(w, g) + min(0, m) + sign(g)', 'state m');
    const run = both(rule, {}, 1);
    for (const model of [run.plain, run.resident]) fill(model, 1, [1, 2, NaN, 3], [NaN, Infinity, 0, -Infinity]);
    run.reference.step(2, 0.1, false);
    run.fast.step(2, 0.1, false);
    expectSame(run, 1e-6);
    assert.ok(Number.isNaN(run.resident.weights[1][0]) && run.resident.weights[1][1] === Infinity);
  });

  it('flushes state of denormal size to zero, and nothing above it', () => {
    const rule = demo('m = m*0.5\nrate = lr\nw = w - m', 'state m');
    const model = residentModel([4]);
    const fast = wasmUpdater(rule, checkSettings(rule, {}), model);
    fast.state.m[0].set([2 ** -125, 2 ** -126, -(2 ** -126), 1]);
    fast.step(1, 0.1, false);
    assert.deepEqual([...fast.state.m[0]], [2 ** -126, 0, 0, 0.5]);
  });

  it('changes nothing but the layers’ own weights and state', () => {
    const { resident } = both(rules()[0]);
    sizes.forEach((size, layer) => assert.deepEqual([...resident.gradients[layer]], [...pattern(size, 9)]));
  });

  it('fills the rates only of measured steps', () => {
    const rule = demo('rate = lr*abs(g)\nw = w - rate*g');
    const model = residentModel([3]);
    const fast = wasmUpdater(rule, checkSettings(rule, {}), model);
    model.gradients[0].fill(1);
    fast.step(1, 0.5, true);
    assert.deepEqual([...(fast.rate(0) as Floats)], [0.5, 0.5, 0.5]);
    fast.step(2, 0.25, false);
    assert.deepEqual([...(fast.rate(0) as Floats)], [0.5, 0.5, 0.5]);
  });
});

describe('the reference', () => {
  it('stops after each line with what the line gave', () => {
    const adam = rules().find(({ name }) => name === 'adam') ?? assert.fail();
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
      [...(updater.value('mHat', 0) as Floats)].map((x) => Number(x.toFixed(12))),
      [3, -4],
    );
    assert.ok(Math.abs(model.weights[0][0] - 0.9) < 1e-8 && Math.abs(model.weights[0][1] - 2.1) < 1e-8);
  });

  it('keeps the state that the settings need, and no other', () => {
    const states = (name: string, given: Record<string, unknown>): string[] => {
      const rule = rules().find((each) => each.name === name) ?? assert.fail();
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
    const sgd = rules().find(({ name }) => name === 'sgd') ?? assert.fail();
    const updater = referenceUpdater(sgd, checkSettings(sgd, { weightDecay: 0 }), model);
    fill(model, 0, [Infinity, 1], [0, 1]);
    updater.step(1, 0.5, false);
    assert.deepEqual([...model.weights[0]], [Infinity, 0.5]);
  });
});
