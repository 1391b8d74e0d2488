/** Products as the page of these tests computes them on a GPU, and where each lies. */
import fc from 'fast-check';
import type { Adapter } from '../../src/engine/backends/webgpu/definition';
import { type Extent, extentOf, type Start } from '../../src/engine/backends/webgpu/matmul/shape';

export interface ProductCase {
  readonly title: string;
  readonly kind: Adapter['kind'];
  /** Whether lanes may read each other's registers. */
  readonly subgroups: boolean;
  readonly m: Extent;
  readonly k: Extent;
  readonly n: Extent;
  /** Along which extent A and B are contiguous; `computed`: their elements are found by a function. */
  readonly a: 'm' | 'k' | 'computed';
  readonly b: 'k' | 'n' | 'computed';
  /** Floats by which rows of factors, and of C, are further apart than they are long. */
  readonly gap: number;
  readonly cGap: number;
  /** Whether C is laid out by a function: transposed. */
  readonly turned?: boolean;
  readonly start: Start;
  /** What `info.add` says. */
  readonly add: boolean;
  /** `tanh`: a function of the sum, which is kept; `scaled`: times one matrix, plus another. */
  readonly epilogue?: 'tanh' | 'scaled';
  readonly rows: number;
  readonly capacity: number;
}

const extentName = (extent: Extent): string =>
  typeof extent === 'number' ? String(extent) : extent === 'rows' ? 'rows' : `${extent.rows}·rows`;

const titled = (one: Omit<ProductCase, 'title'>): ProductCase => {
  const { kind, subgroups, m, k, n, a, b, start, add, epilogue, turned, rows, capacity } = one;
  const parts = [
    `${[m, k, n].map(extentName).join('×')}, A along ${a}, B along ${b}, start ${start}${start === 'info' ? ` ${Number(add)}` : ''}`,
    `${rows} of ${capacity} rows`,
    ...(epilogue ? [epilogue] : []),
    ...(turned ? ['turned'] : []),
    kind + (kind === 'software' && !subgroups ? ' without subgroups' : ''),
  ];
  return { ...one, title: parts.join(', ') };
};

const plain = { gap: 0, cGap: 0, start: 'zero', add: false, rows: 5, capacity: 9 } as const;
const variants: readonly Pick<ProductCase, 'kind' | 'subgroups'>[] = [
  { kind: 'software', subgroups: true },
  { kind: 'software', subgroups: false },
  { kind: 'hardware', subgroups: false },
];
type Given = Partial<ProductCase> & Pick<ProductCase, 'm' | 'k' | 'n' | 'a' | 'b'>;
const each = (given: Given): ProductCase[] => variants.map((variant) => titled({ ...plain, ...variant, ...given }));

/** The three of a dense layer. */
const forward = (inputs: number, outputs: number, rest: Partial<ProductCase> = {}): ProductCase[] =>
  each({ m: 'rows', k: inputs, n: outputs, a: 'k', b: 'k', start: 'row', ...rest });
const weightGradient = (inputs: number, outputs: number, rest: Partial<ProductCase> = {}): ProductCase[] =>
  each({ m: outputs, k: 'rows', n: inputs, a: 'm', b: 'n', start: 'info', ...rest });
const inputGradient = (inputs: number, outputs: number, rest: Partial<ProductCase> = {}): ProductCase[] =>
  each({ m: 'rows', k: outputs, n: inputs, a: 'k', b: 'n', ...rest });

const chosen: readonly ProductCase[] = [
  ...forward(64, 32, { rows: 65, capacity: 65, epilogue: 'tanh' }),
  ...forward(7, 65, { gap: 1, rows: 3, capacity: 130 }),
  ...forward(130, 3, { gap: 2, cGap: 1 }),
  ...forward(1, 1, { rows: 1, capacity: 1 }),
  ...weightGradient(130, 65, { rows: 65, capacity: 65, add: true, gap: 2 }),
  ...weightGradient(64, 12, { rows: 33, capacity: 64 }),
  ...weightGradient(3, 7, { rows: 130, capacity: 130, gap: 1 }),
  ...inputGradient(65, 130, { rows: 7, capacity: 7, start: 'add', gap: 2 }),
  ...inputGradient(132, 64, { rows: 40, capacity: 64, epilogue: 'scaled' }),
  ...inputGradient(3, 1, { rows: 3, capacity: 4, epilogue: 'scaled', cGap: 1 }),
  // Long k: in parts.
  ...forward(2050, 5, { rows: 4, capacity: 4, epilogue: 'tanh', gap: 2, cGap: 3 }),
  ...weightGradient(8, 6, { rows: 1100, capacity: 1500, add: true, gap: 2 }),
  ...each({ m: 3, k: { rows: 300 }, n: 10, a: 'computed', b: 'computed', start: 'info', rows: 4, capacity: 7 }),
  // Too large to be done without workgroup memory in hardware, in its tiles of all sizes; there some are in parts, too.
  ...each({ m: 'rows', k: 130, n: 65, a: 'k', b: 'k', start: 'row', epilogue: 'tanh', gap: 2, rows: 65, capacity: 130 }).slice(-1),
  ...each({ m: 65, k: 'rows', n: 128, a: 'm', b: 'n', start: 'info', add: true, gap: 3, rows: 70, capacity: 80 }).slice(-1),
  ...each({ m: 33, k: 714, n: 40, a: 'k', b: 'n', gap: 2 }).slice(-1),
  ...each({ m: 8, k: { rows: 300 }, n: 70, a: 'computed', b: 'computed', start: 'info', rows: 4, capacity: 7 }).slice(-1),
  ...each({ m: 'rows', k: 5, n: 520, a: 'm', b: 'k', rows: 1030, capacity: 1030, gap: 3 }).slice(-1),
  ...each({ m: 1030, k: 'rows', n: 250, a: 'm', b: 'n', start: 'add', rows: 5, capacity: 9 }).slice(-1),
  ...each({ m: 250, k: 17, n: { rows: 103 }, a: 'k', b: 'computed', rows: 10, capacity: 10, turned: true }).slice(-1),
  // Large enough for the largest tiles in software.
  ...forward(807, 126, { rows: 61, capacity: 64, epilogue: 'scaled', gap: 1, cGap: 2 }).slice(0, 1),
  ...weightGradient(788, 126, { rows: 63, capacity: 64 }).slice(0, 1),
  ...inputGradient(520, 600, { rows: 60, capacity: 64 }).slice(0, 1),
  ...weightGradient(516, 520, { rows: 95, capacity: 96, add: true }).slice(0, 1),
  // As convolutions use them.
  ...each({ m: 5, k: 18, n: { rows: 7 }, a: 'k', b: 'computed', start: 'column', turned: true, epilogue: 'tanh' }),
  ...each({ m: 2, k: 5, n: { rows: 40 }, a: 'computed', b: 'computed', start: 'add', turned: true, epilogue: 'scaled' }),
  ...each({ m: { rows: 3 }, k: 9, n: 4, a: 'm', b: 'k', start: 'column', gap: 3 }),
];

const size = fc.oneof(fc.constantFrom(1, 3, 4, 7, 8, 16), fc.integer({ min: 1, max: 70 }));
const drawnCase: fc.Arbitrary<ProductCase> = fc
  .record({
    variant: fc.constantFrom(...variants),
    sizes: fc.tuple(size, size, size),
    rows: fc.integer({ min: 1, max: 40 }),
    spare: fc.constantFrom(0, 0, 1, 25),
    sampled: fc.constantFrom('m', 'k', 'n', 'none'),
    a: fc.constantFrom('m' as const, 'k' as const),
    b: fc.constantFrom('k' as const, 'n' as const),
    gap: fc.nat(4),
    cGap: fc.nat(4),
    start: fc.constantFrom<Start>('zero', 'row', 'column', 'add', 'info'),
    add: fc.boolean(),
    epilogue: fc.constantFrom(undefined, undefined, 'tanh' as const, 'scaled' as const),
  })
  .map(({ variant, sizes: [m, k, n], spare, sampled, epilogue, ...rest }) =>
    titled({
      ...variant,
      ...rest,
      ...(epilogue && { epilogue }),
      m: sampled === 'm' ? 'rows' : m,
      k: sampled === 'k' ? 'rows' : k,
      n: sampled === 'n' ? 'rows' : n,
      capacity: rest.rows + spare,
    }),
  );

export const productCases: readonly ProductCase[] = [...chosen, ...fc.sample(drawnCase, { seed: 5, numRuns: 32 })];

/** Extents of a case's matrices, and with all the samples that there is room for. */
export const extentsOf = ({ m, k, n, rows, capacity }: ProductCase) => {
  const at = (count: number) => ({ m: extentOf(m, count), k: extentOf(k, count), n: extentOf(n, count) });
  return { now: at(rows), most: at(capacity) };
};
