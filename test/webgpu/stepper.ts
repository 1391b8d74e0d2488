/** A rule on the GPU with the face of an updater that has to be waited for: weights and gradients are a model's on the CPU, copied there and back. */
import type { Batch, Floats, Measure, Model } from '../../src/engine/backends/backend';
import type { Settings, TextRule } from '../../src/engine/language';
import { ModelCalls } from '../../src/engine/language/model';
import { gpuProgram } from '../../src/engine/language/wgsl';
import { bufferUsage } from '../../src/webview/gpu/flags';
import type { Shaders } from '../../src/webview/gpu/shaders';
import { GpuUpdater, type Region } from '../../src/webview/gpu/updater';
import type { Lockstep } from './lockstep';

export interface GpuStepper {
  step(t: number, lr: number, measure: Measure, batch: Batch): Promise<void>;
  /** A state or `rate`, all layers one after another. */
  read(name: string): Promise<Floats>;
}

/** @param model of 32-bit floats, standing where the rule begins @param seed of the run, for rules that draw */
export function gpuStepper(
  rule: TextRule,
  settings: Settings,
  model: Model,
  seed: number,
  shaders: Shaders,
  lockstep: Lockstep,
  measured = false,
): GpuStepper {
  const { queue } = shaders.device;
  const { storage, copySource, copyDestination } = bufferUsage;
  const region = (): Region => {
    const size = 4 * model.parameters;
    return { buffer: shaders.device.createBuffer({ size, usage: storage | copySource | copyDestination }), offset: 0, size };
  };
  const [weights, gradients] = [region(), region()];
  const upload = ({ buffer }: Region, layers: Model['weights']): void => {
    const flat = new Float32Array(model.parameters);
    let at = 0;
    for (const values of layers) {
      flat.set(values, at);
      at += values.length;
    }
    queue.writeBuffer(buffer, 0, flat);
  };
  upload(weights, model.weights);
  const calls = new ModelCalls(model, seed);
  const program = gpuProgram(rule, settings, model.layers, measured);
  const made = GpuUpdater.create(program, model, weights, gradients, shaders);
  return {
    async step(t, lr, _measure, batch) {
      const updater = await made;
      upload(gradients, model.gradients);
      calls.begin(t, batch);
      const walk = updater.step(t, lr, typeof settings.lr === 'number' ? settings.lr : lr, batch.loss, calls);
      for (let part = walk.next(); part.done !== true;) {
        const { value: segment } = part;
        const last = segment.reads.length === 0;
        const read = await lockstep.turn(last ? { ...segment, reads: [weights] } : segment);
        part = walk.next(read);
        if (part.done === true) {
          let at = 0;
          for (const values of model.weights) values.set(read[0].subarray(at, (at += values.length)));
        }
      }
    },
    async read(name) {
      const updater = await made;
      const place = updater.find(name);
      return 'buffer' in place ? (await lockstep.turn({ encode: () => undefined, reads: [place] }))[0] : Float64Array.from(place);
    },
  };
}
