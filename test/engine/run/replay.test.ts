/**
 * Stepping back: every optimizer in a random run of its own (wrappers, schedules, batches of one to all, both backends, measurements of
 * curvature under way), and 20 random steps of it visited again. Weights, the rule's state, running statistics, what schedules
 * and measurements remember, gradients and rates are the bytes that they were, and the events on the way the same lines.
 */
import assert from 'node:assert/strict';
import { rules } from '../../../src/engine/optimizers';
import { Random } from '../../../src/engine/random';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { journey, randomRun, type Journey } from './randomRuns';

const VISITS = 20;

const has = ({ problem }: RunSpecification, layer: string): boolean =>
  'network' in problem && problem.network.layers.some((each) => Object.hasOwn(each, layer));

describe('any earlier step is reached again, byte for byte', () => {
  const made: Journey[] = [];
  for (const { name } of rules())
    it(name, async () => {
      const random = new Random(4, `replay/${name}`);
      made.push(await journey(randomRun(random, name), VISITS, random));
    });

  it('with runs of every kind among them', () => {
    const count = (holds: (one: Journey) => boolean): number => made.filter(holds).length;
    assert.ok(made.length >= 20);
    assert.ok(made.every(({ visits, back }) => visits === VISITS && back > 0));
    const far = count(({ furthest }) => furthest > 4);
    assert.ok(far > 20, `${far} go back by more than four steps`);
    for (const [kind, holds] of Object.entries<(one: Journey['prepared']) => boolean>({
      wrapped: ({ spec }) => spec.wrappers.length > 0,
      'of a function': ({ problem }) => problem.kind === 'function',
      'in float64': ({ spec, problem }) => problem.kind === 'network' && spec.backend === 'reference',
      'one sample a step': ({ problem, batch }) => problem.kind === 'network' && batch === 1,
      'all samples a step': ({ spec, problem }) => problem.kind === 'network' && spec.batchSize === 'all',
      'with dropout': ({ spec }) => has(spec, 'dropout'),
      'with noise': ({ spec }) => has(spec, 'noise'),
      'with running statistics': ({ spec }) => has(spec, 'batchNorm'),
      'a schedule that watches': ({ spec }) => spec.schedule.name === 'reduceOnPlateau',
      'measuring curvature': ({ spec }) => spec.measure.curvatureEvery > 0,
    }))
      assert.ok(count(({ prepared }) => holds(prepared)) >= 2, kind);
  });
});
