/** How long each pass of a submission took on the GPU, by its own clock (`timestamp-query`). */
import type { GpuContext } from './context';
import { bufferUsage, mapMode } from './flags';

/** Is told of each dispatch of a profiled submission. */
export type Profiler = (kernel: string, nanoseconds: number) => void;

/** Passes that one submission takes the time of; WebGPU allows 4,096 queries in a set. */
const most = 2048;

export class PassTimes {
  private readonly set: GPUQuerySet;
  private readonly names: string[] = [];

  constructor(private readonly context: GpuContext) {
    this.set = context.device.createQuerySet({ type: 'timestamp', count: 2 * most });
  }

  get full(): boolean {
    return this.names.length === most;
  }

  /** Of the next pass, which is called `name`. */
  pass(name: string): GPUComputePassDescriptor {
    const at = 2 * this.names.length;
    this.names.push(name);
    return { label: name, timestampWrites: { querySet: this.set, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 } };
  }

  /** Encodes the collection of the times. @returns who tells them once the submission is done */
  resolve(encoder: GPUCommandEncoder): { tell(profiler: Profiler): Promise<void> } {
    const { device } = this.context;
    const { set, names } = this;
    const size = 16 * names.length;
    const { queryResolve, copySource, copyDestination, mapRead } = bufferUsage;
    const resolved = device.createBuffer({ size, usage: queryResolve | copySource });
    const staging = device.createBuffer({ size, usage: copyDestination | mapRead });
    encoder.resolveQuerySet(set, 0, 2 * names.length, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    return {
      async tell(profiler) {
        await staging.mapAsync(mapMode.read);
        const times = new BigUint64Array(staging.getMappedRange());
        names.forEach((name, i) => profiler(name, Number(times[2 * i + 1] - times[2 * i])));
        staging.destroy();
        resolved.destroy();
        set.destroy();
      },
    };
  }
}
