/**
 * Coupled and decoupled weight decay (an L2 penalty in the gradient; a share of the weights taken away beside it) are the same for plain
 * gradient descent and not for an adaptive rule, which divides the penalty as it divides the gradient (Loshchilov & Hutter 2019).
 */
import assert from 'node:assert/strict';
import { referenceBackend } from '../../../../src/engine/backends/reference';
import { distance, follow, ready, type Path } from '../follow';
import { plainProblem, problems } from '../problems';

const strength = 0.05;
const wrapped = (name: string) => [{ name, strength }];

describe('coupled and decoupled weight decay', () => {
  for (const [title, problem] of Object.entries(problems)) {
    const walk = async (name: string, given: Record<string, number>, around: readonly { readonly name: string }[] = []): Promise<Path> => {
      const { rule, settings } = ready(name, given, around);
      const model = plainProblem(problem, Float64Array);
      const start = problem.start.map((values) => values.map((x) => x || 1));
      return (await follow({ settings, start }, model, () => referenceBackend.updater(rule, settings, model, 0))).path;
    };
    const same = (a: Path, b: Path): void => {
      const { error, where } = distance(a, b);
      assert.ok(error < 1e-12, `${error} at ${where}`);
    };

    it(`agree to rounding for gradient descent, on ${title}`, async () => {
      const lr = 0.0002;
      const coupled = await walk('sgd', { lr, weightDecay: strength });
      same(await walk('sgd', { lr }, wrapped('l2')), coupled);
      same(await walk('sgd', { lr }, wrapped('l2Decoupled')), coupled);
      assert.ok(distance(await walk('sgd', { lr }), coupled).error > 1e-6, 'the decay is seen');
    });

    it(`differ for Adam, on ${title}`, async () => {
      const lr = 0.001;
      const coupled = await walk('adam', { lr }, wrapped('l2'));
      const decoupled = await walk('adam', { lr }, wrapped('l2Decoupled'));
      same(await walk('adam', { lr, weightDecay: strength }), coupled);
      same(await walk('adamw', { lr, weightDecay: strength }), decoupled);
      assert.ok(distance(decoupled, coupled).error > 1e-2);
    });
  }
});
