/** Where an engine lives that has a GPU and neither files nor a disk: a run is prepared with the editor's files, and computed on the GPU. */
import { prepare } from '../../../engine/run/prepare';
import { prepareFrom } from '../../../engine/run/resume';
import { StreamTrainer } from '../../../engine/run/streamTrainer';
import type { EngineHome } from '../../../shared/run/engineServer';
import { GpuMachine, partsOf } from '../machine';
import { makeBreath } from './breath';
import { hostFiles } from './hostFiles';
import { openHostRecord } from './hostRecord';
import type { PageParts } from './page';

/** @param gpu opens it; rejects where there is none @param opened is told of every run and what it computes with */
export const gpuHome: PageParts['makeHome'] = (gpu, host, opened): EngineHome => ({
  async open({ run, spec, checkpoint }, kept) {
    const context = await gpu();
    const files = hostFiles(host, run);
    const prepared = await (kept ? prepareFrom(kept, files, { ...kept.spec, backend: 'webgpu' }) : prepare(spec, files));
    const machine = await GpuMachine.create(partsOf(prepared), context);
    try {
      const training = new StreamTrainer(prepared, machine, { clock: now });
      if (checkpoint) await training.restore(checkpoint);
      opened(machine, training);
      return training;
    } catch (error) {
      machine.close();
      throw error;
    }
  },
  record: (run, keep) => openHostRecord(host, run, keep),
  clock: now,
  breath: makeBreath(),
});

const now = (): number => performance.now();
