// What is decided of activations, losses and their shaders without a GPU: which work is left to do, and what a shader carries.
import assert from 'node:assert/strict';
import type { Adapter } from '../../../src/engine/backends/webgpu/definition';
import { horner, literal, type ShaderFunction, shaderTexts } from '../../../src/engine/backends/webgpu/functions';
import { Layout, slopeReadsInput } from '../../../src/engine/backends/webgpu/layout';
import { activations } from '../../../src/engine/network/activations';
import { losses } from '../../../src/engine/network/losses';
import { structure } from '../../../src/engine/network/structure';
import { lossPart } from '../../../src/engine/backends/webgpu/layers/loss';

const adapterOf = (kind: Adapter['kind']): Adapter => ({
  kind,
  limits: {
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxStorageBufferBindingSize: 2 ** 27,
    maxBufferSize: 2 ** 28,
    maxStorageBuffersPerShaderStage: 8,
  },
  subgroups: false,
});

/** dense, activation, dense, activation: operations 0 to 3. */
const layoutOf = (activation: string, curvature: boolean): Layout => {
  const layer = (dense: number) => ({ dense, activation, init: 'xavierUniform', bias: true });
  const network = structure({ inputs: 3, layers: [layer(5), layer(2)], loss: 'meanSquaredError', seed: 1 });
  return new Layout(network, adapterOf('software'), 16, curvature, 1);
};

describe('activations, losses and their shaders on WebGPU', () => {
  it('a shader carries each function once, after those that it calls', () => {
    const one: ShaderFunction = { text: 'one' };
    const two: ShaderFunction = { text: 'two', needs: [one] };
    const three: ShaderFunction = { text: 'three', needs: [two, one] };
    assert.deepEqual(shaderTexts([three, one, two]), ['one', 'two', 'three']);
    assert.deepEqual(shaderTexts(undefined), []);
  });

  it('a polynomial is written by Horner’s rule, from the highest power on', () => {
    assert.equal(horner('x', [1, -0.5, 2]), '((2f * x + -0.5f) * x + 1f)');
    assert.equal(literal(1e-7), '1e-7f');
  });

  // Of the identity no network has an operation.
  for (const activation of activations.filter(({ name }) => name !== 'identity')) {
    const { name, piecewiseLinear, wgsl } = activation;
    it(`${name}: where neighbours compute it with their own results, nothing is left to do`, () => {
      const { parts } = layoutOf(name, false);
      assert.deepEqual([parts[1].forward(), parts[1].backward(), parts[3].forward()], [[], [], []]);
      assert.equal(parts[3].backward().length, 1);
    });

    it(`${name}: reads its input on the way back only where its slope does, and second derivatives only where there are any`, () => {
      const readsInput = wgsl.slope('INPUT', 'OUTPUT').includes('INPUT');
      const places = layoutOf(name, false)
        .parts[3].backward()[0]
        .bind.map(({ buffer }) => buffer);
      assert.equal(places.includes('value3'), readsInput);
      assert.equal(slopeReadsInput(activation), readsInput);
      const bend = layoutOf(name, true)
        .parts[3].tangentBackward('hessian')[0]
        .bind.map(({ buffer }) => buffer);
      assert.equal(bend.includes('error4') && bend.includes('tangent3'), !piecewiseLinear);
      const gaussNewton = layoutOf(name, true)
        .parts[3].tangentBackward('gaussNewton')[0]
        .bind.map(({ buffer }) => buffer);
      assert.ok(!gaussNewton.includes('error4'));
    });
  }

  for (const loss of losses)
    it(`${loss.name}: a small block is one workgroup's work, of a large one the sum is taken last, and no dispatch binds a place twice`, () => {
      for (const kind of ['software', 'hardware'] as const)
        for (const [outputs, capacity] of [
          [10, 128],
          [10, 10_000],
          [500, 4],
        ] as const) {
          const layer = { dense: outputs, activation: 'identity', init: 'xavierUniform', bias: true };
          const network = structure({ inputs: 3, layers: [layer], loss: loss.name, seed: 1 });
          const part = lossPart(new Layout(network, adapterOf(kind), capacity, true, 1), true);
          const whole = outputs * capacity <= 2 ** 14 && (outputs < 33 || kind === 'software');
          for (const list of [part.value(), part.gradient(), part.evaluate()]) {
            assert.equal(list.length, whole ? 1 : 2);
            const { workgroups } = list[list.length - 1];
            assert.deepEqual(typeof workgroups === 'function' ? workgroups(capacity) : workgroups, [1, 1, 1]);
          }
          for (const { kernel, bind } of [...part.gradient(), ...part.evaluate(), ...part.curvature()]) {
            assert.equal(new Set(bind.map(({ buffer }) => buffer)).size, bind.length, kernel.name);
            assert.ok(kernel.access.filter((access) => access !== 'uniform').length <= 8);
          }
        }
    });
});
