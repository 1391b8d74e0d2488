/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, a workgroup a layer. Pairs of rows that have nothing in common
 * are turned at the same time, in the order of a tournament in which everybody meets everybody once a sweep; it ends with a sweep in
 * which there was nothing left to turn. Only the lower triangle is read. Small eigenvalues beside large ones need more than float32
 * has, and it is they that a root of the inverse is made of: numbers are pairs of f32.
 */
import type { OperationStep } from '../schedule';
import { extentText } from './layout';
import { pairArithmetic } from './library';
import { Writer, type GpuKernel, type Names } from './writer';

/** More sweeps than any matrix has been seen to need. */
const mostSweeps = 24;
/** An element this small beside a largest one of 1 to 2 is none. */
const negligible = '3e-14f';
/** An eigenvalue this little below 0, beside a largest element of 1 to 2, is a small positive one that the matrix's own rounding took. */
const rounding = '1e-7f';
/** Components this close to the largest count as equal to it: the first of them settles the sign. */
const alike = '0.999999f';

/** Buffers that the rotations work in. */
export interface EigenRoom {
  /** The matrix on its way to a diagonal one: two numbers an element. */
  readonly turned: string;
  /** The product of the rotations: two numbers an element. */
  readonly vectors: string;
  /** Cosines and sines: four numbers for each two rows. */
  readonly angles: string;
}

/**
 * @param to the buffer that receives the eigenvectors as columns, eigenvalues ascending, the largest component of each positive; or, with
 * an exponent, in any order the eigenvectors times that power of their eigenvalues, NaN where one is not positive
 * @param threads of a workgroup, a power of two
 */
export function eigenKernel(
  names: Names,
  step: OperationStep,
  room: EigenRoom,
  to: string,
  exponent: number | null,
  threads: number,
): GpuKernel {
  const {
    operation,
    operands: [s],
    operandShapes: [own],
  } = step;
  const writer = new Writer(names, operation);
  writer.use('larger');
  writer.globals.push(
    `var<workgroup> largest: array<f32, ${threads}>;`,
    'var<workgroup> turns: atomic<u32>;',
    'var<workgroup> again: u32;',
    `fn meeting(q: u32, round: u32, players: u32) -> vec2u {
  let others = players - 1u;
  let a = select((round + q) % others, others, q == 0u);
  let b = select((round + others - q) % others, round, q == 0u);
  return vec2u(min(a, b), max(a, b));
}`,
    pairArithmetic,
    `fn turn(first: u32, second: u32, c: vec2f, s: vec2f) {
  let x = load(first);
  let y = load(second);
  store(first, plus(times(c, x), -times(s, y)));
  store(second, plus(times(s, x), times(c, y)));
}`,
  );
  const entry =
    (name: string) =>
    (row: string, column: string): string =>
      `${writer.begin(name)} + 2u * (${row} * n + ${column})`;
  const [a, v] = [entry(room.turned), entry(room.vectors)];
  const angle = (q: string): string => `${writer.begin(room.angles)} + 4u * (${q})`;
  const everyPair = (turns: readonly string[]): string => `for (var e = lane; e < pairs * n; e += ${threads}u) {
      let pair = meeting(e / n, round, players);
      let k = e % n;
      if (pair.y >= n) { continue; }
      let c = load(${angle('e / n')});
      let s = load(${angle('e / n')} + 2u);
      ${turns.join('\n      ')}
    }
    storageBarrier();`;
  writer.line(`let n = ${extentText(own[0])};
let players = n + n % 2u;
let pairs = players / 2u;
var mine = 0f;
for (var i = lane; i < n * n; i += ${threads}u) { mine = larger(mine, abs(${writer.element(s, 'i')})); }
largest[lane] = mine;
workgroupBarrier();
for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
  if (lane < half) { largest[lane] = larger(largest[lane], largest[lane + half]); }
  workgroupBarrier();
}
let power = clamp(frexp(largest[0]).exp, -120, 120);
let unit = ldexp(1f, power);
for (var i = lane; i < n * n; i += ${threads}u) {
  let row = i / n;
  let column = i % n;
  store(${a('row', 'column')}, vec2f(ldexp(${writer.element(s, 'max(row, column) * n + min(row, column)')}, -power), 0f));
  store(${v('row', 'column')}, vec2f(select(0f, 1f, row == column), 0f));
}
storageBarrier();
for (var sweep = 0u; sweep < ${mostSweeps}u; sweep++) {
  if (lane == 0u) { atomicStore(&turns, 0u); }
  workgroupBarrier();
  for (var round = 0u; round + 1u < players; round++) {
    for (var q = lane; q < pairs; q += ${threads}u) {
      let pair = meeting(q, round, players);
      var c = vec2f(1f, 0f);
      var s = vec2f(0f, 0f);
      if (pair.y < n) {
        let beside = load(${a('pair.y', 'pair.x')}).x;
        if (abs(beside) > ${negligible}) {
          let apart = plus(load(${a('pair.y', 'pair.y')}), -load(${a('pair.x', 'pair.x')})).x;
          let ratio = 0.5f * apart / beside;
          let t = select(1f, -1f, ratio < 0f) / (abs(ratio) + sqrt(ratio * ratio + 1f));
          c = inverseRoot(plus(vec2f(1f, 0f), exact(t, t)));
          s = times(vec2f(t, 0f), c);
          atomicAdd(&turns, 1u);
        }
      }
      store(${angle('q')}, c);
      store(${angle('q')} + 2u, s);
    }
    storageBarrier();
    ${everyPair([`turn(${a('k', 'pair.x')}, ${a('k', 'pair.y')}, c, s);`, `turn(${v('k', 'pair.x')}, ${v('k', 'pair.y')}, c, s);`])}
    ${everyPair([`turn(${a('pair.x', 'k')}, ${a('pair.y', 'k')}, c, s);`])}
  }
  workgroupBarrier();
  if (lane == 0u) { again = atomicLoad(&turns); }
  if (workgroupUniformLoad(&again) == 0u) { break; }
}`);
  const result = (row: string, column: string): string => writer.element(to, `${row} * n + ${column}`);
  writer.line(exponent === null ? sorted(result, a, v, threads) : scaled(writer, exponent, result, a, v, threads));
  return writer.overLayers(threads);
}

type Entry = (row: string, column: string) => string;

const sorted = (result: Entry, a: Entry, v: Entry, threads: number): string => `for (var j = lane; j < n; j += ${threads}u) {
  let value = load(${a('j', 'j')});
  var rank = 0u;
  var size = 0f;
  for (var i = 0u; i < n; i++) {
    let above = plus(load(${a('i', 'i')}), -value).x;
    if (above < 0f || (above == 0f && i < j)) { rank++; }
    size = max(size, abs(load(${v('i', 'j')}).x));
  }
  var sign = 0f;
  for (var i = 0u; i < n; i++) {
    let component = load(${v('i', 'j')}).x;
    if (sign == 0f && abs(component) >= ${alike} * size) { sign = select(1f, -1f, component < 0f); }
  }
  for (var i = 0u; i < n; i++) { ${result('i', 'rank')} = sign * load(${v('i', 'j')}).x; }
}`;

function scaled(writer: Writer, exponent: number, result: Entry, a: Entry, v: Entry, threads: number): string {
  writer.use('notANumber');
  // A step of Newton's method for value·root^q = 1, since `pow` may be off by some units of the last place.
  const q = -1 / exponent;
  const improved = Number.isInteger(q) && q <= 16 ? `near + near * (1f - value${' * near'.repeat(q)}) * ${Math.fround(1 / q)}f` : 'near';
  return `for (var j = lane; j < n; j += ${threads}u) {
  let own = load(${a('j', 'j')}).x;
  let value = unit * select(own, ${rounding}, own <= 0f && own > -10f * ${rounding});
  let near = pow(value, ${Math.fround(exponent)}f);
  let root = select(notANumber(), ${improved}, value > 0f);
  for (var i = 0u; i < n; i++) { ${result('i', 'j')} = root * load(${v('i', 'j')}).x; }
}`;
}
