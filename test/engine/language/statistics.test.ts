/** What a step measures on its way, held against plain sums in float64: for every rule of the library, for any sizes of numbers, in any number of threads. */
import assert from 'node:assert/strict';
import type { Floats, Statistics, Updater } from '../../../src/engine/backends/backend';
import { checkSettings, readRule, type TextRule } from '../../../src/engine/language/index';
import { alone, type Team } from '../../../src/engine/backends/cpu/team';
import { createMemory } from '../../../src/engine/backends/cpu/webassembly';
import { noBatch } from '../../../src/engine/language/reference';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { rules } from '../../../src/engine/optimizers/index';
import { Random } from '../../../src/engine/random';
import { wrappers } from '../../../src/engine/wrappers/index';
import { demoText } from './loweringTexts';
import { residentModel, type LayerSize } from './models';

/** What a sum in float32 over a whole layer would not keep. */
const tolerance = 1e-6;

const texts = [...rules(), ...wrappers()].filter((rule) => rule.kind === 'text');
const demo = (lines: string, declarations = ''): TextRule => readRule(demoText(lines, declarations), 'demo.optim');

const sum = (values: Floats, term: (value: number, i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += term(values[i], i);
  return total;
};

/** The same by plain loops; the rates as the updater tells them. */
function plainly(before: readonly Floats[], after: readonly Floats[], gradients: readonly Floats[], updater: Updater): Statistics {
  const each = (of: (layer: number) => number): Float64Array => Float64Array.from(before, (_, layer) => of(layer));
  return {
    gradientNorm: each((layer) => Math.sqrt(sum(gradients[layer], (g) => g * g))),
    updateNorm: each((layer) => Math.sqrt(sum(after[layer], (w, i) => (w - before[layer][i]) ** 2))),
    weightNorm: each((layer) => Math.sqrt(sum(after[layer], (w) => w * w))),
    meanRate: each((layer) => {
      const rate = updater.rate(layer);
      return typeof rate === 'number' ? rate : sum(rate, (value) => value) / rate.length;
    }),
  };
}

function expectClose(found: Statistics, wanted: Statistics, what: string): void {
  for (const name of ['gradientNorm', 'updateNorm', 'weightNorm', 'meanRate'] as const)
    wanted[name].forEach((value, layer) => {
      const close = Object.is(found[name][layer], value) || Math.abs(found[name][layer] - value) <= tolerance * Math.abs(value);
      assert.ok(close, `${what}, ${name} of layer ${layer}: found ${found[name][layer]}, expected ${value}`);
    });
}

/** Steps with random weights and gradients of a size; the last is measured. */
function steps(rule: TextRule, sizes: readonly LayerSize[], size = 1, count = 3) {
  const model = residentModel(sizes);
  const random = new Random(5, 'statistics');
  const fill = (values: Floats, scale: number): void => values.forEach((_, i) => (values[i] = scale * random.normal()));
  model.weights.forEach((w) => fill(w, size));
  const updater = wasmUpdater(rule, checkSettings(rule, {}), model, 3);
  for (let t = 1; t < count; t++) {
    model.gradients.forEach((g) => fill(g, size));
    updater.step(t, 0.01, 'nothing', { ...noBatch, loss: 1 });
  }
  model.gradients.forEach((g) => fill(g, size));
  const before = model.weights.map((w) => w.slice());
  updater.step(count, 0.01, 'rates', { ...noBatch, loss: 1 });
  return { model, updater, before };
}

describe('the statistics of a step', () => {
  /** Of whole vectors and not. */
  const sizes: readonly LayerSize[] = [[12, 11], 7, 1];

  for (const rule of texts)
    it(`are the sums of their definitions: ${rule.name}`, () => {
      const { model, updater, before } = steps(rule, sizes);
      expectClose(updater.statistics, plainly(before, model.weights, model.gradients, updater), rule.name);
    });

  const adaptive = demo('v = 0.9*v + 0.1*g^2\nrate = lr/(sqrt(v) + 1e-8)\nw = w - rate*g', 'state v');

  it('are right over many blocks', () => {
    const { model, updater, before } = steps(adaptive, [[131, 257], 4096, 4097]);
    expectClose(updater.statistics, plainly(before, model.weights, model.gradients, updater), 'many');
  });

  it('are right where squares are no 32-bit floats any more, and of numbers of very different size', () => {
    const plain = demo('rate = lr\nw = w - rate*g');
    for (const size of [1e-30, 1e-22, 1e-15, 1e15, 1e25, 1e36]) {
      const { model, updater, before } = steps(plain, [[20, 30], 5], size, 1);
      expectClose(updater.statistics, plainly(before, model.weights, model.gradients, updater), String(size));
    }
    const model = residentModel([3000]);
    model.gradients[0].forEach((_, i) => (model.gradients[0][i] = i === 7 ? 1 : 2 ** -12.6));
    const updater = wasmUpdater(plain, checkSettings(plain, {}), model);
    const before = model.weights.map((w) => w.slice());
    updater.step(1, 1, 'statistics', noBatch);
    expectClose(updater.statistics, plainly(before, model.weights, model.gradients, updater), 'one among many');
  });

  it('say of zeros that they are zero, and of what is not finite that it is not', () => {
    const { updater } = steps(demo('rate = lr\nw = w - rate*g'), [10, 3], 0, 1);
    assert.deepEqual([...updater.statistics.updateNorm, ...updater.statistics.gradientNorm], [0, 0, 0, 0]);
    const model = residentModel([300, 300]);
    model.gradients[0][250] = NaN;
    model.gradients[1][299] = Infinity;
    const rule = demo('rate = lr\nw = w - rate*g');
    const other = wasmUpdater(rule, checkSettings(rule, {}), model);
    other.step(1, 0.1, 'statistics', noBatch);
    const { gradientNorm, updateNorm } = other.statistics;
    assert.deepEqual([...gradientNorm, ...updateNorm], [NaN, Infinity, NaN, Infinity]);
  });

  it('need no rates to be stored, and change nothing in the step', () => {
    const model = residentModel([[40, 30]]);
    const twin = residentModel([[40, 30]]);
    for (const { weights, gradients } of [model, twin]) {
      weights[0].forEach((_, i) => (weights[0][i] = Math.sin(i)));
      gradients[0].forEach((_, i) => (gradients[0][i] = Math.cos(3 * i)));
    }
    const [plain, measured] = [model, twin].map((each) => wasmUpdater(adaptive, checkSettings(adaptive, {}), each));
    for (let t = 1; t <= 3; t++) {
      plain.step(t, 0.1, 'nothing', noBatch);
      measured.step(t, 0.1, 'statistics', noBatch);
    }
    assert.deepEqual(model.weights, twin.weights);
    assert.deepEqual(plain.state, measured.state);
    assert.ok((measured.rate(0) as Floats).every((rate) => rate === 0));
    assert.ok(measured.statistics.meanRate[0] > 0);
  });

  it('of a rule that leaves the weights alone are those of weights and gradient', () => {
    const { model, updater, before } = steps(demo('m = m + g\nrate = lr*abs(g)\nw = w', 'state m'), [[4, 5], 3], 1, 2);
    expectClose(updater.statistics, plainly(before, model.weights, model.gradients, updater), 'idle');
    assert.deepEqual([...updater.statistics.updateNorm], [0, 0]);
  });
});

/** Threads in turn: each runs its part of every function, the caller's last. It is what a team does, without its speed. */
function inTurn(size: number): Team {
  return {
    size,
    shared: true,
    createMemory: (pages) => createMemory(pages, true),
    link(module, memory, functions) {
      const exports = alone.link(module, memory, functions);
      const all =
        (name: string) =>
        (...operands: number[]) => {
          for (let part = size - 1; part > 0; part--) exports[name](...operands, part);
          return exports[name](...operands, 0);
        };
      return Object.fromEntries(Object.keys(exports).map((name) => [name, all(name)]));
    },
    close: () => undefined,
  };
}

describe('threads', () => {
  it('share a long pass and compute the same bits, however many there are', () => {
    const adam = texts.find(({ name }) => name === 'adam') ?? assert.fail('There is no Adam.');
    const after = [1, 2, 3, 7].map((size) => {
      const sizes: readonly LayerSize[] = [[300, 401], 300, [10, 300], 10];
      const model = residentModel(sizes, size === 1 ? undefined : inTurn(size));
      const random = new Random(2, 'threads');
      for (const values of [...model.weights, ...model.gradients]) values.forEach((_, i) => (values[i] = random.normal()));
      const updater = wasmUpdater(adam, checkSettings(adam, {}), model);
      for (let t = 1; t <= 3; t++) updater.step(t, 0.01, t === 3 ? 'statistics' : 'nothing', noBatch);
      return { weights: model.weights.map((w) => [...w]), statistics: updater.statistics };
    });
    for (const other of after.slice(1)) assert.deepEqual(other, after[0]);
  });
});
