/**
 * A rule's program on a device: its shaders compiled, its table in place, bound to the buffers that hold weights, gradients, states and
 * numbers. A rule has two of them that share those buffers: one for steps that measure and one for steps that do not.
 */
import { layerNames } from '../../engine/language/reference';
import type { Layer } from '../../engine/backends/backend';
import type { Access } from '../../engine/backends/webgpu/definition';
import { isScalar, matrixSize } from '../../engine/language/shape';
import { bindings, HostNumbers, type GpuBuffer, type GpuCommand, type GpuProgram } from '../../engine/language/wgsl';
import type { GpuContext } from './context';
import type { Ready, Region, Stream } from './stream';

export type HostCommand = GpuCommand & { kind: 'host' };

const bytes = 4;
const accessOf: Readonly<Record<(typeof bindings)[number]['access'], Access>> = { read: 'read', read_write: 'write' };
const access = bindings.map((each) => accessOf[each.access]);

/** What both programs of a rule work on. */
export interface RuleBuffers {
  readonly weights: Region;
  readonly gradients: Region;
  /** States and room in between. */
  readonly memory: GPUBuffer;
  /** Numbers of the layers: number after number, a value a layer. */
  readonly numbers: GPUBuffer;
}

export class RuleProgram {
  /** What the CPU computes of it. */
  readonly host: HostNumbers;
  readonly layers: number;
  private readonly slots: ReadonlyMap<string, number>;

  private constructor(
    readonly program: GpuProgram,
    layers: readonly Layer[],
    private readonly buffers: RuleBuffers,
    private readonly table: GPUBuffer,
    private readonly kernels: readonly Ready[],
  ) {
    this.layers = layers.length;
    const { numbers, lowered } = program;
    this.slots = numbers.slots;
    const known = layers.map(({ shape }) => layerNames(matrixSize(shape), shape));
    const stays = program.program.states.filter(({ name, shape }) => isScalar(shape) && numbers.host.has(name));
    const states = stays.map(({ name }) => name);
    this.host = new HostNumbers(lowered, numbers, known, states);
  }

  /** @throws ShaderError where a shader does not compile, with the rule's file and line */
  static async create(program: GpuProgram, layers: readonly Layer[], buffers: RuleBuffers, context: GpuContext): Promise<RuleProgram> {
    const { file } = program;
    const pipelines = await Promise.all(
      program.kernels.map(({ name, code, lines }) =>
        context.pipeline({ name, code, access }, (line) => (lines[line - 1] > 0 ? `${file}:${lines[line - 1]}: ` : `${file}: `)),
      ),
    );
    const table = context.buffer(program.table.length, `table of ${program.rule}`);
    context.device.queue.writeBuffer(table, 0, new Uint32Array(program.table));
    const whole = (buffer: GPUBuffer): GPUBufferBinding => ({ buffer });
    const bound: GPUBufferBinding[] = [buffers.weights, buffers.gradients, ...[buffers.memory, buffers.numbers, table].map(whole)];
    const entries = bound.map((resource, binding) => ({ binding, resource }));
    // Pipelines bound alike have one layout.
    const group = pipelines.length === 0 ? null : context.device.createBindGroup({ layout: pipelines[0].layout, entries });
    const kernels = pipelines.flatMap(({ pipeline }, i) => (group === null ? [] : [{ pipeline, group, name: program.kernels[i].name }]));
    return new RuleProgram(program, layers, buffers, table, kernels);
  }

  /** Encodes what the step begins with: the numbers that the CPU computes, and the loss where the rule reads it. */
  begin(stream: Stream, t: number, lr: number, lr0: number, loss: Region): void {
    const { host, layers } = this;
    host.begin(t, lr, lr0);
    const { firstUploaded } = this.program.numbers;
    const { uploaded } = host;
    stream.upload(uploaded, { buffer: this.buffers.numbers, offset: firstUploaded * layers * bytes, size: uploaded.byteLength });
    const slot = this.slots.get('loss');
    if (slot !== undefined) this.putNumber(stream, slot, loss);
  }

  /** Encodes that a number of all layers is what stands at a place. */
  putNumber(stream: Stream, slot: number, from: Region): void {
    const { numbers } = this.buffers;
    for (let layer = 0; layer < this.layers; layer++)
      stream.copy(from, { buffer: numbers, offset: (slot * this.layers + layer) * bytes, size: bytes });
  }

  dispatch(stream: Stream, { kernel, workgroups }: GpuCommand & { kind: 'dispatch' }): void {
    stream.dispatch(this.kernels[kernel], workgroups);
  }

  /** Does the command's condition hold in some layer? */
  wanted({ when }: GpuCommand): boolean {
    if (when === null) return true;
    for (let layer = 0; layer < this.layers; layer++) if (this.host.value(when, layer) !== 0) return true;
    return false;
  }

  /** Where a number of the layers lies on the GPU, a value a layer; null where it is not there. */
  numberRegion(name: string): Region | null {
    const slot = this.slots.get(name);
    const size = this.layers * bytes;
    return slot === undefined ? null : { buffer: this.buffers.numbers, offset: slot * size, size };
  }

  /** The name under which `w`, a state or the rate stands when a step is done. */
  final(name: string): string {
    return this.program.lowered.final.get(name) ?? name;
  }

  /** Where a value lies, with all its layers. */
  region(buffer: GpuBuffer): Region {
    const size = buffer.total * bytes;
    const { weights, gradients, memory } = this.buffers;
    if (buffer.place === 'memory') return { buffer: memory, offset: buffer.start * bytes, size };
    return { ...(buffer.place === 'weights' ? weights : gradients), size };
  }

  close(): void {
    this.table.destroy();
  }
}

/** The parts of the layers in a value of all, and back. */
export const split = ({ offsets, counts, start }: GpuBuffer, values: Float32Array): Float32Array[] =>
  offsets.map((offset, layer) => values.subarray(offset - start, offset - start + counts[layer]));

export function joined({ offsets, start, total }: GpuBuffer, values: readonly ArrayLike<number>[]): Float32Array {
  const flat = new Float32Array(total);
  values.forEach((each, layer) => flat.set(each, offsets[layer] - start));
  return flat;
}
