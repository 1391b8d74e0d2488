/** Every loss's part on a GPU beside its plain code in float64. */
import { type Dispatch, stride } from '../../../src/engine/backends/webgpu/definition';
import { lossPart, type LossSite } from '../../../src/engine/backends/webgpu/layers/loss';
import type { Loss } from '../../../src/engine/network/losses';
import { Samples } from '../../../src/engine/network/samples';
import type { Structure } from '../../../src/engine/network/structure';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { Random } from '../../../src/engine/random';
import type { GpuContext } from '../../../src/webview/gpu/context';
import { Places } from '../places';

/** What outputs are like: any; nearly always right, so that losses are tiny; so large that exponentials overflow; many equal ones; some no numbers. */
type Kind = 'any' | 'sure' | 'extreme' | 'equal' | 'broken';
const kinds: readonly Kind[] = ['any', 'sure', 'extreme', 'equal', 'broken'];

interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly capacity: number;
}

/** Rows of few outputs by one workgroup, in any number of them; and, where there is more room than is one's work, by many. Rows of many. */
const sizesOf = ({ against }: Loss): readonly Size[] => [
  ...(against === 'class' ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1, 2, 10]).map((columns) => ({
    columns,
    rows: [1, 63, 64, 65, 128, 200][columns % 6],
    capacity: 200,
  })),
  { columns: 4, rows: 150, capacity: 5000 },
  ...long,
];
/** Those that are not done alike on every kind of adapter. */
const long: readonly Size[] = [{ columns: 783, rows: 20, capacity: 20 }];

/** A batch that goes through in two blocks: outputs, what they are compared with, and a direction, rounded to 32 bits. */
class Batch {
  readonly samples: Samples;
  readonly outputs: Float64Array;
  readonly wanted: Float64Array;
  readonly direction: Float64Array;
  readonly rows: Uint32Array;
  /** Whether they are compared with classes. */
  readonly labels: boolean;

  constructor(
    readonly loss: Loss,
    readonly structure: Structure,
    kind: Kind,
    readonly count: number,
    classes: boolean,
  ) {
    const { outputs: columns } = structure;
    const random = new Random(5, `${loss.name} ${columns} ${kind} ${classes}`);
    this.labels = classes || loss.against === 'class';
    const size = count * columns;
    const classCount = columns === 1 && loss.against !== 'class' ? 2 : columns;
    const target = (): number => (loss.wants ? random.uniform() : random.normal());
    const y: Dataset['y'] = this.labels
      ? { kind: 'classes', classes: classCount, names: [], labels: Int32Array.from({ length: count }, () => random.integer(classCount)) }
      : { kind: 'targets', outputs: columns, values: Float64Array.from({ length: size }, () => Math.fround(target())) };
    const data: Dataset = { name: 'drawn', samples: count, inputs: 1, x: new Float64Array(count), scale: 1, y };
    this.samples = new Samples(data, structure);
    this.rows = Uint32Array.from({ length: count }, (_, i) => i);
    this.wanted = new Float64Array(size);
    this.samples.gather(this.rows, 0, count, new Float64Array(count), 1, this.wanted);
    const near = (row: number, j: number): number => {
      if (loss.against === 'class') return j === this.wanted[row] ? 12 : 0;
      const t = this.wanted[row * columns + j];
      return loss.wants ? 12 * (2 * t - 1) : t;
    };
    const output = (row: number, j: number): number => {
      if (kind === 'any') return 3 * random.normal();
      if (kind === 'sure') return near(row, j) + 0.01 * random.normal();
      if (kind === 'broken') return row % 7 === 0 ? NaN : random.normal();
      if (kind === 'equal') return Math.round(random.normal());
      return random.normal() * 10 ** (random.uniform() * 9 - 3);
    };
    this.outputs = Float64Array.from({ length: size }, (_, k) => Math.fround(output(Math.floor(k / columns), k % columns)));
    this.direction = Float64Array.from({ length: size }, () => Math.fround(random.normal()));
  }

  view(numbers: Float64Array) {
    const { outputs: columns } = this.structure;
    return { values: numbers, count: this.count, columns, stride: columns };
  }
}

interface Found {
  readonly value: number;
  readonly mean: number;
  readonly evaluated: number;
  readonly share: number;
  readonly errors: Float64Array;
  readonly products: Float64Array;
}

class LossBench {
  private readonly places: Places;
  private readonly part: ReturnType<typeof lossPart>;
  private readonly site: LossSite;

  constructor(
    context: GpuContext,
    private readonly structure: Structure,
    private readonly capacity: number,
    labels: boolean,
  ) {
    this.places = new Places(context);
    const named = (name: string) => () => this.places.place(name, capacity * stride(structure.outputs));
    this.site = {
      ...{ structure, capacity, info: this.places.info, adapter: this.places.adapter, common: this.places.place },
      ...{ value: named('value'), error: named('error'), tangent: named('tangent'), tangentError: named('product') },
    };
    this.part = lossPart(this.site, labels);
  }

  async find(batch: Batch): Promise<Found> {
    const { site, places, part } = this;
    const { outputs: columns, loss } = this.structure;
    const result = places.place('result', 2);
    const half = Math.ceil(batch.count / 2);
    const blocks = [
      { first: 0, rows: half },
      { first: half, rows: batch.count - half },
    ].filter(({ rows }) => rows > 0);
    const reads: Promise<readonly Float32Array[]>[] = [];
    const errors = new Float64Array(batch.count * columns);
    const products = new Float64Array(batch.count * columns);
    const through = async (of: () => readonly Dispatch[], into?: [ReturnType<LossSite['value']>, Float64Array]): Promise<void> => {
      for (const { first, rows } of blocks) {
        places.setInfo({ rows, first, add: first > 0, batch: batch.count });
        this.setRows(site.value(1), batch.outputs, first, rows, columns);
        this.setRows(site.tangent(1), batch.direction, first, rows, columns);
        if (loss.against === 'class') {
          places.set(
            { ...places.place('wanted', this.capacity), words: rows },
            Uint32Array.from(batch.wanted.subarray(first, first + rows)),
          );
        } else this.setRows(places.place('wanted', this.capacity * stride(columns)), batch.wanted, first, rows, columns);
        await places.run(of(), rows);
        if (into === undefined) continue;
        const [place, all] = into;
        const read = places.read(place);
        reads.push(read);
        void read.then(([numbers]) => {
          for (let k = 0; k < rows * columns; k++)
            all[first * columns + k] = numbers[Math.floor(k / columns) * stride(columns) + (k % columns)];
        });
      }
      reads.push(places.read(result));
    };
    await through(() => part.value());
    const value = reads[reads.length - 1];
    await through(() => part.gradient(), [site.error(1), errors]);
    const mean = reads[reads.length - 1];
    await through(() => part.evaluate());
    const evaluated = reads[reads.length - 1];
    await through(() => part.curvature(), [site.tangentError(1), products]);
    places.submit();
    await Promise.all(reads);
    const [last] = await evaluated;
    return { value: (await value)[0][0], mean: (await mean)[0][0], evaluated: last[0], share: last[1], errors, products };
  }

  close(): void {
    this.places.close();
  }

  private setRows(place: ReturnType<LossSite['value']>, from: Float64Array, first: number, rows: number, columns: number): void {
    const all = new Float32Array(rows * stride(columns)).fill(NaN);
    for (let i = 0; i < rows; i++) all.set(from.subarray((first + i) * columns, (first + i + 1) * columns), i * stride(columns));
    this.places.set({ ...place, words: all.length }, all);
  }
}

const close = (found: number, expected: number, relative: number, absolute: number): boolean =>
  Object.is(found, Math.fround(expected)) || Math.abs(found - expected) <= relative * Math.abs(expected) + absolute;

function differenceOf(batch: Batch, { value, mean, evaluated, share, errors, products }: Found): string | null {
  const { loss, count, wanted, outputs, direction, labels, structure } = batch;
  const { columns } = batch.view(outputs);
  const weight = 1 / count;
  const expected = loss.value(batch.view(outputs), wanted) / count;
  for (const [what, found] of Object.entries({ value, mean, evaluated }))
    if (!close(found, expected, 1e-6, 0)) return `${what} is ${found}, not ${expected}`;
  const right = labels ? batch.samples.right(batch.rows, 0, batch.view(outputs)) / count : NaN;
  if (!close(share, right, 1e-7, 0)) return `share of right answers is ${share}, not ${right}`;
  if (Number.isNaN(expected)) return null;
  const gradient = new Float64Array(outputs.length);
  const curvature = new Float64Array(outputs.length);
  loss.gradient(batch.view(outputs), wanted, weight, gradient);
  loss.curvature(batch.view(outputs), wanted, weight, direction, curvature);
  // What a difference of nearly equal numbers is right to: σ(y) − t where t is neither 0 nor 1; directions less their mean, by class.
  const fractional = loss.wants !== undefined && !labels;
  for (let k = 0; k < outputs.length; k++) {
    const row = Math.floor(k / columns);
    const where = `row ${row}, column ${k % columns} (${outputs[k]})`;
    const floor = fractional ? (3e-7 * weight) / columns : 1e-12 * weight;
    if (!close(errors[k], gradient[k], 4e-6, floor)) return `error of ${where} is ${errors[k]}, not ${gradient[k]}`;
    const share = gradient[k] + (structure.loss.against === 'class' && wanted[row] === k % columns ? weight : 0);
    const bend = loss.against === 'class' ? 4e-6 * Math.abs(share) : 0;
    if (!close(products[k], curvature[k], 4e-6, bend + 1e-12 * weight)) return `product of ${where} is ${products[k]}, not ${curvature[k]}`;
  }
  return null;
}

/** @returns what is wrong first; null where nothing is */
export async function lossFault(context: GpuContext, loss: Loss): Promise<string | null> {
  for (const { columns, rows, capacity } of context.adapter.kind === 'hardware' ? long : sizesOf(loss))
    for (const classes of loss.against === 'class' ? [true] : columns < 3 ? [false, true] : [columns % 2 === 0]) {
      const structure = { inputs: [1], outputs: columns, loss, operations: [null] } as unknown as Structure;
      const bench = new LossBench(context, structure, capacity, classes);
      for (const kind of kinds) {
        const batch = new Batch(loss, structure, kind, rows, classes);
        const fault = differenceOf(batch, await bench.find(batch));
        if (fault !== null) return `${rows} rows of ${columns}, ${kind}, ${classes ? 'classes' : 'numbers'}: ${fault}`;
      }
      bench.close();
    }
  return null;
}
