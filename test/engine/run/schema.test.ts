/** The editor's schema and the engine's check agree on what a specification is; every event has its place in the record's schema. */
import assert from 'node:assert/strict';
import Ajv, { type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { rules } from '../../../src/engine/optimizers';
import { layerKinds, layerOf, type LayerSpecification } from '../../../src/engine/network/layers';
import { generators } from '../../../src/engine/problems/generators';
import { schedules } from '../../../src/engine/schedules';
import { checkSpecification } from '../../../src/engine/run/check';
import { toLine } from '../../../src/engine/run/line';
import { prepare } from '../../../src/engine/run/prepare';
import type { RecordEvent } from '../../../src/engine/run/record';
import { recordSchema } from '../../../src/engine/run/recordSchema';
import { runSchema } from '../../../src/engine/run/schema';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';
import { wrappers } from '../../../src/engine/wrappers';
import { nodeFiles } from '../../../src/node/files';

// The keywords that only editors know (enumDescriptions, allowTrailingCommas) are passed over.
const ajv = new Ajv({ strict: false, allErrors: true });
const isSpecification = ajv
  .addSchema({ $id: 'run.schema.json', ...runSchema(rules(), wrappers()) })
  .getSchema('run.schema.json') as ValidateFunction;
const isLine = ajv.compile(recordSchema());
const told = (validate: ValidateFunction): string => ajv.errorsText(validate.errors);

const files = nodeFiles('.');
const moons = {
  network: { layers: [{ dense: 3, activation: 'tanh', init: 'heNormal', bias: 0 }, { dense: 2 }] },
  data: { generator: 'moons', samples: 20 },
};
const parabola = { function: 'x^2', start: { x: 70 } };

function accepted(value: unknown): boolean {
  try {
    checkSpecification(value);
    return true;
  } catch (error) {
    if (error instanceof SpecificationError) return false;
    throw error;
  }
}

describe('the JSON Schema of a specification', () => {
  it('takes every optimizer, generator and problem, as written and complete', async () => {
    const specs: RunSpecification[] = [
      ...rules().map(({ name, needs }) => ({ problem: needs.has('moments') ? moons : parabola, optimizer: { name } })),
      ...generators.map(({ name, learns, settings }) => ({
        problem: {
          network: { layers: [{ dense: learns === 'targets' ? 1 : (settings.classes?.default ?? 2) }] },
          data: { generator: name },
        },
        optimizer: { name: 'sgd' },
      })),
      { problem: moons, optimizer: { name: 'adam' }, schedule: { name: 'cosine' }, epochs: 3, batchSize: 'all' },
      { problem: moons, optimizer: { name: 'adam' }, schedule: { name: 'milestones', at: [3, 5], decays: [0.5, 0.1] } },
      { problem: moons, optimizer: { name: 'adam' }, schedule: { name: 'interpolate', at: [3], factors: [0.1], way: 'cosine' } },
      ...schedules
        .filter(({ settings }) => !('at' in settings || 'schedules' in settings))
        .map(({ name }) => ({ problem: moons, optimizer: { name: 'adam' }, schedule: { name, warmup: 3 } })),
      {
        problem: moons,
        optimizer: { name: 'adam' },
        schedule: { name: 'sequence', schedules: [{ name: 'linear' }, { name: 'StepLR', step_size: 3 }], at: [5] },
      },
      { problem: moons, optimizer: { name: 'adam' }, schedule: { name: 'product', schedules: [{ name: 'milestones', at: [3] }] } },
      ...wrappers().map(({ name }) => ({ problem: moons, optimizer: { name: 'adam' }, wrappers: [{ name }, { name }] })),
    ];
    for (const spec of specs) {
      assert(isSpecification(spec), told(isSpecification));
      const complete = (await prepare(spec, files)).spec;
      assert(isSpecification(complete), told(isSpecification));
    }
    for (const data of [
      { idx: { images: 'a', labels: 'b' }, heldOut: 0 },
      { csv: { file: 'a', label: 'b', standardise: true } },
      { csv: { file: 'a', targets: ['b'] } },
    ])
      assert(isSpecification({ problem: { ...moons, data }, optimizer: { name: 'adam' } }), told(isSpecification));
  });

  it('takes every hyperparameter by each of its names', () => {
    for (const { name, hyperparameters } of rules())
      for (const known of hyperparameters)
        for (const key of [known.name, ...known.aliases]) {
          const spec = { problem: parabola, optimizer: { name, [key]: known.default } };
          assert(isSpecification(spec) && accepted(spec), `${name} ${key}: ${told(isSpecification)}`);
        }
  });

  it('takes every schedule and setting by each of their names', () => {
    for (const { name, aliases, settings } of schedules) {
      const several = 'schedules' in settings ? { schedules: ['cosine', 'linear', 'constant'].map((part) => ({ name: part })) } : {};
      const at = 'at' in settings ? { at: [1, 2] } : {};
      const must = { ...several, ...at, ...('factors' in settings && !('schedules' in settings) ? { factors: [1, 2] } : {}) };
      for (const alias of [name, ...aliases]) {
        const spec = { problem: parabola, optimizer: { name: 'sgd' }, schedule: { name: alias, ...must } };
        assert(isSpecification(spec) && accepted(spec), `${alias}: ${told(isSpecification)}`);
      }
      for (const [own, { aliases: others, default: standard }] of Object.entries(settings))
        for (const key of [own, ...others]) {
          const { [own]: given, ...rest }: Record<string, unknown> = { [own]: standard ?? 5, ...must };
          const spec = { problem: parabola, optimizer: { name: 'sgd' }, schedule: { name, ...rest, [key]: given } };
          assert(isSpecification(spec) && accepted(spec), `${name} ${key}: ${told(isSpecification)}`);
        }
    }
  });

  it('takes a rule of one’s own by file, with any values', () => {
    const spec = { problem: parabola, optimizer: { file: 'a.optim', lr: 1, form: 'x', on: true }, wrappers: [{ file: 'b.optim', k: 2 }] };
    assert(isSpecification(spec) && accepted(spec), told(isSpecification));
    for (const optimizer of [{ file: 'a.optim', name: 'sgd' }, { file: ' ' }, { file: 'a.optim', lr: [1] }, { lr: 1 }])
      assert(!isSpecification({ ...spec, optimizer }) && !accepted({ ...spec, optimizer }), JSON.stringify(optimizer));
  });

  it('agrees with the check on every field of every kind of layer, with any value', () => {
    const bases: readonly LayerSpecification[] = [
      { dense: 3 },
      { convolution: 2, kernel: 3 },
      { maxPool: 2 },
      { averagePool: [2, 3], stride: 1 },
      { flatten: true },
      { batchNorm: true, momentum: 0.2 },
      { dropout: 0.2 },
      { noise: 1 },
      { activation: 'tanh' },
      { residual: [{ dense: 2 }, { dropout: 0.2 }, { dense: 2 }], shortcut: [{ dense: 2 }] },
    ];
    assert.deepEqual(bases.map((layer) => layerOf(layer).name).sort(), layerKinds.map(({ name }) => name).sort());
    const keys = [...new Set(['extra', ...layerKinds.flatMap(({ fields }) => Object.keys(fields))])];
    const values = [0, 1, 2, -1, 0.5, 5000, 2 ** 31, 'same', 'relu', 'heNormal', 'valid', '', true, false, null, undefined, [], [1], [2, 3], [0, 3], [1, 2, 3], {}, [{ dense: 2 }], [{ dens: 2 }], [[]]]; // prettier-ignore
    for (const base of bases)
      for (const key of keys)
        for (const value of values) {
          const { [key]: _old, ...rest } = base;
          const layer = value === undefined ? rest : { ...rest, [key]: value };
          const spec = { problem: { ...moons, network: { layers: [layer, { dense: 2 }] } }, optimizer: { name: 'sgd' } };
          assert.equal(isSpecification(spec), accepted(spec), `${JSON.stringify(layer)}: ${told(isSpecification)}`);
        }
  });

  it('agrees with the check on any single value put anywhere', function () {
    this.timeout(30_000);
    const bases = [
      { problem: moons, optimizer: { name: 'adam', lr: 0.1, beta1: 0.8 }, schedule: { name: 'cosine', steps: 5 }, measure: { every: 2 } },
      { problem: parabola, optimizer: { name: 'rmsprop' } },
      {
        problem: parabola,
        optimizer: { file: 'a.optim', lr: 1 },
        wrappers: [{ name: 'clipGlobalNorm' }, { name: 'clipValue' }],
        schedule: { name: 'milestones', at: [1, 2] },
      },
      { problem: parabola, optimizer: { name: 'sgd' }, schedule: { name: 'exponential', decay: 0.5, staircase: true } },
      { problem: parabola, optimizer: { name: 'sgd' }, schedule: { name: 'reduceOnPlateau', factor: 0.5 } },
      { problem: parabola, optimizer: { name: 'sgd' }, schedule: { name: 'product', schedules: [{ name: 'cosine' }, { name: 'linear' }] } },
      { problem: { ...moons, data: { idx: { images: 'a', labels: 'b' } } }, optimizer: { name: 'adagrad' }, steps: 3 },
      { problem: { ...moons, data: { csv: { file: 'a', label: 'b' } } }, optimizer: { name: 'adamw' }, epochs: 3 },
    ];
    const paths = [
      ...[
        'batchSize',
        'steps',
        'epochs',
        'seed',
        'order',
        'backend',
        'initialWeights',
        'unknown',
        'problem',
        'optimizer',
        'schedule',
        'measure',
      ],
      ...[
        'problem.network.loss',
        'problem.network.inputs',
        'problem.network.layers',
        'problem.network.layers.0',
        'problem.network.layers.0.bias',
      ],
      ...[
        'problem.network.layers.0.activation',
        'problem.network.layers.0.init',
        'problem.network.layers.0.dense',
        'problem.network.layers.0.extra',
      ],
      ...[
        'problem.data',
        'problem.data.heldOut',
        'problem.data.samples',
        'problem.data.noise',
        'problem.data.generator',
        'problem.data.csv.label',
      ],
      ...[
        'problem.data.csv.targets',
        'problem.data.csv.standardise',
        'problem.data.csv.missing',
        'problem.data.csv.header',
        'problem.data.csv.ignore',
        'problem.data.csv.categories',
        'problem.data.labelNoise',
        'problem.data.randomLabels',
        'problem.data.idx.images',
        'problem.start.x',
        'problem.start.y',
      ],
      ...['optimizer.name', 'optimizer.lr', 'optimizer.beta1', 'optimizer.eps', 'optimizer.biasCorrection', 'optimizer.extra'],
      ...[
        'wrappers',
        'wrappers.0',
        'wrappers.0.name',
        'wrappers.1.file',
        'wrappers.0.maxNorm',
        'optimizer.file',
        'schedule.at',
        'schedule.at.0',
        'schedule.decays',
        'schedule.decay',
        'schedule.staircase',
        'schedule.factor',
        'schedule.warmup',
        'schedule.warmupFrom',
        'schedule.thresholdMode',
        'schedule.schedules',
        'schedule.schedules.0',
        'schedule.schedules.0.name',
        'schedule.schedules.1.steps',
        'schedule.name',
        'schedule.steps',
        'schedule.lrMin',
        'measure.every',
        'measure.curvatureEvery',
        'measure.perWeight',
        'measure.probeSamples',
      ],
    ];
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        0,
        1,
        -1,
        0.5,
        2,
        1000,
        1e400,
        'all',
        'adam',
        'sgd',
        'relu',
        'moons',
        'xor',
        'cosine',
        'constant',
        'both',
        '',
        ' ',
        true,
        null,
      ),
      fc.constantFrom<unknown>(
        [],
        {},
        ['a'],
        ['a', 'a'],
        [{ dense: 2 }],
        { name: 'adam' },
        { name: 'cosine' },
        'shuffled',
        'cpu',
        'webgpu',
        'auto',
        undefined,
      ),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...bases), fc.constantFrom(...paths), value, (base, path, put) => {
        const spec = structuredClone(base) as Record<string, unknown>;
        const keys = path.split('.');
        let at = spec;
        for (const key of keys.slice(0, -1)) {
          const next = at[key];
          if (typeof next !== 'object' || next === null) return; // the path does not lead anywhere in this one
          at = next as Record<string, unknown>;
        }
        if (put === undefined) delete at[keys[keys.length - 1]];
        else at[keys[keys.length - 1]] = put;
        const text = JSON.stringify(spec);
        const byCheck = accepted(spec);
        const bySchema = isSpecification(spec);
        if (byCheck) assert(bySchema, `the check takes what the schema refuses: ${text}\n${told(isSpecification)}`);
        if (bySchema && !byCheck) assert(beyondSchema(spec, put), `the schema takes what the check refuses: ${text}`);
      }),
      { numRuns: 3000 },
    );
  });
});

/** What the check knows and no schema can say: blank texts, which variables a function has, sizes in all, settings together, the order of a list. */
function beyondSchema(spec: unknown, put: unknown): boolean {
  const { problem, batchSize, initialWeights, schedule } = spec as {
    problem: { function?: string; start?: object };
    schedule?: { at?: unknown; decays?: unknown; decay?: unknown; factor?: unknown };
    batchSize?: unknown;
    initialWeights?: unknown;
  };
  const aboutFunction =
    problem.function !== undefined &&
    (JSON.stringify(Object.keys(problem.start ?? {})) !== '["x"]' || batchSize !== undefined || initialWeights !== undefined);
  const large = typeof put === 'number' && put > 1e6;
  const { at, decays, decay, factor } = schedule ?? {};
  const sorted = Array.isArray(at) && at.every((step: number, i) => i === 0 || (at[i - 1] as number) <= step);
  const aboutLists = Array.isArray(at) && (!sorted || (Array.isArray(decays) && decays.length !== at.length));
  const twice = decay !== undefined && factor !== undefined;
  return aboutFunction || large || put === ' ' || aboutLists || twice;
}

describe('the JSON Schema of a record', () => {
  const q = { q05: 0, q25: 0, q50: 0, q75: 0, q95: NaN };
  const step: RecordEvent = {
    type: 'step',
    step: 1,
    epoch: 0.1,
    loss: Infinity,
    lr: 0.1,
    gradientNorm: [NaN],
    updateNorm: [-Infinity],
    weightNorm: [1],
    effectiveRate: [q],
  };
  const valid = (event: unknown): boolean => isLine(JSON.parse(toLine(event as RecordEvent)));

  it('takes every event, with numbers that are not finite', async () => {
    const { spec } = await prepare({ problem: moons, optimizer: { name: 'adam' } }, files);
    const events: RecordEvent[] = [
      {
        type: 'start',
        title: 'Adam',
        details: 'lr 0.001',
        spec,
        rule: 'optimizer adam "Adam"',
        wrapperRules: [],
        parameters: 17,
        layers: [{ name: 'dense1.weight', shape: [3, 2], parameters: 6 }],
        backend: 'cpu',
        precision: 'float32',
        steps: 1000,
        trainSamples: 16,
        heldOutSamples: 4,
        version: '0.1.0',
      },
      step,
      { ...step, effectiveRatePerWeight: [[1, 2]], position: { x: 1 }, value: 1, gradient: { x: -Infinity } },
      { type: 'evaluation', step: 0, trainLoss: 0.7, trainAccuracy: null, heldOutLoss: NaN, heldOutAccuracy: 0.5 },
      {
        type: 'curvature',
        step: 0,
        lambdaMax: 2,
        lambdaMin: -1,
        residualMax: 1e-9,
        residualMin: 1e-9,
        trace: 3,
        traceError: 0,
        negativeFraction: 0.25,
        preconditionedSharpness: Infinity,
        stabilityLimit: null,
        gradientNorm: 0.1,
        verdict: 'saddle',
        reason: 'λmin is below 0.',
        probeSamples: 16,
        products: 40,
      },
      {
        type: 'finding',
        id: 'a',
        severity: 'warning',
        step: 1,
        layer: null,
        evidence: { loss: NaN },
        message: 'm',
        suggestion: { 'optimizer.lr': 0.1 },
        source: 's',
      },
      { type: 'end', reason: 'diverged', step: 3, seconds: 0.1, stepsPerSecond: 30, message: 'NaN' },
    ];
    for (const event of events) assert(valid(event), `${event.type}: ${told(isLine)}`);
  });

  it('refuses a field too many, a field too few, and a word for a number', () => {
    const { loss: _loss, ...without } = step;
    assert(
      valid(step) &&
        !valid(without) &&
        !valid({ ...step, extra: 1 }) &&
        !valid({ ...step, loss: 'large' }) &&
        !valid({ ...step, type: 'stop' }),
    );
  });

  it('refuses a specification that is not complete', async () => {
    const { spec } = await prepare({ problem: parabola, optimizer: { name: 'sgd' } }, files);
    const start = {
      type: 'start',
      title: 'SGD',
      details: '',
      spec,
      rule: '',
      wrapperRules: [],
      parameters: 1,
      layers: [{ name: 'position', shape: [1], parameters: 1 }],
      backend: 'reference',
      precision: 'float64',
      steps: 3,
      trainSamples: 1,
      heldOutSamples: 0,
      version: '0',
    };
    assert(valid(start), told(isLine));
    for (const key of ['wrappers', 'schedule', 'batchSize', 'steps', 'seed', 'order', 'backend', 'measure'])
      assert(!valid({ ...start, spec: { ...spec, [key]: undefined } }), `${key} may not be left out`);
  });
});
