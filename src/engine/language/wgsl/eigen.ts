/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, a workgroup a layer. Pairs of rows that have nothing in common
 * are turned at the same time, in the order of a tournament in which everybody meets everybody once a sweep; it ends with a sweep in
 * which there was nothing left to turn. Only the lower triangle is read, in units of its largest element.
 */
import type { OperationStep } from '../schedule';
import { extentText, lanes } from './layout';
import { Writer, type GpuKernel, type Names } from './writer';

/** More sweeps than any matrix has been seen to need in float32. */
const mostSweeps = 16;
/** An element smaller than this, beside the diagonal ones in its row and column, is none. */
const negligible = '6e-8f';
/** What float32 leaves undecided of a matrix whose largest element is 1. */
const rounding = '1e-7f';
/** Components this close to the largest count as equal to it: the first of them settles the sign. */
const alike = '0.99999f';

/** Buffers that the rotations work in. */
export interface EigenRoom {
  /** The matrix on its way to a diagonal one; of the shape of S. */
  readonly turned: string;
  /** The product of the rotations; of the shape of S. */
  readonly vectors: string;
  /** Cosines and sines; the number of rows, and two more. */
  readonly angles: string;
}

/**
 * `eigenvectors`: into the operation's result. `inverseRoot`: V·Λ^(−1/2p) into `room.turned`, whose product with its transpose is S^(−1/p).
 * @param exponent −1/2p
 */
export function eigenKernel(names: Names, step: OperationStep, room: EigenRoom, exponent: number | null): GpuKernel {
  const {
    operation,
    operands: [s],
    operandShapes: [own],
    name,
  } = step;
  const writer = new Writer(names, operation);
  writer.use('larger');
  writer.globals.push(
    `var<workgroup> largest: array<f32, ${lanes}>;`,
    'var<workgroup> turns: atomic<u32>;',
    'var<workgroup> again: u32;',
    `fn meeting(q: u32, round: u32, players: u32) -> vec2u {
  let others = players - 1u;
  let a = select((round + q) % others, others, q == 0u);
  let b = select((round + others - q) % others, round, q == 0u);
  return vec2u(min(a, b), max(a, b));
}`,
  );
  const a = (row: string, column: string): string => writer.element(room.turned, `(${row}) * n + ${column}`);
  const v = (row: string, column: string): string => writer.element(room.vectors, `(${row}) * n + ${column}`);
  const angle = (index: string): string => writer.element(room.angles, index);
  const turn = (first: string, second: string): string => `let x = ${first}; let y = ${second};
      ${first} = c * x - s * y; ${second} = s * x + c * y;`;
  writer.line(`let n = ${extentText(own[0])};
let players = n + n % 2u;
let pairs = players / 2u;
var mine = 0f;
for (var i = lane; i < n * n; i += ${lanes}u) { mine = larger(mine, abs(${writer.element(s, 'i')})); }
largest[lane] = mine;
workgroupBarrier();
for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
  if (lane < half) { largest[lane] = larger(largest[lane], largest[lane + half]); }
  workgroupBarrier();
}
let unit = select(largest[0], 1f, largest[0] == 0f);
for (var i = lane; i < n * n; i += ${lanes}u) {
  let row = i / n;
  let column = i % n;
  ${a('row', 'column')} = ${writer.element(s, 'max(row, column) * n + min(row, column)')} / unit;
  ${v('row', 'column')} = select(0f, 1f, row == column);
}
storageBarrier();
for (var sweep = 0u; sweep < ${mostSweeps}u; sweep++) {
  if (lane == 0u) { atomicStore(&turns, 0u); }
  workgroupBarrier();
  for (var round = 0u; round + 1u < players; round++) {
    for (var q = lane; q < pairs; q += ${lanes}u) {
      let pair = meeting(q, round, players);
      var c = 1f;
      var s = 0f;
      if (pair.y < n) {
        let p = ${a('pair.x', 'pair.x')};
        let r = ${a('pair.y', 'pair.y')};
        let beside = ${a('pair.y', 'pair.x')};
        if (abs(beside) > ${negligible} * sqrt(abs(p)) * sqrt(abs(r)) && abs(beside) > 1e-18f) {
          let ratio = (r - p) / (2f * beside);
          let t = select(1f, -1f, ratio < 0f) / (abs(ratio) + sqrt(ratio * ratio + 1f));
          c = 1f / sqrt(t * t + 1f);
          s = t * c;
          atomicAdd(&turns, 1u);
        }
      }
      ${angle('2u * q')} = c;
      ${angle('2u * q + 1u')} = s;
    }
    storageBarrier();
    for (var e = lane; e < pairs * n; e += ${lanes}u) {
      let pair = meeting(e / n, round, players);
      let k = e % n;
      if (pair.y >= n) { continue; }
      let c = ${angle('2u * (e / n)')};
      let s = ${angle('2u * (e / n) + 1u')};
      { ${turn(a('k', 'pair.x'), a('k', 'pair.y'))} }
      { ${turn(v('k', 'pair.x'), v('k', 'pair.y'))} }
    }
    storageBarrier();
    for (var e = lane; e < pairs * n; e += ${lanes}u) {
      let pair = meeting(e / n, round, players);
      let k = e % n;
      if (pair.y >= n) { continue; }
      let c = ${angle('2u * (e / n)')};
      let s = ${angle('2u * (e / n) + 1u')};
      ${turn(a('pair.x', 'k'), a('pair.y', 'k'))}
    }
    storageBarrier();
  }
  workgroupBarrier();
  if (lane == 0u) { again = atomicLoad(&turns); }
  if (workgroupUniformLoad(&again) == 0u) { break; }
}`);
  writer.line(exponent === null ? sorted(writer, name, a, v) : scaled(writer, exponent, a, v));
  return writer.overLayers();
}

type Entry = (row: string, column: string) => string;

/** Eigenvectors as columns, eigenvalues ascending, the largest component of each positive. */
const sorted = (writer: Writer, name: string, a: Entry, v: Entry): string => `for (var j = lane; j < n; j += ${lanes}u) {
  let value = ${a('j', 'j')};
  var rank = 0u;
  var size = 0f;
  for (var i = 0u; i < n; i++) {
    let other = ${a('i', 'i')};
    if (other < value || (other == value && i < j)) { rank++; }
    size = max(size, abs(${v('i', 'j')}));
  }
  var sign = 0f;
  for (var i = 0u; i < n; i++) {
    let component = ${v('i', 'j')};
    if (sign == 0f && abs(component) >= ${alike} * size) { sign = select(1f, -1f, component < 0f); }
  }
  for (var i = 0u; i < n; i++) { ${writer.element(name, 'i * n + rank')} = sign * ${v('i', 'j')}; }
}`;

/**
 * Eigenvectors times a power of their eigenvalues; NaN where one is not positive. One that is below 0 by no more than rounding counts as
 * what rounding leaves of a small positive one.
 */
function scaled(writer: Writer, exponent: number, a: Entry, v: Entry): string {
  writer.use('notANumber');
  return `for (var j = lane; j < n; j += ${lanes}u) {
  let own = ${a('j', 'j')};
  let value = unit * select(own, ${rounding}, own <= 0f && own > -10f * ${rounding});
  let root = select(notANumber(), pow(value, ${Math.fround(exponent)}f), value > 0f);
  for (var i = 0u; i < n; i++) { ${v('i', 'j')} = root * ${v('i', 'j')}; }
}`;
}
