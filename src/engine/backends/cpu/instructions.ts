/**
 * The WebAssembly instructions that kernels are written with, as functions on expressions: `f32x4.add(a, f32x4.mul(b, c))` is the
 * code that leaves the sum on the stack. Types are checked by TypeScript; a number stands for a constant of the operand's type.
 * Names are those of the specification (WebAssembly Core 2.0, section 5.4).
 */

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

/** Code that leaves one value on the stack. */
export interface Expression<T extends ValueType> {
  readonly type: T;
  readonly code: readonly number[];
}

/** An expression, or a number for a constant. */
export type Operand<T extends ValueType> = Expression<T> | number;

type I32 = Expression<'i32'>;
type V128 = Expression<'v128'>;

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (value |= 0; ; value >>= 7) {
    const low = value & 0x7f;
    if (value >> 6 === 0 || value >> 6 === -1) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** Signed LEB128 of a 64-bit integer. */
function signed64(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest >> 6n === 0n || rest >> 6n === -1n) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** Makes numbers of one kind into bytes. */
function converter(numbers: Float32Array | Float64Array | Int32Array): (value: number) => readonly number[] {
  const bytes = new Uint8Array(numbers.buffer);
  return (value) => {
    numbers[0] = value;
    return Array.from(bytes);
  };
}
const [float32, float64, int32] = [new Float32Array(1), new Float64Array(1), new Int32Array(1)].map(converter);
/** A vector of one number, so many times. */
const filled = (bytes: readonly number[], times: 2 | 4): readonly number[] => [
  ...[0xfd, 0x0c],
  ...(times === 2 ? [...bytes, ...bytes] : [...bytes, ...bytes, ...bytes, ...bytes]),
];
const expression = <T extends ValueType>(type: T, code: readonly number[]): Expression<T> => ({ type, code });

/** How a number becomes a constant of each kind of operand. */
export const constants = {
  i32: (value: number) => expression('i32', [0x41, ...signed(value)]),
  f32: (value: number) => expression('f32', [0x43, ...float32(value)]),
  f64: (value: number) => expression('f64', [0x44, ...float64(value)]),
  f32x4: (value: number) => expression('v128', filled(float32(value), 4)),
  f64x2: (value: number) => expression('v128', filled(float64(value), 2)),
  i32x4: (value: number) => expression('v128', filled(int32(value), 4)),
};
type Kind = keyof typeof constants;
type TypeOf<K extends Kind> = ReturnType<(typeof constants)[K]>['type'];

/** An operand as code. */
const settle = <K extends Kind>(kind: K, operand: Operand<TypeOf<K>>): readonly number[] =>
  typeof operand === 'number' ? constants[kind](operand).code : operand.code;

type Opcode = number | readonly number[];
const opcode = (code: Opcode) => (typeof code === 'number' ? [code] : code);
/** A SIMD opcode: prefix and LEB128 number. */
const simd = (code: number): readonly number[] => [0xfd, ...unsigned(code)];

const unary =
  <K extends Kind, R extends ValueType>(code: Opcode, kind: K, result: R) =>
  (a: Operand<TypeOf<K>>): Expression<R> =>
    expression(result, [...settle(kind, a), ...opcode(code)]);
const binary =
  <K extends Kind, R extends ValueType>(code: Opcode, kind: K, result: R) =>
  (a: Operand<TypeOf<K>>, b: Operand<TypeOf<K>>): Expression<R> =>
    expression(result, [...settle(kind, a), ...settle(kind, b), ...opcode(code)]);
/** @param align log2 of the alignment promised */
const load =
  <R extends ValueType>(code: Opcode, align: number, result: R) =>
  (address: Operand<'i32'>, offset = 0): Expression<R> =>
    expression(result, [...settle('i32', address), ...opcode(code), align, ...unsigned(offset)]);
/** An instruction of the threads proposal: prefix, number, alignment to the operand's own size. */
const atomic = (code: number, align = 2): readonly number[] => [0xfe, code, align];
const lane =
  <R extends ValueType>(code: number, result: R) =>
  (vector: V128, index: number): Expression<R> =>
    expression(result, [...vector.code, ...simd(code), index]);
const shift =
  (code: number) =>
  (vector: V128, bits: Operand<'i32'>): V128 =>
    expression('v128', [...vector.code, ...settle('i32', bits), ...simd(code)]);

export const i32 = {
  const: constants.i32,
  load: load(0x28, 2, 'i32'),
  load8_u: load(0x2d, 0, 'i32'),
  eqz: unary(0x45, 'i32', 'i32'),
  eq: binary(0x46, 'i32', 'i32'),
  ne: binary(0x47, 'i32', 'i32'),
  lt_s: binary(0x48, 'i32', 'i32'),
  lt_u: binary(0x49, 'i32', 'i32'),
  gt_s: binary(0x4a, 'i32', 'i32'),
  gt_u: binary(0x4b, 'i32', 'i32'),
  le_u: binary(0x4d, 'i32', 'i32'),
  ge_u: binary(0x4f, 'i32', 'i32'),
  add: binary(0x6a, 'i32', 'i32'),
  sub: binary(0x6b, 'i32', 'i32'),
  mul: binary(0x6c, 'i32', 'i32'),
  div_u: binary(0x6e, 'i32', 'i32'),
  and: binary(0x71, 'i32', 'i32'),
  or: binary(0x72, 'i32', 'i32'),
  xor: binary(0x73, 'i32', 'i32'),
  shl: binary(0x74, 'i32', 'i32'),
  shr_s: binary(0x75, 'i32', 'i32'),
  shr_u: binary(0x76, 'i32', 'i32'),
  trunc_f64_s: unary(0xaa, 'f64', 'i32'),
  reinterpret_f32: unary(0xbc, 'f32', 'i32'),
  /** The word in memory, read after all that other threads wrote before they stored it atomically. */
  atomic_load: (address: Operand<'i32'>, offset = 0): I32 =>
    expression('i32', [...settle('i32', address), ...atomic(0x10), ...unsigned(offset)]),
  /** Adds to the word in memory. @returns what it was */
  atomic_rmw_add: (address: Operand<'i32'>, value: Operand<'i32'>, offset = 0): I32 =>
    expression('i32', [...settle('i32', address), ...settle('i32', value), ...atomic(0x1e), ...unsigned(offset)]),
};

/** Threads that wait for a word in shared memory to change, and being woken (threads proposal, now part of WebAssembly 3.0). */
export const memory = {
  /** Sleeps while the word is `expected`, for so long at most. @returns 0 woken, 1 the word was another, 2 the time is over */
  atomic_wait32: (address: Operand<'i32'>, expected: Operand<'i32'>, nanoseconds: number, offset = 0): I32 =>
    expression('i32', [
      ...settle('i32', address),
      ...settle('i32', expected),
      0x42,
      ...signed64(nanoseconds),
      ...atomic(0x01),
      ...unsigned(offset),
    ]),
  /** Wakes so many of those who wait for the word. @returns how many it woke */
  atomic_notify: (address: Operand<'i32'>, count: Operand<'i32'>, offset = 0): I32 =>
    expression('i32', [...settle('i32', address), ...settle('i32', count), ...atomic(0x00), ...unsigned(offset)]),
};

const f32Binary = (code: number) => binary(code, 'f32', 'f32');
const f32Unary = (code: number) => unary(code, 'f32', 'f32');
const f32Compare = (code: number) => binary(code, 'f32', 'i32');
export const f32 = {
  const: constants.f32,
  load: load(0x2a, 2, 'f32'),
  eq: f32Compare(0x5b),
  ne: f32Compare(0x5c),
  lt: f32Compare(0x5d),
  gt: f32Compare(0x5e),
  le: f32Compare(0x5f),
  ge: f32Compare(0x60),
  abs: f32Unary(0x8b),
  neg: f32Unary(0x8c),
  ceil: f32Unary(0x8d),
  floor: f32Unary(0x8e),
  trunc: f32Unary(0x8f),
  nearest: f32Unary(0x90),
  sqrt: f32Unary(0x91),
  add: f32Binary(0x92),
  sub: f32Binary(0x93),
  mul: f32Binary(0x94),
  div: f32Binary(0x95),
  min: f32Binary(0x96),
  max: f32Binary(0x97),
  copysign: f32Binary(0x98),
  convert_i32_s: unary(0xb2, 'i32', 'f32'),
  demote_f64: unary(0xb6, 'f64', 'f32'),
  reinterpret_i32: unary(0xbe, 'i32', 'f32'),
};

const f64Binary = (code: number) => binary(code, 'f64', 'f64');
const f64Unary = (code: number) => unary(code, 'f64', 'f64');
const f64Compare = (code: number) => binary(code, 'f64', 'i32');
export const f64 = {
  const: constants.f64,
  load: load(0x2b, 3, 'f64'),
  eq: f64Compare(0x61),
  ne: f64Compare(0x62),
  lt: f64Compare(0x63),
  gt: f64Compare(0x64),
  le: f64Compare(0x65),
  ge: f64Compare(0x66),
  abs: f64Unary(0x99),
  neg: f64Unary(0x9a),
  ceil: f64Unary(0x9b),
  floor: f64Unary(0x9c),
  trunc: f64Unary(0x9d),
  nearest: f64Unary(0x9e),
  sqrt: f64Unary(0x9f),
  add: f64Binary(0xa0),
  sub: f64Binary(0xa1),
  mul: f64Binary(0xa2),
  div: f64Binary(0xa3),
  min: f64Binary(0xa4),
  max: f64Binary(0xa5),
  copysign: f64Binary(0xa6),
  convert_i32_s: unary(0xb7, 'i32', 'f64'),
  promote_f32: unary(0xbb, 'f32', 'f64'),
};

const v128Binary = (code: number) => binary(simd(code), 'i32x4', 'v128');
export const v128 = {
  load: load(simd(0), 0, 'v128'),
  /** Eight bytes as eight 16-bit integers. */
  load8x8_u: load(simd(2), 0, 'v128'),
  load32_splat: load(simd(9), 2, 'v128'),
  load32_zero: load(simd(92), 2, 'v128'),
  load64_zero: load(simd(93), 2, 'v128'),
  /** The vector with one of its four floats read from memory. */
  load32_lane: (address: Operand<'i32'>, vector: V128, index: number, offset = 0): V128 =>
    expression('v128', [...settle('i32', address), ...vector.code, ...simd(86), 2, ...unsigned(offset), index]),
  not: unary(simd(77), 'i32x4', 'v128'),
  and: v128Binary(78),
  /** a and not b. */
  andnot: v128Binary(79),
  or: v128Binary(80),
  xor: v128Binary(81),
  any_true: unary(simd(83), 'i32x4', 'i32'),
  /** Bits of `a` where `mask` is 1, of `b` elsewhere. */
  bitselect: (a: V128, b: V128, mask: V128): V128 => expression('v128', [...a.code, ...b.code, ...mask.code, ...simd(82)]),
  /** Any 16 bytes of the 32 of `a` and `b`, by number. */
  shuffle: (a: V128, b: V128, bytes: readonly number[]): V128 => expression('v128', [...a.code, ...b.code, ...simd(13), ...bytes]),
};

const f32x4Binary = (code: number) => binary(simd(code), 'f32x4', 'v128');
const f32x4Unary = (code: number) => unary(simd(code), 'f32x4', 'v128');
export const f32x4 = {
  const: constants.f32x4,
  splat: unary(simd(19), 'f32', 'v128'),
  extract_lane: lane(31, 'f32'),
  replace_lane: (vector: V128, index: number, value: Operand<'f32'>): V128 =>
    expression('v128', [...vector.code, ...settle('f32', value), ...simd(32), index]),
  eq: f32x4Binary(65),
  ne: f32x4Binary(66),
  lt: f32x4Binary(67),
  gt: f32x4Binary(68),
  le: f32x4Binary(69),
  ge: f32x4Binary(70),
  demote_f64x2_zero: unary(simd(94), 'f64x2', 'v128'),
  ceil: f32x4Unary(103),
  floor: f32x4Unary(104),
  trunc: f32x4Unary(105),
  nearest: f32x4Unary(106),
  abs: f32x4Unary(224),
  neg: f32x4Unary(225),
  sqrt: f32x4Unary(227),
  add: f32x4Binary(228),
  sub: f32x4Binary(229),
  mul: f32x4Binary(230),
  div: f32x4Binary(231),
  min: f32x4Binary(232),
  max: f32x4Binary(233),
  /** b < a ? b : a, one instruction where `min` takes several. */
  pmin: f32x4Binary(234),
  /** a < b ? b : a. */
  pmax: f32x4Binary(235),
  convert_i32x4_s: unary(simd(250), 'i32x4', 'v128'),
  /** a·b + c, rounded once where the processor can, else twice (relaxed SIMD, now part of WebAssembly 3.0): see features.ts. */
  relaxed_madd: (a: V128, b: V128, c: V128): V128 => expression('v128', [...a.code, ...b.code, ...c.code, ...simd(0x105)]),
  /** c − a·b, as `relaxed_madd`. */
  relaxed_nmadd: (a: V128, b: V128, c: V128): V128 => expression('v128', [...a.code, ...b.code, ...c.code, ...simd(0x106)]),
};

/** a·b + c. @param fused in one instruction, where the engine has it; otherwise a multiplication and an addition */
export const multiplyAdd = (a: V128, b: V128, c: V128, fused: boolean): V128 =>
  fused ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));

const f64x2Binary = (code: number) => binary(simd(code), 'f64x2', 'v128');
const f64x2Unary = (code: number) => unary(simd(code), 'f64x2', 'v128');
export const f64x2 = {
  const: constants.f64x2,
  splat: unary(simd(20), 'f64', 'v128'),
  extract_lane: lane(33, 'f64'),
  promote_low_f32x4: unary(simd(95), 'f32x4', 'v128'),
  abs: f64x2Unary(236),
  neg: f64x2Unary(237),
  sqrt: f64x2Unary(239),
  add: f64x2Binary(240),
  sub: f64x2Binary(241),
  mul: f64x2Binary(242),
  div: f64x2Binary(243),
  min: f64x2Binary(244),
  max: f64x2Binary(245),
};

export const i32x4 = {
  const: constants.i32x4,
  extract_lane: lane(27, 'i32'),
  splat: unary(simd(17), 'i32', 'v128'),
  replace_lane: (vector: V128, index: number, value: Operand<'i32'>): V128 =>
    expression('v128', [...vector.code, ...settle('i32', value), ...simd(28), index]),
  eq: binary(simd(55), 'i32x4', 'v128'),
  gt_s: binary(simd(59), 'i32x4', 'v128'),
  ge_u: binary(simd(64), 'i32x4', 'v128'),
  shl: shift(171),
  shr_s: shift(172),
  shr_u: shift(173),
  add: binary(simd(174), 'i32x4', 'v128'),
  sub: binary(simd(177), 'i32x4', 'v128'),
  /** The first or the last four of eight 16-bit integers. */
  extend_low_i16x8_u: unary(simd(169), 'i32x4', 'v128'),
  extend_high_i16x8_u: unary(simd(170), 'i32x4', 'v128'),
  trunc_sat_f32x4_s: unary(simd(248), 'f32x4', 'v128'),
  /** Four bytes, in the low quarter of a vector, as four integers. */
  extend_low_bytes_u: (vector: V128): V128 => expression('v128', [...vector.code, ...simd(137), ...simd(169)]),
};

export const i64x2 = {
  /** The 64-bit products of the first, or the last, two of four 32-bit integers without sign. */
  extmul_low_i32x4_u: binary(simd(222), 'i32x4', 'v128'),
  extmul_high_i32x4_u: binary(simd(223), 'i32x4', 'v128'),
};

/** `a` where the condition is not 0, else `b`; both are computed. */
export const select = <T extends ValueType>(condition: I32, a: Expression<T>, b: Expression<T>): Expression<T> =>
  expression(a.type, [...a.code, ...b.code, ...condition.code, ...(a.type === 'v128' ? [0x1c, 1, 0x7b] : [0x1b])]);

/** A store instruction: not an expression, since it leaves nothing. */
export const stores = {
  i32: [0x36, 2],
  f32: [0x38, 2],
  f64: [0x39, 3],
  v128: [0xfd, 0x0b, 0],
} as const;

/** Stores of 32 or 64 bits of a vector; the number of the lane follows. */
export const laneStores = { 32: [0xfd, 0x5a, 2], 64: [0xfd, 0x5b, 2] } as const;

/** An atomic store: other threads that read it atomically see all that was written before it. */
export const atomicStore = atomic(0x17);

/** Four of the eight floats of `a` (0 to 3) and `b` (4 to 7). */
export const pick = (a: V128, b: V128, floats: readonly [number, number, number, number]): V128 =>
  v128.shuffle(
    a,
    b,
    floats.flatMap((float) => [4 * float, 4 * float + 1, 4 * float + 2, 4 * float + 3]),
  );

export type { I32, V128 };
