/** The run as a whole: the worked examples, the order and content of its events, divergence, stopping, checkpoints. */
import assert from 'node:assert/strict';
import { toLine } from '../../../src/engine/run/line';
import { CheckpointError, decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import type { Files } from '../../../src/engine/problems/files';
import { prepare } from '../../../src/engine/run/prepare';
import type { CurvatureEvent, RecordEvent } from '../../../src/engine/run/record';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { Trainer } from '../../../src/engine/run/trainer';
import { curvatures, end, evaluations, noFiles, ofFunction, ofNetwork, record, steps, timeless, toEnd, trainer } from './runs';

const near = (actual: number | undefined, expected: number, tolerance = 1e-12): void =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

describe('the worked examples of gradient descent', () => {
  const examples: [string, Record<string, number>, Record<string, number>[]][] = [
    ['x^2', { x: 70 }, [56, 44.8, 35.84, 28.672].map((x) => ({ x }))],
    ['9*x^2', { x: 70 }, [-56, 44.8, -35.84, 28.672].map((x) => ({ x }))],
    [
      'x^2 + y^2',
      { x: 6, y: 9 },
      [
        { x: 4.8, y: 7.2 },
        { x: 3.84, y: 5.76 },
        { x: 3.072, y: 4.608 },
        { x: 2.4576, y: 3.6864 },
      ],
    ],
  ];
  for (const [text, start, path] of examples)
    it(`${text} from ${Object.values(start).join(', ')}`, async () => {
      const told = steps(await record(ofFunction(text, start, { steps: path.length })));
      path.forEach((place, k) => Object.entries(place).forEach(([name, value]) => near(told[k].position?.[name], value)));
    });

  it('x^2 from 99 with rate 1.1 diverges, keeps its last step and says why', async () => {
    const events = await record(ofFunction('x^2', { x: 99 }, { optimizer: { name: 'sgd', lr: 1.1 }, steps: 10_000 }));
    const { reason, step, message } = end(events);
    assert.equal(reason, 'diverged');
    assert.equal(steps(events).at(-1)?.step, step);
    // |x| grows by 1.2 a step, the value by 1.44: a million times the start (and the start) after 38.
    assert.equal(step, Math.ceil(Math.log(1e6 + 1) / Math.log(1.44)));
    assert.match(message ?? '', /^The value rose from 9800 to .* at step 38: the run diverged\.$/);
  });
});

describe('a record', () => {
  it('tells a step before its update and where it arrived', async () => {
    const [first, second] = steps(await record(ofFunction('x^2 + 3*y^2', { x: 1, y: -1 }, { steps: 2 })));
    assert.equal(first.loss, 4);
    near(first.gradientNorm[0], Math.hypot(2, 6));
    near(first.updateNorm[0], 0.1 * Math.hypot(2, 6));
    near(first.position?.y, -0.4);
    near(first.value, 0.64 + 3 * 0.16);
    near(first.gradient?.y, -2.4);
    near(first.weightNorm[0], Math.hypot(0.8, 0.4));
    near(second.loss, first.value ?? NaN);
    assert.deepEqual(first.effectiveRate, [{ q05: 0.1, q25: 0.1, q50: 0.1, q75: 0.1, q95: 0.1 }]);
    assert.equal(first.epoch, 1);
  });

  it('begins with start and an evaluation, evaluates as often as asked and once at the end, and ends once', async () => {
    const events = await record(ofNetwork({ steps: 23, measure: { evaluateEvery: 10, curvatureEvery: 0 } }));
    assert.deepEqual(events.slice(0, 2).map(({ type }) => type), ['start', 'evaluation']); // prettier-ignore
    assert.deepEqual(evaluations(events).map(({ step }) => step), [0, 10, 20, 23]); // prettier-ignore
    assert.equal(events.filter(({ type }) => type === 'end').length, 1);
    assert.equal(end(events).reason, 'completed');
    assert.equal(steps(events).length, 23);
  });

  it('tells every so many steps, and the last', async () => {
    const events = await record(ofNetwork({ steps: 10, measure: { every: 4, curvatureEvery: 0 } }));
    assert.deepEqual(steps(events).map(({ step }) => step), [4, 8, 10]); // prettier-ignore
  });

  it('has an evaluation without accuracies or held-out samples for a function', async () => {
    const [first] = evaluations(await record(ofFunction('x^2', { x: 3 }, { steps: 1 })));
    assert.deepEqual(
      { ...first },
      { type: 'evaluation', step: 0, trainLoss: 9, trainAccuracy: null, heldOutLoss: null, heldOutAccuracy: null },
    );
  });

  it('counts epochs by samples, the small last batch included', async () => {
    const told = steps(await record(ofNetwork({ batchSize: 32, steps: 6, measure: { curvatureEvery: 0 } })));
    assert.deepEqual(told.map(({ epoch }) => epoch), [0.4, 0.8, 1, 1.4, 1.8, 2]); // prettier-ignore
  });

  it('follows the schedule from step 0', async () => {
    const told = steps(await record(ofFunction('x^2', { x: 1 }, { steps: 4, schedule: { name: 'cosine', steps: 4 } })));
    [0.1, 0.05 * (1 + Math.SQRT1_2), 0.05, 0.05 * (1 - Math.SQRT1_2)].forEach((lr, k) => near(told[k].lr, lr));
  });

  it('lowers the rate when evaluations are no better, going by the samples held out, or by training samples where none are', async () => {
    const schedule = { name: 'reduceOnPlateau', decay: 0.5, patience: 0, threshold: 0 };
    const base = ofNetwork({ steps: 40, optimizer: { name: 'sgd', lr: 3 }, schedule, measure: { evaluateEvery: 4, curvatureEvery: 0 } });
    const without = { ...base.problem, data: { generator: 'moons', samples: 100, heldOut: 0 } } as RunSpecification['problem'];
    for (const problem of [base.problem, without]) {
      const events = await record({ ...base, problem });
      const rates = new Map(steps(events).map(({ step, lr }) => [step, lr]));
      let [lr, best] = [3, Infinity];
      for (const { step, heldOutLoss, trainLoss } of evaluations(events)) {
        if (step === 0 || step === 40) continue; // before the first step, and after the last
        const loss = heldOutLoss ?? trainLoss;
        if (loss < best) best = loss;
        else lr /= 2;
        for (let next = step + 1; next <= step + 4; next++) assert.equal(rates.get(next), lr, `step ${next}`);
      }
      assert.ok(lr < 3, 'some evaluation was no better');
    }
  });

  it('tells the stability limit of the step whose weights it measured, however the rate has changed since', async () => {
    // The limit of gradient descent is 2/lr; the rate halves at every step, and a measurement takes four.
    const schedule = { name: 'exponential', decay: 0.5 };
    const events = await record(ofFunction('x^2 - y^2', { x: 1, y: 1e-3 }, { steps: 12, schedule, measure: { curvatureEvery: 6 } }));
    const limits = curvatures(events).map(({ stabilityLimit }) => stabilityLimit);
    [2 / 0.1, 2 / (0.1 * 0.5 ** 5), 2 / (0.1 * 0.5 ** 11)].forEach((limit, i) => near(limits[i] ?? NaN, limit));
  });

  it('holds the rate of every weight where asked', async () => {
    const [first] = steps(await record(ofNetwork({ steps: 1, measure: { perWeight: true, curvatureEvery: 0 } })));
    assert.deepEqual(first.effectiveRatePerWeight?.map((rates) => rates.length), [16, 8, 16, 2]); // prettier-ignore
  });

  it('is the same again, line by line', async () => {
    const spec = ofNetwork({ steps: 60, measure: { curvatureEvery: 20 } });
    const lines = async (): Promise<string[]> => (timeless(await record(spec)) as RecordEvent[]).map(toLine);
    assert.deepEqual(await lines(), await lines());
  });

  it('diverges where the loss is no longer a number', async () => {
    const events = await record(ofFunction('log(x)', { x: 0.5 }, { optimizer: { name: 'sgd', lr: 1 }, steps: 50 }));
    assert.equal(end(events).reason, 'diverged');
    assert.match(end(events).message ?? '', /The value is NaN at step/);
    assert.ok(toLine(steps(events).at(-1) as RecordEvent).includes('"value":"NaN"'));
  });
});

describe('curvature beside training', () => {
  it('measures the frozen weights, one product a step, and tells it later', async () => {
    const events = await record(ofFunction('x^2 - y^2', { x: 1, y: 1e-3 }, { steps: 12, measure: { curvatureEvery: 6 } }));
    const told = curvatures(events);
    assert.deepEqual(told.map(({ step }) => step), [0, 6, 12]); // prettier-ignore
    for (const { lambdaMax, lambdaMin, verdict } of told) {
      near(lambdaMax, 2);
      near(lambdaMin, -2);
      assert.equal(verdict, 'slope');
    }
    near(told[1].preconditionedSharpness, 2);
    near(told[1].stabilityLimit ?? NaN, 20);
    // Two products write the matrix out, two more are the residuals: the measurement of step 0 is done with step 5.
    const before = events.slice(0, events.indexOf(told[0]));
    assert.equal(steps(before).length, 5);
    assert.equal(end(events).reason, 'completed');
  });

  it('waits for the next multiple where one is under way, and finishes before the end', async () => {
    const events = await record(ofNetwork({ steps: 100, measure: { curvatureEvery: 10 } }));
    const told = curvatures(events);
    const places = told.map(({ step }) => step);
    assert.equal(places[0], 0);
    assert.ok(places.length > 1 && places.every((step) => step % 10 === 0));
    told.forEach(({ products }, i) => i + 1 < places.length && assert.ok(places[i + 1] >= places[i] + products));
    assert.equal(events.at(-1)?.type, 'end');
  });

  it('can be gone on with while the run stands still, and tells the same', async () => {
    const spec = ofNetwork({ steps: 50, measure: { curvatureEvery: 25 } });
    const run = await trainer(spec);
    const events = run.begin();
    for (let i = 0; i < 3; i++) events.push(...run.advance());
    for (let busy = true; busy;) {
      const more = run.measureOn();
      events.push(...more.events);
      busy = more.busy;
    }
    assert.equal(run.step, 3);
    assert.equal(curvatures(events).length, 1);
    assert.deepEqual(curvatures(events)[0], curvatures(await record(spec))[0]);
  });
});

describe('the verdict where a run begins', () => {
  const first = async (spec: RunSpecification, files?: Files): Promise<CurvatureEvent> => {
    const run = new Trainer(await prepare({ ...spec, steps: 1 }, files ?? noFiles));
    return curvatures([...run.begin(), ...toEnd(run)])[0];
  };

  it('is a saddle for x² − y², a minimum for x² + y², a plateau for the monkey saddle, a slope beside them', async () => {
    const saddle = await first(ofFunction('x^2 - y^2', { x: 0, y: 0 }));
    assert.deepEqual([saddle.verdict, saddle.lambdaMax, saddle.lambdaMin], ['saddle', 2, -2]);
    assert.equal((await first(ofFunction('x^2 + y^2', { x: 0, y: 0 }))).verdict, 'minimum');
    assert.equal((await first(ofFunction('x^3 - 3*x*y^2', { x: 0, y: 0 }))).verdict, 'plateau');
    assert.equal((await first(ofFunction('x^2 - y^2', { x: 1, y: 0 }))).verdict, 'slope');
  });

  for (const backend of ['reference', 'cpu'] as const)
    it(`is a saddle for a linear network of depth 2 at all-zero weights, ${backend}`, async () => {
      const layer = (outputs: number, inputs: number) => ({
        weight: Array.from({ length: outputs }, () => Array<number>(inputs).fill(0)),
        bias: Array<number>(outputs).fill(0),
      });
      const texts: Record<string, string> = {
        'zero.json': JSON.stringify([layer(3, 1), layer(1, 3)]),
        'odd.csv': 'x,y\n-2,-3\n-1,-1\n1,1\n2,3\n', // targets of mean zero: otherwise the last bias alone has a slope
      };
      const files: Files = {
        size: (path) => Promise.resolve(texts[path].length),
        read: (path) => Promise.resolve(Uint8Array.from(texts[path], (character) => character.charCodeAt(0))),
        text: (path) => Promise.resolve(texts[path]),
      };
      const { verdict, lambdaMax, lambdaMin, gradientNorm } = await first(
        {
          problem: {
            network: { layers: [{ dense: 3, activation: 'identity' }, { dense: 1 }], loss: 'meanSquaredError' },
            data: { csv: { file: 'odd.csv', targets: ['y'] }, heldOut: 0 },
          },
          optimizer: { name: 'sgd', lr: 0.1 },
          initialWeights: 'zero.json',
          backend,
        },
        files,
      );
      assert.deepEqual([verdict, gradientNorm], ['saddle', 0]);
      // The pairs of a weight before and one behind a unit are coupled by −2·mean(x·y) = −7; the last bias alone curves by 2.
      near(lambdaMax, 7, 1e-5);
      near(lambdaMin, -7, 1e-5);
    });
});

describe('a stopped run', () => {
  it('finishes what it measures, evaluates where it stands, and ends', async () => {
    const run = await trainer(ofNetwork({ measure: { curvatureEvery: 10 } }));
    const events = run.begin();
    for (let i = 0; i < 7; i++) events.push(...run.advance());
    run.stop();
    events.push(...toEnd(run));
    assert.equal(end(events).reason, 'stopped');
    assert.equal(end(events).step, 7);
    assert.equal(evaluations(events).at(-1)?.step, 7);
    assert.deepEqual(curvatures(events).map(({ step }) => step), [0]); // prettier-ignore
    assert.deepEqual(run.advance(), []);
  });

  it('can end with a fault', async () => {
    const run = await trainer(ofFunction('x^2', { x: 1 }));
    run.begin();
    const [event] = run.fail('The disk is full.');
    assert.equal(event.type === 'end' && event.reason, 'error');
    assert.ok(run.ended);
  });
});

describe('a checkpoint', () => {
  const spec = ofNetwork({ steps: 100, measure: { curvatureEvery: 10, every: 3 } });

  it('goes on bit for bit, wherever it is taken, with a measurement under way too', async () => {
    const whole = await record(spec);
    for (const at of [0, 1, 50, 99, 100]) {
      const first = await trainer(spec);
      const events = first.begin();
      while (first.step < at) events.push(...first.advance());
      const second = await trainer(spec, { checkpoint: first.checkpoint({ bytes: 7 }) });
      assert.equal(second.step, at);
      events.push(...toEnd(second));
      assert.deepEqual((timeless(events) as RecordEvent[]).map(toLine), (timeless(whole) as RecordEvent[]).map(toLine), `at step ${at}`);
    }
  });

  it('goes on bit for bit under a schedule that remembers losses, wherever it is taken', async () => {
    const schedule = { name: 'reduceOnPlateau', decay: 0.7, patience: 1, cooldown: 2, threshold: 0.05, warmup: 6 };
    const plateau = ofNetwork({
      steps: 60,
      optimizer: { name: 'sgd', lr: 0.5 },
      schedule,
      measure: { evaluateEvery: 2, curvatureEvery: 9 },
    });
    const whole = await record(plateau);
    assert(
      new Set(
        steps(whole)
          .slice(6)
          .map(({ lr }) => lr),
      ).size > 4,
      'the rate falls several times',
    );
    for (const at of [3, 6, 17, 30, 44]) {
      const first = await trainer(plateau);
      const events = first.begin();
      while (first.step < at) events.push(...first.advance());
      const second = await trainer(plateau, { checkpoint: first.checkpoint() });
      events.push(...toEnd(second));
      assert.deepEqual((timeless(events) as RecordEvent[]).map(toLine), (timeless(whole) as RecordEvent[]).map(toLine), `at step ${at}`);
    }
  });

  it('keeps the notes it is given', async () => {
    const run = await trainer(spec);
    assert.deepEqual(decodeCheckpoint(run.checkpoint({ bytes: 7 })).header.notes, { bytes: 7 });
  });

  it('keeps words in any script', async () => {
    const run = await trainer(ofFunction('α^2', { α: 1 }));
    assert.deepEqual(decodeCheckpoint(run.checkpoint()).header.spec.problem, { function: 'α^2', start: { α: 1 } });
  });

  it('is refused where its bytes are not one, are damaged, or are of another run', async () => {
    const run = await trainer(spec);
    const good = run.checkpoint();
    const wrong = (change: (bytes: Uint8Array) => void): ArrayBuffer => {
      const copy = good.slice(0);
      change(new Uint8Array(copy));
      return copy;
    };
    const refused = (bytes: ArrayBuffer, message: RegExp): void =>
      assert.throws(() => decodeCheckpoint(bytes), (error) => error instanceof CheckpointError && message.test(error.message)); // prettier-ignore
    refused(new ArrayBuffer(0), /no checkpoint: it has 0 bytes; at least 24 are expected/);
    refused(new ArrayBuffer(64), /no checkpoint: it begins with 0/);
    refused(wrong((bytes) => (bytes[4] = 9)), /format 9.*newer/); // prettier-ignore
    refused(wrong((bytes) => (bytes[4] = 3)), /format 3.*anew/); // prettier-ignore
    for (const missing of [1, 8, good.byteLength - 24]) refused(good.slice(0, good.byteLength - missing), /cut short/);
    for (const at of [8, 12, 24, good.byteLength - 1]) refused(wrong((bytes) => (bytes[at] ^= 1)), /damaged/); // prettier-ignore
    await assert.rejects(
      trainer({ ...spec, seed: 2 }, { checkpoint: good }),
      /another specification: seed is 2 here and 1 in the checkpoint\./,
    );
  });
});
