/** What a rule costs: which passes over memory it takes, what it stores on the way, and what it need not do at all. */
import assert from 'node:assert/strict';
import { checkSettings, readRule } from '../../../src/engine/language';
import { lower } from '../../../src/engine/language/lower';
import { program } from '../../../src/engine/language/program';
import { schedule, withoutAliases, type Pass, type Schedule } from '../../../src/engine/language/schedule';
import { isScalar, tensorShape } from '../../../src/engine/language/shape';

function scheduled(lines: string, declarations = ''): Schedule {
  const rule = readRule(`optimizer demo\nparameter lr = 0.1\n${declarations}\n${lines}`, 'demo.optim');
  const made = program(rule, checkSettings(rule, {}), false);
  const states = made.states.filter(({ shape }) => !isScalar(shape));
  const targets = new Map([['w', tensorShape], ...states.map(({ name, shape }) => [name, shape] as const)]);
  return schedule(withoutAliases(lower(made)), targets);
}

const kept = (pass: Pass): number => pass.stores.filter(({ value, to }) => value === to).length;
const operationsOf = ({ rounds }: Schedule): string[][] => rounds.map(({ operations }) => operations.map(({ step }) => step.operation));

describe('the schedule of a rule', () => {
  it('is one pass for element-wise lines', () => {
    const { rounds, finals, scratch } = scheduled(
      'm = 0.9*m + g\nv = max(v, g^2)\nd = m/(sqrt(v) + 1)\nrate = lr\nw = w - rate*d',
      'state m, v',
    );
    assert.equal(rounds.length, 0);
    assert.equal(scratch.size, 0);
    assert.deepEqual(
      finals.map(({ stores }) => stores.map(({ to }) => to)),
      [['w', 'm', 'v']],
    );
  });

  it('takes sums that do not wait for each other in one pass', () => {
    const { rounds } = scheduled('rate = lr*norm(w)/norm(g)/rms(w + g, all)\nw = w - rate*g');
    assert.deepEqual(
      rounds.map(({ passes }) => passes.map((pass) => pass.reductions.length)),
      [[3]],
    );
  });

  it('stores what is dear and needed again, and computes again what is cheap', () => {
    const dear = scheduled('x = sqrt(abs(g))/(1 + sqrt(abs(w)))\nrate = lr/norm(x)\nw = w - rate*x');
    assert.deepEqual(
      dear.rounds.map(({ passes }) => passes.map(kept)),
      [[1]],
    );
    assert.ok(!dear.finals[0].loads.includes('g'));
    const cheap = scheduled('x = g + w\nrate = lr/norm(x)\nw = w - rate*x');
    assert.deepEqual(
      cheap.rounds.map(({ passes }) => passes.map(kept)),
      [[0]],
    );
  });

  it('does not compute a chain again at each of many sums', () => {
    const lines = Array.from({ length: 50 }, (_, i) => `x${i + 1} = x${i}*0.5 + sqrt(abs(g))/norm(x${i} + 1)`);
    const { rounds } = scheduled(`x0 = w\n${lines.join('\n')}\nrate = lr\nw = w - rate*x50`);
    for (const { passes } of rounds)
      for (const pass of passes) assert.ok(pass.computes.length <= 6, `${pass.computes.length} steps in one pass`);
  });

  it('gives values that live at different times the same place', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `x${i + 1} = tanh(x${i} @ transpose(x${i}) @ g)`);
    const { scratch } = scheduled(`x0 = w\n${lines.join('\n')}\nrate = lr\nw = w - rate*x20`);
    assert.ok(scratch.size >= 40);
    assert.ok(Math.max(...[...scratch.values()].map(({ slot }) => slot)) <= 2);
  });

  it('transposes nothing that only products read', () => {
    const only = scheduled('rate = lr\nw = w - rate*(g @ transpose(g) @ w)');
    assert.deepEqual(operationsOf(only), [['matmul'], ['matmul']]);
    const both = scheduled('T = transpose(g)\nrate = lr\nw = w - rate*(g @ T @ w) - rate*transpose(T + 1)');
    assert.ok(operationsOf(both)[0].includes('transpose'));
  });
});
