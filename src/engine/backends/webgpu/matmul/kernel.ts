/**
 * What a kernel of products is: a way to share C among workgroups and to go through k. All kernels take C in blocks of rows and columns
 * and k in parts, and number the workgroups part by part, row by row of blocks.
 */
import type { Workgroups } from '../definition';
import { spread } from '../layers/shader';
import { type Extent, extentOf, extentText, type ProductShape } from './shape';

/** How a product is cut. */
export interface Cut {
  /** Rows and columns of C that a workgroup has. */
  readonly rows: number;
  readonly columns: number;
  /** Parts in which k is gone through; each leaves a matrix of sums of its own where there are more than one. */
  readonly parts: number;
}

export interface Kernel {
  readonly cut: Cut;
  /** Its shader, with `main`. @param declarations what stands before */
  code(declarations: string): string;
}

const blocks = (extent: Extent, size: number): string =>
  typeof extent === 'number' ? `${Math.ceil(extent / size)}u` : `((${extentText(extent)} + ${size - 1}u) / ${size}u)`;

/** Parts of k begin at multiples of this. */
export const grain = 16;

/**
 * WGSL that begins a kernel: `m`, `n`, the workgroup's first row `top` and column `left`, its part's sums over k from `first` to before
 * `last`, and `part`. Needs the builtins `which` and `extent`.
 */
export function opening({ m, k, n }: ProductShape, { rows, columns, parts }: Cut): string {
  const chunk = `((k + ${parts * grain - 1}u) / ${parts * grain}u * ${grain}u)`;
  return `  let m = ${extentText(m)};
  let n = ${extentText(n)};
  let k = ${extentText(k)};
  let block = which.y * extent.x + which.x;
  let across = ${blocks(n, columns)};
  let all = across * ${blocks(m, rows)};
  let part = block / all;
  if (part >= ${parts}u) { return; }
  let top = block % all / across * ${rows}u;
  let left = block % across * ${columns}u;
  let first = ${parts === 1 ? '0u' : `min(k, part * ${chunk})`};
  let last = ${parts === 1 ? 'k' : `min(k, first + ${chunk})`};`;
}

/** @param rows samples of the block */
export function workgroupsOf({ m, n }: ProductShape, cut: Cut, rows: number): Workgroups {
  return spread(cut.parts * Math.ceil(extentOf(m, rows) / cut.rows) * Math.ceil(extentOf(n, rows) / cut.columns));
}
