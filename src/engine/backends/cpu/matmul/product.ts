/**
 * Emits matrix products: C = start + A·B for extents and steps known when the code is made, in register blocks, packed where that
 * pays (plan.ts says when). A product is a WebAssembly function; its last operand is the number of the thread that runs it, which
 * does its share of C's columns or rows. All figures are the same, bit for bit, however many threads there are.
 *
 * Factors are read within their extents only, and C is written within its. Where k is cut in blocks, C keeps the sums between them.
 */
import type { Assembler, Code, Local, WasmFunction } from '../assembler';
import { fusedMultiplyAdd } from '../features';
import { f32x4, i32, type I32, v128, type V128 } from '../instructions';
import { loadLanes, storeLanes } from './lanes';
import { emitPack } from './pack';
import { columnsOf, type Plan, planProduct, type Run } from './plan';
import type { Place, ProductShape } from './shape';
import { addOuter, computeDots, Registers, type TileFactors, Walk } from './tiles';

/** What a call of a product says. All are addresses, but for `add`, `rows` and `part`. */
export interface ProductOperands {
  readonly a: I32;
  readonly b: I32;
  readonly c: I32;
  /** Of what the sums begin with, where that is a row or a column. */
  readonly start?: I32;
  /** Whether to add to what is in C (start 'add'). */
  readonly add?: I32;
  /** The number of samples, where an extent is that. */
  readonly rows?: I32;
  /** Of as many bytes as the product's `scratch`, where these are any; aligned to 16. */
  readonly scratch?: I32;
  /** Of the matrices beside C that the epilogue uses. */
  readonly extras?: readonly I32[];
  /** The thread's number, from 0. */
  readonly part?: I32;
}

export interface Product {
  /** All operands are i32, in the order of `operands`. */
  readonly function: WasmFunction<null>;
  /** Names of the function's operands: a, b, c, then those of start or add, rows, scratch, extra0, … that there are, and last part. */
  readonly operands: readonly string[];
  /** Bytes of scratch that all threads together need; 0 for none, there is no such operand then. */
  readonly scratch: number;
  /** Writes a call. */
  multiply(code: Code, operands: ProductOperands): void;
}

/** Emits a product as a function of the module. @param name it is exported under */
export function emitProduct(assembler: Assembler, name: string, shape: ProductShape): Product {
  const plan = planProduct(shape);
  const extras = Array.from({ length: shape.extras ?? 0 }, (_, i) => `extra${i}`);
  const scratch = scratchBytes(shape, plan) * (shape.threads ?? 1);
  const operands = [
    ...['a', 'b', 'c'],
    ...(shape.start === 'row' || shape.start === 'column' ? ['start'] : []),
    ...(shape.start === 'add' ? ['add'] : []),
    ...(shape.m === 'rows' || shape.k === 'rows' ? ['rows'] : []),
    ...(scratch > 0 ? ['scratch'] : []),
    ...extras,
    'part',
  ];
  const made = assembler.function(
    name,
    operands.map(() => 'i32' as const),
    null,
    (code, locals) => new Writer(code, shape, plan, Object.fromEntries(operands.map((operand, i) => [operand, locals[i]]))).write(),
  );
  return {
    function: made,
    operands,
    scratch,
    multiply: (code, { extras: more = [], part = i32.const(0), ...given }) => {
      const values: Readonly<Record<string, I32 | undefined>> = {
        ...given,
        ...Object.fromEntries(more.map((value, i) => [`extra${i}`, value])),
        part,
      };
      const missing = operands.find((operand) => values[operand] === undefined);
      if (missing !== undefined) throw new Error(`The product ${name} needs the operand ${missing}.`);
      code.call(made, ...operands.flatMap((operand) => values[operand] ?? []));
    },
  };
}

/** Bytes of a thread's panel. */
function scratchBytes({ k }: ProductShape, { pack, block, runs }: Plan): number {
  if (!pack) return 0;
  const depth = block > 0 ? block : Number(k);
  return 16 * Math.max(...runs.map(({ lanes }) => lanes.length)) * depth;
}

/** Of columns: where a run's tiles begin in B, C and the rest. */
interface Panel {
  readonly b: Local<'i32'>;
  readonly c: Local<'i32'>;
  readonly start: Local<'i32'>;
}

/** Heights in which a number of rows is taken that is known at each call only, by the tallest. Of eight, 4 + 4 is faster than 6 + 2. */
const heights: Readonly<Record<number, readonly number[]>> = { 8: [8, 4, 1], 6: [6, 4, 2, 1], 4: [4, 2, 1], 3: [3, 1], 2: [2, 1], 1: [1] };

const outerHeights: Readonly<Record<number, number>> = { 1: 8, 3: 4, 4: 3, 5: 2, 6: 2 };

class Writer {
  private readonly registers: Registers;
  private readonly walk: Walk;
  private readonly fused: boolean;
  private readonly threads: number;
  /** Bytes from C to each of the extras. */
  private readonly apart: readonly Local<'i32'>[];
  private readonly panel: Panel;
  /** Of the tile at hand. */
  private readonly tile: {
    readonly a: Local<'i32'>;
    readonly c: Local<'i32'>;
    readonly start: Local<'i32'>;
    readonly extras: readonly Local<'i32'>[];
  };
  private readonly left: Local<'i32'>;
  private readonly count: Local<'i32'>;
  /** Not 0 where C has the sums so far. */
  private readonly resumed: Local<'i32'> | undefined;
  /** Terms left of the summed index, where it is cut. */
  private readonly remaining: Local<'i32'> | undefined;
  private readonly depth: Local<'i32'> | number;

  constructor(
    private readonly code: Code,
    private readonly shape: ProductShape,
    private readonly plan: Plan,
    private readonly operands: Readonly<Record<string, Local<'i32'>>>,
  ) {
    this.registers = new Registers(code);
    this.walk = new Walk(code);
    this.fused = shape.fused ?? fusedMultiplyAdd();
    this.threads = shape.threads ?? 1;
    const pointer = () => code.local('i32');
    const extras = Array.from({ length: shape.extras ?? 0 }, (_, i) => operands[`extra${i}`]);
    this.apart = extras.map((extra) => code.local('i32', i32.sub(extra, operands.c)));
    this.panel = { b: pointer(), c: pointer(), start: pointer() };
    this.tile = { a: pointer(), c: pointer(), start: pointer(), extras: extras.map(pointer) };
    this.left = pointer();
    this.count = pointer();
    if (plan.block > 0) this.remaining = pointer();
    if (plan.block > 0 || shape.start === 'add') this.resumed = code.local('i32', operands.add ?? 0);
    this.depth = plan.block > 0 ? pointer() : shape.k === 'rows' ? operands.rows : shape.k;
  }

  /** The whole function. */
  write(): void {
    const { code, shape, plan, operands, remaining, resumed, depth } = this;
    if (plan.pack && this.threads > 1)
      code.set(operands.scratch, i32.add(operands.scratch, i32.mul(operands.part, scratchBytes(shape, plan))));
    const rows = this.shareRows();
    const runs = () => {
      let column = 0;
      for (const run of plan.runs) {
        this.columns(run, column, rows);
        column += run.count * columnsOf(run);
      }
    };
    if (remaining === undefined || resumed === undefined || typeof depth === 'number') return runs();
    code.set(remaining, shape.k === 'rows' ? operands.rows : shape.k);
    code.while(remaining, () => {
      code.set(depth, plan.block);
      code.if(i32.lt_u(remaining, plan.block), () => code.set(depth, remaining));
      code.set(remaining, i32.sub(remaining, depth));
      runs();
      code.set(operands.a, i32.add(operands.a, i32.mul(depth, 4 * shape.a.columnStep)));
      code.set(operands.b, i32.add(operands.b, i32.mul(depth, 4 * shape.b.rowStep)));
      code.set(resumed, 1);
    });
  }

  /** Moves A and C to the thread's rows, where it has only some. @returns how many it has */
  private shareRows(): Local<'i32'> | number {
    const { code, operands, shape, plan, threads } = this;
    const rows = shape.m === 'rows' ? operands.rows : shape.m;
    if (threads === 1 || plan.split === 'columns') return rows;
    const first = code.local('i32', i32.div_u(i32.mul(rows, operands.part), threads));
    const own = code.local('i32', i32.sub(i32.div_u(i32.mul(rows, i32.add(operands.part, 1)), threads), first));
    code.set(operands.a, i32.add(operands.a, i32.mul(first, 4 * shape.a.rowStep)));
    code.set(operands.c, i32.add(operands.c, i32.mul(first, 4 * shape.c.rowStep)));
    if (shape.start === 'column') code.set(operands.start, i32.add(operands.start, i32.shl(first, 2)));
    return own;
  }

  /** The tiles of a run of columns, those of the thread. @param column the first */
  private columns(run: Run, column: number, rows: Local<'i32'> | number): void {
    const { code, operands, shape, plan, panel, threads, count } = this;
    const wide = columnsOf(run);
    const divided = threads > 1 && plan.split === 'columns';
    const first = divided ? code.local('i32', i32.div_u(i32.mul(operands.part, run.count), threads)) : i32.const(0);
    const last = divided ? i32.div_u(i32.mul(i32.add(operands.part, 1), run.count), threads) : i32.const(run.count);
    code.set(count, i32.sub(last, first));
    const place = (to: Local<'i32'>, base: I32, step: number) =>
      code.set(to, i32.add(i32.add(base, column * step), divided ? i32.mul(first, wide * step) : 0));
    place(panel.b, operands.b, 4 * shape.b.columnStep);
    place(panel.c, operands.c, 4);
    if (shape.start === 'row') place(panel.start, operands.start, 4);
    if (shape.start === 'column') code.set(panel.start, operands.start);
    code.while(count, () => {
      this.rows(run, rows);
      code.set(panel.b, i32.add(panel.b, 4 * wide * shape.b.columnStep));
      code.set(panel.c, i32.add(panel.c, 4 * wide));
      if (shape.start === 'row') code.set(panel.start, i32.add(panel.start, 4 * wide));
      code.set(count, i32.sub(count, 1));
    });
  }

  /** The tiles of some columns, from the first row to the last. */
  private rows({ lanes }: Run, rows: Local<'i32'> | number): void {
    const { code, shape, plan, operands, panel, tile, left } = this;
    if (plan.pack) emitPack(code, panel.b, shape.b, lanes, this.depth, operands.scratch);
    code.set(tile.a, operands.a);
    code.set(tile.c, panel.c);
    code.set(tile.start, panel.start);
    code.set(left, rows);
    const body = (height: number) => {
      this.emitTile(height, lanes);
      code.set(tile.a, i32.add(tile.a, 4 * height * shape.a.rowStep));
      code.set(tile.c, i32.add(tile.c, 4 * height * shape.c.rowStep));
      if (shape.start === 'column') code.set(tile.start, i32.add(tile.start, 4 * height));
      code.set(left, i32.sub(left, height));
    };
    const tall = this.tallest(lanes);
    if (typeof rows === 'number') {
      const tiles = Math.ceil(rows / tall);
      const low = Math.floor(rows / tiles);
      if (rows % tiles > 0) code.while(i32.gt_u(left, low * (tiles - (rows % tiles))), () => body(low + 1));
      code.while(left, () => body(low));
    } else
      for (const height of heights[tall]) {
        const enough = i32.ge_u(left, height);
        code.while(height === 6 ? i32.and(enough, i32.ne(left, 8)) : enough, () => body(height));
      }
  }

  /** Rows of a tile so wide: as many as leave registers enough, and enough sums to keep the multipliers busy. */
  private tallest(lanes: readonly number[]): number {
    if (this.plan.method === 'outer') return outerHeights[lanes.length] ?? (lanes.length === 2 ? (this.fused ? 6 : 4) : 1);
    const wide = lanes.reduce((sum, count) => sum + count, 0);
    return wide > 6 ? 1 : wide > 3 ? 2 : wide > 2 ? 3 : wide > 1 ? 6 : 8;
  }

  private emitTile(height: number, lanes: readonly number[]): void {
    const { code, registers, walk, shape, plan, operands, tile, panel, depth, fused } = this;
    const b = plan.pack ? { rowStep: 4 * lanes.length, columnStep: 1 } : shape.b;
    const factors: TileFactors = {
      a: tile.a,
      aRow: 4 * shape.a.rowStep,
      aColumn: 4 * shape.a.columnStep,
      b: plan.pack ? operands.scratch : panel.b,
      bRow: 4 * b.rowStep,
      bColumn: 4 * b.columnStep,
      depth,
    };
    if (plan.method === 'outer') {
      const sums = Array.from({ length: height }, (_, r) => lanes.map((_, v) => registers.sums[r * lanes.length + v]));
      this.begin(sums, lanes, (_, value) => value);
      addOuter(code, registers, walk, factors, sums, lanes, fused);
      this.finish(sums, lanes);
    } else {
      const sums = computeDots(code, registers, walk, factors, height, lanes, fused);
      this.begin(sums, lanes, (sum, value) => f32x4.add(value, sum));
      this.finish(sums, lanes);
    }
  }

  /** Sets the sums to what they begin with. @param join of what they are and what they begin with */
  private begin(sums: Local<'v128'>[][], lanes: readonly number[], join: (sum: Local<'v128'>, value: V128) => V128): void {
    const { code, shape, plan, tile, panel, resumed } = this;
    const each = (value: (r: number, v: number) => V128) =>
      sums.forEach((row, r) => row.forEach((sum, v) => code.set(sum, join(sum, value(r, v)))));
    const before = () => each((r, v) => loadLanes(tile.c, lanes[v], 4 * shape.c.rowStep * r + 16 * v));
    const fresh = () => {
      if (shape.start === 'row') each((_, v) => loadLanes(panel.start, lanes[v], 16 * v));
      else if (shape.start === 'column') each((r) => v128.load32_splat(tile.start, 4 * r));
      else if (plan.method === 'outer') each(() => f32x4.const(0));
    };
    if (resumed === undefined) fresh();
    else code.if(resumed, before, fresh);
  }

  /** Writes the sums to C, through the epilogue where they are final. */
  private finish(sums: Local<'v128'>[][], lanes: readonly number[]): void {
    const { code, shape, tile, apart, remaining } = this;
    const { epilogue } = shape;
    const store = () =>
      sums.forEach((row, r) =>
        row.forEach((sum, v) => {
          storeLanes(code, tile.c, sum, lanes[v], 4 * shape.c.rowStep * r + 16 * v);
        }),
      );
    if (epilogue === undefined) return store();
    const final = () => {
      tile.extras.forEach((extra, i) => code.set(extra, i32.add(tile.c, apart[i])));
      sums.forEach((row, r) =>
        row.forEach((sum, v) => {
          const at = tile.extras.map((address): Place => ({ address, offset: 4 * shape.c.rowStep * r + 16 * v }));
          code.set(sum, epilogue(code, sum, at, lanes[v]));
        }),
      );
      store();
    };
    if (remaining === undefined) final();
    else code.if(i32.eqz(remaining), final, store);
  }
}
