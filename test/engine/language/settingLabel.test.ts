/** What people call the hyperparameters of the library; no name of code is among it. */
import assert from 'node:assert/strict';
import { settingLabel } from '../../../src/engine/language/settingLabel';
import { rules } from '../../../src/engine/optimizers';
import { wrappers } from '../../../src/engine/wrappers';
import type { StartEvent } from '../../../src/engine/run/record';
import { settingWords } from '../../../src/shared/record/settings';

describe('what a hyperparameter is called', () => {
  it('is its name in words with the letter that papers use', () => {
    const expected: Readonly<Record<string, readonly [label: string, symbol?: string, owner?: string]>> = {
      lr: ['lr', 'α'],
      beta1: ['β₁', 'β₁'],
      eps: ['ε', 'ε'],
      epsRoot: ['ε root', 'ε̄'],
      weightDecay: ['weight decay λ', 'λ'],
      biasCorrection: ['bias correction', 'correction'],
      momentum: ['momentum μ', 'μ'],
      nesterov: ['nesterov', 'nesterov'],
      'sam.rho': ['SAM: ρ', 'ρ', 'SAM'],
      'clipGlobalNorm.maxNorm': ['clip global norm: max norm'],
      'lookahead2.stepSize': ['Lookahead: step size α', 'α', 'Lookahead'],
    };
    for (const [name, [label, symbol, owner]] of Object.entries(expected)) assert.equal(settingLabel(name, symbol, owner), label);
  });

  it('has no capital within a word and no digit behind a letter, whatever rule it is of', () => {
    for (const rule of [...rules(), ...wrappers()]) {
      const labels = rule.hyperparameters.map(({ name, symbol }) => settingLabel(name, symbol));
      for (const label of labels) assert.doesNotMatch(label, /[a-z][A-Z]|\b(alpha|beta|eps|gamma|rho)\d*\b/, `${rule.name}: ${label}`);
      assert.equal(new Set(labels).size, labels.length, `${rule.name}: ${labels.join(', ')}`);
    }
  });

  it('is read from the text in a record as the language reads it', () => {
    for (const rule of [...rules(), ...wrappers()]) {
      if (rule.kind !== 'text') continue;
      const start = { spec: { wrappers: [] } } as unknown as StartEvent;
      assert.deepEqual(
        [...settingWords(start, [rule.text])].sort(),
        rule.hyperparameters.map(({ name, symbol, doc }) => [name, { label: settingLabel(name, symbol), doc }] as const).sort(),
        rule.name,
      );
    }
  });
});
