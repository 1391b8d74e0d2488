/** Networks of every kind of layer as specifications: what is left out, what is refused and how, what comes of random ones. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { layerKinds, type LayerSpecification } from '../../../src/engine/network/layers';
import { structure } from '../../../src/engine/network/structure';
import type { Files } from '../../../src/engine/problems/files';
import { assemble } from '../../../src/engine/run/machine';
import { prepare, type Prepared } from '../../../src/engine/run/prepare';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';
import { Trainer } from '../../../src/engine/run/trainer';
import { writeWeights } from '../../../src/node/weightsFile';
import { end, noFiles, trainer } from './runs';

const data = { generator: 'shapes', samples: 60, side: 8, classes: 3, heldOut: 0 };

/** A run of the reference on images of 8 × 8. */
const run = (
  layers: readonly LayerSpecification[],
  other: Partial<RunSpecification> = {},
  inputs?: readonly number[],
): RunSpecification => ({
  problem: { network: { ...(inputs && { inputs }), layers }, data },
  optimizer: { name: 'sgd', lr: 0.05 },
  backend: 'reference',
  batchSize: 20,
  steps: 2,
  measure: { curvatureEvery: 0 },
  ...other,
});

const planOf = ({ problem }: Prepared) => (problem.kind === 'network' ? problem.plan : assert.fail('a network is expected'));
const layersOf = (prepared: Prepared): readonly LayerSpecification[] => planOf(prepared).layers;
const names = (prepared: Prepared): string[] => structure(planOf(prepared)).layers.map(({ name, shape }) => `${name} ${shape.join('×')}`);

async function refused(spec: RunSpecification, path: string, message: RegExp): Promise<void> {
  const error = await prepare(spec, noFiles).then(
    () => assert.fail(`${path} is not refused`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SpecificationError, String(error));
  assert.equal(error.path, path, error.message);
  assert.match(error.message, message);
}

const at = (rest: string): string => `problem.network.layers${rest}`;

describe('networks of layers', () => {
  it('take their form from the data where a layer needs one, or from `inputs`', async () => {
    const flat = await prepare(run([{ dense: 3 }]), noFiles);
    assert.equal(planOf(flat).inputs, 64);
    const image = await prepare(run([{ residual: [{ convolution: 1, kernel: 3, padding: 'same' }] }, { dense: 3 }]), noFiles);
    assert.deepEqual(planOf(image).inputs, [1, 8, 8]);
    const given = await prepare(run([{ averagePool: 2 }, { dense: 3 }], {}, [4, 4, 4]), noFiles);
    assert.deepEqual(names(given), ['dense1.weight 3×16', 'dense1.bias 3']);
    assert.deepEqual(planOf(await prepare(run([{ maxPool: 2 }, { dense: 3 }], {}, [4, 16]), noFiles)).inputs, [1, 4, 16]);
    await refused(
      run([{ maxPool: 2 }, { dense: 3 }], {}, [3, 8, 8]),
      'problem.network.inputs',
      /found 3 × 8 × 8, 192 numbers, but shapes has 64/,
    );
    await refused(run([{ dense: 3 }], {}, [1, 2, 4, 8]), 'problem.network.inputs', /a list of 4; \[channels, height, width\] or/);
  });

  it('take images of an IDX file, whose labels do not tell how many classes there are', async () => {
    const bytes = (extents: number[], values: number[]): Uint8Array =>
      Uint8Array.from([0, 0, 8, extents.length, ...extents.flatMap((n) => [0, 0, 0, n]), ...values]);
    const contents: Readonly<Record<string, Uint8Array>> = {
      images: bytes(
        [4, 3, 5],
        Array.from({ length: 60 }, (_, i) => (i * 37) % 256),
      ),
      labels: bytes([4], [0, 1, 2, 1]),
    };
    const files: Files = { ...noFiles, size: async (path) => contents[path].length, read: async (path) => contents[path] };
    const problem = {
      network: { layers: [{ convolution: 2, kernel: [2, 3] }, { flatten: true }, { dense: 10 }] },
      data: { idx: { images: 'images', labels: 'labels' }, heldOut: 0 },
    };
    const prepared = await prepare({ ...run([]), problem, batchSize: 4 }, files);
    assert.deepEqual(planOf(prepared).inputs, [1, 3, 5]);
    assert.deepEqual(names(prepared).slice(1), ['convolution1.bias 2', 'dense1.weight 10×12', 'dense1.bias 10']);
    const training = new Trainer(prepared);
    training.begin();
    while (!training.ended) training.advance();
    assert.ok(training.machine.model.weights.every((weights) => weights.every(Number.isFinite)));
  });

  it('have ReLU where nothing is said, and none at the end or where a batch norm, an activation or a sum follows', async () => {
    const prepared = await prepare(
      run([
        { convolution: 4, kernel: 3, padding: 'same' },
        { dropout: 0.1 },
        { residual: [{ convolution: 2, kernel: 1 }, { maxPool: 1 }, { convolution: 4, kernel: 1 }] },
        { convolution: 4, kernel: 3 },
        { batchNorm: true },
        { dense: 5 },
        { dropout: 0.5 },
        { activation: 'tanh' },
        { dense: 3 },
      ]),
      noFiles,
    );
    const shown = (layers: readonly LayerSpecification[]): unknown[] =>
      layers.map(({ activation, residual }) =>
        Array.isArray(residual) ? [shown(residual as LayerSpecification[]), activation] : activation,
      );
    assert.deepEqual(shown(layersOf(prepared)), [
      'relu',
      undefined,
      [['relu', undefined, 'identity'], 'relu'],
      'identity',
      'identity',
      'identity',
      undefined,
      'tanh',
      'identity',
    ]);
    assert.deepEqual(layersOf(prepared)[2].residual, [
      { convolution: 2, kernel: 1, stride: 1, padding: 0, activation: 'relu', init: 'heUniform', bias: 0 },
      { maxPool: 1, stride: 1, padding: 0 },
      { convolution: 4, kernel: 1, stride: 1, padding: 0, activation: 'identity', init: 'xavierUniform', bias: 0 },
    ]);
    assert.deepEqual(layersOf(prepared)[4], { batchNorm: true, momentum: 0.1, eps: 1e-5, activation: 'identity' });
    const again = await prepare(prepared.spec, noFiles);
    assert.deepEqual(again.problem, prepared.problem, 'complete, it stays as it is');
    assert.deepEqual(names(prepared), [
      'convolution1.weight 4×1×3×3',
      'convolution1.bias 4',
      'convolution2.weight 2×4×1×1',
      'convolution2.bias 2',
      'convolution3.weight 4×2×1×1',
      'convolution3.bias 4',
      'convolution4.weight 4×4×3×3',
      'convolution4.bias 4',
      'batchNorm1.weight 4',
      'batchNorm1.bias 4',
      'dense1.weight 5×144',
      'dense1.bias 5',
      'dense2.weight 3×5',
      'dense2.bias 3',
    ]);
    const { buffers } = structure(planOf(prepared));
    assert.deepEqual(buffers, [
      { name: 'batchNorm1.runningMean', length: 4, start: 0 },
      { name: 'batchNorm1.runningVariance', length: 4, start: 1 },
    ]);
  });

  it('are told in a line', async () => {
    const line = async (layers: readonly LayerSpecification[]): Promise<string> =>
      (await prepare(run(layers), noFiles)).details.split(' · ')[1];
    assert.equal(await line([{ dense: 6 }, { dense: 5, activation: 'tanh' }, { dense: 3 }]), '64-6-5-3 ReLU/Tanh');
    assert.equal(await line([{ dense: 3 }]), '64-3 linear');
    assert.equal(
      await line([{ noise: 0.1 }, { dense: 6 }, { dropout: 0.2 }, { dense: 3 }]),
      '64 → noise 0.1 → dense 6 → dropout 0.2 → dense 3, ReLU',
    );
    assert.equal(
      await line([{ convolution: 4, kernel: 3 }, { maxPool: 2 }, { flatten: true }, { dense: 9, activation: 'tanh' }, { dense: 3 }]),
      '1 × 8 × 8 → conv 4 → max pool → dense 9-3, ReLU/Tanh',
    );
  });

  it('refuse fields that are not theirs, with the path', async () => {
    await refused(run([{ dense: 3, kernel: 2 }]), at('[0].kernel'), /unknown key; `dense`, `activation`, `init` or `bias` is expected/);
    await refused(run([{ convolution: 3 }, { dense: 3 }]), at('[0].kernel'), /missing; the extent of the window/);
    await refused(
      run([{ convolution: 3, kernel: [3, 3, 3] }, { dense: 3 }]),
      at('[0].kernel'),
      /a list of 3; a whole number or \[height, width\]/,
    );
    await refused(run([{ convolution: 3, kernel: [3, 0] }, { dense: 3 }]), at('[0].kernel[1]'), /found 0; .* at least 1/);
    await refused(run([{ convolution: 3, kernel: 3, stride: 0 }, { dense: 3 }]), at('[0].stride'), /found 0/);
    await refused(run([{ convolution: 3, kernel: 3, padding: 'valid' }, { dense: 3 }]), at('[0].padding'), /found "valid"; .* or "same"/);
    await refused(run([{ dropout: 1 }, { dense: 3 }]), at('[0].dropout'), /found 1; .* at least 0 and below 1/);
    await refused(run([{ noise: -1 }, { dense: 3 }]), at('[0].noise'), /found -1; a standard deviation, at least 0/);
    await refused(run([{ flatten: false }, { dense: 3 }]), at('[0].flatten'), /found false; true is expected/);
    await refused(run([{ batchNorm: true, eps: 0 }, { dense: 3 }]), at('[0].eps'), /found 0; a number, above 0/);
    await refused(run([{ maxpool: 2 }, { dense: 3 }]), at('[0].maxpool'), /no such kind of layer; .* Did you mean `maxPool`/);
    await refused(run([{ dense: 3, dropout: 0.2 }]), at('[0]'), /`dense` and `dropout` are given; each is a layer by itself/);
    await refused(run([{}]), at('[0]'), /the layer is empty; `activation`/);
    await refused(run([{ residual: [] }, { dense: 3 }]), at('[0].residual'), /the list is empty/);
    await refused(run([{ residual: [{ dense: 64 }, { dens: 64 }] }, { dense: 3 }]), at('[0].residual[1].dens'), /Did you mean `dense`/);
    await refused(run([{ dense: 4, activation: 'rellu' }, { dense: 3 }]), at('[0].activation'), /Did you mean `relu`/);
    let deep: LayerSpecification = { dense: 64 };
    for (let i = 0; i < 30; i++) deep = { residual: [deep] };
    await refused(run([deep, { dense: 3 }]), at(`[0]${'.residual[0]'.repeat(16)}.residual`), /more than 16 deep/);
  });

  it('refuse what does not fit what comes in, with both shapes', async () => {
    const conv = { convolution: 2, kernel: 3 };
    await refused(
      run([conv, conv, conv, { convolution: 2, kernel: 4 }, { dense: 3 }]),
      at('[3].kernel'),
      /a window of 4 × 4 does not fit into 2 × 2/,
    );
    await refused(run([{ maxPool: 9 }, { dense: 3 }]), at('[0].maxPool'), /9 × 9 does not fit into 8 × 8/);
    await refused(
      run([{ convolution: 2, kernel: [3, 12], padding: 1 }, { dense: 3 }]),
      at('[0].kernel'),
      /3 × 12 does not fit into 8 × 8, 10 × 10 with the padding/,
    );
    await refused(
      run([{ maxPool: 3, padding: 2 }, { dense: 3 }]),
      at('[0].padding'),
      /found 2, but the window is 3 × 3; at most half of it, 1/,
    );
    await refused(run([{ dense: 6 }, conv, { dense: 3 }]), at('[1].convolution'), /channels × height × width, but 6 numbers come in/);
    await refused(run([{ flatten: true }, { maxPool: 2 }, { dense: 3 }]), at('[1].maxPool'), /but 64 numbers come in/);
    await refused(run([{ ...conv, kernel: 4, padding: 'same' }, { dense: 3 }]), at('[0].padding'), /odd extent, but the kernel is 4 × 4/);
    await refused(run([{ ...conv, stride: 2, padding: 'same' }, { dense: 3 }]), at('[0].padding'), /needs stride 1, but the stride is 2/);
    await refused(
      run([{ residual: [conv] }, { dense: 3 }]),
      at('[0].residual'),
      /give 2 × 6 × 6, but 1 × 8 × 8 comes in; .* Give a `shortcut`/,
    );
    await refused(
      run([{ residual: [conv], shortcut: [{ convolution: 3, kernel: 3 }] }, { dense: 3 }]),
      at('[0].shortcut'),
      /give 2 × 6 × 6, but 3 × 6 × 6 comes out of the shortcut/,
    );
    await refused(run([conv, { dense: 4 }]), at('[1].dense'), /found 4 outputs, but shapes has 3 classes/);
    await refused(run([{ convolution: 2, kernel: 8 }]), at('[0].convolution'), /found 2 outputs, but shapes has 3 classes/);
    const points = { ...run([conv, { dense: 2 }]), problem: { network: { layers: [conv, { dense: 2 }] }, data: { generator: 'moons' } } };
    await refused(points, at('[0].convolution'), /but 2 numbers come in; give `inputs` as \[channels, height, width\]/);
    await refused(run([{ activation: 'tanh' }]), 'problem.network.layers', /no layer has weights/);
  });

  it('refuse draws on the outputs, where they would only garble the loss', async () => {
    await refused(run([{ dense: 3 }, { dropout: 0.2 }]), at('[1].dropout'), /dropout on the outputs/);
    await refused(run([{ dense: 3 }, { noise: 0.2 }, { activation: 'tanh' }]), at('[1].noise'), /noise on the outputs/);
    await refused(
      run([{ dense: 3 }, { residual: [{ dense: 3 }, { dropout: 0.2 }] }]),
      at('[1].residual[1].dropout'),
      /after the last layer with weights/,
    );
    await prepare(run([{ dropout: 0.2 }, { dense: 3 }, { activation: 'tanh' }]), noFiles);
  });

  it('refuse what would take too much memory, before anything is taken', async () => {
    await refused(
      run([{ convolution: 4000, kernel: 8 }, { dense: 20_000 }, { dense: 3 }]),
      at('[1].dense'),
      /4,000 × 20,000 units bring the network to 80,280,000 weights \(306 MiB in float32\); at most 50,000,000/,
    );
    await refused(run([{ convolution: 10, kernel: 1, padding: 4000 }, { dense: 3 }]), at('[1].dense'), /units bring the network to/);
    await refused(
      run([{ convolution: 2, kernel: 1, padding: 900 }, { averagePool: 100 }, { dense: 3 }], { batchSize: 60 }),
      'batchSize',
      /a batch of 60 samples through 6,538,\d+ units takes 1\.46 GiB; at most 1 GiB are allowed. Use 41 or fewer/,
    );
    await refused(
      run([{ convolution: 2, kernel: 1, padding: 900 }, { averagePool: 100 }, { dense: 3 }], {
        batchSize: 20,
        measure: { curvatureEvery: 9 },
      }),
      'measure.probeSamples',
      /a batch of 60 samples .* Use 41 or fewer/,
    );
  });

  it('refuse rules that cannot go with them', async () => {
    const conv = [{ convolution: 2, kernel: 3 }, { dense: 3 }];
    const norm = [{ dense: 4 }, { batchNorm: true }, { dense: 3 }];
    await refused(run(conv, { optimizer: { name: 'kfac' } }), 'optimizer.name', /K-FAC needs a network of dense layers/);
    await refused(run(norm, { optimizer: { name: 'kfac' } }), 'optimizer.name', /K-FAC needs a network of dense layers/);
    await refused(run(norm, { optimizer: { name: 'dpsgd' } }), 'optimizer.name', /DP-SGD takes the gradient of every single sample/);
    await prepare(run(conv, { optimizer: { name: 'dpsgd' } }), noFiles);
    await prepare(run([{ dense: 4 }, { dropout: 0.1 }, { dense: 3 }], { optimizer: { name: 'kfac' } }), noFiles);
  });

  it('refuse a batch whose statistics would be of one number', async () => {
    const norm = [{ dense: 4 }, { batchNorm: true }, { dense: 3 }];
    await refused(
      run(norm, { batchSize: 1 }),
      'batchSize',
      /a batch of one sample has no variance for batchNorm1; take another, such as 32/,
    );
    await refused(
      run(norm, { batchSize: 59 }),
      'batchSize',
      /60 training samples in batches of 59 leave a last batch of one .* such as 58/,
    );
    await refused(run(norm, { measure: { curvatureEvery: 1, probeSamples: 1 } }), 'measure.probeSamples', /one sample has no variance/);
    await prepare(run(norm, { measure: { curvatureEvery: 0, probeSamples: 1 } }), noFiles);
    await prepare(run([{ convolution: 2, kernel: 3 }, { batchNorm: true }, { dense: 3 }], { batchSize: 1 }), noFiles);
  });

  it('keep the running statistics in checkpoints, also under a rule in TypeScript', async () => {
    const layers = [{ convolution: 2, kernel: 3, stride: 2 }, { batchNorm: true, activation: 'relu' }, { dropout: 0.2 }, { dense: 3 }];
    const spec = run(layers, { steps: 6, batchSize: 'all', optimizer: { name: 'sfo' } });
    const whole = await trainer(spec);
    whole.begin();
    while (whole.step < 3) whole.advance();
    const half = whole.checkpoint();
    while (!whole.ended) whole.advance();
    const rest = await trainer(spec, { checkpoint: half });
    while (!rest.ended) rest.advance();
    const { model } = whole.machine;
    assert.notDeepEqual(
      model.buffers,
      model.buffers.map(({ length }, i) => new Float64Array(length).fill(i)),
      'the statistics moved',
    );
    assert.deepEqual(rest.machine.model.buffers, model.buffers);
    assert.deepEqual(rest.machine.model.weights, model.weights);
  });
});

describe('weights in a file', () => {
  const layers = [{ convolution: 2, kernel: [3, 2], stride: 2 }, { batchNorm: true }, { dense: 3 }];

  it('are written and read in every layer’s shape, to the last bit', async () => {
    const made = assemble(await prepare(run(layers, { seed: 5 }), noFiles));
    const file = join(await mkdtemp(join(tmpdir(), 'weights-')), 'weights.json');
    await writeWeights(file, made);
    const text = await readFile(file, 'utf8');
    const files: Files = { ...noFiles, text: () => Promise.resolve(text) };
    const read = assemble(await prepare(run(layers, { seed: 6, initialWeights: file }), files));
    assert.deepEqual(read.model.weights, made.model.weights);
  });

  it('are refused where a shape is another, with the place', async () => {
    const right = [
      { weight: [[[[1, 2], [3, 4], [5, 6]]], [[[1, 2], [3, 4], [5, 6]]]], bias: [0, 0] },
      { weight: [1, 1], bias: [0, 0] },
      { weight: [1, 2, 3].map((k) => Array<number>(24).fill(k)), bias: [0, 0, 0] },
    ]; // prettier-ignore
    const attempt = (weights: unknown): Promise<Prepared> =>
      prepare(run(layers, { initialWeights: 'w.json' }), { ...noFiles, text: () => Promise.resolve(JSON.stringify(weights)) });
    await attempt(right);
    const changed = (i: number, weight: unknown): unknown[] => right.map((entry, k) => (k === i ? { ...entry, weight } : entry));
    await assert.rejects(attempt(right.slice(1)), /has 2 entries; 3 are expected, one .* for each layer that has weights/);
    await assert.rejects(
      attempt(changed(0, [])),
      /\[0\]\.weight is a list of 0; 2 rows \(filters\) of 1 × 3 × 2 \(channels, lines, columns\) are expected, weight\[filter\]\[channel\]\[line\]\[column\]/,
    );
    await assert.rejects(attempt(changed(0, [[[[1, 2], [3, 4], [5, 6]]], [[[1, 2], [3, 4]]]])), /\[0\]\.weight\[1\]\[0\] is a list of 2; a list of 3/); // prettier-ignore
    await assert.rejects(attempt(changed(0, [[[[1, 2], [3, 4], [5]]], [[[1, 2], [3, 4], [5, 6]]]])), /\[0\]\.weight\[0\]\[0\]\[2\] is a list of 1; 2 numbers/); // prettier-ignore
    await assert.rejects(attempt(changed(1, [1, 'x'])), /\[1\]\.weight\[1\] is "x"; a finite number/);
    await assert.rejects(attempt(changed(2, [[1]])), /\[2\]\.weight is a list of 1; 3 rows \(units\) of 24 \(inputs\)/);
  });
});

describe('random networks', () => {
  const number = fc.integer({ min: 1, max: 4 });
  const { layers: arbitrary } = fc.letrec<{ layer: LayerSpecification; layers: LayerSpecification[] }>((tie) => ({
    layer: fc.oneof(
      { depthSize: 'small' },
      fc.record({ dense: number, activation: fc.constantFrom('tanh', 'relu', 'silu') }, { requiredKeys: ['dense'] }),
      fc.record(
        {
          convolution: number,
          kernel: fc.oneof(number, fc.tuple(number, number)),
          stride: number,
          padding: fc.oneof(number, fc.constant('same')),
        },
        { requiredKeys: ['convolution', 'kernel'] },
      ),
      fc.record({ maxPool: number, stride: number, padding: fc.integer({ min: 0, max: 1 }) }, { requiredKeys: ['maxPool'] }),
      fc.record({ averagePool: number, stride: number, padding: fc.integer({ min: 0, max: 1 }) }, { requiredKeys: ['averagePool'] }),
      fc.constant({ flatten: true }),
      fc.record({ batchNorm: fc.constant(true), activation: fc.constant('elu') }, { requiredKeys: ['batchNorm'] }),
      fc.constant({ dropout: 0.3 }),
      fc.constant({ noise: 0.1 }),
      fc.constant({ activation: 'sigmoid' }),
      fc.record({ residual: tie('layers'), shortcut: tie('layers') }, { requiredKeys: ['residual'] }),
    ) as fc.Arbitrary<LayerSpecification>,
    layers: fc.array(tie('layer'), { minLength: 1, maxLength: 4 }),
  }));

  it('are refused with the path of a field, or train: shapes chain, every parameter is counted, the loss is finite', async () => {
    let trained = 0;
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.nat(100), async (layers, seed) => {
        const spec = run([...layers, { dense: 3 }], { seed, batchSize: 20, steps: 1 });
        let prepared: Prepared;
        try {
          prepared = await prepare(spec, noFiles);
        } catch (error) {
          assert.ok(error instanceof SpecificationError, String(error));
          assert.match(error.path, /^problem\.network\.layers\[\d+\]/);
          return;
        }
        trained++;
        const network = structure(planOf(prepared));
        const size = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
        network.layers.forEach(({ shape, parameters }) => assert.equal(parameters, size(shape)));
        assert.equal(network.layers.reduce((sum, { parameters }) => sum + parameters, 0), network.parameters); // prettier-ignore
        network.operations.forEach((operation, i) => {
          met.add(operation.kind);
          assert.ok(operation.from.every((value) => value <= i), 'reads what is there'); // prettier-ignore
          const [first] = operation.from.map((value) => size(network.values[value]));
          const made = size(network.values[i + 1]);
          if (operation.kind === 'dense') assert.deepEqual([operation.inputs, operation.outputs], [first, made]);
          else if ('window' in operation) {
            const { channels, height, width, outHeight, outWidth } = operation.window;
            assert.equal(channels * height * width, first);
            assert.equal((operation.kind === 'convolution' ? operation.filters : channels) * outHeight * outWidth, made);
          } else if (operation.kind === 'batchNorm') assert.equal(operation.channels * operation.positions, made);
          else assert.ok(operation.from.every((value) => size(network.values[value]) === made));
        });
        const made = await trainer(prepared.spec);
        made.begin();
        const events = [];
        while (!made.ended) events.push(...made.advance());
        assert.equal(end(events).reason, 'completed');
        assert.ok(made.machine.model.weights.every((weights) => weights.every(Number.isFinite)));
      }),
      { numRuns: 400, seed: 3 },
    );
    assert.ok(trained > 60, `${trained} of 400 trained`);
    const all = ['activation', 'add', 'averagePooling', 'batchNorm', 'convolution', 'dense', 'dropout', 'maxPooling', 'noise'];
    assert.deepEqual([...met].sort(), all);
  }).timeout(30_000);

  it('know every kind', () => {
    const kinds = ['activation', 'averagePool', 'batchNorm', 'convolution', 'dense', 'dropout', 'flatten', 'maxPool', 'noise', 'residual'];
    assert.deepEqual(layerKinds.map(({ name }) => name).sort(), kinds, 'the arbitrary above and this list are to grow with the kinds');
  });
});
