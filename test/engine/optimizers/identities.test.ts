/**
 * Rules that nothing outside computes in the same form, held against what does compute the same after a change of variables, over 200 steps of
 * the four problems: PyTorch's momentum, the recurrences of the papers.
 */
import assert from 'node:assert/strict';
import type { Model, Updater } from '../../../src/engine/backends/backend';
import { referenceUpdater } from '../../../src/engine/language/reference';
import { readFixture } from './fixtures';
import { apart, casesOf, follow, kept, ready, type OracleCase, type Path } from './follow';
import { plainProblem, problems, rowsOf } from './problems';

const near = (found: string | null): void => assert.ok(found === null, found ?? '');

/** PyTorch's SGD with just these settings beside the learning rate, on each problem. */
function torch(wanted: Readonly<Record<string, number | boolean>>): OracleCase[] {
  const { source, cases } = readFixture('sgd.torch.json');
  const same = ({ settings }: (typeof cases)[number]): boolean =>
    JSON.stringify({ ...settings, lr: 0 }) === JSON.stringify({ lr: 0, ...wanted });
  const found = casesOf('sgd.torch.json', { source, cases: cases.filter(same) });
  assert.equal(found.length, Object.keys(problems).length);
  return found;
}

type Start = Pick<OracleCase, 'problem' | 'start'>;

/** Where the updater that `make` gives takes the weights. */
async function walk({ problem, start }: Start, lr: number, make: (model: Model) => Pick<Updater, 'step'>): Promise<Path> {
  const model = plainProblem(problem, Float64Array);
  return (await follow({ settings: { lr }, start }, model, () => make(model))).path;
}

/** The same with a rule of the library. */
function ruled(one: Start, name: string, given: Record<string, number | boolean | string>): Promise<Path> {
  const { rule, settings } = ready(name, given);
  return walk(one, Number(settings.lr), (model) => {
    assert.ok(rule.kind === 'text');
    return referenceUpdater(rule, settings, model);
  });
}

describe('the forms of momentum', () => {
  for (const one of torch({ momentum: 0.9 })) {
    const lr = Number(one.settings.lr);
    it(`the heavy ball is PyTorch's momentum at a constant rate, on ${one.problemName}`, async () =>
      near(apart(await ruled(one, 'heavyBall', { lr, momentum: 0.9 }), one.path, 1e-10)));

    it(`averaged momentum is the same at lr/(1 − ρ), on ${one.problemName}`, async () =>
      near(apart(await ruled(one, 'averagedMomentum', { lr: lr / (1 - 0.9), rho: 0.9 }), one.path, 1e-10)));
  }

  for (const one of torch({ momentum: 0.9, nesterov: true }))
    it(`Nesterov's look-ahead points w + μ·v are the weights of PyTorch's form, on ${one.problemName}`, () => {
      const { rule, settings } = ready('nesterov', { lr: one.settings.lr, momentum: 0.9 });
      assert.ok(rule.kind === 'text');
      const model = plainProblem(one.problem, Float64Array);
      model.weights.forEach((w, layer) => w.set(one.start[layer]));
      const updater = referenceUpdater(rule, settings, model);
      const ahead = new Map<number, number[][]>();
      for (let t = 1; t <= Math.max(...kept); t++) {
        const rows = rowsOf(t);
        updater.step(t, Number(settings.lr), 'nothing', { rows, loss: model.gradient(rows) });
        if (kept.includes(t))
          ahead.set(
            t,
            model.weights.map((w, layer) => [...w].map((x, i) => x + 0.9 * updater.state.v[layer][i])),
          );
      }
      near(apart(ahead, one.path, 1e-10));
    });

  for (const [name, { layers, start, ...problem }] of Object.entries(problems))
    it(`the heavy ball is Polyak's recurrence of two steps, on ${name}`, async () => {
      const one = { problem: { layers, start, ...problem }, start };
      const lr = 1e-3;
      const polyak = await walk(one, lr, ({ weights, gradients }) => {
        let before = weights.map((w) => Float64Array.from(w));
        return {
          step() {
            const now = weights.map((w) => Float64Array.from(w));
            weights.forEach((w, layer) => w.forEach((x, i) => (w[i] = x + 0.7 * (x - before[layer][i]) - lr * gradients[layer][i])));
            before = now;
          },
        };
      });
      near(apart(await ruled(one, 'heavyBall', { lr, momentum: 0.7 }), polyak, 1e-10));
    });
});

describe('AdaGrad-Norm', () => {
  for (const [name, problem] of Object.entries(problems))
    it(`is Algorithm 1 of its paper, with one sum for all tensors, on ${name}`, async () => {
      const one = { problem, start: problem.start };
      const [lr, b0] = [0.3, 2];
      const paper = await walk(one, lr, ({ weights, gradients }) => {
        let b2 = b0 * b0;
        return {
          step() {
            for (const g of gradients.flatMap((each) => [...each])) b2 += g * g;
            weights.forEach((w, layer) => w.forEach((x, i) => (w[i] = x - (lr / Math.sqrt(b2)) * gradients[layer][i])));
          },
        };
      });
      near(apart(await ruled(one, 'adagradNorm', { lr, b0 }), paper, 1e-10));
    });
});

describe('Adafactor', () => {
  for (const [name, problem] of Object.entries(problems))
    it(`in the paper's form is Optax's, while the relative step is the learning rate, on ${name}`, async () => {
      // min(lr, 1/√t) is lr for 200 steps
      const one = { problem, start: problem.start.map((values) => values.map(() => 0.5)) };
      const lr = 0.002;
      const paper = await ruled(one, 'adafactor', { lr, epsForm: 'paper', eps: 1e-6, clipping: 1.2 });
      const optax = await ruled(one, 'adafactorOptax', { lr, eps: 1e-6, clippingThreshold: 1.2, minDimSizeToFactor: 1 });
      near(apart(paper, optax, 1e-10));
    });
});
