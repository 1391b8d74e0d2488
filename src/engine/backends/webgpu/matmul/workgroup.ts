/**
 * The kernel that works in workgroup memory, for GPUs: a workgroup of 8×8 invocations brings 16 steps of its rows of A and of its columns of B into workgroup memory, turned
 * so that a step's numbers lie side by side, and each invocation multiplies blocks of 4×4 from there in its registers. Neighbours read
 * neighbouring vectors, both from memory and from workgroup memory.
 */
import { factorHelpers, factors, line, type Factor } from './factor';
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
  // A step takes one vector more than it needs, so that lines along k spread over the banks.
  const width = (blocks: number): number => side * blocks + 1;
  const steps = count(4 * down).flatMap((r) => {
    const row = `a${r >> 2}[${r & 3}]`;
    return count(across).map((j) => `s${r}_${j} = fma(vec4f(${row}), b${j}, s${r}_${j});`);
  });
  return {
    cut,
    code: (declarations) => `${declarations}
var<workgroup> ofA: array<vec4f, ${depth * width(down)}>;
var<workgroup> ofB: array<vec4f, ${depth * width(across)}>;
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
  ${count(4 * down)
    .flatMap((r) => count(across).map((j) => `var s${r}_${j} = vec4f();`))
    .join(' ')}
  for (var begin = first; begin < last; begin += ${depth}u) {
    ${bring(a, 'ofA', side * down, 'top', 'm', false)}
    ${bring(b, 'ofB', side * across, 'left', 'n', true)}
    workgroupBarrier();
    for (var step = 0u; step < ${depth}u; step++) {
      ${count(down)
        .map((i) => `let a${i} = ofA[step * ${width(down)}u + local / ${side}u + ${side * i}u];`)
        .join(' ')}
      ${count(across)
        .map((j) => `let b${j} = ofB[step * ${width(across)}u + local % ${side}u + ${side * j}u];`)
        .join(' ')}
      ${steps.join('\n      ')}
    }
    workgroupBarrier();
  }
${finish(shape, tile, parts > 1 ? 'part * m' : undefined)}
}`,
  };
}

/**
 * WGSL that brings `depth` steps from `from` on of `wide` groups of four rows or columns into workgroup memory, zero where k is over. An
 * invocation reads a block of 4×4; where there are fewer blocks than invocations, the first or the `late` ones do.
 */
function bring(factor: Factor, into: string, wide: number, begin: string, outers: string, late: boolean): string {
  const blocks = (wide * depth) / 4;
  const spare = Math.max(0, threads - blocks);
  const width = wide + 1;
  const across = depth / 4;
  const numbers = factor.alongK
    ? `let step = index % ${across}u * 4u; let group = index / ${across}u;`
    : `let group = index % ${wide}u; let step = index / ${wide}u * 4u;`;
  const zero = (i: number): string =>
    factor.alongK ? 'begin + step + vec4u(0u, 1u, 2u, 3u) < vec4u(last)' : `begin + step + ${i}u < last`;
  const lines = count(4).map((i) => {
    const [outer, k] = factor.alongK ? [`(outer + ${i}u)`, '(begin + step)'] : ['outer', `(begin + step + ${i}u)`];
    return `select(vec4f(), ${line(factor, outer, k, outers, 'k')}, ${zero(i)})`;
  });
  const body = `{ ${numbers}
      let outer = ${begin} + group * 4u;
      let block = ${factor.alongK ? 'transpose' : ''}(mat4x4f(${lines.join(', ')}));
      ${count(4)
        .map((i) => `${into}[(step + ${i}u) * ${width}u + group] = block[${i}];`)
        .join(' ')} }`;
  const all = count(Math.ceil(blocks / threads)).map((i) => {
    const index = `let index = local + ${i * threads}u;`;
    return `{ ${index} ${body} }`;
  });
  if (spare === 0) return all.join('\n    ');
  return late
    ? `if (local >= ${spare}u) { let index = local - ${spare}u; ${body} }`
    : `if (local < ${blocks}u) { let index = local; ${body} }`;
}
