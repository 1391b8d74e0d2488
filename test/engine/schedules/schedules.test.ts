/** What every schedule must hold whatever its settings, and what the warm-up in front of each does. Exact values are in outside.test.ts. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pace } from '../../../src/engine/run/pace';
import { findSchedule, partSchedules, schedules, type Schedule, type ScheduleValues } from '../../../src/engine/schedules';
import type { NumberSetting, Part, Setting, SettingValue } from '../../../src/engine/setting';

const named = (name: string): Schedule => findSchedule(name) ?? assert.fail(name);

/** Any value that a setting of numbers allows, its ends and extremes among them. */
function anyNumber({ kind, min, max, above, below }: NumberSetting): fc.Arbitrary<number> {
  const [low, high] = [Math.max(min, above), Math.min(max, below)];
  const most = Math.min(high, Number.MAX_VALUE);
  const least = Math.max(low, -Number.MAX_VALUE);
  const whole = fc.oneof(
    fc.integer({ min: Math.max(least, -1000), max: Math.min(most, 3000) }),
    fc.integer({ min: Math.max(least, -(2 ** 31)), max: Math.min(most, 2 ** 31 - 1) }),
  );
  if (kind === 'integer') return whole;
  return fc
    .oneof(fc.double({ min: least, max: most, noNaN: true }), fc.double({ min: Math.max(least, 0), max: Math.min(most, 2), noNaN: true }))
    .filter((value) => value > above && value < below);
}

function anyValue(setting: Setting): fc.Arbitrary<SettingValue> {
  switch (setting.kind) {
    case 'truth':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...Object.keys(setting.choices));
    case 'list':
      return fc
        .array(anyNumber(setting.of), { minLength: setting.least, maxLength: 6 })
        .map((list) => (setting.ascending ? list.sort((a, b) => a - b) : list));
    case 'parts':
      return fc.array(anyPart, { minLength: setting.least, maxLength: 4 });
    default:
      return anyNumber(setting);
  }
}

/** Lists that go together are seldom of one length by chance: `at` and what is given for each of its steps, or of the parts between them. */
function fitted(values: ScheduleValues): ScheduleValues {
  const { schedules: several, at } = values;
  const fit = (list: SettingValue, length: number): SettingValue =>
    Array.isArray(list) && list.length > 0 ? Array.from({ length }, (_, i) => list[i % list.length] as number) : [];
  if (!isNumbers(at)) return values;
  const steps = Array.isArray(several) ? several.length - 1 : at.length;
  const times = Array.from({ length: steps }, (_, i) => at[i % at.length] ?? i + 1).sort((a, b) => a - b);
  const lists = ['decays', 'factors'].filter((name) => name in values);
  const each = Array.isArray(several) ? several.length : steps;
  return { ...values, at: times, ...Object.fromEntries(lists.map((name) => [name, fit(values[name], each)])) };
}
const isNumbers = (value: SettingValue): value is readonly number[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'number');

const anyPart = fc
  .constantFrom(...partSchedules())
  .chain((schedule) => anyValues(schedule).map((values) => ({ ...(values as Omit<Part, 'name'>), name: schedule.name })));

const anyValues = ({ settings, require }: Schedule): fc.Arbitrary<ScheduleValues> =>
  fc
    .record(Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, anyValue(setting)])))
    .map(fitted)
    .filter((values) => require(values) === null);

/** Its defaults, `steps` steps, and what must be given. */
const usual = ({ settings }: Schedule, steps = 100): ScheduleValues =>
  Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default ?? wanted(setting, steps)]));
const wanted = (setting: Setting, steps: number): SettingValue =>
  setting.kind === 'list' ? [steps] : setting.kind === 'parts' ? [{ name: 'constant', warmup: 0, warmupFrom: 0 }] : steps;

const anyLr = fc.oneof(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }));
const anyStep = fc.oneof(fc.nat(3000), fc.nat(1_000_000_000));
const anyLoss = fc.oneof(fc.double({ min: 0, max: 10 }), fc.double(), fc.constantFrom(NaN, Infinity, -Infinity));

describe('schedules', () => {
  it('have names of their own, and say what they and their settings do', () => {
    const names = schedules.flatMap(({ name, aliases }) => [name, ...aliases]);
    assert.equal(new Set(names).size, names.length);
    for (const { name, title, doc, formula, use, settings } of schedules) {
      assert(title && doc && formula && use, name);
      const keys = Object.entries(settings).flatMap(([key, { aliases }]) => [key, ...aliases]);
      assert.equal(new Set(keys).size, keys.length, name);
      assert(!keys.includes('name'), name);
      for (const [key, setting] of Object.entries(settings)) {
        assert(setting.doc && setting.domain, `${name}.${key}`);
        if (setting.default !== undefined) assert.equal(setting.check(setting.default), null, `${name}.${key}`);
      }
    }
    assert.equal(findSchedule('none such'), undefined);
  });

  it('are found by what PyTorch and Optax call them', () => {
    const outside = {
      cosine: ['CosineAnnealingLR', 'cosine_decay_schedule', 'warmup_cosine_decay_schedule'],
      stepDecay: ['StepLR'],
      milestones: ['MultiStepLR', 'piecewise_constant_schedule'],
      warmRestarts: ['CosineAnnealingWarmRestarts', 'sgdr_schedule'],
      reduceOnPlateau: ['ReduceLROnPlateau'],
      linearFactor: ['LinearLR'],
      constantFactor: ['ConstantLR'],
      oneCycleOptax: ['linear_onecycle_schedule', 'cosine_onecycle_schedule'],
    };
    for (const [name, aliases] of Object.entries(outside)) for (const alias of aliases) assert.equal(findSchedule(alias)?.name, name);
  });

  for (const schedule of schedules)
    it(`${schedule.name}: finite and not negative at any step, for any settings and losses`, () =>
      fc.assert(
        fc.property(anyLr, anyValues(schedule), fc.array(fc.tuple(anyStep, anyLoss), { maxLength: 20 }), (lr, values, course) => {
          const pace = new Pace(schedule, lr, values);
          for (const [k, loss] of [[0, 1] as const, ...course]) {
            const rate = pace.rate(k);
            assert(rate >= 0 && rate <= Number.MAX_VALUE, `${rate} at ${k}`);
            pace.observe(k + 1, loss);
          }
        }),
        { numRuns: 400 },
      ));

  it('begin at the rate they are given, but for those that begin elsewhere by their nature', () => {
    const others = { linearFactor: 1 / 3, constantFactor: 1 / 3, oneCycle: 1 / 25, oneCycleOptax: 1 / 25, cyclic: 0 };
    for (const schedule of schedules) {
      const expected = 0.3 * (others[schedule.name as keyof typeof others] ?? 1);
      assert(Math.abs(new Pace(schedule, 0.3, usual(schedule)).rate(0) - expected) < 1e-16, schedule.name);
    }
  });

  it('go on where their formula ends', () => {
    const last = (name: string, values: ScheduleValues): number =>
      new Pace(named(name), 0.1, { ...usual(named(name)), ...values }).rate(1e9);
    assert.equal(last('cosine', { lrMin: 0.01 }), 0.01);
    assert.equal(last('linear', { lrEnd: 0.02 }), 0.02);
    assert.equal(last('polynomial', { lrEnd: 0.02 }), 0.02);
    assert.equal(last('oneCycle', {}), 0.1 / 25 / 1e4);
    assert.equal(last('warmupStableDecay', { lrMin: 0.03 }), 0.03);
    assert.equal(last('interpolate', { at: [3, 5], factors: [2, 4] }), 0.1 * 2 * 4);
  });

  it('keep twelve digits at the end of a cosine, where 1 + cos πx as it stands has eleven', () => {
    const at = (k: number, values: ScheduleValues): number =>
      new Pace(named('cosine'), 1, { ...usual(named('cosine')), ...values }).rate(k);
    // sin²(π/2000) and sin²(π/1280)^1.7 to forty digits
    const near = (actual: number, expected: number): void => assert(Math.abs(actual / expected - 1) < 1e-12, `${actual}, not ${expected}`);
    near(at(999, { steps: 1000 }), 0.000002467399070916944077591275649934042549479);
    near(at(639, { steps: 640, exponent: 1.7 }), 0.000000001335962254062054209788510308800989505948);
  });

  it('refuse settings that do not go together', () => {
    const misfit = (name: string, values: ScheduleValues): string | undefined =>
      named(name).require({ ...usual(named(name)), ...values })?.message;
    assert.match(misfit('milestones', { at: [1, 2], decays: [0.5] }) ?? '', /has 1 factors for 2 milestones; give one for each, or none/);
    assert.match(misfit('interpolate', { at: [1], factors: [0.5, 1] }) ?? '', /has 2 factors for 1 points/);
    const two = [{ name: 'constant' }, { name: 'linear' }];
    assert.match(
      misfit('sequence', { schedules: two, at: [3, 5] }) ?? '',
      /has 2 steps for 2 schedules; give one for each but the first\./,
    );
    assert.match(
      misfit('sequence', { schedules: two, at: [3], factors: [1] }) ?? '',
      /has 1 factors for 2 schedules; give one for each, or none\./,
    );
    assert.match(misfit('oneCycleOptax', { way: 'linear', rise: 0.9 }) ?? '', /found 0\.85, which is before the top at 0\.9/);
  });
});

describe('the warm-up in front of a schedule', () => {
  it('rises in a straight line to the first rate, and the schedule counts from its end', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...schedules.filter(({ kind }) => kind === 'planned')),
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (schedule, warmup, warmupFrom) => {
          const values = usual(schedule);
          const plain = new Pace(schedule, 0.1, values);
          const warm = new Pace(schedule, 0.1, { ...values, warmup, warmupFrom });
          const top = plain.rate(0);
          for (let k = 0; k < warmup; k++) {
            const expected = top * (warmupFrom + (1 - warmupFrom) * (k / warmup));
            assert(Math.abs(warm.rate(k) - expected) <= 1e-15 * top, `${schedule.name} at ${k}`);
          }
          for (const k of [0, 1, 7, 99, 100, 5000]) assert.equal(warm.rate(warmup + k), plain.rate(k), schedule.name);
        },
      ),
    ));

  it('holds the first rate where it begins at 1', () => {
    const pace = new Pace(named('cosine'), 0.3, { ...usual(named('cosine')), warmup: 10, warmupFrom: 1 });
    for (let k = 0; k <= 10; k++) assert.equal(pace.rate(k), 0.3);
    assert(pace.rate(11) < 0.3);
  });
});

describe('a schedule that watches the loss', () => {
  const plateau = (values: ScheduleValues): Pace =>
    new Pace(named('reduceOnPlateau'), 0.1, { ...usual(named('reduceOnPlateau')), decay: 0.5, patience: 1, ...values });

  it('passes over the evaluations before its own first step', () => {
    const pace = plateau({ warmup: 3 });
    // Better than any later one: had it been seen, the second later loss would have lowered the rate.
    for (const step of [0, 1, 2, 3]) pace.observe(step, 0.001);
    for (const [step, loss] of [[4, 1], [5, 0.9], [6, 0.8]]) pace.observe(step, loss); // prettier-ignore
    assert.equal(pace.rate(6), 0.1);
  });

  it('takes NaN and infinite losses for bad ones', () => {
    for (const loss of [NaN, Infinity]) {
      const pace = plateau({});
      for (let step = 1; step <= 3; step++) pace.observe(step, step === 1 ? 1 : loss);
      assert.equal(pace.rate(3), 0.05);
    }
  });

  it('goes on from what it saved, to the bit', () =>
    fc.assert(
      fc.property(fc.array(anyLoss, { maxLength: 60 }), fc.nat(60), (losses, cut) => {
        const whole = plateau({ cooldown: 2 });
        let resumed = plateau({ cooldown: 2 });
        losses.forEach((loss, i) => {
          whole.observe(i + 1, loss);
          resumed.observe(i + 1, loss);
          if (i === cut) {
            const saved = resumed.save();
            resumed = plateau({ cooldown: 2 });
            resumed.restore(saved);
          }
          assert.equal(resumed.rate(i), whole.rate(i));
        });
        assert.deepEqual(resumed.save(), whole.save());
      }),
    ));

  it('keeps nothing where it only plans', () => assert.deepEqual(new Pace(named('cosine'), 0.1, usual(named('cosine'))).save(), []));
});
