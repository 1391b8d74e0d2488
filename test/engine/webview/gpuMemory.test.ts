/**
 * Networks and runs on a GPU with little memory, without a GPU. What must hold: the error names what was wanted, and what it says would fit does
 * fit; and whatever fails half-way gives back all that it took.
 */
import assert from 'node:assert/strict';
import { checkSettings } from '../../../src/engine/language';
import { completeLayers } from '../../../src/engine/network/complete';
import type { NetworkPlan } from '../../../src/engine/network/plan';
import { findRule } from '../../../src/engine/optimizers';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { GpuMachine, type MachineParts } from '../../../src/webview/gpu/machine';
import { GpuMemoryError } from '../../../src/webview/gpu/memory';
import { GpuNetwork } from '../../../src/webview/gpu/network';
import { ShaderError } from '../../../src/webview/gpu/shaderError';
import { Stream } from '../../../src/webview/gpu/stream';
import { fakeContext, FakeDevice } from './fakeDevice';

const inputs = 20;
const samples = 1000;
const plan: NetworkPlan = {
  inputs: [inputs],
  layers: completeLayers([{ dense: 50, activation: 'tanh' }, { dense: 60, activation: 'sigmoid' }, { dense: 3 }]),
  loss: 'crossEntropy',
  seed: 1,
};
const data: Dataset = {
  name: 'noughts',
  samples,
  inputs,
  x: new Float32Array(samples * inputs),
  scale: 1,
  y: { kind: 'classes', classes: 3, names: ['a', 'b', 'c'], labels: new Int32Array(samples) },
};
const usual = 'Take a rule that keeps less of every weight or a smaller network, or use the CPU ("backend": "cpu").';

function parts(name: string, batch = 64): MachineParts {
  const rule = findRule(name);
  assert.ok(rule);
  return { plan, data, batch, rule, settings: checkSettings(rule, {}), seed: 1 };
}

async function network(memory: number, batch: number): Promise<{ readonly taken: number; readonly fault: unknown }> {
  const device = new FakeDevice();
  device.memory = memory;
  const context = fakeContext(device);
  const stream = new Stream(context);
  let taken = NaN;
  let fault: unknown = null;
  try {
    const made = await GpuNetwork.create(plan, data, batch, context, stream, { evaluationBlock: 1 });
    taken = device.taken;
    made.close();
  } catch (error) {
    fault = error;
  }
  stream.close(new Error('done'));
  assert.equal(device.taken, 0, 'all is given back');
  return { taken, fault };
}

describe('where the memory of a GPU is full', () => {
  it('the batch that is said to fit does, and one that is much larger does not', async () => {
    const whole = (await network(Infinity, 800)).taken;
    for (const share of [0.35, 0.5, 0.7]) {
      // with more the data set stays outside, and all fits
      const memory = Math.floor(share * whole);
      const { fault } = await network(memory, 800);
      assert.ok(fault instanceof GpuMemoryError, `${share}: ${String(fault)}`);
      const [, wanted, given, fits] =
        /^A network that takes 800 samples at a time takes ([\d.]+ [KM]iB) of the GPU's memory, and a fake GPU gave ([\d.]+ [KM]iB) of it\. Batches of about (\d+) would fit; or use the CPU \("backend": "cpu"\)\.$/.exec(
          fault.message,
        ) ?? assert.fail(fault.message);
      assert.ok(wanted !== given);
      const most = Number(fits);
      assert.equal((await network(memory, most)).fault, null, `${most} samples with ${share} of the memory`);
      assert.ok(
        (await network(memory, Math.ceil(1.4 * most))).fault instanceof GpuMemoryError,
        `${most} are said to fit, and many more do`,
      );
    }
  });

  it('and not even one sample has room, smaller layers are advised', async () => {
    const { fault } = await network(30_000, 800);
    assert.match(String(fault), /^GpuMemoryError: A network that takes 800 samples .* Take smaller layers, or use the CPU/);
  });

  it('a run says what its rule keeps, and leaves nothing behind', async () => {
    const full = new FakeDevice();
    const machine = await GpuMachine.create(parts('adam'), fakeContext(full));
    const whole = full.taken;
    machine.close();
    assert.equal(full.taken, 0);
    const told = new Set<string>();
    for (let memory = 0; memory < whole; memory += whole / 12) {
      const device = new FakeDevice();
      device.memory = memory;
      const refused = await GpuMachine.create(parts('adam'), fakeContext(device)).then(
        (made) => made.close(), // with the data set outside
        (error: unknown) => error,
      );
      if (refused === undefined) continue;
      assert.ok(refused instanceof GpuMemoryError, String(refused));
      const [, what] =
        /^(.*?) takes [\d.]+ .?i?B of the GPU's memory, and a fake GPU gave/.exec(refused.message) ?? assert.fail(refused.message);
      told.add(what);
      if (what === 'What Adam keeps') assert.ok(refused.message.endsWith(usual));
      assert.equal(device.taken, 0, refused.message);
    }
    for (const what of ['A network that takes 64 samples at a time', 'What Adam keeps', 'What a step measures'])
      assert.ok(told.has(what), [...told].join());
  });

  it('a measurement of curvature says on how many samples it would have room', async () => {
    const rows = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);
    const device = new FakeDevice();
    const context = fakeContext(device);
    const stream = new Stream(context);
    const made = await GpuNetwork.create(plan, data, 8, context, stream);
    device.memory = device.taken + 2 ** 20;
    const refused = await Promise.resolve(made.operator(rows(1000), 'hessian')).then(() => assert.fail('it had room'), String);
    const [, fits] =
      /^GpuMemoryError: A measurement of curvature on 1000 samples takes .*, and a fake GPU gave .* of it\. Measure it on about (\d+) \("probeSamples"\), or use the CPU/.exec(
        refused,
      ) ?? assert.fail(refused);
    (await made.operator(rows(Number(fits)), 'hessian')).close();
    made.close();
    stream.close(new Error('done'));
  });

  it('what a shader cannot see at once is refused before it is made', async () => {
    const device = new FakeDevice();
    const context = fakeContext(device, 'hardware', { maxStorageBufferBindingSize: 16_000 });
    await assert.rejects(
      GpuMachine.create(parts('adam'), context),
      /^GpuMemoryError: What Adam keeps takes [\d.]+ KiB in one piece \(memory\), but a fake GPU gives a shader none above 15\.6 KiB \(maxStorageBufferBindingSize\)\. Take a rule that keeps less/,
    );
    assert.equal(device.taken, 0);
  });
});

describe('a run whose shaders do not compile', () => {
  it('leaves nothing behind; another rule for a run that goes on neither', async () => {
    const device = new FakeDevice();
    const context = fakeContext(device);
    const machine = await GpuMachine.create(parts('sgd'), context);
    const { taken } = device;
    device.refuses = /./;
    const adam = parts('adam');
    await assert.rejects(Promise.resolve(machine.replace(adam.rule, adam.settings)), ShaderError);
    assert.equal(device.taken, taken);
    machine.close();
    await assert.rejects(GpuMachine.create(parts('lion'), context), ShaderError);
    assert.equal(device.taken, 0);
    device.refuses = /^$/;
    (await GpuMachine.create(parts('lion'), context)).close(); // what failed is tried again
    assert.equal(device.taken, 0);
  });
});
