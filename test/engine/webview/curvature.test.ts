/** The Curvature panel without its pictures: what a limit says in words, verdicts as stretches, and why there is nothing to show. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CurvatureEvent, Verdict } from '../../../src/engine/run/record';
import type { RunSnapshot } from '../../../src/shared/protocol';
import { append } from '../../../src/shared/series';
import { highestLimit } from '../../../src/webview/curvature/highestLimit';
import { limitInWords, scaledLimit, shareOfLimit, stabilityInWords, stabilityOf } from '../../../src/webview/curvature/limit';
import { nearest, stretches, type Judged } from '../../../src/webview/curvature/stretches';
import { whyNothing } from '../../../src/webview/curvature/whyNothing';
import { labelOf, lessonOf } from '../../../src/webview/landscape/sliceLesson';
import { Run } from '../../../src/webview/run';
import { curvatureOf, range, snapshotOf, startOf, stepsOf } from './snapshot';

/** @param lrs of steps 1, 2, … */
const runOf = (lrs: readonly number[], changes: Partial<RunSnapshot> = {}): Run =>
  new Run(
    snapshotOf({
      state: 'running',
      start: startOf({ problem: {}, optimizer: { name: 'adam', lr: 0.5 }, measure: { curvatureEvery: 100 } }),
      steps: stepsOf(range(1, lrs.length), (row) => lrs[row]),
      ...changes,
    }),
  );

describe('the limit of stability', () => {
  it('is drawn in the unit of λ max: λ max is above it exactly where what the rule feels is above its limit', () => {
    const size = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(size, size, size, (a, b, c) => {
        const event = curvatureOf({ lambdaMax: a, preconditionedSharpness: b, stabilityLimit: c });
        fc.pre(Math.abs(b / c - 1) > 1e-9);
        assert.equal(a > scaledLimit(event), b > c);
      }),
    );
    for (const unknown of [
      { stabilityLimit: null },
      { preconditionedSharpness: NaN },
      { lambdaMax: NaN },
      { lambdaMax: -1 },
      { preconditionedSharpness: 0 },
    ])
      assert.ok(Number.isNaN(scaledLimit(curvatureOf(unknown))));
  });

  it('is written as a multiple of 1/lr with the rate of its step, where that is a round number', () => {
    const run = runOf([0.1, 0.1, 0.01, 0.001]);
    assert.equal(limitInWords(run, curvatureOf({ step: 3, stabilityLimit: 200 })), '2/lr');
    assert.equal(limitInWords(run, curvatureOf({ step: 4, stabilityLimit: 38_000 })), '38/lr');
    assert.equal(limitInWords(run, curvatureOf({ step: 4, stabilityLimit: 38_123.456 })), 'the limit');
    assert.equal(limitInWords(run, curvatureOf({ step: 0, stabilityLimit: 20 })), '2/lr', 'before the first step: that of the first');
    assert.equal(limitInWords(runOf([]), curvatureOf({ step: 0, stabilityLimit: 4 })), '2/lr', 'before any: that of the specification');
    assert.equal(limitInWords(run, curvatureOf({ stabilityLimit: null })), 'the limit');
  });

  it('is so also of a step that a long run leaves out, as long as the rate hardly changes there', () => {
    const rate = (step: number): number => 0.001 * Math.cos((Math.PI / 2) * (step / 20_000));
    const steps = range(1, 19_992, 10);
    const run = runOf([], { steps: stepsOf(steps, (row) => rate(steps[row])) });
    for (const step of [25, 12_325, 15_000])
      assert.equal(limitInWords(run, curvatureOf({ step, stabilityLimit: 38 / rate(step) })), '38/lr', `step ${step}`);
    assert.equal(limitInWords(run, curvatureOf({ step: 12_325, stabilityLimit: 38.6 / rate(12_325) })), 'the limit');
    const jumping = runOf([], { steps: stepsOf([1, 11], (row) => [0.1, 0.01][row]) });
    assert.equal(limitInWords(jumping, curvatureOf({ step: 5, stabilityLimit: 380 })), 'the limit', '38/lr of 0.1, or 3.8/lr of 0.01');
  });

  it('is said in words that follow from the share alone', () => {
    const at = (share: number): CurvatureEvent => curvatureOf({ preconditionedSharpness: share * 38_000 });
    const kinds = [0.1, 0.89, 0.91, 1, 1.09, 1.11, 40].map((share) => stabilityOf(at(share)));
    assert.deepEqual(kinds, ['stable', 'stable', 'edge', 'edge', 'edge', 'unstable', 'unstable']);
    assert.equal(stabilityInWords(at(0.8)).join(''), '0.80 of the limit: stable');
    assert.equal(stabilityInWords(at(1)).join(''), '1.0 of the limit: at the edge of stability');
    assert.equal(stabilityInWords(at(3)).join(''), '3.0 times the limit: unstable on a quadratic');
    assert.equal(shareOfLimit(at(0.5)), 0.5);
    assert.match(stabilityInWords(at(-0.2)).join(''), /no direction curves up/i);
    assert.match(stabilityInWords(curvatureOf({ stabilityLimit: null })).join(''), /states no limit/);
    assert.match(stabilityInWords(curvatureOf({ step: 0, preconditionedSharpness: NaN })).join(''), /from the first step on/);
    assert.match(stabilityInWords(curvatureOf({ preconditionedSharpness: NaN })).join(''), /not a finite number/);
  });
});

describe('the highest limit that is drawn', () => {
  /** As it is defined: one and a half heights above the highest λ max; the height reaches down to the lowest λ min, and at least to 0. */
  const defined = (curvatures: readonly CurvatureEvent[]): number => {
    const top = Math.max(...curvatures.map(({ lambdaMax }) => lambdaMax).filter(Number.isFinite));
    const bottom = Math.min(0, ...curvatures.map(({ lambdaMin }) => lambdaMin).filter(Number.isFinite));
    return top + 1.5 * (top - bottom);
  };

  it('is that of all measurements at any moment: while they grow, after going back, and when every second one went', () => {
    const end = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(NaN, Infinity, -Infinity));
    const told = fc.array(fc.record({ step: fc.integer({ min: 0, max: 40 }), lambdaMax: end, lambdaMin: end, ask: fc.boolean() }));
    fc.assert(
      fc.property(told, fc.integer({ min: 2, max: 12 }), (events, most) => {
        const curvatures: CurvatureEvent[] = [];
        for (const { step, lambdaMax, lambdaMin, ask } of events) {
          append(curvatures, curvatureOf({ step, lambdaMax, lambdaMin }), most);
          if (ask) assert.equal(highestLimit(curvatures), defined(curvatures));
        }
        assert.equal(highestLimit(curvatures), defined(curvatures));
      }),
      { numRuns: 300 },
    );
  });

  it('looks at a measurement once', () => {
    let reads = 0;
    const curvatures: CurvatureEvent[] = [];
    for (let step = 0; step < 100; step++) {
      append(curvatures, Object.defineProperty(curvatureOf({ step }), 'lambdaMax', { get: () => (reads++, step) }));
      for (let frame = 0; frame < 3; frame++) assert.equal(highestLimit(curvatures), step + 1.5 * (step + 2));
    }
    assert.equal(reads, 100);
  });
});

describe('verdicts over steps', () => {
  const verdicts: readonly Verdict[] = ['slope', 'saddle', 'minimum', 'plateau', 'maximum'];
  const judged = fc
    .uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 40 })
    .chain((steps) =>
      fc
        .array(fc.constantFrom(...verdicts), { minLength: steps.length, maxLength: steps.length })
        .map((chosen): Judged[] => [...steps].sort((a, b) => a - b).map((step, i) => ({ step, verdict: chosen[i] }))),
    );

  it('cover the axis without a gap, hold every measurement, and never two of a kind side by side', () => {
    fc.assert(
      fc.property(judged, (measurements) => {
        const found = stretches(measurements, 600);
        assert.equal(found[0].from, measurements[0].step);
        found.forEach(({ from, to, verdict }, i) => {
          assert.ok(to >= from);
          if (i > 0) assert.equal(from, found[i - 1].to);
          if (i > 0) assert.notEqual(verdict, found[i - 1].verdict);
        });
        for (const { step, verdict } of measurements)
          assert.ok(found.some((stretch) => stretch.verdict === verdict && stretch.from <= step && step <= stretch.to));
        assert.equal(
          found.reduce((sum, { count }) => sum + count, 0),
          measurements.length,
        );
      }),
    );
  });

  it('are found again by the step that is pointed at', () => {
    fc.assert(
      fc.property(judged, fc.double({ min: -10, max: 600, noNaN: true }), (measurements, step) => {
        const least = Math.min(...measurements.map((each) => Math.abs(each.step - step)));
        assert.equal(Math.abs(measurements[nearest(measurements, step)].step - step), least);
      }),
    );
    assert.equal(nearest([], 3), -1);
  });
});

describe('why there is no measurement', () => {
  it('says whether it is off, still to come, too late, or behind the step looked at', () => {
    assert.match(whyNothing(runOf([])), /every 100 steps.*under way/);
    assert.match(whyNothing(runOf([], { state: 'failed', start: null })), /^The run could not start\. The Training panel tells why/);
    assert.match(whyNothing(runOf([], { start: null })), /about to begin/);
    assert.match(
      whyNothing(runOf([], { start: startOf({ measure: { curvatureEvery: 0 } }) })),
      /measure\.curvatureEvery of its specification is 0/,
    );
    assert.match(whyNothing(runOf([], { state: 'ended' })), /ended before its first measurement/);
    const run = runOf([0.1], { curvatures: [curvatureOf({ step: 40 })] });
    assert.equal(whyNothing(run), '');
    run.at = 30;
    assert.match(whyNothing(run), /No measurement up to step 30: the first is of step 40/);
  });
});

describe('what “Around this network” says where there is no slice', () => {
  const way = (changes: Partial<RunSnapshot>): string => lessonOf(runOf([0.1], { from: 'engine', bound: null, ...changes })).way;

  it('knows for each run what can be done', () => {
    assert.equal(lessonOf(null).way, 'train');
    assert.equal(way({}), 'look');
    assert.equal(way({ state: 'ended' }), 'look');
    assert.equal(way({ from: 'record' }), 'replay');
    assert.equal(way({ bound: 40 }), 'none');
    assert.equal(way({ state: 'starting' }), 'none');
    for (const state of ['failed', 'lost'] as const) assert.equal(way({ state }), 'train');
    const ofFunction = { start: startOf() };
    assert.equal(way(ofFunction), 'none');
    assert.match(lessonOf(runOf([], ofFunction)).text, /Function/);
  });

  it('names the step of a run that stands still, and none of one that goes on', () => {
    assert.equal(labelOf(runOf([0.1, 0.1], { state: 'paused', bound: null })), 'Look around step 2');
    assert.equal(labelOf(runOf([0.1, 0.1], { bound: null })), 'Look around now');
    assert.equal(labelOf(runOf([0.1, 0.1], { bound: null, from: 'record' })), 'Train again up to step 2');
    assert.equal(labelOf(null), 'Train with…');
  });
});
