/**
 * The rule as one pass over memory: its element-wise lines fused into a WebAssembly SIMD kernel in float32, with all that is one
 * number for the layer computed before in float64 and handed over. A rule with sums over a layer (`norm(g)`) makes one pass more
 * for each sum. State of denormal size is flushed to zero where it is stored: arithmetic on such numbers is a hundred times slower.
 */
import type { Updater } from '../backends/backend';
import { Assembler, type Code, type Local } from '../backends/cpu/assembler';
import { f32, f32x4, f64, f64x2, i32, v128, type Expression as Wasm, type V128 } from '../backends/cpu/instructions';
import type { ResidentModel } from '../backends/cpu/resident';
import { instantiate } from '../backends/cpu/webassembly';
import { reductions } from './functions';
import { imported, importsFor, VectorWriter, type Imports } from './kernel';
import { lower, type Lowered, type Step } from './lower';
import { program, type Program } from './program';
import { stabilityLimit } from './reference';
import type { HyperparameterValue, Rule } from './rule';
import { Scalars } from './scalars';
import { nodes, type Expression } from './tree';

/** The smallest normal number of float32. */
const smallestNormal = 2 ** -126;
const vectorBytes = 16;
const floatBytes = 4;

/** Where the kernels find everything of one layer: a row of 32-bit integers in the arena. */
interface Columns {
  /** Byte offset of each column in a row: `bytes` (of a tensor, in whole vectors), `count`, then an address for each name. */
  readonly offset: ReadonlyMap<string, number>;
  readonly rowBytes: number;
}

/** @param settings every hyperparameter, complete and checked; `lr` among them is the rate before the schedule */
export function wasmUpdater(rule: Rule, settings: Readonly<Record<string, HyperparameterValue>>, model: ResidentModel): Updater {
  const plain = program(rule, settings, false);
  const measured = plain.rate === 'tensor' ? program(rule, settings, true) : plain;
  const { arena, layers } = model;
  const padded = layers.map(({ parameters }) => Math.ceil(parameters / 4) * 4);
  const tensor = (what: string): number[] => padded.map((count) => arena.reserve(count * floatBytes, `${rule.title}'s ${what}`));
  const addresses = new Map<string, readonly number[]>([
    ['w', model.weightAddresses],
    ['g', model.gradientAddresses],
  ]);
  const view = (name: string): Float32Array[] =>
    layers.map(({ parameters }, i) => arena.floats((addresses.get(name) ?? [])[i], parameters));
  const state: Record<string, Float32Array[]> = {};
  for (const { name, initial } of plain.states) {
    addresses.set(name, tensor(`state ${name}`));
    state[name] = view(name);
    for (const values of state[name]) values.fill(initial);
  }
  if (plain.rate === 'tensor') addresses.set('rate', tensor('rates'));
  const rates = plain.rate === 'tensor' ? view('rate') : [];

  const columns: Columns = {
    offset: new Map(['bytes', 'count', ...addresses.keys()].map((name, i) => [name, i * floatBytes])),
    rowBytes: (addresses.size + 2) * floatBytes,
  };
  const table = arena.reserve(columns.rowBytes * layers.length, `${rule.title}'s table`);
  const rows = arena.integers(table, (columns.rowBytes / floatBytes) * layers.length);
  layers.forEach(({ parameters }, i) =>
    rows.set([padded[i] * floatBytes, parameters, ...[...addresses.values()].map((each) => each[i])], (i * columns.rowBytes) / floatBytes),
  );

  const update = compile(plain, columns, table, model, false);
  const updateMeasured = measured === plain ? update : compile(measured, columns, table, model, true);
  /** Where the rate is one number: that of each layer. */
  const layerRates = new Float64Array(layers.length);
  const base = (lr: number): number => (typeof settings.lr === 'number' ? settings.lr : lr);
  return {
    state,
    step(t, lr, measure) {
      (measure ? updateMeasured : update)(t, lr, base(lr), layerRates);
    },
    rate: (layer) => (plain.rate === 'tensor' ? rates[layer] : layerRates[layer]),
    stabilityLimit: (t, lr) => stabilityLimit(plain.limit, t, lr, base(lr)),
  };
}

/** Makes the kernels of a program. @returns one step of the rule on every layer, which tells each layer's rate where that is one number */
function compile(
  source: Program,
  columns: Columns,
  table: number,
  { arena, layers }: ResidentModel,
  storeRate: boolean,
): (t: number, lr: number, lr0: number, layerRates: Float64Array) => void {
  const lowered = lower(source);
  const { steps, final } = lowered;
  const scalars = new Scalars(steps);
  const reduces = steps.filter((step) => step.kind === 'reduce');
  const uniforms = [...uniformsOf(steps)];
  const address = arena.reserve((uniforms.length + 4) * floatBytes, 'uniforms');
  const uniformValues = arena.floats(address, uniforms.length + 4);
  uniformValues.set([0, 1, 2, 3]);
  const slots = Int32Array.from(uniforms, (name) => scalars.slot(name));

  const assembler = new Assembler();
  const imports = importsFor(
    assembler,
    steps.flatMap((step) => (step.kind === 'scalar' ? [] : step.kind === 'reduce' ? [step.operand] : [step.value])),
  );
  const kernels = new Kernels(lowered, columns, uniforms, address, imports);
  const stores = ['w', ...source.states.map(({ name }) => name), ...(storeRate ? ['rate'] : [])];
  assembler.function('update', ['i32', 'i32'], null, (code, [row, end]) => {
    kernels.constants(code);
    code.while(i32.lt_u(row, end), () => {
      kernels.pass(
        code,
        row,
        stores.map((name) => final.get(name) ?? name),
        (writer, place) => {
          for (const name of stores) {
            const value = writer.names.get(final.get(name) ?? name);
            if (value !== undefined && final.get(name) !== name)
              code.store('v128', place(name), name === 'w' || name === 'rate' ? value : flushed(value));
          }
        },
      );
      code.set(row, i32.add(row, columns.rowBytes));
    });
  });
  reduces.forEach((step, k) => {
    assembler.function(`sum${k}`, ['i32'], 'f64', (code, [row]) => {
      kernels.constants(code);
      code.return(kernels.sum(code, row, step.operand, reductions.get(step.reduction)?.term === 'square', address));
    });
  });
  const exports = instantiate(assembler.bytes(), arena.memory, imported(imports));
  const rate = source.rate === 'scalar' ? scalars.slot(final.get('rate') ?? 'rate') : -1;
  const { values } = scalars;
  const hand = (): void => {
    for (let i = 0; i < slots.length; i++) uniformValues[i + 4] = values[slots[i]];
  };
  const lastRow = table + layers.length * columns.rowBytes;
  const { update } = exports;
  const sums = reduces.map((_, k) => exports[`sum${k}`]);

  return (t, lr, lr0, layerRates) => {
    scalars.begin(t, lr, lr0);
    if (sums.length === 0) {
      scalars.run(0);
      hand();
      update(table, lastRow);
      if (rate >= 0) layerRates.fill(values[rate]);
    } else {
      for (let layer = 0, row = table; layer < layers.length; layer++, row += columns.rowBytes) {
        scalars.run(0);
        sums.forEach((sum, k) => {
          hand();
          const { name, reduction } = reduces[k];
          values[scalars.slot(name)] = reductions.get(reduction)?.finish(sum(row), layers[layer].parameters) ?? NaN;
          scalars.run(k + 1);
        });
        hand();
        update(row, row + columns.rowBytes);
        if (rate >= 0) layerRates[layer] = values[rate];
      }
    }
  };
}

/** The scalars that the vector code reads. */
function uniformsOf(steps: readonly Step[]): Set<string> {
  const scalars = new Set(['t', 'lr', 'lr0', ...steps.flatMap((step) => (step.kind === 'tensor' ? [] : [step.name]))]);
  const read = steps.flatMap((step) => (step.kind === 'scalar' ? [] : nodes(step.kind === 'reduce' ? step.operand : step.value)));
  return new Set(read.flatMap((node) => (node.kind === 'name' && scalars.has(node.name) ? [node.name] : [])));
}

/** Zero where a number is too small to be normal; not-a-number stays. */
const flushed = (value: Local<'v128'>): V128 => v128.andnot(value, f32x4.lt(f32x4.abs(value), smallestNormal));

/** The two high floats of a vector, in the low half. */
const highHalf = (value: Local<'v128'>): V128 => v128.shuffle(value, value, [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]);

/** Writes the passes over memory. */
class Kernels {
  private readonly loaded = new Map<string, Local<'v128'>>();

  constructor(
    private readonly lowered: Lowered,
    private readonly columns: Columns,
    private readonly uniforms: readonly string[],
    private readonly address: number,
    private readonly imports: Imports,
  ) {}

  /** Loads the uniforms into variables, before any loop. */
  constants(code: Code): void {
    this.loaded.clear();
    this.uniforms.forEach((name, i) => {
      const value = v128.load32_splat(i32.const(this.address), (i + 4) * floatBytes);
      this.loaded.set(name, code.local('v128', this.lowered.truths.has(name) ? f32x4.ne(value, 0) : value));
    });
  }

  private column(row: Wasm<'i32'>, name: string): Wasm<'i32'> {
    return i32.load(row, this.columns.offset.get(name) ?? 0);
  }

  /** One pass over a layer that computes what `wanted` needs; `finish` says what becomes of each four weights. */
  pass(
    code: Code,
    row: Wasm<'i32'>,
    wanted: readonly string[],
    finish: (writer: VectorWriter, place: (name: string) => Wasm<'i32'>, offset: Wasm<'i32'>) => void,
  ): void {
    const { steps } = this.lowered;
    const needed = this.neededFor(wanted);
    const offset = code.local('i32', 0);
    const bases = new Map<string, Local<'i32'>>();
    for (const name of this.columns.offset.keys()) if (name !== 'count') bases.set(name, code.local('i32', this.column(row, name)));
    const place = (name: string): Wasm<'i32'> => {
      const from = bases.get(name);
      if (from === undefined) throw new Error(`The table has no ${name}.`);
      return i32.add(from, offset);
    };
    const end = bases.get('bytes') ?? offset;
    code.steps(offset, end, vectorBytes, () => {
      const writer = new VectorWriter(code, this.imports, this.lowered.truths);
      for (const [name, local] of this.loaded) writer.names.set(name, local);
      for (const name of this.columns.offset.keys()) if (needed.has(name)) writer.names.set(name, writer.local(v128.load(place(name))));
      for (const step of steps)
        if (step.kind === 'tensor' && needed.has(step.name)) writer.names.set(step.name, writer.local(writer.write(step.value)));
      finish(writer, place, offset);
    });
  }

  /** The sum of an operand, or of its square, over a layer, in float64; the padding behind the last weight does not count. */
  sum(code: Code, row: Wasm<'i32'>, operand: Expression, square: boolean, lanes: number): Wasm<'f64'> {
    const even = code.local('v128', f64x2.const(0));
    const odd = code.local('v128', f64x2.const(0));
    const count = code.local('i32', this.column(row, 'count'));
    const names = nodes(operand).flatMap((node) => (node.kind === 'name' ? [node.name] : []));
    this.pass(code, row, names, (writer, _place, offset) => {
      const left = i32.sub(count, i32.shr_u(offset, 2));
      const counts = f32x4.lt(v128.load(i32.const(lanes)), f32x4.splat(f32.convert_i32_s(left)));
      const value = writer.local(v128.and(writer.write(operand), counts));
      for (const [total, half] of [
        [even, value],
        [odd, highHalf(value)],
      ] as const) {
        const wide = writer.local(f64x2.promote_low_f32x4(half));
        code.set(total, f64x2.add(total, square ? f64x2.mul(wide, wide) : wide));
      }
    });
    const total = code.local('v128', f64x2.add(even, odd));
    return f64.add(f64x2.extract_lane(total, 0), f64x2.extract_lane(total, 1));
  }

  /** What must be computed for these names: the steps they stand on and the tensors they read. */
  private neededFor(wanted: readonly string[]): Set<string> {
    const needed = new Set(wanted);
    for (const step of [...this.lowered.steps].reverse())
      if (step.kind === 'tensor' && needed.has(step.name))
        for (const node of nodes(step.value)) if (node.kind === 'name') needed.add(node.name);
    return needed;
  }
}
