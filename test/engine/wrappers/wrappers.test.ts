/**
 * Wrappers beyond what their outside implementations show (test/oracle/make-wrappers.py): forms that PyTorch and Optax have not, by small
 * examples worked out by hand; what each promises, on any numbers; and that each goes round every rule.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { referenceUpdater } from '../../../src/engine/language/reference';
import { rules } from '../../../src/engine/optimizers';
import { wrappers } from '../../../src/engine/wrappers';
import { follow, ready, type Path } from '../optimizers/follow';
import { plainProblem, problems, type Problem } from '../optimizers/problems';

type Around = { readonly name: string; readonly [setting: string]: number | boolean | string };
type Given = Readonly<Record<string, number | boolean | string>>;

const seed = 3;
const steps = [1, 2, 3, 10];

/** A loss with the same gradient everywhere; the rows of a tensor are given one by one. */
function slope(...tensors: readonly (readonly number[][])[]): Problem {
  const flat = tensors.map((rows) => Float64Array.from(rows.flat()));
  return {
    ...problems.tiny,
    layers: tensors.map((rows, i) => ({ name: `t${i}`, shape: [rows.length, rows[0].length], parameters: flat[i].length })),
    start: flat.map((g) => [...g].fill(1)),
    loss: (w) => flat.reduce((sum, g, i) => sum + g.reduce((part, each, k) => part + each * w[i][k], 0), 0),
    gradient: () => flat.map((g) => Float64Array.from(g)),
  };
}

/** Weights after each of `steps`. */
async function walk(problem: Problem, name: string, given: Given, around: readonly Around[] = [], start = problem.start): Promise<Path> {
  const { rule, settings } = ready(name, given, around);
  assert.ok(rule.kind === 'text');
  const model = plainProblem(problem, Float64Array);
  return (await follow({ settings, start }, model, () => referenceUpdater(rule, settings, model, seed), undefined, steps)).path;
}

/** The flat weights after a step. */
const at = (path: Path, t: number): number[] => path.get(t)?.flat() ?? assert.fail(`step ${t} was not kept`);

function expectClose(found: readonly number[], expected: readonly number[], tolerance = 1e-14): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) <= tolerance * Math.max(1, Math.abs(expected[i])), `${found} is not ${expected}`),
  );
}

/** The gradient that a wrapper gives to the rule inside, which is the step of SGD at rate 1 with its sign turned. */
async function given(problem: Problem, ...around: readonly Around[]): Promise<number[]> {
  const after = at(await walk(problem, 'sgd', { lr: 1 }, around), 1);
  return after.map((w, i) => problem.start.flat()[i] - w);
}

const norm = (values: readonly number[]): number => Math.hypot(...values);
const matrix = fc
  .array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 6, maxLength: 6 })
  .map((v) => [v.slice(0, 3), v.slice(3)]);

describe('penalties', () => {
  it('L2 coupled and decoupled agree round SGD to rounding, and part round Adam', async () => {
    const settings = { lr: 0.01 };
    const both = (name: string) =>
      Promise.all(['l2', 'l2Decoupled'].map((wrapper) => walk(problems.network, name, settings, [{ name: wrapper, strength: 0.1 }])));
    const [coupled, decoupled] = await both('sgd');
    for (const t of steps) expectClose(at(coupled, t), at(decoupled, t));
    const [adam, adamw] = await both('adam');
    assert.ok(norm(at(adam, 10).map((w, i) => w - at(adamw, 10)[i])) > 1e-3);
  });

  it('decoupled decay round Adam is AdamW, bit by bit', async () => {
    const around = await walk(problems.network, 'adam', { lr: 0.01 }, [{ name: 'l2Decoupled', strength: 0.1 }]);
    assert.deepEqual(around, await walk(problems.network, 'adamw', { lr: 0.01, weightDecay: 0.1 }));
  });

  it('a proximal L1 penalty puts small weights to 0 exactly and leaves them there', async () => {
    // From 1 each step takes 0.1·0.3 for the gradient 0.3 and 0.1·4 for the penalty; the second weight's gradient −5 outweighs it.
    const path = await walk(slope([[0.3, -5]]), 'sgd', { lr: 0.1 }, [{ name: 'l1', strength: 4, form: 'proximal' }]);
    expectClose(at(path, 1), [0.57, 1.1]);
    expectClose(at(path, 2), [0.14, 1.2]);
    assert.equal(at(path, 3)[0], 0);
    assert.equal(at(path, 10)[0], 0);
  });

  it("max-norm in Keras's form divides every row by its norm + ε, min(norm, c) times", async () => {
    // One step of SGD with rate 1 from (1, 1) and (1, 1): to (3, 4) and (0.3, 0.4), of norms 5 and 0.5.
    const problem = slope([
      [-2, -3],
      [0.7, 0.6],
    ]);
    const keras = await walk(problem, 'sgd', { lr: 1 }, [{ name: 'maxNorm', maxNorm: 1, eps: 0.1, form: 'keras' }]);
    expectClose(at(keras, 1), [3 / 5.1, 4 / 5.1, (0.3 * 0.5) / 0.6, (0.4 * 0.5) / 0.6]);
    const torch = await walk(problem, 'sgd', { lr: 1 }, [{ name: 'maxNorm', maxNorm: 1, eps: 0.1 }]);
    expectClose(at(torch, 1), [3 / 5.1, 4 / 5.1, 0.3, 0.4]);
  });

  it('max-norm leaves no row of a matrix longer than c, and vectors alone', () =>
    fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const problem = slope(rows);
        const path = await walk({ ...problem, layers: [...problem.layers] }, 'sgd', { lr: 1 }, [{ name: 'maxNorm', maxNorm: 2 }]);
        for (const row of [at(path, 3).slice(0, 3), at(path, 3).slice(3)]) assert.ok(norm(row) <= 2 * (1 + 1e-12));
        const vector = { ...problem, layers: [{ ...problem.layers[0], shape: [6] }] };
        assert.deepEqual(await walk(vector, 'sgd', { lr: 1 }, [{ name: 'maxNorm', maxNorm: 2 }]), await walk(vector, 'sgd', { lr: 1 }));
      }),
      { numRuns: 50 },
    ));
});

describe('clipping', () => {
  it('keeps what it bounds within the bound, and what is within it as it is', () =>
    fc.assert(
      fc.asyncProperty(matrix, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), async (rows, c) => {
        const [g, within] = [rows.flat(), (size: number) => size <= c * (1 + 1e-9)];
        const clipped = async (around: Around): Promise<number[]> => given({ ...slope(rows), start: [g.map(() => 0)] }, around);
        const sizes: [Around, (values: readonly number[]) => number][] = [
          [{ name: 'clipValue', maxValue: c }, (values) => Math.max(...values.map(Math.abs))],
          [{ name: 'clipNorm', maxNorm: c, eps: 0 }, norm],
          [{ name: 'clipGlobalNorm', maxNorm: c }, norm],
          [{ name: 'clipRms', threshold: c }, (values) => norm(values) / Math.sqrt(values.length)],
        ];
        for (const [around, size] of sizes) {
          const out = await clipped(around);
          assert.ok(within(size(out)), around.name);
          if (size(g) < c * (1 - 1e-3) - 1e-6)
            assert.deepEqual(
              out,
              g.map((each) => 0 + each),
              around.name,
            );
        }
      }),
      { numRuns: 50 },
    ));

  it('by global norm counts all layers, by tensor norm each for itself', async () => {
    const problem = slope([[3]], [[4]]);
    expectClose(await given(problem, { name: 'clipGlobalNorm', maxNorm: 1, eps: 0 }), [0.6, 0.8]);
    expectClose(await given(problem, { name: 'clipNorm', maxNorm: 1, eps: 0 }), [1, 1]);
  });

  it('the outermost wrapper sees the gradient first', async () => {
    const problem = slope([[1, 5]]);
    const [value, center]: Around[] = [{ name: 'clipValue', maxValue: 1.5 }, { name: 'centralize' }];
    expectClose(await given(problem, value, center), [-0.25, 0.25]); // (1, 1.5) less its mean
    expectClose(await given(problem, center, value), [-1.5, 1.5]); // (−2, 2), clipped
  });

  it('the same wrapper may stand round a rule twice', async () => {
    const problem = slope([[2]]);
    expectClose(await given(problem, { name: 'l2', strength: 1 }, { name: 'l2', strength: 0.5 }), [3.5]);
  });
});

describe('SAM', () => {
  it("measures distances in units of the weights' sizes in the adaptive form: ρT²g/‖Tg‖, T = |w| + η", async () => {
    // On w₁² + w₂² from (2, −1) with η = 0, T = (2, 1): Tg = (8, −2), T²g = (16, −2), ‖Tg‖ = √68. The gradient there is 2(w + ρ·T²g/√68).
    const problem: Problem = {
      ...slope([[0, 0]]),
      start: [[2, -1]],
      loss: ([w]) => w[0] ** 2 + w[1] ** 2,
      gradient: ([w]) => [Float64Array.from(w, (each) => 2 * each)],
    };
    const climb = 0.5 / Math.sqrt(68);
    expectClose(await given(problem, { name: 'sam', rho: 0.5, adaptive: true, eta: 0 }), [2 * (2 + 16 * climb), 2 * (-1 - 2 * climb)]);
    // The plain form goes ρ along the gradient (4, −2).
    const plain = 0.5 / Math.sqrt(20);
    expectClose(await given(problem, { name: 'sam', rho: 0.5 }), [2 * (2 + 4 * plain), 2 * (-1 - 2 * plain)]);
  });

  it('stays where the gradient is 0', async () => {
    const path = await walk(slope([[0, 0]]), 'sgd', { lr: 1 }, [{ name: 'sam' }]);
    assert.deepEqual(at(path, 10), [1, 1]);
  });
});

describe('forms of rules that their originals have not', () => {
  it("ACProp in the paper's form measures the surprise after the average: steps 1/β₁ as long", async () => {
    const settings = { lr: 0.001, beta1: 0.8, eps: 0, epsRoot: 0 };
    const steps = async (center: string): Promise<number[]> => {
      const path = await walk(slope([[3, -2]]), 'acprop', { ...settings, center });
      return at(path, 3).map((w, i) => w - at(path, 2)[i]);
    };
    const optax = await steps('previous');
    expectClose(
      await steps('new'),
      optax.map((step) => step / 0.8),
      1e-12,
    );
  });
});

describe('every wrapper', () => {
  const text = rules().filter((rule) => rule.kind === 'text' && !rule.needs.has('moments'));

  for (const wrapper of wrappers())
    it(`${wrapper.name} goes round every rule`, async () => {
      for (const { name } of text)
        for (const values of (await walk(problems.network, name, { lr: 1e-4 }, [{ name: wrapper.name }])).values())
          assert.ok(values.flat().every(Number.isFinite), name);
    });

  it('says what it does, when to use it, where it is from, and its kin, which exist', () => {
    const known = new Set([...wrappers(), ...rules()].map(({ name }) => name));
    for (const { name, summary, use, source, relatives, hyperparameters } of wrappers()) {
      assert.ok(summary && use && source && relatives.length > 0, name);
      for (const relative of relatives) assert.ok(known.has(relative) && relative !== name, `${name}: ${relative}`);
      for (const { doc, name: setting } of hyperparameters) assert.ok(doc, `${name}.${setting}`);
    }
  });
});
