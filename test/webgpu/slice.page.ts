/**
 * A slice of the loss of a run on the GPU, in Chromium: an engine as the WebGPU page has it is asked for one while the run is under way, and after
 * its end; and the same run on the CPU.
 */
import { StreamTrainer } from '../../src/engine/run/streamTrainer';
import { prepare, type Prepared } from '../../src/engine/run/prepare';
import { Trainer } from '../../src/engine/run/trainer';
import type { Training } from '../../src/engine/run/training';
import type { Slice } from '../../src/shared/protocol';
import { EngineServer } from '../../src/shared/run/engineServer';
import { makeBreath } from '../../src/webview/gpu/page/breath';
import { GpuMachine, partsOf } from '../../src/webview/gpu/machine';
import { noFiles, ofNetwork } from '../engine/run/runs';
import { openContext } from './device';

export interface Drawn {
  readonly under: Slice;
  readonly ended: Slice;
}

async function drawn(prepared: Prepared, training: Training): Promise<Drawn> {
  let over: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (over = resolve));
  const engine = new EngineServer({
    open: () => Promise.resolve(training),
    record: () => Promise.reject(new Error('No record is kept.')),
    clock: () => performance.now(),
    breath: makeBreath(),
  });
  engine.host = {
    frame: (run, sequence) => engine.acknowledge(run, sequence),
    event: () => undefined,
    state: (_, state) => {
      if (state === 'ended') over();
    },
    checkpoint: () => undefined,
  };
  await engine.start({ run: 'a', spec: prepared.spec, folder: '', paused: true });
  for (let step = 0; step < 12; step++) await engine.step('a');
  const under = await engine.slice('a', { resolution: 5, reach: 1 });
  await engine.resume('a');
  await end;
  const ended = await engine.slice('a', { resolution: 5, reach: 1 });
  engine.abandon();
  return { under, ended };
}

async function slices(): Promise<{ readonly gpu: Drawn; readonly cpu: Drawn }> {
  const context = await openContext();
  const prepared = await prepare(ofNetwork({ steps: 30, measure: { curvatureEvery: 0 } }), noFiles);
  const machine = await GpuMachine.create(partsOf(prepared), context);
  const gpu = await drawn(prepared, new StreamTrainer({ ...prepared, spec: { ...prepared.spec, backend: 'webgpu' } }, machine));
  const cpu = await drawn(prepared, new Trainer(prepared));
  context.device.destroy();
  return { gpu, cpu };
}

declare global {
  var webgpuSlices: typeof slices;
}
globalThis.webgpuSlices = slices;
