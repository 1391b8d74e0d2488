/** A run that can go back: from its end, from a divergence, over what a person did to it; and when it cannot. */
import assert from 'node:assert/strict';
import { Course, type CourseOptions } from '../../../src/engine/run/course';
import { toLine } from '../../../src/engine/run/line';
import { prepare } from '../../../src/engine/run/prepare';
import type { RecordEvent } from '../../../src/engine/run/record';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { Trainer } from '../../../src/engine/run/trainer';
import { stateOf } from './randomRuns';
import { noFiles, now, ofFunction, ofNetwork } from './runs';

const text = (lr: number): string =>
  `optimizer own "Own"\nparameter lr = ${lr} in (0, inf)\nstate m\nm = 0.5*m + g\nrate = lr\nw = w - rate*m\n`;

async function begun(spec: RunSpecification, options: CourseOptions = {}): Promise<Course<Trainer>> {
  const files = { ...noFiles, text: () => Promise.resolve(text(0.1)) };
  const trainer = new Trainer(await prepare(spec, files), { clock: () => 0 });
  trainer.begin();
  return now(Course.of(trainer, { clock: () => 0, ...options }));
}

function advance(course: Course<Trainer>, step: number): RecordEvent[] {
  const events: RecordEvent[] = [];
  while (course.trainer.step < step) events.push(...now(course.advance()));
  return events;
}

function toEnd(course: Course<Trainer>): string[] {
  const lines: string[] = [];
  while (!course.trainer.ended) lines.push(...now(course.advance()).map(toLine));
  return lines;
}

describe('a run that can go back', () => {
  it('goes back from its end, and ends again with the same lines', async () => {
    const course = await begun(ofNetwork({ steps: 40, measure: { curvatureEvery: 10 } }), { every: 8 });
    advance(course, 25);
    const state = stateOf(course.trainer);
    const rest = toEnd(course);
    const { step } = now(course.goBack(25));
    assert.equal(step, 24);
    advance(course, 25);
    assert.deepEqual(stateOf(course.trainer), state);
    assert.deepEqual(toEnd(course), rest);
  });

  it('goes back from a divergence to the step before it, and diverges again', async () => {
    const course = await begun(ofFunction('x^2', { x: 99 }, { optimizer: { name: 'sgd', lr: 1.1 }, steps: 10_000 }), { every: 16 });
    const lines = toEnd(course);
    const last = course.trainer.step;
    assert.match(lines.at(-1) ?? '', /diverged/);
    course.goBack(last - 1);
    advance(course, last - 1);
    assert.ok(!course.trainer.finishing);
    assert.deepEqual(toEnd(course), lines.slice(-3));
    assert.equal(course.trainer.step, last);
  });

  it('goes back out of numbers that are none: nothing of them stays in the kernels’ memory', async () => {
    const images: RunSpecification['problem'] = {
      network: {
        inputs: [1, 9, 9],
        layers: [
          { convolution: 3, kernel: 3, activation: 'relu' },
          { batchNorm: true, activation: 'gelu' },
          { maxPool: 2 },
          { residual: [{ convolution: 3, kernel: 3, padding: 'same' }] },
          { dropout: 0.2 },
          { dense: 5, activation: 'tanh' },
          { dense: 4 },
        ],
        loss: 'crossEntropy',
      },
      data: { generator: 'shapes', samples: 60, side: 9, heldOut: 0.2 },
    };
    let ruined = false;
    for (const optimizer of ['sgd', 'adam', 'muon'])
      for (const problem of [ofNetwork().problem, images]) {
        // the rate grows without bound
        const spec = ofNetwork({
          problem,
          optimizer: { name: optimizer, lr: 1e-3 },
          schedule: { name: 'exponential', decay: 1e4 },
          steps: 60,
        });
        const course = await begun({ ...spec, batchSize: 10, measure: { curvatureEvery: 0 } }, { every: 2 });
        const states = [stateOf(course.trainer)];
        while (!course.trainer.finishing) {
          advance(course, course.trainer.step + 1);
          states.push(stateOf(course.trainer));
        }
        assert.match(toEnd(course).at(-1) ?? '', /"reason":"diverged"/);
        ruined ||= course.trainer.machine.model.weights.some((weights) => !weights.every(Number.isFinite));
        for (let step = states.length - 1; step >= 0; step--) {
          course.goBack(step);
          advance(course, step);
          assert.deepEqual(stateOf(course.trainer).bytes, states[step].bytes, `${optimizer}, step ${step} of ${states.length - 1}`);
        }
      }
    assert.ok(ruined, 'some weights were no numbers');
  });

  it('knows gradient and rates again where only every so many steps are measured', async () => {
    const course = await begun(ofNetwork({ steps: 40, measure: { every: 5, curvatureEvery: 0 } }), { every: 4 });
    const states = new Map([18, 20, 21, 24].map((step) => [step, (advance(course, step), stateOf(course.trainer))]));
    toEnd(course);
    for (const [step, state] of [...states].reverse()) {
      course.goBack(step);
      advance(course, step);
      assert.deepEqual(stateOf(course.trainer), state, `step ${step}`);
      assert.equal(course.trainer.values(0, 'rate')?.step, step - (step % 5));
    }
  });

  it('does again what was done at the steps up to there, and undoes what was done later', async () => {
    const spec = { ...ofNetwork({ steps: 60, measure: { curvatureEvery: 9 } }), optimizer: { file: 'own.optim' } };
    const course = await begun(spec, { every: 10 });
    advance(course, 12);
    course.measureOn();
    course.measureOn();
    advance(course, 23);
    course.make({ file: 'own.optim', text: text(0.05) });
    const then = stateOf(course.trainer);
    const after = [...advance(course, 37).map(toLine)];
    const later = stateOf(course.trainer);
    course.make({ file: 'own.optim', text: text(0.02) });
    advance(course, 50);

    course.goBack(37); // before the second text came: that is undone only where it came later than the step
    advance(course, 37);
    assert.match(course.trainer.prepared.texts.optimizer, /0\.02/);
    course.goBack(36);
    advance(course, 37);
    assert.deepEqual(stateOf(course.trainer), later);
    course.goBack(23);
    advance(course, 23);
    assert.match(course.trainer.prepared.texts.optimizer, /0\.05/);
    assert.deepEqual(stateOf(course.trainer).bytes, then.bytes);
    assert.deepEqual(advance(course, 37).map(toLine), after);
    course.goBack(22);
    advance(course, 22);
    assert.match(course.trainer.prepared.texts.optimizer, /0\.1/);
    course.goBack(5);
    advance(course, 40);
    assert.match(course.trainer.prepared.texts.optimizer, /0\.1/, 'what was done later stays undone');
  });

  it('gives back the note of the checkpoint that it goes back to', async () => {
    let written = 0;
    const course = await begun(ofFunction('x^2', { x: 1 }), { every: 4, note: () => written });
    for (; written < 10; written++) course.advance();
    const { step, note } = now(course.goBack(7));
    assert.deepEqual([step, note], [4, 4], 'what has been told of step 4 stays');
  });

  it('takes checkpoints so rarely that they cost no more than their share of the time', async () => {
    // By this clock a step takes 3 ms and a checkpoint 6, which is a fiftieth of 100 steps.
    let time = 0;
    const spec = ofFunction('x^2 + y^2', { x: 1, y: 2 }, { steps: 2000, optimizer: { name: 'sgd', lr: 1e-3 } });
    const trainer = new Trainer(await prepare(spec, noFiles), { clock: () => (time += 1.5) });
    trainer.begin();
    const taken = trainer.checkpoint.bind(trainer);
    trainer.checkpoint = (...how) => {
      time += 6;
      return taken(...how);
    };
    const course = now(Course.of(trainer, { clock: () => time }));
    advance(course, 2000);
    const [first, second, third] = course.kept.steps;
    assert.equal(first, 0);
    assert.equal(second, third - second);
    assert.ok(second >= 100 && second <= 256, `every ${second}`);
  });

  it('says why it cannot: a step that is not there, or no room for a checkpoint', async () => {
    const course = await begun(ofFunction('x^2', { x: 1 }));
    advance(course, 5);
    for (const step of [6, -1, 2.5, NaN]) assert.throws(() => course.goBack(step), /stands at step 5 and cannot go back to step/);
    const small = await begun(ofFunction('x^2', { x: 1 }), { budget: 100 });
    advance(small, 5);
    assert.throws(() => small.goBack(3), /one of its checkpoints takes .* and only 100 bytes are kept for them/);
    assert.equal(small.trainer.step, 5);
    const resumed = new Trainer(course.trainer.prepared, { checkpoint: course.trainer.checkpoint() });
    const later = now(Course.of(resumed));
    advance(later, 7);
    assert.throws(() => later.goBack(4), /cannot go back to step 4: it is known from step 5 on/);
    assert.equal(now(later.goBack(5)).step, 5);
  });
});
