/**
 * The kernel that works in registers alone: each invocation has a tile of C, in matrices of 4×4, which are also the shortest way to say a
 * product. It is the one for adapters that compute on the CPU. There an invocation is a lane of a vector of four, a number that is read
 * costs as much as ten that are multiplied, and workgroup memory is no faster than any other; so tiles are as large as registers and the
 * core's nearest memory allow, and the four lanes of a workgroup have the same rows: each reads a quarter of A's lines and gives them to
 * the others. GPUs use it with small tiles where the whole product is small.
 */
import { advance, element, type Factor, factorHelpers, factors, line, lineAt, pointer } from './factor';
import { finish, finishHelpers, type Tile } from './finish';
import { type Cut, type Kernel, opening } from './kernel';
import type { ProductShape } from './shape';

/** Rows and columns of an invocation's tile, multiples of four, and how many invocations of a workgroup are one below another and side by side. */
export interface RegisterTile {
  readonly rows: number;
  readonly columns: number;
  readonly lanes: readonly [down: number, across: number];
}

const count = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** @param shares whether the lanes, four side by side, read each other's registers: by the feature `subgroups` */
export function registerKernel(shape: ProductShape, { rows, columns, lanes }: RegisterTile, parts: number, shares: boolean): Kernel {
  const { a, b } = factors(shape);
  const cut: Cut = { rows: rows * lanes[0], columns: columns * lanes[1], parts };
  const [across, down] = [count(columns / 4), count(rows / 4)];
  const tile: Tile = {
    lines: rows,
    quads: columns / 4,
    rowSpread: 4,
    columnSpread: 4,
    workgroup: cut,
    sum: (r, j) => `s${r >> 2}_${j}[${r & 3}]`,
  };
  const four = count(4);
  const fromLane = (value: string, lane: number): string => `subgroupBroadcast(${value}, ${lane}u)`;
  const ownLine = shares ? 'lane' : '0u';
  const matrix = (columns: readonly string[]): string => `mat4x4f(${columns.join(', ')})`;
  const turned = (columns: readonly string[], turn: boolean): string => (turn ? `transpose(${matrix(columns)})` : matrix(columns));

  // Four steps of k: matrices of A with the numbers of a row in each column, and of B with those of a step.
  const lineOfA = (i: number, q: number): string => {
    if (a.kStep > 0) return lineAt(a, 'atA', 4 * i + (a.alongK ? q : 0), a.alongK ? 0 : q);
    return line(a, `(row + ${4 * i + q}u + ${ownLine})`, 'step', 'm');
  };
  const lineOfB = (j: number, q: number): string => {
    if (b.kStep > 0) return lineAt(b, 'atB', 4 * j + (b.alongK ? q : 0), b.alongK ? 0 : q);
    return line(b, `(column + ${4 * j}u)`, `(step + ${q}u)`, 'n');
  };
  const fourSteps = [
    ...across.map((j) => {
      const lines = four.map((q) => lineOfB(j, q));
      return `let b${j} = ${turned(lines, b.alongK)};`;
    }),
    ...down.flatMap((i) => [
      ...(shares ? [`let line${i} = ${lineOfA(i, 0)};`] : []),
      `let a${i} = ${turned(
        four.map((q) => (shares ? fromLane(`line${i}`, q) : lineOfA(i, q))),
        !a.alongK,
      )};`,
      ...across.map((j) => `s${i}_${j} += b${j} * a${i};`),
    ]),
  ];
  // One step, for what is left at the end.
  const within = (factor: Factor, outer: string, most: string): string => (factor.kStep > 0 ? `(${outer})` : `min(${outer}, ${most} - 1u)`);
  const elementOfA = (i: number, line: string): string => element(a, within(a, `row + ${4 * i}u + ${line}`, 'm'), 'step');
  const elementOfB = (column: number): string => element(b, within(b, `column + ${column}u`, 'n'), 'step');
  const oneStep = [
    ...across.map((j) => `let b${j} = vec4f(${four.map((q) => elementOfB(4 * j + q)).join(', ')});`),
    ...down.flatMap((i) => [
      ...(shares ? [`let line${i} = ${elementOfA(i, ownLine)};`] : []),
      ...four.map((q) => `let a${i}_${q} = ${shares ? fromLane(`line${i}`, q) : elementOfA(i, `${q}u`)};`),
      ...across.map((j) => `s${i}_${j} += ${matrix(four.map((q) => `b${j} * a${i}_${q}`))};`),
    ]),
  ];
  const whole = parts === 1 && typeof shape.k === 'number' && shape.k % 4 === 0;
  // Of strided factors: where the next lines are, of A that of this lane.
  const ownStart = a.alongK ? pointer(a, `(row + ${ownLine})`, 'first') : `${pointer(a, 'row', 'first')} + ${ownLine} * ${advance(a, 1)}u`;
  const pointers = [
    ...(a.kStep > 0 ? [`var atA = ${ownStart};`] : []),
    ...(b.kStep > 0 ? [`var atB = ${pointer(b, 'column', 'first')};`] : []),
  ];
  const onward = [...(a.kStep > 0 ? [`atA += ${advance(a, 4)}u;`] : []), ...(b.kStep > 0 ? [`atB += ${advance(b, 4)}u;`] : [])];
  return {
    cut,
    code: (declarations) => `${shares ? 'enable subgroups;\n' : ''}${declarations}
${factorHelpers(shape)}
${finishHelpers(shape, tile)}
@compute @workgroup_size(${lanes[0] * lanes[1]})
fn main(
  @builtin(workgroup_id) which: vec3u,
  @builtin(num_workgroups) extent: vec3u,
  @builtin(local_invocation_index) local: u32,
${shares ? '  @builtin(subgroup_invocation_id) lane: u32,' : ''}
) {
${opening(shape, cut)}
  let row = top + local / ${lanes[1]}u * ${rows}u;
  let column = left + local % ${lanes[1]}u * ${columns}u;
  ${pointers.join('\n  ')}
  ${down.flatMap((i) => across.map((j) => `var s${i}_${j} = mat4x4f();`)).join(' ')}
  var step = first;
  for (; step + 4u <= last; step += 4u) {
    ${fourSteps.join('\n    ')}
    ${onward.join(' ')}
  }
${whole ? '' : `  for (; step < last; step++) {\n    ${oneStep.join('\n    ')}\n  }`}
${finish(shape, tile, parts > 1 ? 'part * m' : undefined)}
}`,
  };
}
