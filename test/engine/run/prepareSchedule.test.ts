/** Preparing a run’s schedule: the steps that it has, and the evaluations that it goes by. */
import assert from 'node:assert/strict';
import type { Part } from '../../../src/engine/setting';
import { prepare } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { files, parabola, refused } from './preparing';

describe('the schedule of a run', () => {
  it('takes the schedule of step k from 0, over the steps of the run where nothing is said', async () => {
    const constant = (await prepare({ ...parabola, steps: 3 }, files)).pace();
    assert.deepEqual([0, 1, 1000].map((k) => constant.rate(k)), [0.1, 0.1, 0.1]); // prettier-ignore
    const cosine = await prepare({ ...parabola, steps: 100, schedule: { name: 'cosine' } }, files);
    assert.deepEqual(cosine.spec.schedule, {
      name: 'cosine',
      steps: 100,
      lrMin: 0,
      exponent: 1,
      periodic: false,
      warmup: 0,
      warmupFrom: 0,
    });
    assert.equal(cosine.pace().rate(0), 0.1);
    assert(Math.abs(cosine.pace().rate(50) - 0.05) < 1e-16);
    assert.equal(cosine.pace().rate(100), 0);
  });

  it('takes the steps that the warm-up leaves, at least one', async () => {
    const steps = async (warmup: number): Promise<unknown> =>
      (await prepare({ ...parabola, steps: 100, schedule: { name: 'cosine', warmup } }, files)).spec.schedule.steps;
    assert.deepEqual(await Promise.all([0, 30, 99, 100, 5000].map(steps)), [100, 70, 1, 1, 1]);
  });

  it('gives each schedule of a sequence the steps that it has', async () => {
    const parts: Part[] = [{ name: 'linear' }, { name: 'cosine', warmup: 5 }, { name: 'polynomial' }];
    const schedule = { name: 'sequence', schedules: parts, at: [20, 60], warmup: 10 };
    const { spec, pace } = await prepare({ ...parabola, steps: 100, schedule }, files);
    const steps = (spec.schedule.schedules as readonly Part[]).map((part) => part.steps);
    assert.deepEqual(steps, [20, 35, 30]); // of 90 after the warm-up
    const rates = [10, 30, 35, 70].map((k) => pace().rate(k));
    assert.deepEqual(rates, [0.1, 0, 0.1, 0.1]); // each begins at the top, the second after a warm-up of its own
  });

  it('evaluates for a schedule that goes by the loss, and says where it could not', async () => {
    const schedule = { name: 'reduceOnPlateau' };
    const every = async (spec: RunSpecification): Promise<number> => (await prepare(spec, files)).spec.measure.evaluateEvery;
    assert.equal(await every({ ...parabola, steps: 500 }), 0);
    assert.equal(await every({ ...parabola, steps: 500, schedule }), 5);
    assert.equal(await every({ ...parabola, steps: 50, schedule }), 1);
    assert.equal(await every({ ...parabola, steps: 500, schedule, measure: { evaluateEvery: 7 } }), 7);
    await refused(
      { ...parabola, schedule, measure: { evaluateEvery: 0 } },
      'measure.evaluateEvery',
      /0 is no evaluation but the first and the last, and the schedule `reduceOnPlateau` goes by the evaluations/,
    );
  });
});
