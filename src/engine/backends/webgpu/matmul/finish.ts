/**
 * What is done with finished sums: begun with the start, kept, sent through the epilogue, stored; four neighbours of a row at a time. The
 * sums go through a loop for that: written out one by one they would be most of a shader, and take most of the time to compile it.
 */
import { indexText, type ProductShape, type Start } from './shape';

/** Sums over so many steps are short: to finish them is a good part of the work. */
const short = 256;

/** The sums of an invocation: `quads` groups of four columns in each of `lines` rows. */
export interface Tile {
  readonly lines: number;
  readonly quads: number;
  /** Rows from one group of four to the next, and columns from quad to quad. */
  readonly rowSpread: number;
  readonly columnSpread: number;
  /** Rows and columns that the whole workgroup has, from `top` and `left` on; missing where there are no such. */
  readonly workgroup?: { readonly rows: number; readonly columns: number };
  /** WGSL of four sums, a vec4f. */
  sum(line: number, quad: number): string;
}

/** Whether C and what lies as C does are bound as `array<vec4f>`: where a row's last four may be written although not all are of C. */
export const inVectors = ({ c, n }: ProductShape): boolean => 'rowStep' in c && typeof n === 'number' && c.rowStep === Math.ceil(n / 4) * 4;

/** Names of the further matrices that the epilogue reads. */
export const readsOf = ({ epilogue }: Pick<ProductShape, 'epilogue'>): readonly string[] =>
  Array.from({ length: epilogue?.reads ?? 0 }, (_, i) => `read${i}`);

/**
 * Module-scope text that `finish` needs. What is not of this folder is called here and not in `main`, whose variables might hide the
 * functions that it calls.
 */
export function finishHelpers(shape: ProductShape, { lines, quads }: Tile): string {
  const { c, epilogue } = shape;
  const names = ['sum', ...readsOf(shape).map((name) => `${name}Value`)];
  return [
    `var<private> finished: array<vec4f, ${lines * quads}>;`,
    ...('rowStep' in c ? [] : [`fn indexOfC(row: u32, column: u32) -> u32 { return ${c.index('row', 'column')}; }`]),
    ...(epilogue
      ? [`fn resultOf(${names.map((name) => `${name}: f32`).join(', ')}) -> f32 { return ${epilogue.value(names[0], names.slice(1))}; }`]
      : []),
  ].join('\n');
}

/**
 * WGSL statements that finish all sums of an invocation; `row` and `column` are its first ones, `m` and `n` the extents.
 * @param above WGSL of rows that are to be left above C's first; none, if missing
 */
export function finish(shape: ProductShape, tile: Tile, above?: string): string {
  const { lines, quads, rowSpread, columnSpread, sum } = tile;
  const kept = Array.from({ length: lines * quads }, (_, i) => `finished[${i}] = ${sum(Math.floor(i / quads), i % quads)};`);
  const down = quads === 1 ? 'i' : `i / ${quads}u`;
  const row = rowSpread === 4 ? down : `${down} / 4u * ${rowSpread}u + ${down} % 4u`;
  const loop = `  ${kept.join(' ')}
  for (var i = 0u; i < ${lines * quads}u; i++) {
    let inRow = row + ${row};
    let inColumn = column${quads === 1 ? '' : ` + i % ${quads}u * ${columnSpread}u`};
    if (inRow < m && inColumn < n) {
      let line = ${above === undefined ? 'inRow' : `${above} + inRow`};
      var sums = finished[i];
      ${inVectors(shape) ? fourAtOnce(shape) : oneAfterAnother(shape)}
    }
  }`;
  const whole = atOnce(shape, tile, above);
  if (whole === null) return loop;
  return whole.when === '' ? whole.text : `  if (${whole.when}) {\n${whole.text}\n  } else {\n${loop}\n  }`;
}

/**
 * Where sums are stored as they are and none lies beyond C: WGSL of when this is so (empty: always), and of the stores, one by one. Null
 * where there is more to do, and where sums are long, so that it does not matter how they are finished.
 */
function atOnce(shape: ProductShape, tile: Tile, above?: string): { readonly when: string; readonly text: string } | null {
  const { m, k, n, c, start, epilogue } = shape;
  const { lines, quads, rowSpread, columnSpread, workgroup, sum } = tile;
  const long = typeof k === 'number' && k > short;
  const plain = !epilogue && (start === 'zero' || start === 'info');
  if (long || !plain || workgroup === undefined || !('rowStep' in c) || !inVectors(shape)) return null;
  const step = c.rowStep / 4;
  const { rows, columns } = workgroup;
  const when = [
    ...(typeof m === 'number' && m % rows === 0 ? [] : [`top + ${rows}u <= m`]),
    ...(typeof n === 'number' && n % columns === 0 ? [] : [`left + ${columns}u <= n`]),
    ...(start === 'info' ? ['info.add == 0u'] : []),
  ];
  const stores = Array.from({ length: lines * quads }, (_, i) => {
    const [line, quad] = [Math.floor(i / quads), i % quads];
    const offset = (Math.floor(line / 4) * rowSpread + (line % 4)) * step + (quad * columnSpread) / 4;
    return `c[at + ${offset}u] = ${sum(line, quad)};`;
  });
  return {
    when: when.join(' && '),
    text: `let at = ${above === undefined ? 'row' : `(${above} + row)`} * ${step}u + column / 4u;\n${stores.join(' ')}`,
  };
}

/** WGSL of what a sum, or four, begin with. @param bias WGSL of a bias that belongs to columns */
const begin = (start: Start, sum: string, bias: string): string =>
  ({
    zero: '',
    row: `${sum} += ${bias};`,
    column: `${sum} += start[inRow];`,
    add: `${sum} += c[at];`,
    info: `if (info.add == 1u) { ${sum} += c[at]; }`,
  })[start];

function fourAtOnce(shape: ProductShape): string {
  const { c, start, epilogue } = shape;
  const step = 'rowStep' in c ? c.rowStep / 4 : 0;
  const reads = readsOf(shape);
  const results = ['x', 'y', 'z', 'w'].map(
    (i) => `resultOf(${['sums', ...reads.map((name) => `${name}Values`)].map((of) => `${of}.${i}`).join(', ')})`,
  );
  return `let at = line * ${step}u + inColumn / 4u;
      ${begin(start, 'sums', `vec4f(${[0, 1, 2, 3].map((i) => `start[inColumn + ${i}u]`).join(', ')})`)}
      ${epilogue?.keepsSum ? 'kept[at] = sums;' : ''} ${reads.map((name) => `let ${name}Values = ${name}[at];`).join(' ')}
      c[at] = ${epilogue ? `vec4f(${results.join(', ')})` : 'sums'};`;
}

function oneAfterAnother(shape: ProductShape): string {
  const { c, start, epilogue } = shape;
  const result = `resultOf(${['sum', ...readsOf(shape).map((name) => `${name}[at]`)].join(', ')})`;
  return `for (var i = 0u; i < min(4u, n - inColumn); i++) {
        let at = ${'rowStep' in c ? indexText({ rowStep: c.rowStep, columnStep: 1 }, 'line', '(inColumn + i)') : 'indexOfC(line, inColumn + i)'};
        var sum = sums[i];
        ${begin(start, 'sum', 'start[inColumn + i]')}
        ${epilogue?.keepsSum ? 'kept[at] = sum;' : ''}
        c[at] = ${epilogue ? result : 'sum'};
      }`;
}
