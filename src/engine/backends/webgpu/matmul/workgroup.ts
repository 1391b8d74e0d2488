/**
 * The kernel that works in workgroup memory, for GPUs: a workgroup of 8×8 invocations brings 16 steps of its rows of A and of its columns of B into workgroup memory, turned
 * so that a step's numbers lie side by side, and each invocation multiplies blocks of 4×4 from there in its registers. Neighbours read
 * neighbouring vectors, both from memory and from workgroup memory.
 */
import { type Factor, factorHelpers, factors, line } from './factor';
import { finish, finishHelpers, type Tile } from './finish';
import { type Cut, grain, type Kernel, opening } from './kernel';
import type { ProductShape } from './shape';

/** Invocations along each side of a workgroup, and all of them. */
const side = 8;
const threads = side * side;
/** Rows, or columns, that the invocations of a side have together if each has one block. */
const reach = 4 * side;
/** Steps of k that are in workgroup memory at a time: parts of k are multiples of it. */
const depth = grain;

/** Blocks of 4×4 that an invocation has, one below another and side by side. */
export interface WorkgroupTile {
  readonly down: number;
  readonly across: number;
}

const count = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

export function workgroupKernel(shape: ProductShape, { down, across }: WorkgroupTile, parts: number): Kernel {
  const { a, b } = factors(shape);
  const cut: Cut = { rows: reach * down, columns: reach * across, parts };
  const tile: Tile = {
    lines: 4 * down,
    quads: across,
    rowSpread: reach,
    columnSpread: reach,
    workgroup: cut,
    sum: (r, j) => `s${r}_${j}`,
  };
  const sums = count(tile.lines).flatMap((r) => count(across).map((j) => ({ r, j, sum: tile.sum(r, j) })));
  // A step takes one vector more than it needs, so that lines along k spread over the banks.
  const [widthOfA, widthOfB] = [side * down + 1, side * across + 1];
  const ofStep = [
    ...count(down).map((i) => `let a${i} = ofA[step * ${widthOfA}u + local / ${side}u + ${side * i}u];`),
    ...count(across).map((j) => `let b${j} = ofB[step * ${widthOfB}u + local % ${side}u + ${side * j}u];`),
    ...sums.map(({ r, j, sum }) => `${sum} = fma(vec4f(a${r >> 2}[${r & 3}]), b${j}, ${sum});`),
  ];
  return {
    cut,
    code: (declarations) => `${declarations}
var<workgroup> ofA: array<vec4f, ${depth * widthOfA}>;
var<workgroup> ofB: array<vec4f, ${depth * widthOfB}>;
${factorHelpers(shape)}
${finishHelpers(shape, tile)}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) which: vec3u,
  @builtin(num_workgroups) extent: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
${opening(shape, cut)}
  let row = top + local / ${side}u * 4u;
  let column = left + local % ${side}u * 4u;
  ${sums.map(({ sum }) => `var ${sum} = vec4f();`).join(' ')}
  for (var begin = first; begin < last; begin += ${depth}u) {
    ${bring(a, 'ofA', side * down, 'top', 'm', 'first')}
    ${bring(b, 'ofB', side * across, 'left', 'n', 'last')}
    workgroupBarrier();
    for (var step = 0u; step < ${depth}u; step++) {
      ${ofStep.join('\n      ')}
    }
    workgroupBarrier();
  }
${finish(shape, tile, parts > 1 ? 'part * m' : undefined)}
}`,
  };
}

/**
 * WGSL that brings `depth` steps from `begin` on into workgroup memory, zero where k is over. An invocation reads a block of 4×4; where there
 * are fewer blocks than invocations, the first or the last of these read.
 * @param wide how many groups of four rows or columns there are, from `corner` on @param outers WGSL of how many rows or columns the factor has
 */
function bring(factor: Factor, into: string, wide: number, corner: string, outers: string, readers: 'first' | 'last'): string {
  const { alongK } = factor;
  const [blocks, stepBlocks, width] = [(wide * depth) / 4, depth / 4, wide + 1];
  const four = count(4);
  // Neighbours read what lies side by side.
  const [group, step] = alongK ? [`index / ${stepBlocks}u`, `index % ${stepBlocks}u * 4u`] : [`index % ${wide}u`, `index / ${wide}u * 4u`];
  const lines = four.map((i) => {
    const [outer, k] = alongK ? [`(outer + ${i}u)`, '(begin + step)'] : ['outer', `(begin + step + ${i}u)`];
    const inside = alongK ? 'begin + step + vec4u(0u, 1u, 2u, 3u) < vec4u(last)' : `begin + step + ${i}u < last`;
    return `select(vec4f(), ${line(factor, outer, k, outers, 'k')}, ${inside})`;
  });
  return `{
      let index = local - ${readers === 'last' ? threads - blocks : 0}u;
      if (index < ${blocks}u) {
        let group = ${group};
        let step = ${step};
        let outer = ${corner} + group * 4u;
        let block = ${alongK ? 'transpose' : ''}(mat4x4f(${lines.join(', ')}));
        ${four.map((i) => `${into}[(step + ${i}u) * ${width}u + group] = block[${i}];`).join(' ')}
      }
    }`;
}
