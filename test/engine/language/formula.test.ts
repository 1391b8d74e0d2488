/** Rules as papers write them. */
import assert from 'node:assert/strict';
import { checkSettings, formula, readRule, type Rule } from '../../../src/engine/language/index';
import { findRule } from '../../../src/engine/optimizers/index';
import { findWrapper } from '../../../src/engine/wrappers';

const rule = (name: string): Rule => findRule(name) ?? assert.fail(`no rule ${name}`);

describe('a rule as a formula', () => {
  it('is Adam as Kingma and Ba write it', () => {
    const adam = rule('adam');
    assert.deepEqual(formula(adam, { settings: checkSettings(adam, {}) }), [
      'm ← β₁·m + (1 − β₁)·g',
      'v ← β₂·v + (1 − β₂)·g²',
      'm̂ = m / (1 − β₁ᵗ)',
      'v̂ = v / (1 − β₂ᵗ)',
      'rate = α / (√v̂ + ε)',
      'w ← w − rate·m̂',
    ]);
  });

  it('emphasises a symbol, by any name of the hyperparameter', () => {
    const adam = rule('adam');
    for (const mark of ['beta2', 'b2'])
      assert.equal(formula(adam, { mark, settings: checkSettings(adam, {}) })[1], 'v ← **β₂**·v + (1 − **β₂**)·g²');
  });

  it('shows the form that the settings choose', () => {
    const sgd = rule('sgd');
    const lines = (given: Record<string, unknown>): string[] => formula(sgd, { settings: checkSettings(sgd, given) });
    assert.deepEqual(lines({}), ['rate = η', 'w ← w − η·g']);
    assert.deepEqual(lines({ weightDecay: 0.1 }), ['g ← g + λ·w', 'rate = η', 'w ← w − η·g']);
    assert.deepEqual(lines({ momentum: 0.9, dampening: 0.1 }), ['b ← g if t = 1, else μ·b + (1 − τ)·g', 'rate = η', 'w ← w − η·b']);
    assert.deepEqual(lines({ momentum: 0.9, nesterov: true }), ['b ← g if t = 1, else μ·b + g', 'd = g + μ·b', 'rate = η', 'w ← w − η·d']);
  });

  it('shows every form where nothing is chosen', () => {
    assert.ok(formula(rule('sgd')).includes('b ← g if μ = 0 or t = 1, else μ·b + (1 − τ)·g'));
    assert.ok(formula(rule('rmsprop')).includes('root = √(spread + ε) if epsInside, else √spread + ε'));
  });

  it('tells sums over all layers from those over one, and what a wrapper does to the gradient', () => {
    const lines = (name: string): string[] => formula(findWrapper(name) ?? assert.fail(`no wrapper ${name}`));
    assert.deepEqual(lines('clipNorm'), ['g ← min(1, c / (‖g‖ + ε))·g']);
    assert.deepEqual(lines('clipGlobalNorm'), ['g ← min(1, c / (‖g‖ₐₗₗ + ε))·g']);
    assert.ok(lines('mechanic').includes('gain = Σₐₗₗ(slope·steps)'));
    assert.equal(lines('sam').at(-1), 'g ← ∇f(w + climb)');
  });

  it('writes brackets where the meaning needs them, and makes Markdown plain', () => {
    const text = `optimizer demo\nparameter lr = 1\nparameter a_b = 1 as "a_b*"\nx1 = -(g + w)^2/(w*(g/a_b)) - (w - (g - 1))\nrate = 1e-8*abs(lr)\nw = w - rate*x1*norm(g)^0.5`;
    const demo = readRule(text, 'demo.optim');
    assert.deepEqual(
      formula(demo),
      ['x₁ = −(g + w)² / (w·g/a_b*) − (w − (g − 1))', 'rate = 10⁻⁸·|lr|', 'w ← w − rate·x₁·‖g‖^0.5'].map((line) => line),
    );
    assert.equal(formula(demo, { mark: 'lr' })[1], 'rate = 10⁻⁸·\\|**lr**\\|');
    assert.match(formula(demo, { mark: 'a_b' })[0], /\*\*a\\_b\\\*\*\*/);
  });
});
