/**
 * A rule at work on a GPU: owns its state, and does at each step what `gpuProgram` says. A step is a generator of segments: what to
 * encode, and what to read back before the next. A rule that asks nothing of the model is one segment and reads nothing. Who drives it
 * decides when to submit, so that an engine can put a step behind its backward pass in one submission.
 */
import { initialStates, layerNames } from '../../engine/language/reference';
import type { Model } from '../../engine/backends/backend';
import { isScalar, matrixSize } from '../../engine/language/shape';
import { HostNumbers, type GpuBuffer, type GpuCommand, type GpuProgram } from '../../engine/language/wgsl';
import { answer } from '../../engine/language/wgsl/answer';
import type { ModelCalls } from '../../engine/language/model';
import { bufferUsage } from './flags';
import type { Shaders } from './shaders';

/** A stretch of a buffer, in bytes. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** A part of a step. */
export interface Segment {
  encode(encoder: GPUCommandEncoder): void;
  /** What the generator wants to be handed next, as it is when the GPU has done the segment. */
  readonly reads: readonly Region[];
}

type HostCommand = GpuCommand & { kind: 'host' };

const bytes = 4;

export class GpuUpdater {
  private constructor(
    private readonly device: GPUDevice,
    private readonly program: GpuProgram,
    private readonly pipelines: readonly GPUComputePipeline[],
    private readonly places: Readonly<Record<GpuBuffer['place'], Region>>,
    private readonly numbers: GPUBuffer,
    private readonly group: GPUBindGroup,
    private readonly host: HostNumbers,
    private readonly layers: number,
  ) {}

  /**
   * @param model its layers, and the weights that states begin from
   * @param weights where the weights lie, all layers one after another @param gradients the same for the gradients
   * @throws ShaderError where a shader does not compile
   */
  static async create(program: GpuProgram, model: Model, weights: Region, gradients: Region, shaders: Shaders): Promise<GpuUpdater> {
    const { device } = shaders;
    const pipelines = await Promise.all(program.kernels.map((kernel) => shaders.pipeline(kernel, program.file)));
    const layers = model.layers.length;
    const { storage, copySource, copyDestination } = bufferUsage;
    const buffer = (count: number): GPUBuffer =>
      device.createBuffer({ size: Math.max(bytes, count * bytes), usage: storage | copySource | copyDestination });
    const whole = (made: GPUBuffer): Region => ({ buffer: made, offset: 0, size: made.size });
    const places = { weights, gradients, memory: whole(buffer(program.memory)) };
    const numbers = buffer(program.numbers.slots.size * layers);
    const table = buffer(program.table.length);
    device.queue.writeBuffer(table, 0, new Uint32Array(program.table));
    const bound = [weights, gradients, places.memory, whole(numbers), whole(table)];
    const group = device.createBindGroup({
      layout: shaders.groupLayout,
      entries: bound.map((resource, binding) => ({ binding, resource })),
    });
    const known = model.layers.map(({ shape }) => layerNames(matrixSize(shape), shape));
    const stays = program.program.states.filter(({ name, shape }) => isScalar(shape) && program.numbers.host.has(name));
    const host = new HostNumbers(
      program.lowered,
      program.numbers,
      known,
      stays.map(({ name }) => name),
    );
    const updater = new GpuUpdater(device, program, pipelines, places, numbers, group, host, layers);
    for (const [name, values] of initialStates(program.program, model)) updater.restore(name, values);
    return updater;
  }

  /** Puts a state to these values, one array a layer. */
  restore(name: string, values: readonly ArrayLike<number>[]): void {
    const slot = this.program.numbers.slots.get(name);
    if (this.program.buffers.has(name)) this.write(this.buffer(name), values);
    else if (this.program.numbers.host.has(name)) values.forEach((each, layer) => this.host.restore(name, layer, each[0]));
    else if (slot !== undefined)
      this.device.queue.writeBuffer(
        this.numbers,
        slot * this.layers * bytes,
        Float32Array.from(values, (each) => each[0]),
      );
  }

  /**
   * Where `w`, a state or the rate lies after a step: a region, all layers one after another, or, of a number that the CPU keeps, one
   * value a layer.
   */
  find(name: string): Region | readonly number[] {
    const { buffers, numbers, lowered, program } = this.program;
    if (buffers.has(name)) return this.regionOf(this.buffer(name));
    const isState = program.states.some((state) => state.name === name);
    const held = isState ? name : (lowered.final.get(name) ?? name);
    if (numbers.host.has(held)) return Array.from({ length: this.layers }, (_, layer) => this.host.value(held, layer));
    const region = this.numberRegion(held);
    if (region === null) throw new Error(`${this.program.rule} keeps no ${name}.`);
    return region;
  }

  /** Where a number of the layers lies on the GPU, a value a layer; null where it is not there. */
  private numberRegion(name: string): Region | null {
    const slot = this.program.numbers.slots.get(name);
    const size = this.layers * bytes;
    return slot === undefined ? null : { buffer: this.numbers, offset: slot * size, size };
  }

  private buffer(name: string): GpuBuffer {
    const found = this.program.buffers.get(name);
    if (found === undefined) throw new Error(`${this.program.rule} has no buffer ${name}.`);
    return found;
  }

  private regionOf({ place, start, total }: GpuBuffer): Region {
    const { buffer, offset } = this.places[place];
    return { buffer, offset: offset + start * bytes, size: total * bytes };
  }

  private write(buffer: GpuBuffer, values: readonly ArrayLike<number>[]): void {
    const flat = new Float32Array(buffer.total);
    values.forEach((each, layer) => flat.set(each, buffer.offsets[layer] - buffer.start));
    const { buffer: target, offset } = this.regionOf(buffer);
    this.device.queue.writeBuffer(target, offset, flat);
  }

  /**
   * One step. Weights and gradients lie in their regions when the first segment is submitted.
   * @param t from 1 @param lr after the schedule @param lr0 before it @param loss of the mini-batch at the weights of this moment
   * @param calls who answers what only the model knows; it has begun this step
   * @returns segments; each `next` hands over what the one before wanted to read
   */
  *step(t: number, lr: number, lr0: number, loss: number, calls: ModelCalls): Generator<Segment, void, readonly Float32Array[]> {
    const { host, program, layers, device } = this;
    const { slots, uploaded } = program.numbers;
    host.begin(t, lr, lr0);
    if (uploaded.length > 0) device.queue.writeBuffer(this.numbers, 0, new Float32Array(host.uploaded));
    device.queue.writeBuffer(this.numbers, (slots.get('loss') ?? 0) * layers * bytes, new Float32Array(layers).fill(loss));
    let open: (GpuCommand & { kind: 'dispatch' })[] = [];
    for (const command of program.commands) {
      if (!this.wanted(command)) continue;
      if (command.kind === 'dispatch') {
        open.push(command);
        continue;
      }
      const names = command.numbers.flatMap((number) => (number.kind === 'name' ? [this.numberRegion(number.name)] : []));
      const reads = [...command.operands.map((operand) => this.regionOf(operand)), ...names.filter((region) => region !== null)];
      // What the host writes may take the room of what the commands before it still read: they go first.
      const read = reads.length + open.length === 0 ? [] : yield this.segment(open, reads);
      open = [];
      this.ask(command, read, calls);
    }
    yield this.segment(open, []);
    host.end();
  }

  /** Does the command's condition hold in some layer? */
  private wanted({ when }: GpuCommand): boolean {
    if (when === null) return true;
    for (let layer = 0; layer < this.layers; layer++) if (this.host.value(when, layer) !== 0) return true;
    return false;
  }

  private segment(commands: readonly (GpuCommand & { kind: 'dispatch' })[], reads: readonly Region[]): Segment {
    return {
      reads,
      encode: (encoder) => {
        if (commands.length === 0) return;
        const pass = encoder.beginComputePass();
        pass.setBindGroup(0, this.group);
        for (const { kernel, workgroups } of commands) {
          pass.setPipeline(this.pipelines[kernel]);
          pass.dispatchWorkgroups(...workgroups);
        }
        pass.end();
      },
    };
  }

  private ask({ operation, operands, result, slot, numbers, site }: HostCommand, read: readonly Float32Array[], calls: ModelCalls): void {
    const parts = ({ offsets, counts, start }: GpuBuffer, values: Float32Array): Float32Array[] =>
      offsets.map((offset, layer) => values.subarray(offset - start, offset - start + counts[layer]));
    let next = operands.length;
    const values = numbers.map((number) => {
      if (number.kind === 'number') return number.value;
      if (number.kind !== 'name') throw new Error('A number of an operation is a literal or a name.');
      return this.numberRegion(number.name) === null ? this.host.value(number.name, 0) : read[next++][0];
    });
    const out = result === null ? [] : parts(result, new Float32Array(result.total));
    const number = answer(
      calls,
      operation,
      operands.map((operand, i) => parts(operand, read[i])),
      values,
      site,
      out,
    );
    if (result !== null) this.write(result, out);
    else if (slot !== null)
      this.device.queue.writeBuffer(this.numbers, slot * this.layers * bytes, new Float32Array(this.layers).fill(number ?? NaN));
  }
}
