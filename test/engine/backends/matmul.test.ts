/**
 * Matrix products of any shape are those of float64, rounded as float32 may round them; they read and write nothing beyond their
 * matrices; and they are the same bits however many threads share them. Every unused float around the factors is NaN, so that a
 * sum that read one would show it; what lies around C must stay as it was.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Assembler } from '../../../src/engine/backends/cpu/assembler';
import { f32x4 } from '../../../src/engine/backends/cpu/instructions';
import { fusedMultiplyAdd } from '../../../src/engine/backends/cpu/features';
import { loadLanes, storeLanes } from '../../../src/engine/backends/cpu/matmul/lanes';
import { emitProduct } from '../../../src/engine/backends/cpu/matmul/product';
import type { Epilogue, Factor, ProductShape, Start } from '../../../src/engine/backends/cpu/matmul/shape';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import { instantiate } from '../../../src/engine/backends/cpu/webassembly';
import { Random } from '../../../src/engine/random';

/** One product to check. */
interface Case {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Whether a factor lies column by column, and the gaps between its rows or columns. */
  readonly flipped: readonly [a: boolean, b: boolean];
  readonly gaps: readonly [a: number, b: number, c: number];
  readonly start: Start;
  readonly add: boolean;
  /** The extent given with each call instead of when the code is made, and what was said it would be at most. */
  readonly atRunTime?: 'm' | 'k';
  readonly mostRows?: number;
  readonly threads: number;
  readonly fused: boolean;
  readonly epilogue?: Epilogue;
}

const arena = new Arena();
arena.reserve(2 ** 23, 'the test');
arena.open();
const memory = arena.floats(0, 2 ** 21);
const canary = 12345;

interface Done {
  /** C, its rows' gaps included. */
  readonly c: Float32Array;
  /** What C should be, and the sum of the terms' magnitudes. */
  readonly wanted: (i: number, j: number) => readonly [value: number, magnitude: number];
  /** The matrix beside C, before and after. */
  readonly extra: readonly [Float32Array, Float32Array];
}

const factor = (rows: number, columns: number, flipped: boolean, gap: number): Factor =>
  flipped ? { rowStep: 1, columnStep: rows + gap } : { rowStep: columns + gap, columnStep: 1 };
const lengthOf = (rows: number, columns: number, { rowStep, columnStep }: Factor) => (rows - 1) * rowStep + (columns - 1) * columnStep + 1;

/** Places the matrices at odd addresses, with the same figures each time, multiplies, and checks that nothing else was touched. */
function multiply(one: Case): Done {
  const { m, k, n, flipped, gaps, start, add, atRunTime, mostRows, threads, fused, epilogue } = one;
  const [a, b] = [factor(m, k, flipped[0], gaps[0]), factor(k, n, flipped[1], gaps[1])];
  const c = { rowStep: n + gaps[2] };
  const shape: ProductShape = {
    ...{ m: atRunTime === 'm' ? 'rows' : m, k: atRunTime === 'k' ? 'rows' : k, n, a, b, c, start, threads, fused },
    ...{ mostRows: mostRows ?? (atRunTime === 'm' ? m : k), epilogue, extras: epilogue ? 1 : 0 },
  };
  const assembler = new Assembler();
  const product = emitProduct(assembler, 'product', shape);
  const { product: call } = instantiate(assembler.bytes(), arena.memory);

  const random = new Random(7, 'matrix products');
  const number = () => random.uniform() - 0.5;
  let end = 3;
  const place = (floats: number) => (end += floats + 5) - floats - 5;
  const [aAt, bAt] = [place(lengthOf(m, k, a)), place(lengthOf(k, n, b))];
  const startAt = place(start === 'row' ? n : start === 'column' ? m : 0);
  const [cAt, extraAt] = [place(m * c.rowStep), place(m * c.rowStep)];
  const scratch = Math.ceil(end / 4) * 4;
  const room = scratch + product.scratch / 4;
  memory.fill(NaN, 0, room + 64);
  const [aOf, bOf] = [
    (i: number, l: number) => aAt + i * a.rowStep + l * a.columnStep,
    (l: number, j: number) => bAt + l * b.rowStep + j * b.columnStep,
  ];
  for (let l = 0; l < k; l++) {
    for (let i = 0; i < m; i++) memory[aOf(i, l)] = number();
    for (let j = 0; j < n; j++) memory[bOf(l, j)] = number();
  }
  for (let i = startAt; i < cAt - 5; i++) memory[i] = number();
  memory.fill(canary, cAt, extraAt - 5);
  for (let i = extraAt; i < end - 5; i++) memory[i] = number();
  const before = memory.slice(0, scratch);
  for (let part = 0; part < threads; part++) {
    const values: Record<string, number> = {
      ...{ a: 4 * aAt, b: 4 * bAt, c: 4 * cAt, start: 4 * startAt, add: add ? 1 : 0 },
      ...{ rows: atRunTime === 'm' ? m : k, scratch: 4 * scratch, extra0: 4 * extraAt, part },
    };
    call(...product.operands.map((operand) => values[operand]));
  }
  const after = memory.slice(0, scratch);
  for (let i = 0; i < scratch; i++) {
    const inside = (matrix: number) => i >= matrix && i < matrix + m * c.rowStep && (i - matrix) % c.rowStep < n;
    if (!inside(cAt) && !(epilogue && inside(extraAt)))
      assert.ok(Object.is(after[i], before[i]), `float ${i - cAt} from the start of C was ${before[i]} and is ${after[i]}`);
  }
  for (let i = room; i < room + 64; i++) assert.ok(Number.isNaN(memory[i]), 'more scratch was used than was asked for');
  return {
    c: after.slice(cAt, cAt + m * c.rowStep),
    extra: [before.slice(extraAt, extraAt + m * c.rowStep), after.slice(extraAt, extraAt + m * c.rowStep)],
    wanted: (i, j) => {
      let value = start === 'row' ? before[startAt + j] : start === 'column' ? before[startAt + i] : start === 'add' && add ? canary : 0;
      let magnitude = Math.abs(value);
      for (let l = 0; l < k; l++) {
        const term = before[aOf(i, l)] * before[bOf(l, j)];
        value += term;
        magnitude += Math.abs(term);
      }
      return [value, magnitude];
    },
  };
}

/** The largest error of a sum of so many terms, relative to the sum of their magnitudes: Higham 2002, section 3.1. */
const bound = (terms: number) => (terms * 2 ** -24) / (1 - terms * 2 ** -24);

function check(one: Case): void {
  const { m, k, n, gaps } = one;
  const { c, wanted } = multiply(one);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const [value, magnitude] = wanted(i, j);
      const found = c[i * (n + gaps[2]) + j];
      assert.ok(Math.abs(found - value) <= bound(k + 4) * magnitude, `(${i}, ${j}): found ${found}, expected ${value}`);
    }
}

const plain = { flipped: [false, false], gaps: [0, 0, 0], start: 'zero', add: false, threads: 1, fused: fusedMultiplyAdd() } as const;
const orientations = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));
const extent = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }));
const gap = fc.integer({ min: 0, max: 5 });
const anyCase: fc.Arbitrary<Case> = fc.record({
  ...{ m: extent, k: extent, n: extent },
  flipped: fc.tuple(fc.boolean(), fc.boolean()),
  gaps: fc.tuple(gap, gap, gap),
  start: fc.constantFrom<Start>('zero', 'row', 'column', 'add'),
  add: fc.boolean(),
  atRunTime: fc.constantFrom('m', 'k', undefined),
  threads: fc.integer({ min: 1, max: 3 }),
  fused: fc.boolean().map((wanted) => wanted && fusedMultiplyAdd()),
});

describe('matrix products of the CPU backend', () => {
  it('run on fused multiply-add in the tests, so that both ways are tested', () => assert.ok(fusedMultiplyAdd()));

  it('are those of float64, rounded, for all shapes and orientations, and touch nothing else', function () {
    this.timeout(60_000);
    fc.assert(fc.property(anyCase, check), { seed: 1, numRuns: 250 });
  });

  // Larger ones, chosen so that every way of packing, both methods and the blocks of the summed index are met.
  const large: readonly (readonly [m: number, k: number, n: number])[] = [
    [40, 1030, 21],
    [7, 2100, 30],
    [100, 130, 121],
    [61, 300, 40],
    [1, 200, 100],
    [3, 1, 120],
  ];
  for (const [m, k, n] of large)
    for (const atRunTime of ['m', 'k', undefined] as const)
      it(`are: ${m} × ${k} × ${n}, each way round, ${atRunTime === undefined ? 'all extents constant' : `${atRunTime} at run time`}`, function () {
        this.timeout(20_000);
        const start = atRunTime === 'm' ? 'row' : 'add';
        for (const fused of [true, false])
          for (const flipped of orientations) check({ ...plain, m, k, n, flipped, atRunTime, fused, start, threads: 2, gaps: [3, 0, 2] });
      });

  it('take more rows than were foreseen, and fewer', function () {
    this.timeout(20_000);
    for (const atRunTime of ['m', 'k'] as const)
      for (const flipped of [
        [false, false],
        [true, false],
        [true, true],
      ] as const)
        for (const rows of [1, 5, 150]) {
          const shape = atRunTime === 'm' ? { m: rows, k: 70, n: 30 } : { m: 100, k: rows, n: 100 };
          check({ ...plain, ...shape, flipped, atRunTime, mostRows: 64 });
        }
  });

  it('are the same bits for every number of threads', function () {
    this.timeout(20_000);
    const cases: readonly (readonly [m: number, k: number, n: number, flippedA: boolean, flippedB: boolean])[] = [
      [64, 100, 30, false, true],
      [33, 30, 10, false, true],
      [100, 64, 200, true, false],
      [70, 250, 70, false, false],
      [5, 1100, 7, false, true],
    ];
    for (const [m, k, n, flippedA, flippedB] of cases) {
      const [one, ...others] = [1, 2, 3, 8].map((threads) => multiply({ ...plain, m, k, n, flipped: [flippedA, flippedB], threads }).c);
      for (const other of others) assert.deepEqual(other, one);
    }
  });

  it('pass every finished vector through the epilogue once, with its place in the other matrices', function () {
    this.timeout(20_000);
    // C = relu(sum)·slope, and the slope's matrix keeps the sum.
    const epilogue: Epilogue = (code, sum, [slope], lanes) => {
      const factors = code.local('v128', loadLanes(slope.address, lanes, slope.offset));
      storeLanes(code, slope.address, sum, lanes, slope.offset);
      return f32x4.mul(f32x4.pmax(sum, f32x4.const(0)), factors);
    };
    for (const [m, k, n] of [
      [13, 20, 11],
      [9, 1500, 6],
      [2, 40, 9],
    ] as const)
      // prettier-ignore
      for (const flippedB of [false, true]) {
        const one: Case = { ...plain, m, k, n, flipped: [false, flippedB], gaps: [1, 2, 3], start: 'row', threads: 2 };
        const { c: sums } = multiply(one);
        const { c, extra: [slopes, kept] } = multiply({ ...one, epilogue }); // prettier-ignore
        for (let i = 0; i < m; i++)
          for (let j = 0, at = i * (n + 3); j < n; j++, at++) {
            assert.equal(kept[at], sums[at]);
            assert.equal(c[at], Math.fround(Math.max(sums[at], 0) * slopes[at]));
          }
      }
  });
});
