/**
 * Products of float32 matrices that lie anywhere: what a rule's `@` and Newton–Schulz iteration run on. The factors are copied into one
 * WebAssembly memory and multiplied there by a kernel emitted for their sizes and for the way round they lie (`matmul/product.ts`),
 * compiled when it is first asked for.
 */
import { Assembler } from './assembler';
import { i32 } from './instructions';
import { type Product, emitProduct } from './matmul/product';
import { planProduct, scratchOf } from './matmul/plan';
import type { Extent, ProductShape } from './matmul/shape';
import { Arena } from './memory';
import { instantiate } from './webassembly';

const floatBytes = 4;

/** A matrix in row-major order without gaps. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Whether its transpose is meant; `rows` and `columns` are those of the transpose then. */
  readonly transposed?: boolean;
}

/** Extents of a product: [m, k]·[k, n]. */
export type ProductSize = readonly [m: number, k: number, n: number];

/** Columns of a symmetric product that are computed at a time, each time from the row where they meet the diagonal. */
const strip = 32;

/** The product of so many columns of C. */
function shapeOf(
  [m, k, n]: ProductSize,
  leftTransposed: boolean,
  rightTransposed: boolean,
  symmetric: boolean,
  columns: number,
): ProductShape {
  const rows: Extent = symmetric ? 'rows' : m;
  const a = leftTransposed ? { rowStep: 1, columnStep: m } : { rowStep: k, columnStep: 1 };
  const b = rightTransposed ? { rowStep: 1, columnStep: k } : { rowStep: n, columnStep: 1 };
  return { m: rows, k, n: columns, mostRows: m, a, b, c: { rowStep: n }, start: 'zero' };
}

const ways = [false, true];

/** Computes products of one size, of factors that lie one way round, from what lies at two addresses. */
interface Kernel {
  readonly size: ProductSize;
  readonly transposed: readonly [left: boolean, right: boolean];
  readonly symmetric: boolean;
  readonly multiply: (left: number, right: number) => void;
}

/** Room and kernels for products up to the sizes that it is made for. */
export class Products {
  private readonly left: Float32Array;
  private readonly right: Float32Array;
  private readonly result: Float32Array;
  private readonly addresses: readonly [left: number, right: number, result: number, scratch: number];
  private readonly arena = new Arena();
  private readonly kernels: Kernel[] = [];

  /** @param sizes of all products that will be asked for @throws RangeError where they are too large */
  constructor(sizes: readonly ProductSize[]) {
    const { arena } = this;
    const room = (floats: (size: ProductSize) => number) => Math.max(1, ...sizes.map(floats));
    const counts = [room(([m, k]) => m * k), room(([, k, n]) => k * n), room(([m, , n]) => m * n)];
    const scratch = sizes.flatMap((size) =>
      ways.flatMap((left) =>
        ways.flatMap((right) =>
          [size[2], strip, size[2] % strip].map((columns) => {
            const shape = shapeOf(size, left, right, columns !== size[2], columns);
            return columns > 0 ? scratchOf(shape, planProduct(shape)).all : 0;
          }),
        ),
      ),
    );
    const [left, right, result, free] = [...counts.map((count) => count * floatBytes), Math.max(0, ...scratch)].map((bytes) =>
      arena.reserve(bytes, 'A matrix product'),
    );
    arena.open();
    this.addresses = [left, right, result, free];
    [this.left, this.right, this.result] = [left, right, result].map((address, i) => arena.floats(address, counts[i]));
  }

  /**
   * out = a·b. `out` may be one of the factors.
   * @param out [a.rows, b.columns], row-major
   * @param symmetric whether the product is known to be symmetric: little more than half of it is computed
   */
  multiply(a: Matrix, b: Matrix, out: Float32Array, symmetric = false): void {
    const [m, k, n] = [a.rows, a.columns, b.columns];
    const [left, right] = this.addresses;
    const halved = symmetric && n > strip;
    this.left.set(a.values);
    if (b.values !== a.values) this.right.set(b.values);
    const kernel = this.kernel(m, k, n, a.transposed === true, b.transposed === true, halved);
    kernel.multiply(left, b.values === a.values ? left : right);
    out.set(this.result.subarray(0, m * n));
    if (halved) mirror(out, n);
  }

  private kernel(m: number, k: number, n: number, left: boolean, right: boolean, halved: boolean): Kernel {
    for (const kernel of this.kernels) {
      const { size, transposed, symmetric } = kernel;
      const asked = transposed[0] === left && transposed[1] === right && symmetric === halved;
      if (asked && size[0] === m && size[1] === k && size[2] === n) return kernel;
    }
    const size = [m, k, n] as const;
    const kernel = { size, transposed: [left, right] as const, symmetric: halved, multiply: this.compile(size, left, right, halved) };
    this.kernels.push(kernel);
    return kernel;
  }

  private compile(size: ProductSize, left: boolean, right: boolean, symmetric: boolean): Kernel['multiply'] {
    const [, , n] = size;
    const [, , result, scratch] = this.addresses;
    const assembler = new Assembler();
    const emit = (columns: number) => emitProduct(assembler, `product${columns}`, shapeOf(size, left, right, symmetric, columns));
    const whole = emit(symmetric ? strip : n);
    const last = symmetric && n % strip > 0 ? emit(n % strip) : undefined;
    const [aStep, bStep] = [left ? 1 : size[1], right ? size[1] : 1];
    assembler.function('multiply', ['i32', 'i32'], null, (code, [a, b]) => {
      const c = code.local('i32', result);
      const rows = code.local('i32', n);
      const operands = { a, b, c, rows, scratch: i32.const(scratch) };
      const advance = (product: Product) => {
        product.multiply(code, operands);
        code.set(a, i32.add(a, strip * floatBytes * aStep));
        code.set(b, i32.add(b, strip * floatBytes * bStep));
        code.set(c, i32.add(c, strip * floatBytes * (n + 1)));
        code.set(rows, i32.sub(rows, strip));
      };
      if (!symmetric) return whole.multiply(code, operands);
      code.while(i32.ge_u(rows, strip), () => advance(whole));
      last?.multiply(code, operands);
    });
    const { multiply } = instantiate(assembler.bytes(), this.arena.memory);
    return (aAt, bAt) => void multiply(aAt, bAt);
  }
}

/** Copies the half below the diagonal to the one above, in squares that stay in a first-level cache. */
function mirror(values: Float32Array, n: number): void {
  for (let left = 0; left < n; left += strip)
    for (let i = left; i < n; i++) {
      const end = Math.min(i, left + strip);
      for (let j = left; j < end; j++) values[j * n + i] = values[i * n + j];
    }
}
