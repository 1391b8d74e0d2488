/** Computes the products of `productCases.ts` on a GPU and beside float64; a page for products.test.ts. */
import type { Place } from '../../src/engine/backends/webgpu/definition';
import { type Epilogue, type Operand, product, type ProductShape, type Result } from '../../src/engine/backends/webgpu/matmul/product';
import { Random } from '../../src/engine/random';
import type { GpuContext } from '../../src/webview/gpu/context';
import { openContext } from './device';
import { Places } from './places';
import { extentsOf, type ProductCase } from './productCases';

/** How far a sum may be from the true one, of the sum of what the terms are in size. */
const tolerance = 1e-6;

/** A matrix in a buffer: where element (i, j) is. */
interface Matrix {
  readonly place: Place;
  readonly data: Float32Array;
  at(i: number, j: number): number;
}

const epilogues: Readonly<Record<'tanh' | 'scaled', { readonly text: Epilogue; value(sum: number, read: readonly number[]): number }>> = {
  tanh: {
    text: { helpers: 'fn bent(x: f32) -> f32 { return x / (1.0f + abs(x)); }', keepsSum: true, value: (sum) => `bent(${sum})` },
    value: (sum) => sum / (1 + Math.abs(sum)),
  },
  scaled: {
    text: { reads: 2, value: (sum, [scale, shift]) => `${sum} * ${scale} + ${shift}` },
    value: (sum, [scale, shift]) => sum * scale + shift,
  },
};

/** Computes a case. @returns what is wrong; null where nothing is */
async function compared(one: ProductCase, context: GpuContext): Promise<string | null> {
  const random = new Random(7, one.title);
  const places = new Places(context);
  const { now, most } = extentsOf(one);
  const matrix = (name: string, used: readonly [number, number], room: readonly [number, number], byRows: boolean, gap: number): Matrix => {
    const [lines, length] = byRows ? room : [room[1], room[0]];
    const step = length + gap;
    const at = (i: number, j: number): number => (byRows ? i * step + j : j * step + i);
    const data = new Float32Array(lines * step).fill(NaN);
    for (let i = 0; i < used[0]; i++) for (let j = 0; j < used[1]; j++) data[at(i, j)] = random.normal();
    const place = places.place(name, data.length);
    places.set(place, data);
    return { place, data, at };
  };
  const a = matrix('a', [now.m, now.k], [most.m, most.k], one.a !== 'm', one.gap);
  const b = matrix('b', [now.k, now.n], [most.k, most.n], one.b !== 'k', one.gap);
  const like = (name: string): Matrix => matrix(name, [now.m, now.n], [most.m, most.n], one.turned !== true, one.cGap);
  const c = like('c');
  const start = matrix('start', [1, one.start === 'row' ? now.n : now.m], [1, one.start === 'row' ? most.n : most.m], true, 0);
  const reads = one.epilogue === 'scaled' ? [like('scale'), like('shift')] : [];
  const kept = like('kept');

  const computed = (name: 'a' | 'b', step: number): Operand => ({
    load: (row, column) => `${name}At(${row}, ${column})`,
    helpers: `fn ${name}At(row: u32, column: u32) -> f32 { return ${name}[row * ${step}u + column]; }`,
  });
  const strided = (of: Matrix): Operand => ({ rowStep: of.at(1, 0), columnStep: of.at(0, 1) });
  const result: Result = one.turned ? { index: (row, column) => `${column} * ${c.at(0, 1)}u + ${row}` } : { rowStep: c.at(1, 0) };
  const epilogue = one.epilogue && epilogues[one.epilogue];
  const shape: ProductShape = {
    m: one.m,
    k: one.k,
    n: one.n,
    a: one.a === 'computed' ? computed('a', a.at(1, 0)) : strided(a),
    b: one.b === 'computed' ? computed('b', b.at(1, 0)) : strided(b),
    c: result,
    start: one.start,
    ...(epilogue && { epilogue: epilogue.text }),
  };
  const adapter = { ...context.adapter, kind: one.kind, subgroups: one.subgroups };
  const scratch = (words: number) => () => places.place('scratch', words);
  const { dispatches } = product({ adapter, capacity: one.capacity, info: places.info, scratch }, one.title, shape);
  places.setInfo({ rows: one.rows, add: one.add });
  const given = { a: a.place, b: b.place, c: c.place, start: start.place, reads: reads.map(({ place }) => place), kept: kept.place };
  await places.run(dispatches(given), one.rows);
  const read = places.read(c.place, kept.place);
  places.submit();
  const [found, foundSums] = await read;
  places.close();

  const isAdded = one.start === 'add' || (one.start === 'info' && one.add);
  const touched = new Set<number>();
  for (let i = 0; i < now.m; i++)
    for (let j = 0; j < now.n; j++) {
      const at = c.at(i, j);
      const begin = one.start === 'row' ? start.data[j] : one.start === 'column' ? start.data[i] : isAdded ? c.data[at] : 0;
      let [sum, size] = [begin, Math.abs(begin)];
      for (let k = 0; k < now.k; k++) {
        const term = a.data[a.at(i, k)] * b.data[b.at(k, j)];
        sum += term;
        size += Math.abs(term);
      }
      const read = reads.map(({ data }) => data[at]);
      const value = epilogue ? epilogue.value(sum, read) : sum;
      const allowed = tolerance * (size * Math.max(1, Math.abs(read[0] ?? 1)) + Math.abs(read[1] ?? 0));
      if (!(Math.abs(found[at] - value) <= allowed)) return `C(${i}, ${j}) is ${found[at]} and not ${value}, give or take ${allowed}`;
      if (epilogue?.text.keepsSum && !(Math.abs(foundSums[at] - sum) <= tolerance * size))
        return `the sum of C(${i}, ${j}) is ${foundSums[at]} and not ${sum}`;
      touched.add(at);
    }
  // Only what is between a row's end and the next multiple of four may be written, too, where rows are no further apart.
  const padded = !one.turned && c.at(1, 0) === Math.ceil(most.n / 4) * 4;
  const beyond = c.data.findIndex((value, at) => !touched.has(at) && !Object.is(found[at], value) && !(padded && at < now.m * c.at(1, 0)));
  return beyond < 0 ? null : `${beyond} is not of C and was written: ${found[beyond]}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** @returns what is wrong with each case; null where nothing is */
async function products(cases: readonly ProductCase[]): Promise<readonly (string | null)[]> {
  const context = await openContext();
  const found = await Promise.all(cases.map((one) => compared(one, context).catch(messageOf)));
  context.device.destroy();
  return found;
}

export const page = { products };
declare global {
  var productsPage: typeof page;
}
globalThis.productsPage = page;
