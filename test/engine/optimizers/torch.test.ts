/**
 * The optimizers follow torch.optim in double precision over 200 steps (test/oracle/make-optimizers.py): the reference to 1e-12 of
 * each tensor's norm, the WebAssembly lowering to 1e-4 of the reference.
 */
import assert from 'node:assert/strict';
import type { Floats, Model, Updater } from '../../../src/engine/backends/backend';
import type { HyperparameterValue } from '../../../src/engine/language/rule';
import { checkSettings, type Rule } from '../../../src/engine/language/index';
import { referenceUpdater } from '../../../src/engine/language/reference';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { findRule, rules } from '../../../src/engine/optimizers/index';
import oracle from '../../oracle/optimizers.json';
import { plainModel, residentModel } from '../language/models';
import { problems, type Problem } from './problems';

type Path = Map<number, number[][]>;

/** Steps through the problem and keeps the weights at the steps of `kept`. */
function follow(problem: Problem, start: readonly number[][], model: Model, updater: Updater, lr: number, kept: readonly number[]): Path {
  start.forEach((values, layer) => (model.weights[layer] as Floats).set(values));
  const path: Path = new Map();
  for (let t = 1; t <= Math.max(...kept); t++) {
    problem.gradient(model, t);
    updater.step(t, lr, t % 2 === 0);
    if (kept.includes(t))
      path.set(
        t,
        model.weights.map((weights) => [...weights]),
      );
  }
  return path;
}

const norm = (values: readonly number[]): number => Math.hypot(...values);

/** Every tensor of every kept step within `tolerance` of the expected tensor's norm. */
function expectClose(path: Path, expected: Path, tolerance: number): void {
  for (const [t, tensors] of expected)
    tensors.forEach((wanted, layer) => {
      const found = path.get(t)?.[layer] ?? [];
      assert.equal(found.length, wanted.length);
      const error = norm(found.map((value, i) => value - wanted[i]));
      assert.ok(error <= tolerance * norm(wanted), `step ${t}, tensor ${layer}: found ${found.join()}, expected ${wanted.join()}`);
    });
}

const ruleOf = (name: string): Rule => findRule(name) ?? assert.fail(`no rule ${name}`);

describe(`every optimizer follows ${oracle.source}`, () => {
  it('covers every built-in rule with three settings or more on each problem', () => {
    for (const { name } of rules())
      for (const problem of Object.keys(problems))
        assert.ok(oracle.cases.filter((each) => each.optimizer === name && each.problem === problem).length >= 3, `${name} on ${problem}`);
  });

  for (const { optimizer, settings: given, problem: name, path } of oracle.cases) {
    const torch: Path = new Map(Object.entries(path).map(([t, tensors]) => [Number(t), tensors]));
    const start = torch.get(0) ?? [];
    torch.delete(0);
    const kept = [...torch.keys()];
    it(`${optimizer} ${JSON.stringify(given)} on ${name}`, () => {
      const rule = ruleOf(optimizer);
      const settings: Record<string, HyperparameterValue> = checkSettings(rule, given);
      const problem = problems[name];
      const sizes = start.map((values) => values.length);
      const plain = plainModel(sizes);
      const reference = follow(problem, start, plain, referenceUpdater(rule, settings, plain), given.lr, kept);
      expectClose(reference, torch, 1e-12);
      const resident = residentModel(sizes);
      const fast = follow(problem, start, resident, wasmUpdater(rule, settings, resident), given.lr, kept);
      expectClose(fast, reference, 1e-4);
    });
  }
});
