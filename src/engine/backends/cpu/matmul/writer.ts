/**
 * Writes the code of a product: columns of C in runs, for each the rows of C in tiles, and around both the blocks of the summed index
 * where it is cut.
 */
import type { Code, Local } from '../assembler';
import { f32x4, i32, type I32, v128, type V128 } from '../instructions';
import { loadLanes, storeLanes } from './lanes';
import { emitPack } from './pack';
import { columnsOf, lanesOf, type Plan, type Run, scratchOf } from './plan';
import { throughRows } from './rows';
import type { Place, ProductShape } from './shape';
import { addOuter, computeDots, Registers, type TileFactors, Walk } from './tiles';

const advance = (code: Code, pointer: Local<'i32'>, by: I32 | number) => code.set(pointer, i32.add(pointer, by));

/** Of columns: where a run's tiles begin in B, C and the rest. */
interface Panel {
  readonly b: Local<'i32'>;
  readonly c: Local<'i32'>;
  readonly start: Local<'i32'>;
}

export class Writer {
  private readonly registers: Registers;
  private readonly walk: Walk;
  private readonly threads: number;
  /** Where the thread's packed rows of A begin. */
  private readonly packedA: Local<'i32'>;
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
    this.threads = shape.threads ?? 1;
    const pointer = () => code.local('i32');
    this.packedA = pointer();
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
    const { panel, all } = scratchOf(shape, plan);
    if (all > 0 && this.threads > 1) advance(code, operands.scratch, i32.mul(operands.part, all));
    if (plan.packA) code.set(this.packedA, i32.add(operands.scratch, panel));
    const rows = this.shareRows();
    const runs = () => {
      if (plan.packA) this.packRows(rows);
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
      advance(code, operands.a, i32.mul(depth, 4 * shape.a.columnStep));
      advance(code, operands.b, i32.mul(depth, 4 * shape.b.rowStep));
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
    advance(code, operands.a, i32.mul(first, 4 * shape.a.rowStep));
    advance(code, operands.c, i32.mul(first, 4 * shape.c.rowStep));
    if (shape.start === 'column') advance(code, operands.start, i32.mul(first, 4));
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
      advance(code, panel.b, 4 * wide * shape.b.columnStep);
      advance(code, panel.c, 4 * wide);
      if (shape.start === 'row') advance(code, panel.start, 4 * wide);
      code.set(count, i32.sub(count, 1));
    });
  }

  /** Packs the rows of A, so that the loop along the summed index reads a tile's numbers in one stream. */
  private packRows(rows: Local<'i32'> | number): void {
    const { code, shape, plan, operands, tile, left, depth, packedA } = this;
    code.set(tile.a, packedA);
    code.set(tile.c, operands.a);
    const { rowStep, columnStep } = shape.a;
    throughRows(code, left, rows, plan.runs[0].tall, (height) => {
      emitPack(code, tile.c, { rowStep: columnStep, columnStep: rowStep }, lanesOf(height), depth, tile.a);
      advance(code, tile.a, this.packedTile(height));
      advance(code, tile.c, 4 * height * rowStep);
    });
  }

  /** Bytes of a packed tile of A. */
  private packedTile(height: number): I32 {
    const bytes = 16 * Math.ceil(height / 4);
    return typeof this.depth === 'number' ? i32.const(bytes * this.depth) : i32.mul(this.depth, bytes);
  }

  /** The tiles of some columns, from the first row to the last. */
  private rows({ lanes, tall }: Run, rows: Local<'i32'> | number): void {
    const { code, shape, plan, operands, panel, tile, left, depth, packedA } = this;
    if (plan.packB) emitPack(code, panel.b, shape.b, lanes, depth, operands.scratch);
    code.set(tile.a, plan.packA ? packedA : operands.a);
    code.set(tile.c, panel.c);
    code.set(tile.start, panel.start);
    throughRows(code, left, rows, tall, (height) => {
      this.emitTile(height, lanes);
      advance(code, tile.a, plan.packA ? this.packedTile(height) : 4 * height * shape.a.rowStep);
      advance(code, tile.c, 4 * height * shape.c.rowStep);
      if (shape.start === 'column') advance(code, tile.start, 4 * height);
    });
  }

  private emitTile(height: number, lanes: readonly number[]): void {
    const { code, registers, walk, shape, plan, operands, tile, panel, depth } = this;
    const { packA, packB, fused } = plan;
    const a = packA ? { rowStep: 1, columnStep: 4 * Math.ceil(height / 4) } : shape.a;
    const b = packB ? { rowStep: 4 * lanes.length, columnStep: 1 } : shape.b;
    const factors: TileFactors = {
      a: tile.a,
      aRow: 4 * a.rowStep,
      aColumn: 4 * a.columnStep,
      b: packB ? operands.scratch : panel.b,
      bRow: 4 * b.rowStep,
      bColumn: 4 * b.columnStep,
      depth,
    };
    if (plan.method === 'outer') {
      const sums = Array.from({ length: height }, (_, r) => lanes.map((_, v) => registers.sums[r * lanes.length + v]));
      this.begin(sums, lanes, (_, value) => value);
      addOuter(code, registers, walk, factors, sums, lanes, fused, shape.epilogue !== undefined);
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
