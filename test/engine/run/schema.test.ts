/** The editor's schema and the engine's check agree on what a specification is; every event has its place in the record's schema. */
import assert from 'node:assert/strict';
import Ajv, { type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { rules } from '../../../src/engine/optimizers';
import { generators } from '../../../src/engine/problems/generators';
import { checkSpecification } from '../../../src/engine/run/check';
import { toLine } from '../../../src/engine/run/line';
import { prepare } from '../../../src/engine/run/prepare';
import type { RecordEvent } from '../../../src/engine/run/record';
import { recordSchema } from '../../../src/engine/run/recordSchema';
import { runSchema } from '../../../src/engine/run/schema';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';
import { nodeFiles } from '../../../src/node/files';

// The keywords that only editors know (enumDescriptions, allowTrailingCommas) are passed over.
const ajv = new Ajv({ strict: false, allErrors: true });
const isSpecification = ajv.addSchema({ $id: 'run.schema.json', ...runSchema(rules()) }).getSchema('run.schema.json') as ValidateFunction;
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
      ...rules().map(({ name }) => ({ problem: parabola, optimizer: { name } })),
      ...generators.map(({ name, learns, settings }) => ({
        problem: {
          network: { layers: [{ dense: learns === 'targets' ? 1 : (settings.classes?.default ?? 2) }] },
          data: { generator: name },
        },
        optimizer: { name: 'sgd' },
      })),
      { problem: moons, optimizer: { name: 'adam' }, schedule: { name: 'cosine' }, epochs: 3, batchSize: 'all' },
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

  it('agrees with the check on any single value put anywhere', function () {
    this.timeout(30_000);
    const bases = [
      { problem: moons, optimizer: { name: 'adam', lr: 0.1, beta1: 0.8 }, schedule: { name: 'cosine', steps: 5 }, measure: { every: 2 } },
      { problem: parabola, optimizer: { name: 'rmsprop' } },
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
      ...['problem.data.csv.targets', 'problem.data.csv.standardise', 'problem.data.idx.images', 'problem.start.x', 'problem.start.y'],
      ...['optimizer.name', 'optimizer.lr', 'optimizer.beta1', 'optimizer.eps', 'optimizer.biasCorrection', 'optimizer.extra'],
      ...[
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

/** What the check knows and no schema can say: blank texts, which variables a function has, sizes in all, settings together. */
function beyondSchema(spec: unknown, put: unknown): boolean {
  const { problem, batchSize, initialWeights } = spec as {
    problem: { function?: string; start?: object };
    batchSize?: unknown;
    initialWeights?: unknown;
  };
  const aboutFunction =
    problem.function !== undefined &&
    (JSON.stringify(Object.keys(problem.start ?? {})) !== '["x"]' || batchSize !== undefined || initialWeights !== undefined);
  const large = typeof put === 'number' && put > 1e6;
  return aboutFunction || large || put === ' ';
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
        spec,
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
      spec,
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
    for (const key of ['schedule', 'batchSize', 'steps', 'seed', 'order', 'backend', 'measure'])
      assert(!valid({ ...start, spec: { ...spec, [key]: undefined } }), `${key} may not be left out`);
  });
});
