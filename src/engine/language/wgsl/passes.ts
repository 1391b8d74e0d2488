/**
 * A scheduled pass as one shader: a thread an element, every line of the rule computed once, everything read before anything is
 * written. Reductions leave one partial result a tile, which a second shader joins: a layer's tiles, or everybody's. Both are trees of
 * fixed order, so that the same numbers always give the same result, and squares are summed in units of the largest element, because
 * float32 has no room for the square of 1e-30.
 */
import { reductions } from '../functions';
import type { Pass, ReduceStep } from '../schedule';
import type { Shape } from '../shape';
import { write } from './expression';
import { Writer, type GpuKernel, type Names } from './writer';

/** How partial results are joined: the library's function, an element as a partial result, and what to begin with. */
interface Join {
  readonly join: string;
  readonly of: (x: string) => string;
  readonly begin: string;
}

const plain = (x: string): string => `vec2f(${x}, 0f)`;
const joins: Readonly<Record<'sum' | 'square' | 'max' | 'min', Join>> = {
  sum: { join: 'joinSums', of: plain, begin: 'vec2f(0f, 0f)' },
  square: { join: 'joinSquares', of: (x) => `vec2f(abs(${x}), 1f)`, begin: 'vec2f(0f, 0f)' },
  max: { join: 'joinLargest', of: plain, begin: 'vec2f(-infinity(), 0f)' },
  min: { join: 'joinSmallest', of: plain, begin: 'vec2f(infinity(), 0f)' },
};

function joinOf({ reduction }: ReduceStep, writer: Writer): Join {
  const known = reductions.get(reduction);
  if (known === undefined) throw new Error(`There is no reduction ${reduction}.`);
  const join = joins[known.by === 'sum' && known.term === 'square' ? 'square' : known.by];
  writer.use(join.join);
  if (known.by !== 'sum') writer.use('infinity');
  return join;
}

/** What a reduction makes of what was joined. */
function finished({ reduction }: ReduceStep, total: string, count: string): string {
  switch (reduction) {
    case 'mean':
      return `${total}.x / f32(${count})`;
    case 'norm':
      return `${total}.x * sqrt(${total}.y)`;
    case 'rms':
      return `${total}.x * sqrt(${total}.y / f32(${count}))`;
    default:
      return `${total}.x`;
  }
}

/** Joins a value of each thread over the workgroup; the result is at place 0. The variable `used` says how many threads have one. */
function tree(k: number, join: string, writer: Writer): void {
  writer.globals.push(`var<workgroup> tree${k}: array<vec2f, ${writer.lanes}>;`);
  writer.lineAfter(`tree${k}[lane] = joined${k};
workgroupBarrier();
for (var half = (1u << (32u - countLeadingZeros(used - 1u))) / 2u; half > 0u; half /= 2u) {
  if (lane < half) { tree${k}[lane] = ${join}(tree${k}[lane], tree${k}[lane + half]); }
  workgroupBarrier();
}`);
}

/** @param partials column that says where the reductions' partial results go */
export function passKernel(names: Names, { shape, computes, loads, stores, reductions }: Pass, partials: number): GpuKernel {
  const writer = new Writer(names, [...reductions.map(({ reduction }) => reduction), ...stores.map(({ to }) => to)].join(', '));
  const { truths } = names;
  for (const name of loads) {
    const text = writer.fresh(name);
    writer.line(`let ${text} = ${writer.element(name, 'i')}${truths.has(name) ? ' != 0f' : ''};`);
    writer.define(name, text);
  }
  for (const { name, value } of computes) {
    writer.at(value.at);
    const text = writer.fresh(name);
    writer.line(`let ${text} = ${write(value, writer)};`);
    writer.define(name, text);
  }
  if (reductions.length > 0) writer.lineAfter(`let used = min(last - first, ${writer.lanes}u);`);
  reductions.forEach((step, k) => {
    const { join, of, begin } = joinOf(step, writer);
    writer.lineBefore(`var joined${k} = ${begin};`);
    writer.at(step.operand.at);
    writer.line(`joined${k} = ${join}(joined${k}, ${of(write(step.operand, writer))});`);
    writer.at(null);
    tree(k, join, writer);
    const place = `${names.layout.at(partials)} + 2u * (tile * ${reductions.length}u + ${k}u)`;
    writer.lineAfter(`if (lane == 0u) {
  memory[${place}] = tree${k}[0].x;
  memory[${place} + 1u] = tree${k}[0].y;
}`);
  });
  const values = stores.map(({ value }) => (truths.has(value) ? `select(0f, 1f, ${writer.name(value)})` : writer.name(value)));
  stores.forEach(({ to }, k) => writer.line(`${writer.element(to, 'i')} = ${values[k]};`));
  return writer.overElements(shape);
}

/**
 * Joins the tiles of those reductions of a pass that are over a layer, a workgroup a layer, or of those over all layers, in one workgroup.
 * @param partials column that says where their partial results are
 */
export function totalKernel(names: Names, shape: Shape, steps: readonly ReduceStep[], over: 'layer' | 'all', partials: number): GpuKernel {
  const { layout } = names;
  const tiles = layout.tilesOf(shape);
  const ours = steps.filter((step) => step.over === over);
  const writer = new Writer(
    names,
    `${ours.map(({ reduction }) => reduction).join(', ')} over ${over === 'all' ? 'all layers' : 'a layer'}`,
  );
  writer.lineBefore(`let firstTile = ${over === 'all' ? '0u' : layout.at(tiles.first)};`);
  writer.lineBefore(`let tileCount = ${layout.at(over === 'all' ? tiles.total : tiles.count)};`);
  writer.lineBefore(`let count = ${layout.at(over === 'all' ? tiles.elements : tiles.ofLayer)};`);
  writer.lineAfter(`let used = min(tileCount, ${writer.lanes}u);`);
  for (const step of ours) {
    const k = steps.indexOf(step);
    const { join, begin } = joinOf(step, writer);
    const place = `${layout.at(partials)} + 2u * ((firstTile + t) * ${steps.length}u + ${k}u)`;
    writer.lineAfter(`var joined${k} = ${begin};
for (var t = lane; t < tileCount; t += ${writer.lanes}u) {
  joined${k} = ${join}(joined${k}, vec2f(memory[${place}], memory[${place} + 1u]));
}`);
    tree(k, join, writer);
    const value = finished(step, `tree${k}[0]`, 'count');
    writer.lineAfter(
      over === 'all'
        ? `for (var to = lane; to < layers; to += ${writer.lanes}u) { ${writer.slot(step.name, 'to')} = ${value}; }`
        : `if (lane == 0u) { ${writer.slot(step.name)} = ${value}; }`,
    );
  }
  return writer.overLayers();
}
