/** A specification is taken as it stands, or refused with the field's path, what was found and what is expected; nothing else ever comes out. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkSpecification } from '../../../src/engine/run/check';
import { parseSpecification } from '../../../src/engine/run/parse';
import { SpecificationError } from '../../../src/engine/run/specification';

const network = {
  problem: {
    network: { layers: [{ dense: 16, activation: 'tanh', init: 'xavierUniform', bias: 0.01 }, { dense: 2 }] },
    data: { generator: 'moons' },
  },
  optimizer: { name: 'adam', lr: 0.01 },
};
const rosenbrock = {
  problem: { function: '(1 - x)^2 + 100*(y - x^2)^2', start: { x: -1.2, y: 1 } },
  optimizer: { name: 'sgd', lr: 0.001 },
};

/** A copy of `base` in which the field at `path` is `value`; `undefined` removes it. */
function put(base: object, path: string, value: unknown): unknown {
  const copy = structuredClone(base) as Record<string, unknown>;
  const keys = path.split('.');
  let at = copy;
  for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
  at[keys[keys.length - 1]] = value;
  return copy;
}
const refused = (value: unknown, path: string, message: RegExp): void =>
  assert.throws(
    () => checkSpecification(value),
    (error) => {
      assert(error instanceof SpecificationError, String(error));
      assert.equal(error.path, path, error.message);
      assert.match(error.message, message);
      return true;
    },
  );

describe('checking a specification', () => {
  it('gives back what was written', () => {
    const full = {
      ...network,
      wrappers: [
        { name: 'clipGlobalNorm', maxNorm: 2 },
        { file: 'rules/mine.optim', strength: 0.5, form: 'paper', strict: true },
      ],
      schedule: { name: 'cosine', steps: 100, lrMin: 0.001, warmup: 10 },
      batchSize: 'all',
      epochs: 3,
      seed: 7,
      order: 'sequential',
      initialWeights: 'weights.json',
      backend: 'reference',
      measure: { every: 2, curvatureEvery: 0, evaluateEvery: 10, probeSamples: 64, perWeight: true },
    };
    assert.deepEqual(checkSpecification(full), full);
    assert.deepEqual(checkSpecification(rosenbrock), rosenbrock);
    for (const data of [
      { idx: { images: 'i.gz', labels: 'l.gz' }, heldOut: 0 },
      { csv: { file: 'a.csv', label: 'species', standardise: true } },
      { csv: { file: 'a.csv', targets: ['price', 'rent'] }, heldOut: 0.5 },
      { csv: { file: 'a.csv', label: 'b', header: false, ignore: ['id'], categories: ['zone'], missing: 'mean' }, labelNoise: 0.1 },
      { csv: { file: 'a.csv', label: 'b', ignore: [], categories: [], missing: 'refuse' }, labelNoise: 0, randomLabels: true },
      { generator: 'moons', labelNoise: 1, randomLabels: false },
      { generator: 'spiral', samples: 300, classes: 4, noise: 0.1, turns: 1, heldOut: 0.1 },
    ])
      assert.deepEqual(checkSpecification(put(network, 'problem.data', data)), put(network, 'problem.data', data));
  });

  it('passes over the schema that an editor is told', () =>
    assert.deepEqual(checkSpecification({ $schema: './run.schema.json', ...rosenbrock }), rosenbrock));

  it('brings hyperparameters under their own names', () => {
    const written = put(network, 'optimizer', { name: 'adam', learning_rate: 0.1, b1: 0.8, weight_decay: 0.01 });
    assert.deepEqual(checkSpecification(written).optimizer, { name: 'adam', lr: 0.1, beta1: 0.8, weightDecay: 0.01 });
  });

  it('brings schedules and their settings under their own names', () => {
    const schedule = (written: object): unknown => checkSpecification(put(network, 'schedule', written)).schedule;
    assert.deepEqual(schedule({ name: 'CosineAnnealingLR', T_max: 50, eta_min: 0.001 }), { name: 'cosine', steps: 50, lrMin: 0.001 });
    assert.deepEqual(schedule({ name: 'MultiStepLR', milestones: [3, 5], gamma: 0.5 }), { name: 'milestones', at: [3, 5], decay: 0.5 });
    assert.deepEqual(schedule({ name: 'linear', tau: 9, lrTau: 0 }), { name: 'linear', steps: 9, lrEnd: 0 });
    assert.deepEqual(schedule({ name: 'reduceOnPlateau', factor: 0.5, thresholdMode: 'abs' }), {
      name: 'reduceOnPlateau',
      decay: 0.5,
      thresholdMode: 'abs',
    });
  });

  it('refuses what a schedule does not allow', () => {
    const wrong: [object, string, RegExp][] = [
      [{ name: 'milestones' }, 'schedule.at', /missing; a list of at least 1 and at most 1000 whole numbers, at least 0, none smaller/],
      [{ name: 'milestones', at: [] }, 'schedule.at', /found a list of 0; a list of at least 1/],
      [{ name: 'milestones', at: [5, 3] }, 'schedule.at', /none smaller than the one before it is expected/],
      [{ name: 'milestones', at: [0.5] }, 'schedule.at', /whole numbers/],
      [{ name: 'milestones', at: 5 }, 'schedule.at', /found 5; a list/],
      [{ name: 'milestones', at: [1, 2], decays: [1] }, 'schedule.decays', /has 1 factors for 2 milestones/],
      [{ name: 'milestones', at: [1], milestones: [1] }, 'schedule.milestones', /`at` and `milestones` are the same setting; give it once/],
      [{ name: 'exponential', staircase: 'yes' }, 'schedule.staircase', /found "yes"; true or false is expected/],
      [{ name: 'exponential', decay: 0 }, 'schedule.decay', /found 0; a number, above 0 is expected/],
      [{ name: 'oneCycle', way: 'straight' }, 'schedule.way', /found "straight"; "linear" or "cosine" is expected/],
      [{ name: 'stepDecay', factor: 0.1 }, 'schedule.factor', /found 0\.1; a number, at least 1 is expected/],
      [{ name: 'stepDecay', perod: 3 }, 'schedule.perod', /unknown setting of the schedule `stepDecay`.*Did you mean `period`\?/],
      [{ name: 'cosine', warmup: -1 }, 'schedule.warmup', /a whole number, at least 0/],
      [{ name: 'cosine', warmupFrom: 2 }, 'schedule.warmupFrom', /a number from 0 to 1/],
      [{ name: 'reduceOnPlateau', factor: 1 }, 'schedule.factor', /a number, at least 0 and below 1/],
      [{ name: 'reduceOnPlateu' }, 'schedule.name', /Did you mean `reduceOnPlateau`\?/],
      [{ steps: 3 }, 'schedule.name', /missing/],
      [{ name: 'sequence' }, 'schedule.schedules', /missing; a list of at least 1 and at most 100 schedules is expected/],
      [{ name: 'sequence', schedules: [] }, 'schedule.schedules', /found a list of 0/],
      [{ name: 'sequence', schedules: [3] }, 'schedule.schedules[0]', /found 3; an object such as/],
      [{ name: 'sequence', schedules: [{ name: 'cosin' }] }, 'schedule.schedules[0].name', /Did you mean `cosine`\?/],
      [{ name: 'sequence', schedules: [{ name: 'cosine', stps: 3 }] }, 'schedule.schedules[0].stps', /Did you mean `steps`\?/],
      [{ name: 'sequence', schedules: [{ name: 'reduceOnPlateau' }] }, 'schedule.schedules[0].name', /found "reduceOnPlateau"; `constant`/],
      [{ name: 'product', schedules: [{ name: 'sequence', schedules: [] }] }, 'schedule.schedules[0].name', /found "sequence"/],
      [
        { name: 'sequence', schedules: [{ name: 'cosine' }], at: [5] },
        'schedule.at',
        /has 1 steps for 1 schedules; give one for each but the first/,
      ],
    ];
    for (const [schedule, path, message] of wrong) refused({ ...network, schedule }, path, message);
  });

  it('refuses wrappers and rule files that cannot be', () => {
    const wrong: [unknown, string, RegExp][] = [
      ['clipNorm', 'wrappers', /found "clipNorm"; a list of wrappers is expected/],
      [{ name: 'clipNorm' }, 'wrappers', /a list of wrappers/],
      [['clipNorm'], 'wrappers[0]', /found "clipNorm"; an object such as \{ "name": "clipGlobalNorm"/],
      [
        [{}],
        'wrappers[0].name',
        /missing; the name of a wrapper is expected\. There are .*clipGlobalNorm.*; a rule of your own is given by `file`/,
      ],
      [[{ name: 'clipGlobalNrm' }], 'wrappers[0].name', /Did you mean `clipGlobalNorm`\?/],
      [[{ name: 'adam' }], 'wrappers[0].name', /found "adam"; the name of a wrapper/],
      [[{ name: 'clipGlobalNorm' }, { name: 'clipGlobalNorm', maxNorm: 0 }], 'wrappers[1].maxNorm', /found 0/],
      [[{ name: 'clipGlobalNorm', maxnorm: 1 }], 'wrappers[0].maxnorm', /Did you mean `maxNorm`\?/],
      [[{ name: 'clipGlobalNorm', file: 'a.optim' }], 'wrappers[0]', /keep one/],
      [[{ file: '' }], 'wrappers[0].file', /the path of a rule such as my\.optim is expected/],
      [[{ file: 3 }], 'wrappers[0].file', /found 3/],
      [[{ file: 'a.optim', rho: [1] }], 'wrappers[0].rho', /found a list of 1; a number, a text, true or false/],
      [Array(17).fill({ name: 'clipNorm' }), 'wrappers', /has 17 entries; at most 16/],
    ];
    for (const [wrappers, path, message] of wrong) refused({ ...network, wrappers }, path, message);
    refused(
      put(network, 'optimizer', { file: 'a.optim', name: 'adam' }),
      'optimizer',
      /`name` means an optimizer of the library, `file` one/,
    );
    refused(put(network, 'optimizer', { file: {} }), 'optimizer.file', /found an object/);
    refused(put(network, 'optimizer', { name: 'clipGlobalNorm' }), 'optimizer.name', /found "clipGlobalNorm"; the name of an optimizer/);
    assert.deepEqual(checkSpecification({ ...network, wrappers: [] }).wrappers, []);
  });

  it('names the nearest name for a misspelt one', () => {
    refused({ ...network, optimiser: {} }, 'optimiser', /unknown key.*Did you mean `optimizer`\?/);
    refused({ ...network, batchsize: 3 }, 'batchsize', /Did you mean `batchSize`\?/);
    refused(
      put(network, 'optimizer.name', 'adm'),
      'optimizer.name',
      /found "adm"; the name of an optimizer is expected\. Did you mean `adam`\?/,
    );
    refused(put(network, 'optimizer.bta1', 0.9), 'optimizer.bta1', /Did you mean `beta1`\?/);
    refused(put(network, 'schedule', { name: 'cosin' }), 'schedule.name', /Did you mean `cosine`\?/);
    refused(put(network, 'schedule', { name: 'cosine', lrmin: 0 }), 'schedule.lrmin', /Did you mean `lrMin`\?/);
    refused(put(network, 'problem.data.generator', 'moon'), 'problem.data.generator', /Did you mean `moons`\?/);
    refused(put(network, 'problem.data.nois', 1), 'problem.data.nois', /unknown setting of the generator `moons`.*Did you mean `noise`\?/);
    refused(put(network, 'problem.network.loss', 'crossentropie'), 'problem.network.loss', /Did you mean `crossEntropy`\?/);
    refused(put(network, 'problem.network.layers', [{ dense: 2, activation: 'rleu' }]), 'problem.network.layers[0].activation', /`relu`\?/);
    refused(put(network, 'problem.network.layers', [{ dense: 2, init: 'heuniform' }]), 'problem.network.layers[0].init', /`heUniform`\?/);
    refused(put(network, 'problem.network.layers', [{ dens: 2 }]), 'problem.network.layers[0].dens', /`dense`\?/);
    refused(put(network, 'measure', { curvature: 3 }), 'measure.curvature', /unknown key/);
  });

  it('refuses wrong types and impossible values', () => {
    for (const value of [undefined, null, 3, 'adam', [], true])
      refused(value, 'specification', /an object with `problem` and `optimizer` is expected/);
    refused({}, 'problem', /missing; an object with `network` and `data`/);
    refused(put(network, 'optimizer', 'adam'), 'optimizer', /found "adam"; an object such as/);
    refused(put(network, 'optimizer', undefined), 'optimizer', /missing/);
    refused(
      put(network, 'optimizer.name', undefined),
      'optimizer.name',
      /missing; the name of an optimizer is expected\. There are .*adam, /,
    );
    for (const lr of [0, -1, NaN, Infinity, 1e400, '0.1', null, {}, true])
      refused(put(network, 'optimizer.lr', lr), 'optimizer.lr', /found /);
    refused(put(network, 'optimizer.beta1', 1), 'optimizer.beta1', /found 1; .*\[0, 1\)/);
    for (const batch of [0, -64, 1.5, '64', NaN, null, 1e400, 2 ** 60])
      refused(put(network, 'batchSize', batch), 'batchSize', /a whole number of samples or "all", at least 1, is expected/);
    for (const steps of [0, -1, 0.5, NaN, '10', 1e10]) refused(put(network, 'steps', steps), 'steps', /a whole number of steps/);
    for (const epochs of [0, -1, 0.5, 1e7]) refused(put(network, 'epochs', epochs), 'epochs', /a whole number of passes/);
    for (const seed of [-1, 0.5, 2 ** 53, 'x'])
      refused(put(network, 'seed', seed), 'seed', /a whole number, at least 0 and at most 9,007,199,254,740,991,/);
    refused({ ...network, steps: 10, epochs: 2 }, 'epochs', /2, but `steps` says 10; keep one/);
    refused(put(network, 'order', 'random'), 'order', /`shuffled` or `sequential` is expected/);
    refused(put(network, 'initialWeights', 3), 'initialWeights', /the path of a JSON file/);
    refused(put(network, 'measure', { every: 0 }), 'measure.every', /at least 1/);
    refused(put(network, 'measure', { curvatureEvery: -1 }), 'measure.curvatureEvery', /at least 0/);
    refused(put(network, 'measure', { perWeight: 'yes' }), 'measure.perWeight', /true or false is expected/);
    refused(put(network, 'schedule', { name: 'cosine', steps: 0 }), 'schedule.steps', /found 0; a whole number, at least 1/);
    refused(put(network, 'schedule', { name: 'constant', steps: 3 }), 'schedule.steps', /unknown setting/);
    for (const share of [-0.1, 1, NaN, '0.2'])
      refused(put(network, 'problem.data.heldOut', share), 'problem.data.heldOut', /a share of the samples/);
    refused(put(network, 'problem.data.samples', 1e12), 'problem.data.samples', /from 1 to 1000000/);
    refused(put(network, 'problem.data.noise', -1), 'problem.data.noise', /from 0 to 10/);
  });

  it('says which backends there are', () => refused(put(network, 'backend', 'webgl'), 'backend', /webgpu/));

  it('refuses a problem that is neither or both', () => {
    refused(put(network, 'problem', {}), 'problem', /empty/);
    refused({ ...network, problem: { ...network.problem, ...rosenbrock.problem } }, 'problem', /both a network and a function/);
    refused(put(network, 'problem.network', undefined), 'problem.network', /missing/);
    refused(put(network, 'problem.data', undefined), 'problem.data', /missing/);
    refused(put(network, 'problem.data', {}), 'problem.data', /missing where the data come from; `idx`, `csv` or `generator`/);
    refused(put(network, 'problem.data.csv', {}), 'problem.data', /`csv` and `generator` are given/);
    refused(put(network, 'problem.data', { idx: { images: 'a' } }), 'problem.data.idx.labels', /missing; the path of an IDX file/);
    refused(put(network, 'problem.data', { csv: { file: 'a' } }), 'problem.data.csv', /missing what is to be learnt/);
    refused(put(network, 'problem.data', { csv: { file: 'a', label: 'b', targets: ['c'] } }), 'problem.data.csv', /keep one/);
    refused(put(network, 'problem.data', { csv: { file: 'a', targets: [] } }), 'problem.data.csv.targets', /the list is empty/);
    refused(put(network, 'problem.data', { csv: { file: 'a', targets: ['b', 'b'] } }), 'problem.data.csv.targets[1]', /listed twice/);
    const csv = (more: object): unknown => put(network, 'problem.data', { csv: { file: 'a', label: 'b', ...more } });
    refused(csv({ ignore: ['c', 'd', 'c'] }), 'problem.data.csv.ignore[2]', /"c" is listed twice/);
    refused(csv({ ignore: 'c' }), 'problem.data.csv.ignore', /found "c"; a list of columns/);
    refused(csv({ categories: [3] }), 'problem.data.csv.categories[0]', /found 3; the name of a column/);
    refused(csv({ missing: 'means' }), 'problem.data.csv.missing', /`refuse`, `drop` or `mean`.*Did you mean `mean`/);
    refused(csv({ header: 'yes' }), 'problem.data.csv.header', /true or false/);
    refused(put(network, 'problem.data.labelNoise', -0.1), 'problem.data.labelNoise', /at least 0 and at most 1/);
    refused(put(network, 'problem.data.randomLabels', 1), 'problem.data.randomLabels', /true or false/);
    refused(put(network, 'problem.network.layers', Array(2)), 'problem.network.layers[0]', /missing; a layer such as/);
    refused(put(network, 'problem.network.layers', []), 'problem.network.layers', /the list is empty/);
    refused(put(network, 'problem.network.layers', [{ dropout: 0.2 }]), 'problem.network.layers[0].dropout', /dropout on the outputs/);
  });

  it('refuses a network that is too large, with its size and the limit, before it exists', () => {
    refused(
      put(network, 'problem.network.layers', [{ dense: 1e9 }]),
      'problem.network.layers[0].dense',
      /1 × 1,000,000,000 units bring the network to 2,000,000,000 weights \(7\.45 GiB in float32\); at most 50,000,000 are allowed/,
    );
    refused(
      put(network, 'problem.network.layers', [{ dense: 8000 }, { dense: 8000 }]),
      'problem.network.layers[1].dense',
      /64,024,000 weights/,
    );
    refused(
      put(network, 'problem.network', { inputs: 1e8, layers: [{ dense: 2 }] }),
      'problem.network.layers[0].dense',
      /200,000,002 weights/,
    );
    refused(
      put(network, 'problem.network.layers', Array(1_000_000).fill({ dense: 1 })),
      'problem.network.layers',
      /has 1,000,000 entries; at most 1,000/,
    );
  });

  it('holds a function and its start together', () => {
    refused(put(rosenbrock, 'problem.function', '(1 - x'), 'problem.function', /column \d+: /);
    refused(put(rosenbrock, 'problem.function', 'sine(x) + y'), 'problem.function', /column 1: /);
    refused(put(rosenbrock, 'problem.function', '3 + 4'), 'problem.function', /no variable/);
    refused(put(rosenbrock, 'problem.function', 42), 'problem.function', /a function such as/);
    refused(put(rosenbrock, 'problem.function', `x${' + x'.repeat(5000)}`), 'problem.function', /at most 10000/);
    refused(put(rosenbrock, 'problem.start', { x: 1 }), 'problem.start.y', /missing; a finite number is expected/);
    refused(put(rosenbrock, 'problem.start', { x: 1, y: 2, z: 3 }), 'problem.start.z', /unknown key; `x` or `y` is expected/);
    refused(put(rosenbrock, 'problem.start', { x: 1, y: NaN }), 'problem.start.y', /found NaN; a finite number/);
    refused(put(rosenbrock, 'problem.start', undefined), 'problem.start', /missing; an object such as \{ "x": 1, "y": 1 \}/);
    refused({ ...rosenbrock, batchSize: 32 }, 'batchSize', /a function has no samples/);
    refused({ ...rosenbrock, initialWeights: 'w.json' }, 'initialWeights', /starts at `problem\.start`/);
    assert.deepEqual(checkSpecification({ ...rosenbrock, batchSize: 'all' }).batchSize, 'all');
  });

  it('answers any value with a specification or a SpecificationError', function () {
    this.timeout(20_000);
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true, maxDepth: 3 });
    const paths = [
      ...['problem', 'optimizer', 'schedule', 'batchSize', 'steps', 'epochs', 'seed', 'order', 'backend', 'measure', 'initialWeights'],
      ...['problem.network', 'problem.network.layers', 'problem.network.layers.0', 'problem.network.loss', 'problem.network.inputs'],
      ...['problem.data', 'problem.data.generator', 'problem.data.noise', 'problem.data.idx', 'problem.data.csv', 'problem.data.heldOut'],
      ...['problem.function', 'problem.start', 'optimizer.name', 'optimizer.lr', 'optimizer.beta1', 'optimizer.__proto__', 'schedule.name'],
      ...[
        'optimizer.file',
        'wrappers',
        'wrappers.0',
        'wrappers.0.name',
        'wrappers.0.file',
        'schedule.steps',
        'schedule.warmup',
        'schedule.at',
      ],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(network, rosenbrock),
        fc.constantFrom(...paths),
        fc.oneof(anything, fc.double(), fc.string()),
        (base, path, value) => {
          try {
            const checked = checkSpecification(put(base, path, value));
            assert.deepEqual(checkSpecification(checked), checked);
          } catch (error) {
            assert(error instanceof SpecificationError, `${path}: ${String(error)}`);
            assert(error.message.startsWith(`${error.path}: `) && error.message.length < 2000, error.message);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('reading a specification', () => {
  const refusedText = (text: string, path: string, message: RegExp): void =>
    assert.throws(
      () => parseSpecification(text, 'run.json'),
      (error) => error instanceof SpecificationError && error.path === path && message.test(error.message),
      `${path} ${String(message)}`,
    );

  it('takes comments and trailing commas', () => {
    const text = '{ // which\n "optimizer": { "name": "adam", /* usual */ "lr": 1e-3, }, "list": [1, 2,],\n}';
    assert.deepEqual(parseSpecification(text, 'run.json'), { optimizer: { name: 'adam', lr: 0.001 }, list: [1, 2] });
  });

  it('tells a fault by line and column', () => {
    refusedText('{\n  "steps": 10\n  "seed": 1\n}', 'run.json:3:3', /a comma is expected/);
    refusedText('{\r\n "steps": ten }', 'run.json:2:11', /not JSON|a value is expected/);
    refusedText('{ "steps": 10', 'run.json:1:14', /a closing brace/);
    refusedText("{ 'steps': 10 }", 'run.json:1:3', /double quotes/);
    refusedText('{ "name": "adam }', 'run.json:1:11', /opened and never closed/);
    refusedText('', 'run.json:1:1', /empty|a value is expected/);
    refusedText('{} {}', 'run.json:1:4', /end of the file/);
    refusedText('{ "lr": 1,\n "lr": 2 }', 'run.json:2:2', /"lr" is given twice/);
  });

  it('is not misled by hostile texts', () => {
    refusedText('['.repeat(100_000), 'run.json:1:65', /more than 64 objects and lists within one another/);
    refusedText(' '.repeat(2 ** 22 + 1), 'run.json', /4,194,305 characters; a specification has at most 4,194,304/);
    const value = parseSpecification('{ "__proto__": { "polluted": true } }', 'run.json') as Record<string, unknown>;
    assert.deepEqual(Object.keys(value), ['__proto__']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    refused(value, '__proto__', /unknown key/);
    assert.equal((parseSpecification('{ "steps": 1e400 }', 'run.json') as { steps: number }).steps, Infinity);
  });

  it('gives back any JSON value as it was written', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        assert.deepEqual(parseSpecification(text, 'run.json'), JSON.parse(text));
      }),
    ));

  it('answers any text with a value or a located error', function () {
    this.timeout(20_000);
    const text = JSON.stringify({ ...network, steps: 10 }, null, 1);
    const mutated = fc.tuple(fc.nat(text.length), fc.nat(3), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          mutated.map(([at, cut, extra]) => text.slice(0, at) + extra + text.slice(at + cut)),
        ),
        (content) => {
          try {
            checkSpecification(parseSpecification(content, 'run.json'));
          } catch (error) {
            assert(error instanceof SpecificationError, String(error));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
