/**
 * Small networks whose steps one workgroup takes on WebGPU: as the float64 reference over 50 steps with everything that they measure, the same to
 * the bit however many go into one dispatch, and in turn with ordinary steps. What is not for one workgroup is left to many.
 */
import assert from 'node:assert/strict';
import { lanesOf, tinyProgram } from '../../src/engine/backends/webgpu/tiny';
import type { Adapter } from '../../src/engine/backends/webgpu/definition';
import { checkSettings } from '../../src/engine/language';
import { gpuProgram, styleFor } from '../../src/engine/language/wgsl';
import { completeLayers } from '../../src/engine/network/complete';
import type { LayerSpecification } from '../../src/engine/network/layers';
import { structure } from '../../src/engine/network/structure';
import { findRule } from '../../src/engine/optimizers';
import { openPage } from './browser';
import { tinyCases } from './tinyCases';

describe('steps by one workgroup on WebGPU', () => {
  let faults: readonly (readonly string[])[] = [];

  before(async () => {
    const open = await openPage('tiny.page.ts');
    try {
      faults = await open.page.evaluate(() => tinyFaults());
    } finally {
      await open.close();
    }
  });

  tinyCases.forEach(({ title }, i) => it(title, () => assert.deepEqual(faults[i] ?? ['the page did not run it'], [])));
});

describe('what one workgroup takes', () => {
  const limits = {
    maxComputeWorkgroupStorageSize: 2 ** 14,
    maxComputeInvocationsPerWorkgroup: 128,
    maxStorageBufferBindingSize: 2 ** 27,
    maxBufferSize: 2 ** 28,
    maxStorageBuffersPerShaderStage: 8,
  };
  const adapter: Adapter = { kind: 'hardware', limits, subgroups: false };

  function taken(layers: readonly LayerSpecification[], name: string, batch: number): boolean {
    const rule = findRule(name);
    assert.ok(rule?.kind === 'text');
    const network = structure({ inputs: 8, layers: completeLayers(layers), loss: 'crossEntropy', seed: 1 });
    const program = gpuProgram(rule, checkSettings(rule, {}), network.layers, true, styleFor(adapter.kind, lanesOf(adapter)));
    const origin = { samples: 100, bytes: false, scale: 1, labels: true };
    return tinyProgram({ structure: network, batch, adapter, origin, rule: program }) !== null;
  }

  const small = [{ dense: 8, activation: 'relu' }, { dense: 3 }] as const;

  it('is small', () => {
    assert.ok(taken(small, 'sgd', 64));
    assert.ok(!taken(small, 'sgd', 4000), 'many samples');
    assert.ok(!taken([{ dense: 1000, activation: 'relu' }, { dense: 3 }], 'sgd', 4), 'many weights');
  });

  it('draws nothing, and multiplies no matrices in its rule', () => {
    assert.ok(!taken([{ dense: 8, activation: 'relu' }, { dropout: 0.5 }, { dense: 3 }], 'sgd', 4), 'dropout');
    assert.ok(taken(small, 'lamb', 64), 'norms');
    assert.ok(taken(small, 'adafactor', 64), 'sums of rows');
    assert.ok(!taken(small, 'muon', 64), 'products of matrices');
    assert.ok(!taken(small, 'sophia', 64), 'products with the Hessian');
  });

  it('is as wide as the adapter can be', () => assert.equal(lanesOf(adapter), 128));
});
