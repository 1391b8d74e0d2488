/**
 * What is told of every single weight, held against what else is known of the run: the norms and quantiles in its record, the update as papers
 * write it, and the tensors of a checkpoint.
 */
import assert from 'node:assert/strict';
import { decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import { rateQuantiles } from '../../../src/engine/rateQuantiles';
import type { StepEvent } from '../../../src/engine/run/record';
import type { RunSpecification } from '../../../src/engine/run/specification';
import type { Trainer } from '../../../src/engine/run/trainer';
import { ofLayer, quantitiesOf, stateAsked } from '../../../src/engine/run/weightValues';
import { ofFunction, ofNetwork, steps, trainer } from './runs';

const values = (run: Trainer, layer: number, quantity: string): Float64Array => {
  const found = run.values(layer, quantity)?.values;
  const { parameters } = run.start.layers[layer];
  return typeof found === 'number' ? new Float64Array(parameters).fill(found) : Float64Array.from(found ?? []);
};

/** Apart by at most `tolerance`, relative where the number is above 1. */
const near = (found: number, expected: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${what}: found ${found}, expected ${expected}`);

const norm = (numbers: Float64Array): number => Math.hypot(...numbers);

/** A run that has told this many steps. @returns it and the last */
async function after(count: number, spec: RunSpecification): Promise<{ readonly run: Trainer; readonly last: StepEvent }> {
  const run = await trainer(spec);
  run.begin();
  let last: StepEvent | undefined;
  while (run.step < count) last = steps(run.advance()).at(-1) ?? last;
  assert.ok(last);
  return { run, last };
}

const measure = { every: 1, curvatureEvery: 3, evaluateEvery: 2 };

describe('the values of every weight', () => {
  for (const backend of ['reference', 'cpu'] as const) {
    const digits = backend === 'cpu' ? 1e-6 : 1e-14;

    it(`have the norms and quantiles that the record tells, whatever came after the step, ${backend}`, async () => {
      for (const optimizer of ['sgd', 'adam', 'shampoo', 'lbfgs', 'sfo'].map((name) => ({ name })))
        for (const wrappers of [[], [{ name: 'sam' }, { name: 'clipGlobalNorm' }]]) {
          if (wrappers.length > 0 && (optimizer.name === 'lbfgs' || optimizer.name === 'sfo')) continue;
          const { run, last } = await after(6, ofNetwork({ backend, optimizer, wrappers, measure }));
          run.start.layers.forEach((_, layer) => {
            const what = `${optimizer.name} ${wrappers.length} ${layer}`;
            for (const quantity of ['weight', 'gradient', 'rate']) assert.equal(run.values(layer, quantity)?.step, 6);
            near(norm(values(run, layer, 'weight')), last.weightNorm[layer], digits, `${what} weight`);
            near(norm(values(run, layer, 'gradient')), last.gradientNorm[layer], digits, `${what} gradient`);
            const [, , median] = rateQuantiles(values(run, layer, 'rate'));
            near(median, last.effectiveRate[layer].q50, digits, `${what} rate`);
          });
        }
    });

    it(`are those of Adam's paper from one step to the next, ${backend}`, async () => {
      const { run, last } = await after(7, ofNetwork({ backend, optimizer: { name: 'adam', lr: 0.01 }, measure }));
      const before = run.start.layers.map((_, layer) => ['weight', 'm', 'v'].map((quantity) => values(run, layer, quantity)));
      run.advance();
      assert.equal(last.step + 1, run.step);
      run.start.layers.forEach(({ parameters }, layer) => {
        const [w, m, v] = before[layer];
        const [g, rate, wNext, mNext, vNext] = ['gradient', 'rate', 'weight', 'm', 'v'].map((quantity) => values(run, layer, quantity));
        for (let i = 0; i < parameters; i++) {
          const [first, second] = [0.9 * m[i] + 0.1 * g[i], 0.999 * v[i] + 0.001 * g[i] ** 2];
          const [mHat, vHat] = [first / (1 - 0.9 ** 8), second / (1 - 0.999 ** 8)];
          const expected = { m: first, v: second, rate: 0.01 / (Math.sqrt(vHat) + 1e-8), w: 0 };
          expected.w = w[i] - expected.rate * mHat;
          const loose = 20 * digits;
          near(mNext[i], expected.m, loose * (Math.abs(m[i]) + Math.abs(g[i])), 'm');
          near(vNext[i], expected.v, loose, 'v');
          near(rate[i], expected.rate, 1e3 * digits * expected.rate, 'rate');
          near(wNext[i], expected.w, loose * (1 + Math.abs(w[i])), 'weight');
        }
      });
    });

    it(`are a checkpoint's tensors for every state of every kind of rule, ${backend}`, async () => {
      const kinds: readonly Partial<RunSpecification>[] = [
        { optimizer: { name: 'amsgrad' } },
        { optimizer: { name: 'adafactor' } },
        { optimizer: { name: 'adagradNorm' } },
        { optimizer: { name: 'soap' } },
        { optimizer: { name: 'adam' }, wrappers: [{ name: 'lookahead' }, { name: 'mechanic' }] },
      ];
      for (const kind of kinds) {
        const { run } = await after(5, ofNetwork({ backend, measure, ...kind }));
        const { header, tensors } = decodeCheckpoint(run.checkpoint());
        const { layers } = run.start;
        assert.deepEqual(run.quantities, ['weight', 'gradient', 'rate', ...header.states]);
        assert.ok(header.states.length > 0);
        layers.forEach((_, layer) => {
          assert.deepEqual(run.values(layer, 'weight'), { step: 5, values: tensors.weights[layer] });
          header.states.forEach((name, state) => {
            assert.deepEqual(run.values(layer, name), { step: 5, values: tensors.states[state * layers.length + layer] }, name);
          });
        });
      }
    });
  }

  it("give each layer its own part of what a rule keeps of the whole network: L-BFGS's last point", async () => {
    const { run } = await after(3, ofNetwork({ backend: 'reference', batchSize: 'all', optimizer: { name: 'lbfgsOptax' } }));
    const before = run.start.layers.map((_, layer) => values(run, layer, 'weight'));
    run.advance();
    run.start.layers.forEach(({ parameters }, layer) => {
      assert.deepEqual(values(run, layer, 'lastPoint'), before[layer]);
      const pairs = values(run, layer, 'steps');
      assert.ok(pairs.length > parameters && pairs.length % parameters === 0, 'vector after vector');
      assert.ok(pairs.some((value) => value !== 0));
    });
  });

  it('are there where a step brought them: weights and states at once, rates where measured, a gradient until the run is put back', async () => {
    const run = await trainer(ofNetwork({ measure: { every: 4, curvatureEvery: 0 } }));
    run.begin();
    const told = (): unknown[] => ['weight', 'gradient', 'rate', 'm'].map((quantity) => run.values(0, quantity)?.step ?? null);
    assert.deepEqual(told(), [0, null, null, 0]);
    while (run.step < 6) run.advance();
    assert.deepEqual(told(), [6, 6, 4, 6]);
    run.restore(run.checkpoint());
    assert.deepEqual(told(), [6, null, null, 6]);
    run.advance();
    assert.deepEqual(told(), [7, 7, null, 7]);
  });

  it('have the gradient of a function at the place where the record says the step arrived', async () => {
    const spec = ofFunction('(1 - x)^2 + 100*(y - x^2)^2', { x: -1.2, y: 1 }, { optimizer: { name: 'sgd', lr: 1e-3 } });
    const { run, last } = await after(3, spec);
    assert.deepEqual([...values(run, 0, 'weight')], Object.values(last.position ?? {}));
    assert.deepEqual([...values(run, 0, 'gradient')], Object.values(last.gradient ?? {}));
    const rarely = await after(4, { ...spec, measure: { every: 4 } });
    rarely.run.advance();
    assert.equal(rarely.run.values(0, 'gradient'), null);
  });
});

describe('what can be asked of every weight', () => {
  it('keeps a state apart that is called as something else is', () => {
    const states = ['m', 'rate', 'gradient'];
    const quantities = ['weight', 'gradient', 'rate', 'm', 'state rate', 'state gradient'];
    assert.deepEqual(quantitiesOf(states), quantities);
    assert.deepEqual(
      quantities.slice(3).map((quantity) => stateAsked(states, quantity, 'Mine')),
      states,
    );
    for (const quantity of ['weight', 'v'])
      assert.throws(
        () => stateAsked(states, quantity, 'Mine'),
        new RegExp(`Mine keeps no ${quantity}; there are weight, gradient, rate, m, state rate`),
      );
  });

  it("takes a layer's stretch of every vector over all weights, and all of what is laid out otherwise", () => {
    const layers = [{ parameters: 2 }, { parameters: 3 }];
    const none = new Float64Array(0);
    const pairs = [Float64Array.of(0, 1, 2, 3, 4, 10, 11, 12, 13, 14), none];
    assert.deepEqual([...ofLayer(pairs, layers, 0)], [0, 1, 10, 11]);
    assert.deepEqual([...ofLayer(pairs, layers, 1)], [2, 3, 4, 12, 13, 14]);
    assert.deepEqual([...ofLayer([Float64Array.of(7, 8, 9), none], layers, 1)], [7, 8, 9]);
    assert.deepEqual([...ofLayer([Float64Array.of(1, 2), Float64Array.of(3, 4, 5)], layers, 1)], [3, 4, 5]);
  });
});
