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
  const shared = (value: string, from: number): string => `subgroupBroadcast(${value}, ${from}u)`;

  // Four steps of k: blocks of A with a row's numbers in each column, blocks of B with a step's.
  const lineOf = (factor: Factor, from: string, outer: number, across: number): string =>
    factor.kStep > 0
      ? lineAt(factor, from, outer + (factor.alongK ? across : 0), factor.alongK ? 0 : across)
      : factor.alongK
        ? line(factor, `(row + ${outer + across}u + ${shares ? 'lane' : '0u'})`, 'step', 'm')
        : line(factor, `(column + ${outer}u)`, `(step + ${across}u)`, 'n');
  const block = (lines: readonly string[], turn: boolean): string => `${turn ? 'transpose' : ''}(mat4x4f(${lines.join(', ')}))`;
  const four = [
    ...across.map(
      (j) =>
        `let b${j} = ${block(
          count(4).map((q) => lineOf(b, 'atB', 4 * j, q)),
          b.alongK,
        )};`,
    ),
    ...down.flatMap((i) => {
      const lines = shares ? count(4).map((q) => shared(`line${i}`, q)) : count(4).map((q) => lineOf(a, 'atA', 4 * i, q));
      return [
        ...(shares ? [`let line${i} = ${lineOf(a, 'atA', 4 * i, 0)};`] : []),
        `let a${i} = ${block(lines, !a.alongK)};`,
        ...across.map((j) => `s${i}_${j} += b${j} * a${i};`),
      ];
    }),
  ];
  // One step, for what is left at the end.
  const within = (factor: Factor, outer: string, most: string): string => (factor.kStep > 0 ? outer : `min(${outer}, ${most} - 1u)`);
  const one = [
    ...across.map((j) => {
      const elements = count(4).map((q) => element(b, `(${within(b, `column + ${4 * j + q}u`, 'n')})`, 'step'));
      return `let b${j} = vec4f(${elements.join(', ')});`;
    }),
    ...down.flatMap((i) => {
      const at = (q: string): string => element(a, `(${within(a, `row + ${4 * i}u + ${q}`, 'm')})`, 'step');
      const factors = count(4).map((q) => (shares ? shared(`line${i}`, q) : at(`${q}u`)));
      return [
        ...(shares ? [`let line${i} = ${at('lane')};`] : []),
        ...factors.map((value, q) => `let a${i}_${q} = ${value};`),
        ...across.map(
          (j) =>
            `s${i}_${j} += mat4x4f(${count(4)
              .map((q) => `b${j} * a${i}_${q}`)
              .join(', ')});`,
        ),
      ];
    }),
  ];
  const whole = parts === 1 && typeof shape.k === 'number' && shape.k % 4 === 0;
  const pointers = [
    ...(a.kStep > 0
      ? [
          `var atA = ${pointer(a, shares && a.alongK ? '(row + lane)' : 'row', 'first')}${shares && !a.alongK ? ` + lane * ${advance(a, 1)}u` : ''};`,
        ]
      : []),
    ...(b.kStep > 0 ? [`var atB = ${pointer(b, 'column', 'first')};`] : []),
  ];
  const forward = [a, b].flatMap((each) => (each.kStep > 0 ? [`at${each.name.toUpperCase()} += ${advance(each, 4)}u;`] : []));
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
    ${four.join('\n    ')}
    ${forward.join(' ')}
  }
${whole ? '' : `  for (; step < last; step++) {\n    ${one.join('\n    ')}\n  }`}
${finish(shape, tile, parts > 1 ? 'part * m' : undefined)}
}`,
  };
}
