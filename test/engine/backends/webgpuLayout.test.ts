// What a network takes on a GPU, as a description: which buffers there are, which are shared, and what the limits of an adapter leave of it.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Adapter, Dispatch, Place } from '../../../src/engine/backends/webgpu/definition';
import { writeInfo } from '../../../src/engine/backends/webgpu/info';
import { Layout } from '../../../src/engine/backends/webgpu/layout';
import { type Demand, excess, largestProgram, mostThatFits, mostWorkgroups } from '../../../src/engine/backends/webgpu/limits';
import { checkStatistics, curvatureProgram, type Origin, trainingProgram } from '../../../src/engine/backends/webgpu/program';
import { structure } from '../../../src/engine/network/structure';
import { network, smallNetworks } from './everyLayer';

const limits = {
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxStorageBuffersPerShaderStage: 8,
};
const adapters: readonly Adapter[] = (['software', 'hardware'] as const).map((kind) => ({ kind, limits, subgroups: false }));
const [adapter] = adapters;
const origin: Origin = { samples: null, bytes: false, scale: 1, labels: false, classifies: false };
const seed = 3;

const tanhs = structure(
  network('tanhs', [4], [{ dense: 5, activation: 'tanh' }, { dense: 6, activation: 'gelu' }, { dense: 2 }], 'meanSquaredError').plan,
);

describe('the layout of a network on a GPU', () => {
  const layout = new Layout(tanhs, adapter, 8, false, seed);
  const place = (buffer: string, words: number): Place => ({ buffer, at: 0, words });

  it('keeps what an activation is computed from only where its slope needs it', () => {
    assert.throws(() => layout.value(1), /lies nowhere/); // the slope of tanh is told from its result
    assert.deepEqual(layout.value(2), place('value2', 64));
    assert.deepEqual(layout.value(3), place('value3', 64)); // that of gelu is not
  });

  it('lets an error that is carried through an activation take the place of the error that it becomes', () => {
    assert.deepEqual(layout.error(2), layout.error(1));
    assert.notDeepEqual(layout.error(3), layout.error(5));
    assert.throws(() => layout.error(0), /Nothing before value 0 learns/);
  });

  it('shares nothing where directions are carried through', () => {
    const whole = new Layout(tanhs, adapter, 8, true, seed);
    const values = tanhs.values.map((_, v) => whole.value(v).buffer);
    const errors = tanhs.values.slice(1).map((_, v) => whole.error(v + 1).buffer);
    assert.equal(new Set([...values, ...errors]).size, values.length + errors.length);
    assert.equal(whole.gradient(0).buffer, 'product');
  });

  it('lays every tensor where it can be bound by itself', () => {
    const places = tanhs.layers.map((_, p) => layout.parameter(p));
    places.forEach(({ at, words }, p) => {
      assert.equal(at % 64, 0);
      assert.equal(words, tanhs.layers[p].parameters);
      assert.ok(p === 0 || at >= places[p - 1].at + places[p - 1].words);
    });
  });
});

describe('the programs of the small networks', () => {
  for (const { name, plan } of smallNetworks)
    it(`${name}: bind no more buffers than every adapter allows, none of them both to read and to write, within their sizes`, () => {
      const described = structure(plan);
      for (const one of adapters) {
        const training = trainingProgram(described, one, 16, seed, origin);
        const curvature = curvatureProgram(described, one, 16, seed, origin);
        const lists = [
          { layout: training.layout, dispatches: [...training.gradient, ...training.loss, ...training.evaluate] },
          {
            layout: curvature.layout,
            dispatches: [...curvature.begin, ...curvature.gradient, ...curvature.product.hessian, ...curvature.product.gaussNewton],
          },
        ];
        for (const { layout, dispatches } of lists) {
          assert.equal(excess({ layout, dispatches }, one), null);
          for (const { kernel, bind } of dispatches) {
            assert.equal(kernel.access.length, bind.length, kernel.name);
            const written = bind.filter((_, i) => kernel.access[i] === 'write').map(({ buffer }) => buffer);
            bind.forEach(({ buffer, at, words }, i) => {
              assert.ok(at % 64 === 0 && at + words <= (layout.sizes.get(buffer) ?? 0), `${kernel.name}: ${buffer}`);
              assert.ok(kernel.access[i] === 'write' || !written.includes(buffer), `${kernel.name} reads and writes ${buffer}`);
            });
          }
        }
      }
    });
});

describe('limits', () => {
  const layout = (capacity: number): Layout => new Layout(tanhs, adapter, capacity, false, seed);
  const dispatch = (bind: readonly Place[], workgroups: Dispatch['workgroups'] = [1, 1, 1]): Dispatch => ({
    kernel: { name: 'a kernel', code: '', access: bind.map(() => 'read') },
    bind,
    workgroups,
  });
  const held = (most: Partial<Adapter['limits']>): Adapter => ({ ...adapter, limits: { ...limits, ...most } });

  it('name what is too large, how large it is, and the limit', () => {
    const weight: Demand = { layout: layout(8), dispatches: [dispatch([layout(8).parameter(2)])] };
    assert.equal(
      excess(weight, held({ maxStorageBufferBindingSize: 100 })),
      'dense2.weight takes 120 bytes, but its maxStorageBufferBindingSize is 100 bytes',
    );
    assert.match(
      excess(weight, held({ maxBufferSize: 500 })) ?? '',
      /^the buffer of dense2\.weight takes 1\.\d+ KiB, but its maxBufferSize is 500 bytes$/,
    );
    const value: Demand = { layout: layout(8), dispatches: [dispatch([layout(8).value(2)])] };
    assert.match(excess(value, held({ maxStorageBufferBindingSize: 100 })) ?? '', /^the result of activation1 takes 256 bytes/);
    const many: Demand = { layout: layout(8), dispatches: [dispatch(Array.from({ length: 9 }, () => layout(8).value(2)))] };
    assert.match(excess(many, adapter) ?? '', /"a kernel" is bound to 9 buffers, but its maxStorageBuffersPerShaderStage is 8/);
  });

  it('leave the largest block for which nothing is too much', () => {
    for (const fits of [1, 7, 8, 200]) {
      const demand = (capacity: number): Demand => ({
        layout: layout(capacity),
        dispatches: [dispatch([], (rows) => [1, rows <= fits ? mostWorkgroups : mostWorkgroups + 1, 1])],
      });
      const { program, capacity, obstacle } = largestProgram(8, adapter, demand, (made) => made);
      assert.equal(capacity, Math.min(8, fits));
      assert.equal(program?.layout.capacity, capacity);
      assert.equal(obstacle === '', fits >= 8);
    }
  });

  it('are found by halves, whatever they are', () =>
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (most, limit) => {
        let [asked, last] = [0, 0];
        const found = mostThatFits(most, (count) => {
          asked++;
          if (count <= limit) last = count;
          return count <= limit;
        });
        assert.equal(found, Math.min(most, limit));
        assert.equal(last, found);
        assert.ok(asked <= 21);
      }),
    ));

  it('leave none where one sample is too much', () => {
    const none = largestProgram(64, adapter, layout, (made) => ({ layout: made, dispatches: [dispatch([], [mostWorkgroups + 1, 1, 1])] }));
    assert.deepEqual([none.program, none.capacity], [null, 0]);
    assert.match(none.obstacle, /"a kernel" takes 65536 workgroups/);
  });

  it('of a batch norm: more than one number', () => {
    const { plan } = network('rows', [3], [{ dense: 4 }, { batchNorm: true }, { dense: 2 }], 'crossEntropy');
    assert.throws(() => checkStatistics(structure(plan), 1), /batchNorm1 has one number a channel .* more than one sample/);
    assert.doesNotThrow(() => checkStatistics(structure(plan), 2));
  });
});

describe('the words of a block', () => {
  it('are where the shaders look for them', () => {
    const words = new Uint32Array(8);
    writeInfo(words, { rows: 5, add: true, first: 16, training: true, step: 7, joins: false, batch: 21 });
    assert.deepEqual([...words.slice(0, 2), ...words.slice(3)], [5, 1, 16, 1, 7, 0, 21]);
    assert.equal(new Float32Array(words.buffer)[2], Math.fround(1 / 21));
  });
});
