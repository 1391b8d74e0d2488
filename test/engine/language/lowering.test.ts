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
import { plainModel, residentModel, type LayerSize } from './models';
import { anyRule } from './ruleArbitrary';

const demo = (lines: string, declarations = ''): TextRule =>
  readRule(`optimizer demo\nparameter lr = 0.1\n${declarations}\n${lines}`, 'demo.optim');

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
    reference.step(t, 0.1, true, batch);
    fast.step(t, 0.1, true, batch);
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

  const wholes: readonly (readonly [what: string, lines: string, declarations?: string])[] = [
    ['sums over all layers', 'c = max(norm(g, all), sum(abs(w), all)/mean(g^2, all))\nrate = lr/c + rms(w, all)\nw = w - rate*g'],
    ['largest and smallest', 'rate = lr*(max(g) - min(g)) + max(w, all) + min(g, all)\nw = w - rate*g + max(-abs(w))'],
    ['a number of each layer over all', 'n = norm(g)\nrate = lr/(1 + sum(n, all) + max(rows*n, all))\nw = w - rate*g'],
    ['a state that is a number', 'd = d + 0.1*mean(g) + rows\nrate = lr*d\nw = w - rate*g', 'state d[1] = 0.5'],
    [
      'numbers that pass from state to state',
      'k = a\na = b + 0*t\nb = k\nrate = lr*a\nw = w - rate*g*b',
      'state a[1] = 0.3\nstate b[1] = 0.7',
    ],
    ['a rate for each row', 'rate = lr*(1 + rowMax(g)^2)\nw = w - rate*g'],
    ['rows and columns', 'rate = lr/sqrt(rows/columns)\nw = if matrix then w - rate*g else w - g*rows'],
    [
      'factored second moments',
      'R = 0.9*R + 0.1*rowMean(g^2)\nC = 0.9*C + 0.1*columnMean(g^2)\nV = R*C/mean(R)\nrate = lr/(sqrt(V) + 0.1)\nw = w - rate*g',
      'state R[rows], C[1, columns]',
    ],
    [
      'sums and extremes of rows and columns',
      'rate = lr\nw = w - rate*(rowSum(g)*columnMax(w) - columnSum(w^2)/rowMax(1 + abs(g)) + rowMean(columnMean(g)))',
    ],
    ['transposes', 'T = transpose(w)\nT = tanh(T*T + transpose(g))\nrate = lr\nw = w - rate*transpose(T)*rowSum(transpose(T) @ T)'],
    [
      'truths of rows and columns',
      'rate = lr\nw = if rowMax(g) > 0.7 and columnSum(abs(w)) > 1 then w - rate*g else (if (rowMean(w) < 0) == matrix then w else 2*w)',
    ],
    ['extremes beside what is no number', 'x = g/(g - g)\nrate = lr\nw = rowMax(x) + columnMax(x + w) + max(x) + min(x, all)'],
    [
      'products that are numbers',
      'n = columnSum(w) @ transpose(columnSum(g))\nrate = lr/(9 + n)\nw = w - rate*(rowSum(g) @ (t*n)) - rowMean(columnMean(w))',
    ],
    ['products', 'rate = lr\nw = w - rate*((w @ transpose(g)) @ w + g @ (transpose(g) @ g) + outer(rowSum(g), transpose(columnSum(w))))/9'],
    ['traces', 'rate = lr/(1 + trace(g @ transpose(g)))\nw = w - rate*g*trace(identity(columns))'],
    [
      'inverses and roots',
      'L = L + g @ transpose(g)\nR = R + transpose(g) @ g\nrate = lr\nw = w - rate*(inverse(L) @ g @ inverseRoot(R, 2) + solve(L, w))',
      'state L[rows, rows] = 2*identity(rows)\nstate R[columns, columns] = identity(columns)',
    ],
    ['eigenvectors', 'u = rowSum(g)\nQ = eigenvectors(identity(rows)*u + 0.05*outer(u, u))\nrate = lr\nw = w - rate*transpose(Q) @ g'],
    ['Newton–Schulz', 'rate = lr\nw = w - rate*newtonSchulz(g/norm(g), 3.4445, -4.775, 2.0315, 5)'],
    ['the gradient elsewhere', 'ahead = gradient(w + 0.1*g)\nrate = lr\nw = w - rate*(ahead + gradient(w - ahead))'],
    ['the loss elsewhere', 'rate = lr*(loss(w - 0.1*g) - loss)/100\nw = w - rate*g'],
    ['moments', 'rate = lr\nw = w - rate*(solve(errorMoment, g) @ inverse(inputMoment + identity(columns)))'],
    ['draws', 'rate = lr*(1.5 + rademacher())\nw = w - rate*(g + normal() - normal())'],
    ['states that change places', 'k = a\na = b\nb = k + 0.1*w\nrate = lr\nw = w - rate*(a - b)', 'state a = 1\nstate b = w/2'],
    [
      'squares that change places',
      'k = a\na = b\nb = k @ a + identity(rows)\nrate = lr\nw = w - rate*tanh(b) @ g',
      'state a[rows, rows] = identity(rows)\nstate b[rows, rows] = 0.1',
    ],
    [
      'what a state was and what it becomes',
      'before = rowSum(m)\nm = 0.9*m + g\nn = columnSum(m) + transpose(transpose(m) @ before)\nrate = lr\nw = w - rate*(m + n - before)',
      'state m = 0.5\nstate n[1, columns]',
    ],
    [
      'what many sums need again',
      'x = exp(0.1*w)/(1 + g^2)\na = x/norm(x)\nb = a - mean(a*x)\nc = b/rms(b + x)\nd = c*max(c) + rowMean(c)*x\nrate = lr\nw = w - rate*(a + b + c + d/norm(d) + x)',
    ],
  ];
  for (const [what, lines, declarations] of wholes)
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
    for (let t = 1; t <= 6; t++) updater.step(t, 0.1, false, noBatch);
    assert.equal(asked, 2);

    const late = demo('S = errorMoment\nU = if t > 9 then S @ g else g\nrate = lr\nw = w - rate*U');
    const careful = wasmUpdater(late, checkSettings(late, {}), { ...model, moments: null });
    careful.step(9, 0.1, false, noBatch);
    assert.throws(() => careful.step(10, 0.1, false, noBatch), /needs a network/);
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
    run.reference.step(2, 0.1, false, noBatch);
    run.fast.step(2, 0.1, false, noBatch);
    for (let i = 0; i < 4; i++) assert.deepEqual(run.resident.weights[1][i], run.plain.weights[1][i]);
    assert.ok(Number.isNaN(run.resident.weights[1][0]) && run.resident.weights[1][1] === Infinity);
  });

  it('flushes state of denormal size to zero, and nothing above it', () => {
    const rule = demo('m = m*0.5\nrate = lr\nw = w - m', 'state m');
    const model = residentModel([4]);
    const fast = wasmUpdater(rule, checkSettings(rule, {}), model);
    fast.state.m[0].set([2 ** -125, 2 ** -126, -(2 ** -126), 1]);
    fast.step(1, 0.1, false, noBatch);
    assert.deepEqual([...fast.state.m[0]], [2 ** -126, 0, 0, 0.5]);
  });

  it('fills the rates only of measured steps', () => {
    const rule = demo('rate = lr*abs(g)\nw = w - rate*g');
    const model = residentModel([3]);
    const fast = wasmUpdater(rule, checkSettings(rule, {}), model);
    model.gradients[0].fill(1);
    fast.step(1, 0.5, true, noBatch);
    assert.deepEqual([...(fast.rate(0) as Floats)], [0.5, 0.5, 0.5]);
    fast.step(2, 0.25, false, noBatch);
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
    updater.step(1, 0.5, false, noBatch);
    assert.deepEqual([...model.weights[0]], [Infinity, 0.5]);
  });
});
