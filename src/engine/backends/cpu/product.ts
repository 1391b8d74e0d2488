/**
 * Products of float32 matrices of any size: what a rule's `@` and Newton–Schulz iteration run on. Both factors are first laid out in
 * panels in the order in which the kernel reads them, padded with zeros, so that one kernel of 4 × 8 sums serves every size and
 * every transpose. Sums run along the summed index in blocks; their order depends on the sizes alone.
 */
import { Assembler } from './assembler';
import { OuterTile } from './dense';
import { i32 } from './instructions';
import { Arena } from './memory';
import { instantiate } from './webassembly';

const tall = 4;
const wide = 8;
/** Of the summed index, taken at a time: 8 columns of it fill half of a first-level cache. */
const block = 512;
const floatBytes = 4;
const tileBytes = tall * wide * floatBytes;

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

const panels = (extent: number, width: number): number => Math.ceil(extent / width);

function kernel(): Uint8Array {
  const assembler = new Assembler();
  const parameters = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  assembler.function('product', parameters, null, (code, [a, b, c, count, depth, skip, add]) => {
    const at = code.local('i32');
    const end = code.local('i32', i32.add(b, i32.mul(depth, wide * floatBytes)));
    code.while(count, () => {
      const tile = new OuterTile(code, tall, [4, 4]);
      tile.start(c, wide * floatBytes, add);
      code.set(at, b);
      code.while(i32.lt_u(at, end), () => {
        tile.add(a, floatBytes, at);
        code.set(a, i32.add(a, tall * floatBytes));
        code.set(at, i32.add(at, wide * floatBytes));
      });
      tile.store(c, wide * floatBytes);
      code.set(a, i32.add(a, skip));
      code.set(c, i32.add(c, tileBytes));
      code.set(count, i32.sub(count, 1));
    });
  });
  return assembler.bytes();
}

/**
 * Lays a matrix out in panels of `width` rows: panel by panel, for each column the elements of its rows.
 * @param rowStep floats from one row to the next @param columnStep and from one column to the next
 */
function pack(
  from: Float32Array,
  to: Float32Array,
  rows: number,
  columns: number,
  rowStep: number,
  columnStep: number,
  width: number,
): void {
  for (let panel = 0; panel * width < rows; panel++) {
    const base = panel * width * columns;
    for (let lane = 0; lane < width; lane++) {
      const row = panel * width + lane;
      let into = base + lane;
      if (row >= rows) for (let j = 0; j < columns; j++, into += width) to[into] = 0;
      else for (let j = 0, at = row * rowStep; j < columns; j++, at += columnStep, into += width) to[into] = from[at];
    }
  }
}

/** Room and kernel for products up to the sizes that it is made for. */
export class Products {
  private readonly left: Float32Array;
  private readonly right: Float32Array;
  private readonly tiles: Float32Array;
  private readonly addresses: readonly [left: number, right: number, tiles: number];
  private readonly product: (...operands: number[]) => number;

  /** @param sizes of all products that will be asked for @throws RangeError where they are too large */
  constructor(sizes: readonly ProductSize[]) {
    const arena = new Arena();
    const room = (floats: (size: ProductSize) => number) => Math.max(1, ...sizes.map(floats));
    const counts = [
      room(([m, k]) => panels(m, tall) * tall * k),
      room(([, k, n]) => panels(n, wide) * wide * k),
      room(([m, , n]) => panels(m, tall) * tall * panels(n, wide) * wide),
    ];
    const [left, right, tiles] = counts.map((count) => arena.reserve(count * floatBytes, 'A matrix product'));
    arena.open();
    this.addresses = [left, right, tiles];
    [this.left, this.right, this.tiles] = this.addresses.map((address, i) => arena.floats(address, counts[i]));
    this.product = instantiate(kernel(), arena.memory).product;
  }

  /**
   * out = a·b + addend. Neither factor may be `out`; the addend may.
   * @param out [a.rows, b.columns], row-major
   * @param symmetric whether the product is known to be symmetric: only half of it is computed
   */
  multiply(a: Matrix, b: Matrix, out: Float32Array, symmetric = false): void {
    const [m, k, n] = [a.rows, a.columns, b.columns];
    pack(a.values, this.left, m, k, a.transposed === true ? 1 : k, a.transposed === true ? m : 1, tall);
    pack(b.values, this.right, n, k, b.transposed === true ? k : 1, b.transposed === true ? 1 : n, wide);
    const [left, right, tiles] = this.addresses;
    const down = panels(m, tall);
    for (let from = 0; from < k; from += block) {
      const depth = Math.min(block, k - from);
      const skip = (k - depth) * tall * floatBytes;
      for (let panel = 0; panel < panels(n, wide); panel++) {
        const first = symmetric ? Math.floor((panel * wide) / tall) : 0;
        this.product(
          left + (first * k + from) * tall * floatBytes,
          right + (panel * k + from) * wide * floatBytes,
          tiles + (panel * down + first) * tileBytes,
          down - first,
          depth,
          skip,
          from > 0 ? 1 : 0,
        );
      }
    }
    this.unpack(out, m, n);
    if (symmetric) for (let i = 0; i < m; i++) for (let j = i + 1; j < n; j++) out[i * n + j] = out[j * n + i];
  }

  private unpack(out: Float32Array, m: number, n: number): void {
    const { tiles } = this;
    const down = panels(m, tall);
    for (let panel = 0; panel * wide < n; panel++) {
      const width = Math.min(wide, n - panel * wide);
      for (let i = 0; i < m; i++) {
        const at = panel * down * tall * wide + i * wide;
        const to = i * n + panel * wide;
        for (let lane = 0; lane < width; lane++) out[to + lane] = tiles[at + lane];
      }
    }
  }
}
