/**
 * Every optimizer in a whole run: it trains a small network on the CPU without ending in a fault, and a run that goes on from a checkpoint
 * is the same run bit for bit, whatever state the rule keeps. Every wrapper goes round a rule in the same way.
 */
import assert from 'node:assert/strict';
import { rules } from '../../../src/engine/optimizers';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { wrappers } from '../../../src/engine/wrappers';
import { evaluations, ofNetwork, timeless, toEnd, trainer } from './runs';

const quiet = { curvatureEvery: 0, evaluateEvery: 0 };
/** As `ofNetwork`, shorter, in five mini-batches an epoch. */
const short = (optimizer: RunSpecification['optimizer'], other: Partial<RunSpecification> = {}): RunSpecification =>
  ofNetwork({ optimizer, steps: 12, measure: quiet, ...other });

/** Newton's step has no bound where a direction is almost flat: damping gives it one. */
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = { newton: { damping: 1 } };

async function sameFromCheckpoint(spec: RunSpecification): Promise<void> {
  const whole = await trainer(spec);
  const events = whole.begin();
  while (whole.step < 7 && !whole.ended) events.push(...whole.advance());
  const checkpoint = whole.checkpoint();
  const rest = toEnd(whole);
  const last = rest.at(-1);
  assert.ok(last?.type === 'end' && (last.reason === 'completed' || last.reason === 'diverged'), JSON.stringify(last));
  const again = toEnd(await trainer(spec, { checkpoint }));
  assert.deepEqual(timeless(again), timeless(rest));
}

describe('every optimizer in a run', () => {
  for (const { name } of rules())
    it(`${name} goes on from a checkpoint bit for bit`, () => sameFromCheckpoint(short({ name, ...settings[name] })));

  for (const { name } of rules())
    it(`${name} does not make the loss much worse`, async () => {
      const run = await trainer(short({ name, ...settings[name] }));
      const [first, ...later] = evaluations([...run.begin(), ...toEnd(run)]);
      const reached = later.at(-1)?.trainLoss ?? NaN;
      assert.ok(reached < 2 * first.trainLoss, `from ${first.trainLoss} to ${reached}`);
    });
});

describe('every wrapper in a run', () => {
  for (const { name } of wrappers())
    it(`${name} round Adam goes on from a checkpoint bit for bit`, () =>
      sameFromCheckpoint(short({ name: 'adam', lr: 0.01 }, { wrappers: [{ name }] })));
});
