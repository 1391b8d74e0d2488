/**
 * Where C is small and k long, k is gone through in parts by different workgroups. Each part leaves its sums in a matrix of its own; this
 * adds them up, in their order, so that the bits do not depend on who was first, and finishes them.
 */
import { stride } from '../definition';
import { spread } from '../layers/shader';
import { finish, finishHelpers, type Tile } from './finish';
import { extentOf, extentText, type ProductShape } from './shape';

const threads = 64;

/** A product whose columns are constants; only these are gone through in parts. */
export type Divisible = ProductShape & { readonly n: number };

export const isDivisible = (shape: ProductShape): shape is Divisible => typeof shape.n === 'number';

/** The product that a part does: it leaves its sums as they are. */
export const partial = ({ m, k, n, a, b }: Divisible): ProductShape => ({ m, k, n, a, b, c: { rowStep: stride(n) }, start: 'zero' });

/** Words that the matrices of all parts take. @param rows the most samples */
export const partialWords = ({ m, n }: Divisible, parts: number, rows: number): number => parts * extentOf(m, rows) * stride(n);

/** The shader that adds the parts up, an invocation four columns of a row. @param declarations what it is bound to, with the parts as `sums` */
export function together(shape: Divisible, parts: number, declarations: string): string {
  const quads = stride(shape.n) / 4;
  const tile: Tile = { lines: 1, quads: 1, rowSpread: 4, columnSpread: 4, sum: () => 'total' };
  return `${declarations}
${finishHelpers(shape, tile)}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) which: vec3u,
  @builtin(num_workgroups) extent: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let m = ${extentText(shape.m)};
  let n = ${shape.n}u;
  let index = (which.y * extent.x + which.x) * ${threads}u + local;
  if (index >= m * ${quads}u) { return; }
  let row = index / ${quads}u;
  let column = index % ${quads}u * 4u;
  var total = sums[index];
  for (var part = 1u; part < ${parts}u; part++) { total += sums[part * m * ${quads}u + index]; }
${finish(shape, tile)}
}`;
}

/** @param rows samples of the block */
export const workgroupsTogether = ({ m, n }: Divisible, rows: number) => spread(Math.ceil((extentOf(m, rows) * stride(n)) / 4 / threads));
