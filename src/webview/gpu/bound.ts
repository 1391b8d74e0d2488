/** Lists of dispatches made ready to be encoded: every shader compiled, every binding tied to a buffer. */
import type { Dispatch, Place, Workgroups } from '../../engine/backends/webgpu/definition';
import type { GpuContext, Pipeline } from './context';
import type { Ready, Stream } from './stream';

/** The pipelines of some dispatches, by the shader's text. */
export type Pipelines = ReadonlyMap<string, Pipeline>;

/** Compiles the shaders of all dispatches, all at once. @throws ShaderError */
export async function compileAll(context: GpuContext, dispatches: Iterable<Dispatch>): Promise<Pipelines> {
  const kernels = new Map(Array.from(dispatches, ({ kernel }) => [kernel.code, kernel]));
  return new Map(await Promise.all(Array.from(kernels, async ([code, kernel]) => [code, await context.pipeline(kernel)] as const)));
}

/** A dispatch with everything but the number of samples. */
export interface Bound {
  readonly ready: Ready;
  readonly workgroups: Workgroups | ((rows: number) => Workgroups);
}

/** Ties dispatches to buffers; one that is in several lists is tied once. */
export class Binder {
  private readonly known = new Map<Dispatch, Bound>();

  constructor(
    private readonly context: GpuContext,
    private readonly pipelines: Pipelines,
    /** The buffer that a place is in. */
    private readonly find: (place: Place) => GPUBuffer,
  ) {}

  bind(dispatches: readonly Dispatch[]): readonly Bound[] {
    return dispatches.map((dispatch) => {
      const bound = this.known.get(dispatch) ?? this.make(dispatch);
      this.known.set(dispatch, bound);
      return bound;
    });
  }

  private make({ kernel, bind, workgroups }: Dispatch): Bound {
    const made = this.pipelines.get(kernel.code);
    if (made === undefined) throw new Error(`The shader "${kernel.name}" has not been compiled.`);
    const entries = bind.map((place, binding) => ({
      binding,
      resource: { buffer: this.find(place), offset: 4 * place.at, size: 4 * place.words },
    }));
    const group = this.context.device.createBindGroup({ label: kernel.name, layout: made.layout, entries });
    return { ready: { pipeline: made.pipeline, group, name: kernel.name }, workgroups };
  }
}

/** Encodes a list for a block of so many samples. */
export function encode(stream: Stream, list: readonly Bound[], rows: number): void {
  for (const { ready, workgroups } of list) stream.dispatch(ready, typeof workgroups === 'function' ? workgroups(rows) : workgroups);
}
