/** How long a step takes. What must hold: the best window counts, the first only warms up, and it ends however slow or short the run is. */
import assert from 'node:assert/strict';
import { bareRun, measureSpeed, type Timed } from '../../../src/shared/run/speed';
import { ofNetwork } from '../run/runs';

/** A run on a clock of its own. @param cost milliseconds of a step, by its number */
function timed(cost: (step: number) => number, steps = Infinity): { training: Timed; clock: () => number } {
  let time = 0;
  const training = {
    step: 0,
    get finishing(): boolean {
      return this.step >= steps;
    },
    begin: () => [],
    advance() {
      time += cost(++this.step);
      return [];
    },
  };
  return { training, clock: () => time };
}

const breath = (): Promise<void> => Promise.resolve();

describe('the measured speed', () => {
  it('is that of the best window, and the first is none', async () => {
    // the first 150 ms: 0.5 ms a step; then 5 ms, but 2 ms from the 60th of these on
    const { training, clock } = timed((step) => (step <= 300 ? 0.5 : step <= 360 ? 5 : 2));
    assert.equal(Math.round(await measureSpeed(training, { clock, breath })), 2000);
  });
  it('is told after one window where a GPU cannot win any more', async () => {
    const { training, clock } = timed(() => 0.1);
    assert.equal(Math.round(await measureSpeed(training, { clock, breath })), 100);
    assert.equal(Math.round(clock()), 150);
  });
  it('takes at least one step a window, and no window begins after the time is up', async () => {
    const { training, clock } = timed(() => 3000);
    assert.equal(await measureSpeed(training, { clock, breath }), 3_000_000);
    assert.equal(training.step, 2);
  });
  it('is had also where the run comes to its end', async () => {
    const { training, clock } = timed(() => 1, 10);
    assert.equal(await measureSpeed(training, { clock, breath }), 1000);
  });
  it('waits for steps that come later', async () => {
    const { training, clock } = timed(() => 1);
    const later: Timed = {
      begin: () => Promise.resolve([]),
      advance: () => Promise.resolve().then(() => training.advance()),
      get step() {
        return training.step;
      },
      finishing: false,
    };
    assert.equal(await measureSpeed(later, { clock, breath, windows: 1 }), 1000);
  });
  it('is of a run without curvature, evaluations, schedule and end', () => {
    const spec = ofNetwork({ schedule: { name: 'plateau' }, measure: { every: 4, curvatureEvery: 7 } });
    const { schedule, measure, steps, epochs, problem } = bareRun({ ...spec, epochs: 3 });
    assert.deepEqual([schedule, epochs, steps], [undefined, undefined, 1e9]);
    assert.deepEqual(measure, { every: 4, curvatureEvery: 0, evaluateEvery: 0 });
    assert.equal(problem, spec.problem);
  });
});
