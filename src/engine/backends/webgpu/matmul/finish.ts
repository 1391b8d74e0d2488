/**
 * What is done with finished sums: begun with the start, kept, sent through the epilogue, stored; four neighbours of a row at a time.
 * Where there is an epilogue its text may be long, so the sums go through one loop then and are not each written out.
 */
import { indexText, type ProductShape } from './shape';

/** The sums of an invocation: `quads` groups of four columns in each of `lines` rows. */
export interface Tile {
  readonly lines: number;
  readonly quads: number;
  /** Rows from one group of four to the next; columns from quad to quad. */
  readonly rowSpread: number;
  readonly columnSpread: number;
  /** Rows and columns of C that a workgroup, or whoever shares no check, has. */
  readonly rows: number;
  readonly columns: number;
  /** WGSL of the sums, a vec4f. */
  sum(line: number, quad: number): string;
}

/** Whether C and what lies as C does are bound as `array<vec4f>`: where a row's last four may be written although not all are of C. */
export const inVectors = ({ c, n }: ProductShape): boolean => 'rowStep' in c && typeof n === 'number' && c.rowStep === Math.ceil(n / 4) * 4;

/** Module-scope variables that `finish` needs. */
export const finishRoom = ({ epilogue }: ProductShape, { lines, quads }: Tile): string =>
  epilogue ? `var<private> finished: array<vec4f, ${lines * quads}>;` : '';

/**
 * WGSL statements that finish all sums of an invocation; `row` and `column` are its first ones, `m` and `n` the extents.
 * @param above WGSL of rows that are to be left above C's first; none, if missing
 */
export function finish(shape: ProductShape, tile: Tile, above = ''): string {
  const { lines, quads, columnSpread, rowSpread, rows, columns } = tile;
  const [allRows, allColumns] = [shape.m, shape.n].map((extent) => (typeof extent === 'number' ? extent : null));
  const rowsInside = allRows !== null && allRows % rows === 0;
  const columnsInside = allColumns !== null && allColumns % columns === 0;
  const quad = (sum: string, j: number): string => {
    const column = j === 0 ? 'column' : `(column + ${j * columnSpread}u)`;
    const text = `{ var sum = ${sum}; ${inVectors(shape) ? quadText(shape, column, above) : elementTexts(shape, column, above, columnsInside)} }`;
    return columnsInside ? text : `if (${column} < n) ${text}`;
  };
  const row = (offset: string, sum: (j: number) => string): string => {
    const quadTexts = Array.from({ length: quads }, (_, j) => quad(sum(j), j)).join('\n');
    return `{ let line = row${offset}; ${rowsInside ? quadTexts : `if (line < m) {\n${quadTexts}\n}`} }`;
  };
  const numbers = Array.from({ length: lines }, (_, r) => r);
  if (!shape.epilogue) return numbers.map((r) => row(` + ${(r >> 2) * rowSpread + (r & 3)}u`, (j) => tile.sum(r, j))).join('\n');
  const kept = numbers.flatMap((r) => Array.from({ length: quads }, (_, j) => `finished[${r * quads + j}] = ${tile.sum(r, j)};`));
  const offset = rowSpread === 4 || lines <= 4 ? ' + r' : ` + r / 4u * ${rowSpread}u + r % 4u`;
  return `${kept.join(' ')}
for (var r = 0u; r < ${lines}u; r++) ${row(offset, (j) => `finished[r * ${quads}u + ${j}u]`)}`;
}

/** Four elements of a row at once, from `sum`, a vec4f. */
function quadText({ c, start, epilogue }: ProductShape, column: string, above: string): string {
  const step = 'rowStep' in c ? c.rowStep / 4 : 0;
  const begun = {
    zero: '',
    row: `sum += vec4f(${[0, 1, 2, 3].map((i) => `start[${column} + ${i}u]`).join(', ')});`,
    column: 'sum += start[line];',
    add: 'sum += c[at];',
    info: 'if (info.add == 1u) { sum += c[at]; }',
  }[start];
  const reads = Array.from({ length: epilogue?.reads ?? 0 }, (_, i) => `read${i}`);
  const values = ['x', 'y', 'z', 'w'].map((i) =>
    epilogue?.value(
      `sum.${i}`,
      reads.map((name) => `${name}_.${i}`),
    ),
  );
  return `let at = ${above ? `(${above} + line)` : 'line'} * ${step}u + ${column} / 4u;
${begun}
${epilogue?.keepsSum ? 'kept[at] = sum;' : ''} ${reads.map((name) => `let ${name}_ = ${name}[at];`).join(' ')}
c[at] = ${epilogue ? `vec4f(${values.join(', ')})` : 'sum'};`;
}

/** The four one after another. */
function elementTexts(shape: ProductShape, first: string, above: string, inside: boolean): string {
  const { c, start, epilogue } = shape;
  const reads = Array.from({ length: epilogue?.reads ?? 0 }, (_, i) => `read${i}`);
  const line = above ? `(${above} + line)` : 'line';
  return [0, 1, 2, 3]
    .map((i) => {
      const column = `(${first} + ${i}u)`;
      const begun = {
        zero: '',
        row: `one += start[${column}];`,
        column: 'one += start[line];',
        add: 'one += c[at];',
        info: 'if (info.add == 1u) { one += c[at]; }',
      }[start];
      const value = epilogue?.value(
        'one',
        reads.map((name) => `${name}_`),
      );
      const text = `{
  var one = sum[${i}];
  let at = ${'rowStep' in c ? indexText({ rowStep: c.rowStep, columnStep: 1 }, line, column) : c.index(line, column)};
  ${begun}
  ${epilogue?.keepsSum ? 'kept[at] = one;' : ''} ${reads.map((name) => `let ${name}_ = ${name}[at];`).join(' ')}
  c[at] = ${value ?? 'one'};
}`;
      return inside || i === 0 ? text : `if (${column} < n) ${text}`;
    })
    .join('\n');
}
