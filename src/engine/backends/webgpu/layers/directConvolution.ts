/**
 * A convolution as sums that are computed where they stand: an invocation has a block of results in registers, goes through what they are
 * sums of, and for each stretch of numbers that it reads does all that these have to do with its block. In software, where reading is dear
 * and registers are free, nothing is faster. All extents are constants of the texts: what lies outside of an image is known when they
 * are written wherever the block says where it is.
 */
import { sizeOf } from '../../../network/builder';
import type { ConvolutionOperation } from '../../../network/operations';
import { type Dispatch, type Place, type Site, stride } from '../definition';
import type { ConvolutionSums } from './convolution';
import type { FusedActivation } from './fused';
import { type Bound, dispatchOf, eachItem, read, written } from './shader';
import { slopeBefore } from './slope';
import { count } from './window';

/** A dimension in blocks of one size; the last may reach over its end. */
interface Blocks {
  readonly size: number;
  readonly number: number;
}

/** As few blocks as there can be of no more than `most`, all about as large. @param unit sizes are multiples of it */
function blocks(extent: number, most: number, unit = 1): Blocks {
  const size = Math.ceil(extent / Math.ceil(extent / Math.max(1, most)) / unit) * unit;
  return { size, number: Math.ceil(extent / size) };
}

/** Which sums: each of `outer` planes of [lines, columns] is made of `inner` planes of [sourceLines, sourceColumns]. */
interface Gather {
  readonly outer: number;
  readonly inner: number;
  readonly lines: number;
  readonly columns: number;
  /** Floats from sample to sample, of results and of what they are made of. */
  readonly row: number;
  readonly sourceRow: number;
  readonly sourceLines: number;
  readonly sourceColumns: number;
  /** Blocks of columns are multiples of it. */
  readonly unit: number;
  /** How many columns of the source one column of the results stands for. */
  readonly advance: number;
  /** WGSL that declares `source`, the line that line `i` has at line `u` of the window, an u32, or goes on to the next `u`. */
  readonly line: string;
  /** Which column of the source, from that of the block's first, column `t` of the block has at column `v` of the window; null where none. */
  column(t: number, v: number): number | null;
  /** WGSL of the index of the weight of (`o`, `r`, `u`) in the window's first column. */
  weight(o: string): string;
}

/** Numbers that an invocation has in its registers, and columns of them. */
const registers = 96;
const stretch = 14;

export function directConvolution(
  operation: ConvolutionOperation,
  index: number,
  site: Site,
  after: FusedActivation | null,
): ConvolutionSums {
  const { window, filters } = operation;
  const { channels, height, width, kernelHeight, kernelWidth, outHeight, outWidth, padding, stride: step } = window;
  const [from] = operation.from;
  const to = index + 1;
  const [weight, bias] = operation.parameters;
  const [inRow, outRow] = [stride(sizeOf(site.structure.values[from])), stride(sizeOf(site.structure.values[to]))];
  const kernel = kernelHeight * kernelWidth;
  const depth = channels * kernel;
  const title = `convolution ${filters}×${channels}×${kernelHeight}×${kernelWidth}`;
  const before = site.wanted(from) ? slopeBefore(operation, from, site) : null;

  const forwards: Gather = {
    outer: filters,
    inner: channels,
    lines: outHeight,
    columns: outWidth,
    row: outRow,
    sourceRow: inRow,
    sourceLines: height,
    sourceColumns: width,
    unit: 1,
    advance: step,
    line: `let source = i * ${step}u + u - ${padding}u;
      if (source >= ${height}u) { continue; }`,
    column: (t, v) => t * step + v - padding,
    weight: (o) => `((${o}) * ${channels}u + r) * ${kernel}u + u * ${kernelWidth}u`,
  };
  const backwards: Gather = {
    outer: channels,
    inner: filters,
    lines: height,
    columns: width,
    row: inRow,
    sourceRow: outRow,
    sourceLines: outHeight,
    sourceColumns: outWidth,
    unit: step,
    advance: 1 / step,
    line: `let reached = i + ${padding}u - u;
      let source = reached / ${step}u;
      if (${step > 1 ? `reached % ${step}u != 0u || ` : ''}source >= ${outHeight}u) { continue; }`,
    column: (t, v) => ((t + padding - v) % step === 0 ? (t + padding - v) / step : null),
    weight: (o) => `(r * ${channels}u + ${o}) * ${kernel}u + u * ${kernelWidth}u`,
  };

  /**
   * The sums of a `Gather`, one invocation for a block of planes and of columns of one line.
   * @param begin WGSL of what the sum of plane `o` begins with @param end WGSL statements for a finished `sum` that belongs to index `at`
   */
  function gather(
    what: string,
    shape: Gather,
    bind: Readonly<Record<string, Bound>>,
    helpers: string,
    begin: (o: string) => string,
    end: string,
  ): Dispatch {
    const { outer, inner, lines, columns, row, sourceRow, sourceLines, sourceColumns, unit, advance } = shape;
    const across = blocks(columns, stretch, unit);
    const planes = blocks(outer, Math.min(8, Math.floor(registers / across.size)));
    const [os, ts, vs] = [count(planes.size), count(across.size), count(kernelWidth)];
    const used = new Map<number, string>();
    const products = ts.flatMap((t) =>
      vs.flatMap((v) => {
        const column = shape.column(t, v);
        if (column === null) return [];
        // The block's first column stands at 0, advance·size, … of the source.
        const last = (across.number - 1) * across.size * advance + column;
        if (last < 0 || column >= sourceColumns) return [];
        const inside = column >= 0 && last < sourceColumns;
        const name = `x${column + 999}`;
        const value = `source_[at + ${column}u]`.replace('+ -', '- ');
        const place = `first + ${column}u`.replace('+ -', '- ');
        used.set(column, inside ? `let ${name} = ${value};` : `let ${name} = select(0.0f, ${value}, ${place} < ${sourceColumns}u);`);
        return os.map((o) => `sum${o}_${t} += w${o}_${v} * ${name};`);
      }),
    );
    return eachItem(site, planes.number * lines * across.number, {
      name: `${title} ${what}`,
      bind,
      helpers,
      body: `  let block = item / ${lines * across.number}u * ${planes.size}u;
  let i = item / ${across.number}u % ${lines}u;
  let j = item % ${across.number}u * ${across.size}u;
  let first = ${advance < 1 ? `j / ${unit}u` : `j * ${advance}u`};
${os.flatMap((o) => ts.map((t) => `  var sum${o}_${t} = 0.0f;`)).join('\n')}
  for (var r = 0u; r < ${inner}u; r++) {
    for (var u = 0u; u < ${kernelHeight}u; u++) {
      ${shape.line}
      let at = row * ${sourceRow}u + (r * ${sourceLines}u + source) * ${sourceColumns}u + first;
${[...used.values()].map((text) => `      ${text}`).join('\n')}
${os.map((o) => `      let weight${o} = ${shape.weight(`block + ${o}u`)};\n      ${vs.map((v) => `let w${o}_${v} = w[weight${o} + ${v}u];`).join(' ')}`).join('\n')}
      ${products.join('\n      ')}
    }
  }
${os
  .map((o) => {
    const ends = ts
      .map((t) => {
        const text = `{ let at = line + ${t}u; var sum = sum${o}_${t}${begin('o') && ` + begun`}; ${end} }`;
        return columns % across.size === 0 ? text : `if (j + ${t}u < ${columns}u) ${text}`;
      })
      .join('\n    ');
    const text = `{
    let o = block + ${o}u;
    ${begin('o') && `let begun = ${begin('o')};`}
    let line = row * ${row}u + (o * ${lines}u + i) * ${columns}u + j;
    ${ends}
  }`;
    return outer % planes.size === 0 ? `  ${text}` : `  if (block + ${o}u < ${outer}u) ${text}`;
  })
  .join('\n')}`,
    });
  }

  // The gradient of the weights: a block of filters and of the window's lines for one channel, over the samples of a group.
  const high = blocks(kernelHeight, Math.floor(registers / kernelWidth));
  const wide = blocks(filters, Math.min(8, Math.floor(registers / (high.size * kernelWidth))));
  const chunk = blocks(outWidth, 8);
  const items = wide.number * channels * high.number;
  const groups = Math.min(64, Math.max(4, Math.ceil(256 / items)));
  const partialWords = filters * depth + filters;
  const partial = site.scratch(groups * partialWords);

  function learnParts(e: Place, x: Place, biases: boolean): Dispatch {
    const [fs, us, vs, ts] = [count(wide.size), count(high.size), count(kernelWidth), count(chunk.size)];
    const size = 16;
    const guarded = outWidth % chunk.size !== 0;
    const segment = count((chunk.size - 1) * step + kernelWidth).map((k) => k - padding);
    const lastFirst = (chunk.number - 1) * chunk.size * step;
    const seen = (k: number): string | null => {
      const name = `x${k + padding}`;
      const value = `x[at + ${k + padding}u]`;
      if (lastFirst + k < 0 || k >= width) return null;
      if (k >= 0 && lastFirst + k < width) return `let ${name} = ${value};`;
      return `let ${name} = select(0.0f, ${value}, first + ${k + padding}u - ${padding}u < ${width}u);`;
    };
    const known = new Map(segment.map((k) => [k, seen(k)]));
    return dispatchOf(site, {
      name: `${title} weight gradient`,
      bind: { e: read(e), x: read(x), partial: written(partial()) },
      size,
      groups: () => Math.ceil((groups * items) / size),
      body: `  let index = group * ${size}u + local;
  if (index >= ${groups * items}u) { return; }
  let part = index / ${items}u;
  let item = index % ${items}u;
  let top = item % ${high.number}u * ${high.size}u;
  let c = item / ${high.number}u % ${channels}u;
  let block = item / ${high.number * channels}u * ${wide.size}u;
  let each = (info.rows + ${groups - 1}u) / ${groups}u;
  let last = min(info.rows, (part + 1u) * each);
${fs.map((f) => `${us.flatMap((u) => vs.map((v) => `  var sum${f}_${u}_${v} = 0.0f;`)).join('\n')}\n  var bias${f} = 0.0f;`).join('\n')}
  for (var sample = part * each; sample < last; sample++) {
    for (var i = 0u; i < ${outHeight}u; i++) {
      for (var j = 0u; j < ${outWidth}u; j += ${chunk.size}u) {
        let first = j * ${step}u;
${fs
  .map((f) => {
    const values = ts.map((t) => {
      const value = `e[error${f} + ${t}u]`;
      return `let e${f}_${t} = ${guarded ? `select(0.0f, ${value}, j + ${t}u < ${outWidth}u)` : value};`;
    });
    return `        let error${f} = sample * ${outRow}u + ((block + ${f}u) * ${outHeight}u + i) * ${outWidth}u + j;
        ${values.join(' ')}
        ${biases ? `if (c == 0u && top == 0u) { bias${f} += ${ts.map((t) => `e${f}_${t}`).join(' + ')}; }` : ''}`;
  })
  .join('\n')}
${us
  .map((u) => {
    const sums = fs.flatMap((f) =>
      vs.flatMap((v) => {
        const terms = ts.filter((t) => known.get(t * step + v - padding)).map((t) => `e${f}_${t} * x${t * step + v}`);
        return terms.length > 0 ? [`sum${f}_${u}_${v} += ${terms.join(' + ')};`] : [];
      }),
    );
    return `        let line${u} = i * ${step}u + top + ${u}u - ${padding}u;
        if (line${u} < ${height}u) {
          let at = sample * ${inRow}u + (c * ${height}u + line${u}) * ${width}u + first - ${padding}u;
          ${[...known.values()].filter((text) => text !== null).join('\n          ')}
          ${sums.join('\n          ')}
        }`;
  })
  .join('\n')}
      }
    }
  }
  let place = part * ${partialWords}u;
${fs
  .map(
    (f) => `  if (block + ${f}u < ${filters}u) {
    let at = place + ((block + ${f}u) * ${channels}u + c) * ${kernel}u + top * ${kernelWidth}u;
${us
  .map((u) => {
    const stores = vs.map((v) => `partial[at + ${u * kernelWidth + v}u] = sum${f}_${u}_${v};`).join(' ');
    return `    ${kernelHeight % high.size === 0 ? stores : `if (top + ${u}u < ${kernelHeight}u) { ${stores} }`}`;
  })
  .join('\n')}
    ${biases ? `if (c == 0u && top == 0u) { partial[place + ${filters * depth}u + block + ${f}u] = bias${f}; }` : ''}
  }`,
  )
  .join('\n')}`,
    });
  }

  /** The groups' parts together. */
  function learnTogether(adds: boolean): Dispatch {
    const total = adds ? filters * depth : partialWords;
    const give = (target: string, at: string): string =>
      adds ? `${target}[${at}] += sum;` : `if (info.add == 1u) { ${target}[${at}] += sum; } else { ${target}[${at}] = sum; }`;
    return dispatchOf(site, {
      name: `${title} weight gradient together`,
      bind: {
        partial: read(partial()),
        dw: written(site.gradient(weight)),
        ...(!adds && { db: written(site.gradient(bias)) }),
      },
      size: 64,
      groups: () => Math.ceil(total / 64),
      body: `  let at = group * 64u + local;
  if (at >= ${total}u) { return; }
  var sum = 0.0f;
  for (var g = 0u; g < ${groups}u; g++) { sum += partial[g * ${partialWords}u + at]; }
  ${adds ? give('dw', 'at') : `if (at < ${filters * depth}u) { ${give('dw', 'at')} } else { ${give('db', `at - ${filters * depth}u`)} }`}`,
    });
  }

  return {
    forward(x, w, start, result, sum) {
      const bind = {
        source_: read(x),
        w: read(w),
        ...(start && { start: read(start) }),
        y: written(result),
        ...(sum && { kept: written(sum) }),
      };
      if (start === null) return [gather('forward', forwards, bind, '', () => '', 'y[at] += sum;')];
      const end = `${sum ? 'kept[at] = sum; ' : ''}y[at] = ${after ? after.value('sum') : 'sum'};`;
      return [gather('forward', forwards, bind, after?.helpers ?? '', (o) => `start[${o}]`, end)];
    },
    back(e, w, x, replace) {
      const end = `y[at] ${replace ? '=' : '+='} ${before ? `sum * ${before.factor('at')}` : 'sum'};`;
      const bind = { source_: read(e), w: read(w), y: written(x), ...before?.bind };
      return [gather('input gradient', backwards, bind, before?.helpers ?? '', () => '', end)];
    },
    learn: (e, x, adds) => [learnParts(e, x, !adds), learnTogether(adds)],
  };
}
