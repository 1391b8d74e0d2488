/**
 * A convolution as sums that are computed where they stand: an invocation has a tile of results in registers, goes through what they are
 * sums of, and does with each number that it reads all that its tile has to do with it. In software, where reading is dear, nothing is
 * faster. All extents are constants of the texts, and whatever can be known to lie inside or outside of an image is known when they are
 * written. No branch is taken among the sums: it would have to bring all of them with it.
 */
import { sizeOf } from '../../../network/builder';
import type { ConvolutionOperation } from '../../../network/operations';
import { type Dispatch, type Place, type Site, stride } from '../definition';
import type { ConvolutionSums } from './convolution';
import type { FusedActivation } from './fused';
import { type Bound, dispatchOf, eachItem, read, written } from './shader';
import { slopeBefore } from './slope';
import { type Blocks, cheapest, divisions, inside, numberAt, type Reach, readTile } from './tiles';
import { count } from './window';

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
  /** Extents of tiles are multiples of it. */
  readonly unit: number;
  /** How many places further in the source a place is, for each place in the results. */
  readonly advance: number;
  /** How far from a tile's first place in the source, along one dimension, the tile's place `k` finds what it multiplies by `tap`; null where nothing. */
  reach(k: number, tap: number): number | null;
  /** WGSL of the index of the first weight between planes `o` and `r`. */
  weight(o: string): string;
}

interface Tile {
  readonly planes: Blocks;
  readonly lines: Blocks;
  readonly columns: Blocks;
}

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
  const [us, vs] = [count(kernelHeight), count(kernelWidth)];
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
    reach: (k, tap) => k * step + tap - padding,
    weight: (o) => `((${o}) * ${channels}u + r) * ${kernel}u`,
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
    reach: (k, tap) => ((k + padding - tap) % step === 0 ? (k + padding - tap) / step : null),
    weight: (o) => `(r * ${channels}u + ${o}) * ${kernel}u`,
  };

  /** What a tile of so many places stands on along one dimension. */
  const reached = (shape: Gather, size: number, taps: readonly number[]): number[] => [
    ...new Set(count(size).flatMap((k) => taps.map((tap) => shape.reach(k, tap)).filter((offset) => offset !== null))),
  ];
  const products = (shape: Gather, size: number, taps: readonly number[]): number =>
    count(size).reduce((sum, k) => sum + taps.filter((tap) => shape.reach(k, tap) !== null).length, 0);

  function tileOf(shape: Gather): Tile {
    const columns = divisions(shape.columns, shape.unit).map((blocks) => ({
      blocks,
      numbers: reached(shape, blocks.size, vs).length,
      products: products(shape, blocks.size, vs),
    }));
    const tiles = divisions(shape.lines, shape.unit).flatMap((lines) => {
      const [high, down] = [reached(shape, lines.size, us).length, products(shape, lines.size, us)];
      return columns.flatMap((across) =>
        divisions(shape.outer).map((planes) => ({
          planes,
          lines,
          columns: across.blocks,
          high,
          down,
          wide: across.numbers,
          over: across.products,
        })),
      );
    });
    return cheapest(tiles, site.capacity, ({ planes, lines, columns: across, high, down, wide, over }) => ({
      loads: high * wide + planes.size * kernel,
      products: planes.size * down * over,
      sums: planes.size * lines.size * across.size,
      tiles: planes.number * lines.number * across.number,
    }));
  }

  /**
   * The sums of a `Gather`, one invocation for a tile of planes, lines and columns.
   * @param begins whether there is a number of each plane in `start` to begin with
   * @param end WGSL statements for a finished `sum` that belongs to index `at`
   */
  function gather(
    what: string,
    shape: Gather,
    bind: Readonly<Record<string, Bound>>,
    helpers: string,
    begins: boolean,
    end: string,
  ): Dispatch {
    const { outer, inner, lines, columns, row, sourceRow, sourceLines, sourceColumns, advance } = shape;
    const tile = tileOf(shape);
    const down: Reach = { extent: sourceLines, advance: tile.lines.size * advance, blocks: tile.lines.number };
    const over: Reach = { extent: sourceColumns, advance: tile.columns.size * advance, blocks: tile.columns.number };
    const [os, is, js] = [count(tile.planes.size), count(tile.lines.size), count(tile.columns.size)];
    const offsets = reached(shape, tile.lines.size, us).flatMap((line) =>
      reached(shape, tile.columns.size, vs).map((column) => [line, column] as const),
    );
    const terms = (o: number, i: number, j: number): string[] =>
      us.flatMap((u) =>
        vs.flatMap((v) => {
          const [line, column] = [shape.reach(i, u), shape.reach(j, v)];
          if (line === null || column === null || inside(down, line) === 'never' || inside(over, column) === 'never') return [];
          return [`w${o}_${u * kernelWidth + v} * ${numberAt('x', line, column)}`];
        }),
      );
    const each = (body: (o: number, i: number, j: number) => string): string =>
      os.flatMap((o) => is.flatMap((i) => js.map((j) => body(o, i, j)))).join('\n');
    const ends = (o: number, i: number, j: number): string => {
      const tests = [
        outer % tile.planes.size === 0 ? '' : `plane + ${o}u < ${outer}u`,
        lines % tile.lines.size === 0 ? '' : `top + ${i}u < ${lines}u`,
        columns % tile.columns.size === 0 ? '' : `left + ${j}u < ${columns}u`,
      ].filter((test) => test);
      return `${tests.length > 0 ? `if (${tests.join(' && ')}) ` : ''}{ finish(place + ${(o * lines + i) * columns + j}u, sum${o}_${i}_${j}${begins ? ` + start${o}` : ''}); }`;
    };
    return eachItem(site, tile.planes.number * tile.lines.number * tile.columns.number, {
      name: `${title} ${what}`,
      bind,
      helpers: `${helpers}
fn finish(at: u32, sum: f32) {
  ${end}
}`,
      body: `  let plane = item / ${tile.lines.number * tile.columns.number}u * ${tile.planes.size}u;
  let top = item / ${tile.columns.number}u % ${tile.lines.number}u * ${tile.lines.size}u;
  let left = item % ${tile.columns.number}u * ${tile.columns.size}u;
  let line = top ${advance < 1 ? '/' : '*'} ${step}u;
  let column = left ${advance < 1 ? '/' : '*'} ${step}u;
${begins ? os.map((o) => `let start${o} = start[plane + ${o}u];`).join('\n') : ''}
${each((o, i, j) => `var sum${o}_${i}_${j} = 0.0f;`)}
  for (var r = 0u; r < ${inner}u; r++) {
    let origin = row * ${sourceRow}u + (r * ${sourceLines}u + line) * ${sourceColumns}u + column;
${readTile('x', 'source', { origin: 'origin', line: 'line', column: 'column' }, offsets, down, over)}
${os
  .map(
    (o) =>
      `let weight${o} = ${shape.weight(`plane + ${o}u`)};\n${count(kernel)
        .map((k) => `let w${o}_${k} = w[weight${o} + ${k}u];`)
        .join(' ')}`,
  )
  .join('\n')}
${each((o, i, j) => {
  const all = terms(o, i, j);
  return all.length > 0 ? `sum${o}_${i}_${j} += ${all.join(' + ')};` : '';
})}
  }
  let place = row * ${row}u + (plane * ${lines}u + top) * ${columns}u + left;
${each(ends)}`,
    });
  }

  // The gradient of the weights: a tile of filters and of the window's lines for one channel, over the samples of a group, with what the
  // errors of a part of each plane have for it.
  const learning = cheapest(
    divisions(filters).flatMap((planes) =>
      divisions(kernelHeight).flatMap((taps) =>
        divisions(outHeight).flatMap((lines) => divisions(outWidth).map((columns) => ({ planes, taps, lines, columns }))),
      ),
    ),
    site.capacity * channels,
    ({ planes, taps, lines, columns }) => ({
      loads:
        planes.size * lines.size * columns.size +
        ((lines.size - 1) * step + taps.size) * Math.min((columns.size - 1) * step + kernelWidth, columns.size * kernelWidth),
      products: planes.size * taps.size * kernelWidth * lines.size * columns.size,
      sums: planes.size * taps.size * kernelWidth,
      tiles: planes.number * taps.number * lines.number * columns.number,
    }),
  );
  const items = learning.planes.number * channels * learning.taps.number;
  const groups = Math.min(64, Math.max(4, Math.ceil(256 / items)));
  const partialWords = filters * depth + filters;
  const partial = site.scratch(groups * partialWords);

  function learnParts(e: Place, x: Place, biases: boolean): Dispatch {
    const { planes, taps, lines, columns } = learning;
    const [fs, rows, is, js] = [count(planes.size), count(taps.size), count(lines.size), count(columns.size)];
    const size = 16;
    const down: Reach = {
      extent: height,
      advance: Math.max(lines.size * step * (lines.number - 1), 0) + taps.size * (taps.number - 1),
      blocks: 2,
    };
    const over: Reach = { extent: width, advance: columns.size * step, blocks: columns.number };
    const own: readonly [Reach, Reach] = [
      { extent: outHeight, advance: lines.size, blocks: lines.number },
      { extent: outWidth, advance: columns.size, blocks: columns.number },
    ];
    const reach = (k: number, tap: number): number => k * step + tap - padding;
    const pairs = <T>(first: readonly T[], second: readonly T[]) => first.flatMap((a) => second.map((b) => [a, b] as const));
    const between = (size: number, steps: readonly number[]): number[] => [
      ...new Set(count(size).flatMap((k) => steps.map((tap) => reach(k, tap)))),
    ];
    const terms = (f: number, u: number, v: number): string =>
      pairs(is, js)
        .map(([i, j]) => [numberAt(`e${f}_`, i, j), reach(i, u), reach(j, v)] as const)
        .filter(([, line, column]) => inside(down, line) !== 'never' && inside(over, column) !== 'never')
        .map(([error, line, column]) => `${error} * ${numberAt('x', line, column)}`)
        .join(' + ');
    const stored = (f: number): string =>
      rows
        .map((u) => {
          const stores = vs.map((v) => `partial[at + ${u * kernelWidth + v}u] = sum${f}_${u}_${v};`).join(' ');
          return kernelHeight % taps.size === 0 ? stores : `if (tap + ${u}u < ${kernelHeight}u) { ${stores} }`;
        })
        .join('\n');
    return dispatchOf(site, {
      name: `${title} weight gradient`,
      bind: { e: read(e), x: read(x), partial: written(partial()) },
      size,
      groups: () => Math.ceil((groups * items) / size),
      body: `  let index = group * ${size}u + local;
  if (index >= ${groups * items}u) { return; }
  let part = index / ${items}u;
  let item = index % ${items}u;
  let tap = item % ${taps.number}u * ${taps.size}u;
  let c = item / ${taps.number}u % ${channels}u;
  let plane = item / ${taps.number * channels}u * ${planes.size}u;
  let each = (info.rows + ${groups - 1}u) / ${groups}u;
  let last = min(info.rows, (part + 1u) * each);
${fs
  .map(
    (f) =>
      `${pairs(rows, vs)
        .map(([u, v]) => `var sum${f}_${u}_${v} = 0.0f;`)
        .join(' ')} var bias${f} = 0.0f;`,
  )
  .join('\n')}
  for (var sample = part * each; sample < last; sample++) {
    for (var block = 0u; block < ${lines.number * columns.number}u; block++) {
      let top = block / ${columns.number}u * ${lines.size}u;
      let left = block % ${columns.number}u * ${columns.size}u;
${fs
  .map(
    (f) => `let error${f} = sample * ${outRow}u + ((plane + ${f}u) * ${outHeight}u + top) * ${outWidth}u + left;
${readTile(`e${f}_`, 'e', { origin: `error${f}`, line: 'top', column: 'left' }, pairs(is, js), ...own)}`,
  )
  .join('\n')}
      let line = top * ${step}u + tap;
      let column = left * ${step}u;
      let origin = sample * ${inRow}u + (c * ${height}u + line) * ${width}u + column;
${readTile('x', 'x', { origin: 'origin', line: 'line', column: 'column' }, pairs(between(lines.size, rows), between(columns.size, vs)), down, over)}
${fs
  .map((f) =>
    [
      ...pairs(rows, vs).map(([u, v]) => terms(f, u, v) && `sum${f}_${u}_${v} += ${terms(f, u, v)};`),
      biases
        ? `bias${f} += ${pairs(is, js)
            .map(([i, j]) => numberAt(`e${f}_`, i, j))
            .join(' + ')};`
        : '',
    ].join('\n'),
  )
  .join('\n')}
    }
  }
  let place = part * ${partialWords}u;
${fs
  .map(
    (f) => `  if (plane + ${f}u < ${filters}u) {
    let at = place + ((plane + ${f}u) * ${channels}u + c) * ${kernel}u + tap * ${kernelWidth}u;
    ${stored(f)}
    ${biases ? `if (c == 0u && tap == 0u) { partial[place + ${filters * depth}u + plane + ${f}u] = bias${f}; }` : ''}
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
      const bind = { source: read(x), w: read(w), y: written(result) };
      if (start === null) return [gather('forward', forwards, bind, '', false, 'y[at] += sum;')];
      const all = { ...bind, start: read(start), ...(sum && { kept: written(sum) }) };
      const end = `${sum ? 'kept[at] = sum; ' : ''}y[at] = ${after ? after.value('sum') : 'sum'};`;
      return [gather('forward', forwards, all, after?.helpers ?? '', true, end)];
    },
    back(e, w, x, replace) {
      const end = `y[at] ${replace ? '=' : '+='} ${before ? `sum * ${before.factor('at')}` : 'sum'};`;
      const bind = { source: read(e), w: read(w), y: written(x), ...before?.bind };
      return [gather('input gradient', backwards, bind, before?.helpers ?? '', false, end)];
    },
    learn: (e, x, adds) => [learnParts(e, x, !adds), learnTogether(adds)],
  };
}
