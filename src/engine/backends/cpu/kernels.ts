/**
 * The kernels of one module, and the calls that a pass consists of. A kernel is a WebAssembly function on addresses; its last operand is
 * the number of the thread that runs it, and it does that thread's share of the work: a range of what it writes, so that the numbers
 * do not depend on how many threads there are. A call says a kernel and its operands once; it is carried out from JavaScript or
 * becomes a line of a driver that is a kernel itself.
 */
import type { Assembler, Code, Local, WasmFunction } from './assembler';
import { i32, type I32 } from './instructions';
import { emitProduct, type Product } from './matmul/product';
import type { ProductShape } from './matmul/shape';

/**
 * An operand of a call: a number known when the call is made, an address relative to the block of samples at hand, bytes or a count for
 * each sample of it, whether to add to what is there (1 or 0), or the factor of the loss's gradient.
 */
export type Operand = number | { readonly inBlock: number } | { readonly perRow: number } | 'add' | 'weight';

/** The number of samples of the block at hand. */
export const rows: Operand = { perRow: 1 };

export interface Call {
  readonly kernel: string;
  readonly operands: readonly Operand[];
  /** Whether the next call neither reads nor writes what this one writes, nor writes what it reads: threads need not wait for one another. */
  readonly independent?: boolean;
}

/** What the variable operands of calls stand for. */
export interface Values<Number_, Weight> {
  readonly block: Number_;
  readonly rows: Number_;
  readonly add: Number_;
  readonly weight: Weight;
}

/** What a call of a product says; the number of samples is the block's. */
export interface ProductCall {
  readonly a: Operand;
  readonly b: Operand;
  readonly c: Operand;
  /** The row or column that the sums begin with. */
  readonly start?: Operand;
  /** Whether to add to what is there. */
  readonly add?: Operand;
  readonly scratch?: Operand;
  readonly extras?: readonly Operand[];
  readonly independent?: boolean;
}

export interface ProductKernel {
  /** Bytes that it needs for all threads together. */
  readonly scratch: number;
  call(operands: ProductCall): Call;
}

const missing = (what: string): never => {
  throw new Error(`There is no ${what}.`);
};

type KernelType = 'i32' | 'f32';

export class Kernels {
  private readonly functions = new Map<string, WasmFunction<null>>();
  private readonly products = new Map<string, ProductKernel>();
  private readonly inners = new Map<string, Product>();

  /** @param threads how many threads share the work of each kernel */
  constructor(
    readonly assembler: Assembler,
    readonly threads: number,
  ) {}

  /**
   * Emits a kernel, once for each name.
   * @param types of the operands before the thread's number
   * @returns the name
   */
  emit<const P extends readonly KernelType[]>(
    name: string,
    types: P,
    write: (code: Code, operands: { readonly [K in keyof P]: Local<P[K]> }, part: I32) => void,
  ): string {
    if (!this.functions.has(name)) {
      const made = this.assembler.function(name, [...types, 'i32'], null, (code, locals) => {
        const operands = locals.slice(0, -1) as unknown as { readonly [K in keyof P]: Local<P[K]> };
        write(code, operands, locals[locals.length - 1] as Local<'i32'>);
      });
      this.functions.set(name, made);
    }
    return name;
  }

  /** As `emit`, where all operands are addresses or counts. */
  map(name: string, operands: number, write: (code: Code, operands: readonly Local<'i32'>[], part: I32) => void): string {
    const types: readonly 'i32'[] = Array.from({ length: operands }, () => 'i32');
    return this.emit(name, types, write);
  }

  /** Emits a matrix product, once for each name. */
  product(name: string, shape: ProductShape): ProductKernel {
    const found = this.products.get(name);
    if (found !== undefined) return found;
    const { function: made, operands, scratch } = emitProduct(this.assembler, name, { ...shape, threads: this.threads });
    this.functions.set(name, made);
    const kernel: ProductKernel = {
      scratch,
      call: ({ extras = [], independent, ...given }) => {
        const named: Readonly<Record<string, Operand | undefined>> = {
          rows,
          ...given,
          ...Object.fromEntries(extras.map((extra, i) => [`extra${i}`, extra])),
        };
        const said = operands.slice(0, -1).map((operand) => named[operand] ?? missing(`operand ${operand} of ${name}`));
        return { kernel: name, operands: said, ...(independent === true && { independent }) };
      },
    };
    this.products.set(name, kernel);
    return kernel;
  }

  /** A product that other kernels call, on one thread, once for each name. */
  inner(name: string, shape: ProductShape): Product {
    const found = this.inners.get(name) ?? emitProduct(this.assembler, name, shape);
    this.inners.set(name, found);
    return found;
  }

  /** Writes calls into a driver. @param wait emits the barrier between calls that depend on one another */
  write(code: Code, calls: readonly Call[], values: Values<I32, Local<'f32'>>, part: I32, wait: () => void): void {
    for (const { kernel, operands, independent } of calls) {
      const callee = this.functions.get(kernel);
      code.call(callee ?? missing(`kernel ${kernel}`), ...operands.map((operand) => settle(operand, values)), part);
      if (independent !== true) wait();
    }
  }

  /** The range of a thread, in whole grains of `grain`; the last may end inside one. @returns [from, to) */
  share(code: Code, extent: I32, grain: number, part: I32): readonly [from: Local<'i32'>, to: Local<'i32'>] {
    const { threads } = this;
    if (threads === 1) return [code.local('i32', 0), code.local('i32', extent)];
    const grains = code.local('i32', i32.div_u(i32.add(extent, grain - 1), grain));
    const end = (of: I32): I32 => i32.mul(i32.div_u(i32.mul(grains, of), threads), grain);
    const from = code.local('i32', end(part));
    const to = code.local('i32', end(i32.add(part, 1)));
    code.if(i32.gt_u(to, extent), () => code.set(to, extent));
    return [from, to];
  }
}

/** The same address so many bytes further on. */
export function shifted(operand: Operand, bytes: number): Operand {
  if (typeof operand === 'number') return operand + bytes;
  if (typeof operand === 'object' && 'inBlock' in operand) return { inBlock: operand.inBlock + bytes };
  throw new Error('Only an address can be shifted.');
}

function settle(operand: Operand, { block, rows: count, add, weight }: Values<I32, Local<'f32'>>) {
  if (operand === 'add') return add;
  if (operand === 'weight') return weight;
  if (typeof operand === 'number') return i32.const(operand);
  if ('inBlock' in operand) return i32.add(block, operand.inBlock);
  return operand.perRow === 1 ? count : i32.mul(count, operand.perRow);
}

/** An operand as a number, for a call from JavaScript. */
export function settled(operand: Operand, { block, rows: count, add, weight }: Values<number, number>): number {
  if (operand === 'add') return add;
  if (operand === 'weight') return weight;
  if (typeof operand === 'number') return operand;
  return 'inBlock' in operand ? block + operand.inBlock : count * operand.perRow;
}
