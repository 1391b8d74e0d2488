/** The list of what a GPU does at a step, while it is made: shaders, each text once, and dispatches sized for the model's layers. */
import type { Operation } from '../operations';
import type { OperationStep } from '../schedule';
import { isScalar, type Shape } from '../shape';
import type { Expression } from '../tree';
import { mostWorkgroups, type GpuBuffer } from './layout';
import { edgeOf } from './products';
import type { GpuKernel, Names } from './writer';

/** What is done at a step, in this order. */
export type GpuCommand =
  | {
      readonly kind: 'dispatch';
      /** Index among the kernels. */
      readonly kernel: number;
      readonly workgroups: readonly [number, number, number];
      /** A truth that the CPU knows, one a layer: where it holds in none, this can be left out. */
      readonly when: string | null;
    }
  | {
      readonly kind: 'host';
      readonly operation: Operation;
      /** The buffers to read, and the one to fill: of a number null. */
      readonly operands: readonly GpuBuffer[];
      readonly result: GpuBuffer | null;
      /** Where the result is a number: its place among the numbers. */
      readonly slot: number | null;
      /** Literals or names. */
      readonly numbers: readonly Expression[];
      /** Of a draw: which of the rule's. */
      readonly site: number;
      readonly when: string | null;
    };

export class Commands {
  readonly kernels: GpuKernel[] = [];
  readonly list: GpuCommand[] = [];
  /** The condition of what is added from now on. */
  when: string | null = null;

  constructor(readonly names: Names) {}

  private get layers(): number {
    return this.names.layout.sizes.length;
  }

  /** A thread an element of a shape. */
  overElements(kernel: GpuKernel, shape: Shape): void {
    const count = this.names.layout.tileCount(shape);
    this.dispatch(kernel, [Math.min(count, mostWorkgroups), Math.ceil(count / mostWorkgroups), 1]);
  }

  /** A thread a layer. */
  aThreadALayer(kernel: GpuKernel): void {
    this.dispatch(kernel, [Math.ceil(this.layers / this.names.layout.style.lanes), 1, 1]);
  }

  /** A workgroup a layer, or one for all. */
  aWorkgroupALayer(kernel: GpuKernel, one = false): void {
    this.dispatch(kernel, [one ? 1 : this.layers, 1, 1]);
  }

  /** A workgroup for each square of a matrix. @param turned in some layers it may lie on its side */
  overSquares(kernel: GpuKernel, [rows, columns]: Shape, small: boolean, turned = false): void {
    const { layout } = this.names;
    const [down, across] = [rows, columns].map((extent) => Math.ceil(layout.largest(extent) / edgeOf(small)));
    const most = Math.max(down, across);
    this.dispatch(kernel, turned ? [most, most, this.layers] : [across, down, this.layers]);
  }

  /** What only the host can answer. */
  ask({ name, operation, operands, numbers, shape, site }: OperationStep): void {
    const { layout, slots, bufferOf } = this.names;
    const buffer = (each: string): GpuBuffer => {
      const found = layout.buffers.get(bufferOf(each));
      if (found === undefined) throw new Error(`There is no buffer ${each}.`);
      return found;
    };
    const result = isScalar(shape) ? null : buffer(name);
    const slot = isScalar(shape) ? (slots.get(name) ?? null) : null;
    this.list.push({ kind: 'host', operation, operands: operands.map(buffer), result, slot, numbers, site, when: this.when });
  }

  /** Equal shaders are one. */
  private dispatch(kernel: GpuKernel, workgroups: readonly [number, number, number]): void {
    const known = this.kernels.findIndex(({ code }) => code === kernel.code);
    const index = known >= 0 ? known : this.kernels.push(kernel) - 1;
    this.list.push({ kind: 'dispatch', kernel: index, workgroups, when: this.when });
  }
}
