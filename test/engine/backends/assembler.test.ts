// The assembler: what it emits is valid WebAssembly and computes what the instruction's name says.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Assembler, call } from '../../../src/engine/backends/cpu/assembler';
import { f32, f32x4, f64, f64x2, i32, i32x4, select, v128 } from '../../../src/engine/backends/cpu/instructions';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import { instantiate } from '../../../src/engine/backends/cpu/webassembly';

function arena(bytes: number): Arena {
  const made = new Arena();
  made.reserve(bytes, 'the test');
  made.open();
  return made;
}

describe('the assembler', () => {
  it('writes a loop with a vector body and a scalar tail', () => {
    const assembler = new Assembler();
    assembler.function('scale', ['i32', 'i32', 'f32'], null, (code, [values, count, factor]) => {
      const i = code.local('i32');
      const at = (index: typeof i) => i32.add(values, i32.shl(index, 2));
      code.steps(i, count, 4, () => code.store('v128', at(i), f32x4.mul(v128.load(at(i)), f32x4.splat(factor))));
      code.steps(i, count, 1, () => code.store('f32', at(i), f32.mul(f32.load(at(i)), factor)));
    });
    const room = arena(400);
    const { scale } = instantiate(assembler.bytes(), room.memory);
    for (const count of [0, 1, 3, 4, 5, 8, 11]) {
      const values = room.floats(16, 16).fill(1);
      scale(16, count, 2.5);
      assert.deepEqual(
        [...values],
        Array.from({ length: 16 }, (_, i) => (i < count ? 2.5 : 1)),
        `${count} values`,
      );
    }
  });

  it('encodes every integer and float constant', () =>
    fc.assert(
      fc.property(fc.integer(), fc.double(), fc.float(), (integer, double, single) => {
        const assembler = new Assembler();
        assembler.function('integer', [], 'i32', (code) => code.return(i32.const(integer)));
        assembler.function('double', [], 'f64', (code) => code.return(f64.const(double)));
        assembler.function('single', [], 'f32', (code) => code.return(f32.const(single)));
        const made = instantiate(assembler.bytes(), arena(16).memory);
        assert.equal(made.integer(), integer);
        assert.equal(made.double(), double);
        assert.equal(made.single(), single);
      }),
    ));

  it('calls imported functions and its own, and chooses', () => {
    const assembler = new Assembler();
    const pow = assembler.import('pow', ['f64', 'f64'], 'f64');
    const square = assembler.function('square', ['f64'], 'f64', (code, [x]) => code.return(call(pow, x, f64.const(2))));
    assembler.function('limited', ['f64'], 'f64', (code, [x]) => {
      const value = code.local('f64', call(square, x));
      code.if(f64.gt(value, 100), () => code.return(f64.const(100)));
      code.return(select(f64.lt(value, 1), f64.const(1), value));
    });
    const { limited } = instantiate(assembler.bytes(), arena(16).memory, { pow: Math.pow });
    assert.deepEqual(
      [0.5, 3, 50].map((x) => limited(x)),
      [1, 9, 100],
    );
  });

  it('computes lanes as the instructions are named', () => {
    const one: Record<string, [(x: ReturnType<typeof v128.load>) => ReturnType<typeof v128.load>, (x: number) => number]> = {
      abs: [f32x4.abs, Math.abs],
      neg: [f32x4.neg, (x) => -x],
      sqrt: [(x) => f32x4.sqrt(f32x4.abs(x)), (x) => Math.sqrt(Math.abs(x))],
      ceil: [f32x4.ceil, Math.ceil],
      floor: [f32x4.floor, Math.floor],
      trunc: [f32x4.trunc, Math.trunc],
      add: [(x) => f32x4.add(x, 3), (x) => x + 3],
      sub: [(x) => f32x4.sub(x, 3), (x) => x - 3],
      mul: [(x) => f32x4.mul(x, 3), (x) => x * 3],
      div: [(x) => f32x4.div(3, x), (x) => 3 / x],
      min: [(x) => f32x4.min(x, 1), (x) => Math.min(x, 1)],
      max: [(x) => f32x4.max(x, 1), (x) => Math.max(x, 1)],
      pmin: [(x) => f32x4.pmin(x, 1), (x) => Math.min(x, 1)],
      pmax: [(x) => f32x4.pmax(x, 1), (x) => Math.max(x, 1)],
      integer: [(x) => f32x4.convert_i32x4_s(i32x4.trunc_sat_f32x4_s(x)), Math.trunc],
      choice: [(x) => v128.bitselect(f32x4.const(7), x, f32x4.lt(x, 0)), (x) => (x < 0 ? 7 : x)],
      doubled: [(x) => f32x4.demote_f64x2_zero(f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(x))), (x) => 2 * x],
    };
    const assembler = new Assembler();
    for (const [name, [build]] of Object.entries(one))
      assembler.function(name, ['i32'], null, (code, [at]) => code.store('v128', at, build(v128.load(at)), 16));
    const room = arena(64);
    const made = instantiate(assembler.bytes(), room.memory);
    const given = [-2.5, 0.25, 1.75, -7];
    for (const [name, [, expected]] of Object.entries(one)) {
      room.floats(0, 4).set(given);
      made[name](0);
      const wanted = given.map((x, i) => (name === 'doubled' && i >= 2 ? 0 : Math.fround(expected(x)) + 0));
      assert.deepEqual(
        [...room.floats(16, 4)].map((x) => x + 0),
        wanted,
        name,
      );
    }
  });

  it('computes numbers as the instructions are named', () => {
    const truth = (value: boolean) => (value ? 1 : 0);
    const even = (x: number) => {
      const below = Math.floor(x);
      return x - below === 0.5 ? below + (below % 2 === 0 ? 0 : 1) : Math.round(x);
    };
    const one = {
      abs: Math.abs,
      neg: (x: number) => -x,
      ceil: Math.ceil,
      floor: Math.floor,
      trunc: Math.trunc,
      nearest: even,
      sqrt: Math.sqrt,
    };
    const two = {
      add: (x: number, y: number) => x + y,
      sub: (x: number, y: number) => x - y,
      mul: (x: number, y: number) => x * y,
      div: (x: number, y: number) => x / y,
      min: Math.min,
      max: Math.max,
      copysign: (x: number, y: number) => Math.abs(x) * (Math.sign(y) || 1),
    };
    const comparisons = {
      eq: (x: number, y: number) => truth(x === y),
      ne: (x: number, y: number) => truth(x !== y),
      lt: (x: number, y: number) => truth(x < y),
      gt: (x: number, y: number) => truth(x > y),
      le: (x: number, y: number) => truth(x <= y),
      ge: (x: number, y: number) => truth(x >= y),
    };
    const integers = {
      eq: comparisons.eq,
      ne: comparisons.ne,
      lt_s: comparisons.lt,
      gt_s: comparisons.gt,
      lt_u: (x: number, y: number) => truth(x >>> 0 < y >>> 0),
      gt_u: (x: number, y: number) => truth(x >>> 0 > y >>> 0),
      le_u: (x: number, y: number) => truth(x >>> 0 <= y >>> 0),
      ge_u: (x: number, y: number) => truth(x >>> 0 >= y >>> 0),
      add: (x: number, y: number) => (x + y) | 0,
      sub: (x: number, y: number) => (x - y) | 0,
      mul: Math.imul,
      and: (x: number, y: number) => x & y,
      or: (x: number, y: number) => x | y,
      xor: (x: number, y: number) => x ^ y,
      shl: (x: number, y: number) => x << y,
      shr_s: (x: number, y: number) => x >> y,
      shr_u: (x: number, y: number) => (x >>> y) | 0,
    };
    const assembler = new Assembler();
    const keys = <T extends object>(of: T) => Object.keys(of) as (keyof T & string)[];
    for (const name of keys(one)) {
      assembler.function(`f32.${name}`, ['f32'], 'f32', (code, [x]) => code.return(f32[name](x)));
      assembler.function(`f64.${name}`, ['f64'], 'f64', (code, [x]) => code.return(f64[name](x)));
    }
    for (const name of keys(two)) {
      assembler.function(`f32.${name}`, ['f32', 'f32'], 'f32', (code, [x, y]) => code.return(f32[name](x, y)));
      assembler.function(`f64.${name}`, ['f64', 'f64'], 'f64', (code, [x, y]) => code.return(f64[name](x, y)));
    }
    for (const name of keys(comparisons)) {
      assembler.function(`f32.${name}`, ['f32', 'f32'], 'i32', (code, [x, y]) => code.return(f32[name](x, y)));
      assembler.function(`f64.${name}`, ['f64', 'f64'], 'i32', (code, [x, y]) => code.return(f64[name](x, y)));
    }
    for (const name of keys(integers))
      assembler.function(`i32.${name}`, ['i32', 'i32'], 'i32', (code, [x, y]) => code.return(i32[name](x, y)));
    const made = instantiate(assembler.bytes(), arena(16).memory);
    const values = [0, 1, -1, 2.5, -2.5, 1.75, -7, 100];
    for (const x of values) {
      for (const [name, expected] of Object.entries(one)) {
        assert.equal(made[`f64.${name}`](x) + 0, expected(x) + 0, `f64.${name}(${x})`);
        assert.equal(made[`f32.${name}`](x) + 0, Math.fround(expected(x)) + 0, `f32.${name}(${x})`);
      }
      for (const y of values) {
        for (const [name, expected] of Object.entries({ ...two, ...comparisons })) {
          assert.equal(made[`f64.${name}`](x, y) + 0, expected(x, y) + 0, `f64.${name}(${x}, ${y})`);
          assert.equal(made[`f32.${name}`](x, y) + 0, Math.fround(expected(x, y)) + 0, `f32.${name}(${x}, ${y})`);
        }
        const [i, j] = [Math.trunc(x), Math.trunc(y)];
        for (const [name, expected] of Object.entries(integers))
          assert.equal(made[`i32.${name}`](i, j), expected(i, j), `i32.${name}(${i}, ${j})`);
      }
    }
  });

  it('computes pairs of float64 lanes as the instructions are named', () => {
    const assembler = new Assembler();
    const expected = {
      add: (x: number) => x + 1.5,
      sub: (x: number) => x - 1.5,
      mul: (x: number) => x * 1.5,
      div: (x: number) => x / 1.5,
      min: (x: number) => Math.min(x, 1.5),
      max: (x: number) => Math.max(x, 1.5),
    };
    for (const name of Object.keys(expected) as (keyof typeof expected)[])
      assembler.function(name, ['f64'], 'f64', (code, [x]) => code.return(f64x2.extract_lane(f64x2[name](f64x2.splat(x), 1.5), 1)));
    const single = { abs: Math.abs, neg: (x: number) => -x, sqrt: Math.sqrt };
    for (const name of Object.keys(single) as (keyof typeof single)[])
      assembler.function(name, ['f64'], 'f64', (code, [x]) => code.return(f64x2.extract_lane(f64x2[name](f64x2.splat(x)), 0)));
    const made = instantiate(assembler.bytes(), arena(16).memory);
    for (const x of [-2.25, 0.5, 9])
      for (const [name, value] of Object.entries({ ...expected, ...single })) assert.equal(made[name](x), value(x), `f64x2.${name}(${x})`);
  });

  it('tells a vector constant from a number by the variable', () => {
    const assembler = new Assembler();
    assembler.function('sum', [], 'f32', (code) => {
      const vector = code.local('v128', 2.5);
      code.return(f32.add(f32x4.extract_lane(vector, 0), f32x4.extract_lane(vector, 3)));
    });
    assert.equal(instantiate(assembler.bytes(), arena(16).memory).sum(), 5);
  });
});

describe('the arena', () => {
  it('aligns what it reserves and starts at zero', () => {
    const made = new Arena();
    assert.deepEqual([made.reserve(4, 'a'), made.reserve(17, 'b'), made.reserve(1, 'c')], [0, 16, 48]);
    made.open();
    assert.ok(made.bytes(0, 64).every((byte) => byte === 0));
  });

  it('keeps room for what comes after it is opened, and no more', () => {
    const made = new Arena();
    made.reserve(100, 'weights');
    made.open(200_000);
    const before = made.floats(0, 4);
    assert.equal(made.floats(made.reserve(150_000, 'state'), 1).length, 1);
    assert.equal(before.length, 4, 'earlier views stay valid');
    assert.throws(
      () => made.reserve(120_000, 'more state'),
      /more state needs 0\.1 MiB beside the 0\.1 MiB already laid out; the model has 0\.3 MiB at most/,
    );
  });

  it('refuses more than its limit, before anything is allocated', () => {
    assert.throws(() => new Arena().reserve(2 ** 31 + 1, 'layer dense1'), /layer dense1 needs 2,048 MiB .* smaller network/);
    assert.throws(() => new Arena().reserve(Infinity, 'layer dense1'), RangeError);
    assert.throws(() => new Arena().reserve(NaN, 'layer dense1'), RangeError);
  });
});
