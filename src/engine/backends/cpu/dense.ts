/**
 * The matrix products of one dense layer, emitted for its shape: every stride is a constant of the code. A product is made in tiles
 * whose sums stay in registers while the loop runs along the summed index; the tiles are ordered so that what is read again soon
 * is still in the first-level cache. Sums run in a fixed order that depends on the shape alone.
 *
 * Matrices of samples (x, z, d) have a row a sample, and rows begin every `stride(columns)` floats. Weights have no gaps. Vectors
 * may read past a row's end, never past the memory's, and what they find there is masked or dropped.
 */
import type { Assembler, Code, Local } from './assembler';
import { f32x4, i32, type I32, pick, v128, type V128 } from './instructions';

type Address = Local<'i32'>;

/** Floats from one row of a matrix of samples to the next: whole vectors, and no multiple of 1 KiB, at which cache lines would collide. */
export function stride(columns: number): number {
  const whole = Math.ceil(columns / 4) * 4;
  return whole % 256 === 0 ? whole + 16 : whole;
}

const bytes = (floats: number) => 4 * floats;
const advance = (code: Code, pointer: Address, by: number) => code.set(pointer, i32.add(pointer, by));

/** Repeats the body `times` times; `times` is known when the code is emitted. */
function repeat(code: Code, times: number, body: () => void): void {
  if (times === 0) return;
  if (times === 1) return body();
  const left = code.local('i32', times);
  code.while(left, () => {
    body();
    code.set(left, i32.sub(left, 1));
  });
}

/** Goes through `rows` rows, `tall` at a time and the rest one by one. @param body emitted twice, for each height */
function throughRows(code: Code, rows: I32, tall: number, body: (height: number) => void): void {
  const row = code.local('i32', 0);
  for (const height of [tall, 1]) code.steps(row, rows, height, () => body(height));
}

/** Writes the first `lanes` floats of a vector. */
function storeLanes(code: Code, address: Address, vector: V128, lanes: number, offset: number): void {
  if (lanes >= 4) return code.store('v128', address, vector, offset);
  for (let lane = 0; lane < lanes; lane++) code.store('f32', address, f32x4.extract_lane(vector, lane), offset + bytes(lane));
}

/** The sums of four vectors' lanes, as one vector. */
function horizontalSums(code: Code, [a, b, c, d]: readonly V128[]): V128 {
  const pairs = (p: V128, q: V128) => code.local('v128', f32x4.add(pick(p, q, [0, 4, 1, 5]), pick(p, q, [2, 6, 3, 7])));
  const [left, right] = [pairs(a, b), pairs(c, d)];
  return f32x4.add(pick(left, right, [0, 1, 4, 5]), pick(left, right, [2, 3, 6, 7]));
}

/**
 * z[rows, outputs] = start + x[rows, inputs]·wᵀ. `start` is a row of biases with `startStep` 0, or z itself with the bytes between its
 * rows, which adds to it. Both factors run along the summed index, so a tile of 2 samples × 4 outputs sums vectors and folds them last.
 */
export function emitForward(assembler: Assembler, name: string, inputs: number, outputs: number): void {
  const [xRow, wRow, zRow] = [bytes(stride(inputs)), bytes(inputs), bytes(stride(outputs))];
  const tail = inputs % 4;
  assembler.function(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], null, (code, [x, w, start, startStep, z, rows]) => {
    const [xAt, wAt, xEnd] = [code.local('i32'), code.local('i32'), code.local('i32')];
    const [xTile, startTile, zTile] = [code.local('i32'), code.local('i32'), code.local('i32')];
    const [xVectors, wVector] = [[code.local('v128'), code.local('v128')], code.local('v128')];
    const mask = pick(f32x4.const(0), v128.not(f32x4.const(0)), [4, tail > 1 ? 4 : 0, tail > 2 ? 4 : 0, 0]);

    const tile = (height: number, width: number) => {
      const sums = xVectors.slice(0, height).map(() => Array.from({ length: 4 }, () => code.local('v128', f32x4.const(0))));
      const multiplyAdd = (read: (address: Address, offset: number) => V128) => {
        for (let r = 0; r < height; r++) code.set(xVectors[r], read(xAt, r * xRow));
        for (let c = 0; c < width; c++) {
          code.set(wVector, read(wAt, c * wRow));
          for (let r = 0; r < height; r++) code.set(sums[r][c], f32x4.add(sums[r][c], f32x4.mul(xVectors[r], wVector)));
        }
      };
      code.set(xAt, xTile);
      code.set(wAt, w);
      code.set(xEnd, i32.add(xAt, bytes(inputs - tail)));
      code.while(i32.lt_u(xAt, xEnd), () => {
        multiplyAdd((address, offset) => v128.load(address, offset));
        advance(code, xAt, 16);
        advance(code, wAt, 16);
      });
      if (tail > 0) multiplyAdd((address, offset) => v128.and(v128.load(address, offset), mask));
      sums.forEach((row, r) => {
        code.store('v128', zTile, f32x4.add(v128.load(startTile), horizontalSums(code, row)), r * zRow);
        code.set(startTile, i32.add(startTile, startStep));
      });
      advance(code, xTile, height * xRow);
      advance(code, zTile, height * zRow);
    };

    const column = (width: number) => {
      code.set(xTile, x);
      code.set(startTile, start);
      code.set(zTile, z);
      throughRows(code, rows, 2, (height) => tile(height, width));
      advance(code, w, width * wRow);
      advance(code, start, bytes(width));
      advance(code, z, bytes(width));
    };
    repeat(code, Math.floor(outputs / 4), () => column(4));
    if (outputs % 4 > 0) column(outputs % 4);
  });
}

/** One tile of sums over an outer product: `height` numbers, each spread over a vector, times `widths.length` vectors. */
export class OuterTile {
  private readonly sums: Local<'v128'>[][];
  private readonly vectors: Local<'v128'>[];
  private readonly spread: Local<'v128'>;

  /** @param lanes how many floats of each vector count */
  constructor(
    private readonly code: Code,
    height: number,
    private readonly lanes: readonly number[],
  ) {
    this.sums = Array.from({ length: height }, () => lanes.map(() => code.local('v128')));
    this.vectors = lanes.map(() => code.local('v128'));
    this.spread = code.local('v128');
  }

  /** Starts from what lies at `address` where `add` is not 0, otherwise from 0. */
  start(address: Address, row: number, add: I32): void {
    const each = (value: (r: number, c: number) => V128) =>
      this.sums.forEach((sums, r) => sums.forEach((sum, c) => this.code.set(sum, value(r, c))));
    this.code.if(
      add,
      () => each((r, c) => v128.load(address, r * row + 16 * c)),
      () => each(() => f32x4.const(0)),
    );
  }

  /** Adds (number at scalars + r·scalarStep) × (vectors at `row`), for each r. */
  add(scalars: Address, scalarStep: number, row: Address): void {
    const { code, sums, vectors, spread } = this;
    vectors.forEach((vector, c) => code.set(vector, v128.load(row, 16 * c)));
    sums.forEach((tile, r) => {
      code.set(spread, v128.load32_splat(scalars, r * scalarStep));
      tile.forEach((sum, c) => code.set(sum, f32x4.add(sum, f32x4.mul(spread, vectors[c]))));
    });
  }

  store(address: Address, row: number): void {
    this.sums.forEach((sums, r) => sums.forEach((sum, c) => storeLanes(this.code, address, sum, this.lanes[c], r * row + 16 * c)));
  }
}

/** Goes through columns two vectors at a time. @param body emitted for whole tiles and for what is left, with the floats of each vector that count */
function throughColumns(code: Code, columns: number, body: (lanes: readonly number[]) => void): void {
  repeat(code, Math.floor(columns / 8), () => body([4, 4]));
  const rest = columns % 8;
  if (rest > 0) body(rest > 4 ? [4, rest - 4] : [rest]);
}

/** dx[rows, inputs] = d[rows, outputs]·w, added to what is there where `add` is not 0: the gradient with respect to a layer's inputs. */
export function emitInputGradient(assembler: Assembler, name: string, inputs: number, outputs: number): void {
  const [dRow, wRow, dxRow] = [bytes(stride(outputs)), bytes(inputs), bytes(stride(inputs))];
  assembler.function(name, ['i32', 'i32', 'i32', 'i32', 'i32'], null, (code, [d, w, dx, rows, add]) => {
    const [dTile, dxTile, dAt, dEnd, wAt] = [code.local('i32'), code.local('i32'), code.local('i32'), code.local('i32'), code.local('i32')];
    throughColumns(code, inputs, (lanes) => {
      code.set(dTile, d);
      code.set(dxTile, dx);
      throughRows(code, rows, 4, (height) => {
        const tile = new OuterTile(code, height, lanes);
        tile.start(dxTile, dxRow, add);
        code.set(dAt, dTile);
        code.set(dEnd, i32.add(dAt, bytes(outputs)));
        code.set(wAt, w);
        code.while(i32.lt_u(dAt, dEnd), () => {
          tile.add(dAt, dRow, wAt);
          advance(code, dAt, 4);
          advance(code, wAt, wRow);
        });
        tile.store(dxTile, dxRow);
        advance(code, dTile, height * dRow);
        advance(code, dxTile, height * dxRow);
      });
      advance(code, w, 32);
      advance(code, dx, 32);
    });
  });
}

/** dw[outputs, inputs] = dᵀ·x, added to what is there where `add` is not 0: the gradient with respect to the weights. */
export function emitWeightGradient(assembler: Assembler, name: string, inputs: number, outputs: number): void {
  const [dRow, xRow, dwRow] = [bytes(stride(outputs)), bytes(stride(inputs)), bytes(inputs)];
  assembler.function(name, ['i32', 'i32', 'i32', 'i32', 'i32'], null, (code, [d, x, dw, rows, add]) => {
    const [dTile, dwTile, dAt, xAt] = [code.local('i32'), code.local('i32'), code.local('i32'), code.local('i32')];
    const xBytes = code.local('i32', i32.mul(rows, xRow));
    const xEnd = code.local('i32');
    throughColumns(code, inputs, (lanes) => {
      code.set(dTile, d);
      code.set(dwTile, dw);
      code.set(xEnd, i32.add(x, xBytes));
      const band = (height: number) => {
        const tile = new OuterTile(code, height, lanes);
        tile.start(dwTile, dwRow, add);
        code.set(dAt, dTile);
        code.set(xAt, x);
        code.while(i32.lt_u(xAt, xEnd), () => {
          tile.add(dAt, 4, xAt);
          advance(code, dAt, dRow);
          advance(code, xAt, xRow);
        });
        tile.store(dwTile, dwRow);
        advance(code, dTile, bytes(height));
        advance(code, dwTile, height * dwRow);
      };
      repeat(code, Math.floor(outputs / 4), () => band(4));
      if (outputs % 4 > 0) band(outputs % 4);
      advance(code, x, 32);
      advance(code, dw, 32);
    });
  });
}

/** db[outputs] = the sum of d[rows, outputs] over its rows, added to what is there where `add` is not 0. */
export function emitBiasGradient(assembler: Assembler, name: string, outputs: number): void {
  const dRow = bytes(stride(outputs));
  assembler.function(name, ['i32', 'i32', 'i32', 'i32'], null, (code, [d, db, rows, add]) => {
    const dBytes = code.local('i32', i32.mul(rows, dRow));
    const [dAt, dEnd, sum] = [code.local('i32'), code.local('i32'), code.local('v128')];
    repeat(code, Math.ceil(outputs / 4), () => {
      code.set(dAt, d);
      code.set(dEnd, i32.add(d, dBytes));
      code.if(
        add,
        () => code.set(sum, v128.load(db)),
        () => code.set(sum, f32x4.const(0)),
      );
      code.while(i32.lt_u(dAt, dEnd), () => {
        code.set(sum, f32x4.add(sum, v128.load(dAt)));
        advance(code, dAt, dRow);
      });
      code.store('v128', db, sum);
      advance(code, d, 16);
      advance(code, db, 16);
    });
  });
}
