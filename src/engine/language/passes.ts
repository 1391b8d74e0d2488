/**
 * Passes over buffers as WebAssembly SIMD kernels in float32: element-wise steps fused, each value in a variable of the kernel, reductions
 * accumulated in float64 in a fixed order, a step's statistics summed where the new weights are stored. A pass goes through blocks of a
 * fixed length, so that threads can share a long one and still compute the same bits.
 */
import type { Measure } from '../backends/backend';
import { Assembler, type Code, type Local } from '../backends/cpu/assembler';
import { f32, f32x4, i32, v128, type I32, type V128 } from '../backends/cpu/instructions';
import { alone } from '../backends/cpu/team';
import { compile, type WasmExports } from '../backends/cpu/webassembly';
import { block, blockBytes, countOffset, type Buffers, type Table } from './buffers';
import { importOf, importsFor, VectorWriter, type Imports } from './kernel';
import { kernelFunctions } from './kernelFunctions';
import type { Lowered } from './lower';
import { emitSums, StatisticsWriter, type StatisticsTable, type Summing } from './passStatistics';
import { Accumulator } from './reduction';
import type { Scalars } from './scalars';
import { namesIn, type Pass } from './schedule';
import { countIn, type MatrixSize } from './shape';
import { nodes, type Expression } from './tree';

const vectorBytes = 16;
const floatBytes = 4;
const doubleBytes = 8;
/** The numbers 0 to 3 stand before the scalars that a kernel reads: which element of a vector is which. */
const lanes = [0, 1, 2, 3];

/** Vectors that one turn of the loop computes, where a vector takes at most so many operations: beyond, turning costs nothing beside them. */
const vectorsOfTurn = 4;
const shortBody = 100;
/** Operations of a function that is computed from several instructions. */
const functionLength = 30;

/** Numbers from which on the threads of a team share a pass: before, calling them takes longer than they save. */
const worthSharing = 65_536;

/** A pass as it is run. */
export interface RunnablePass {
  /** Hands the scalars of the layer at hand to the kernels. */
  hand(): void;
  /** Runs it on these layers, the end exclusive. */
  run(from: number, to: number, measure: Measure): void;
  /** What the reductions have come to over the layers run last, before they are finished. */
  readonly totals: Float64Array;
}

/** Some passes of one lowered program over the buffers of one arena, as one module. */
export class Passes {
  private readonly uniforms: readonly string[];
  private readonly uniformAddress: number;
  private readonly totalAddress: number;

  /**
   * Reserves room in the arena.
   * @param bufferOf the buffer that a name's value lies in
   * @param statistics where the pass that stores the weights sums statistics
   * @param measures what its steps may be asked to measure
   */
  constructor(
    private readonly lowered: Lowered,
    private readonly passes: readonly Pass[],
    private readonly buffers: Buffers,
    private readonly bufferOf: (name: string) => string,
    private readonly statistics: StatisticsTable,
    private readonly measures: readonly Measure[],
  ) {
    this.uniforms = [...new Set(passes.flatMap(expressionsOf).flatMap(namesIn))].filter((name) => !lowered.shapes.has(name));
    this.uniformAddress = buffers.arena.reserve((lanes.length + this.uniforms.length) * floatBytes, 'Scalars');
    this.totalAddress = buffers.arena.reserve(Math.max(1, ...passes.map((pass) => pass.reductions.length)) * doubleBytes, 'Sums');
  }

  /** Makes the kernels; the arena must be open and its tables reserved. @returns in the order of the passes */
  compile(scalars: Scalars, sizes: readonly MatrixSize[]): RunnablePass[] {
    const { arena } = this.buffers;
    const assembler = new Assembler({ shared: arena.team.shared });
    const imports = importsFor(assembler, this.passes.flatMap(expressionsOf));
    const sums = emitSums(assembler, this.uniformAddress);
    const tables = this.passes.map(({ shape }) => this.buffers.table(shape));
    const kernels = this.passes.map((pass, i) =>
      this.variants(pass).map((measure) => {
        const name = `pass${i}.${measure}`;
        this.emit(assembler, imports, sums, name, pass, tables[i], measure);
        return { measure, name };
      }),
    );
    const module = compile(assembler.bytes());
    const names = [...imports.keys()];
    const single = alone.link(module, arena.memory, names);
    const counts = this.passes.map(({ shape }) => sizes.map((size) => countIn(shape, size)));
    const shared = (i: number): boolean => arena.team.size > 1 && this.passes[i].reductions.length === 0 && sum(counts[i]) >= worthSharing;
    const team: WasmExports = this.passes.some((_, i) => shared(i)) ? arena.team.link(module, arena.memory, names) : single;

    const handed = arena.floats(this.uniformAddress, lanes.length + this.uniforms.length);
    handed.set(lanes);
    const slots = Int32Array.from(this.uniforms, (name) => scalars.slot(name));
    const hand = (): void => {
      for (let i = 0; i < slots.length; i++) handed[lanes.length + i] = scalars.get(slots[i]);
    };
    return this.passes.map(({ reductions: { length } }, i) => {
      const { blocks, first } = tables[i];
      const of = (exports: WasmExports, measure: Measure): WasmExports[string] =>
        exports[(kernels[i].find((each) => each.measure === measure) ?? kernels[i][kernels[i].length - 1]).name];
      const inOne = { nothing: of(single, 'nothing'), statistics: of(single, 'statistics'), rates: of(single, 'rates') };
      const inAll = { nothing: of(team, 'nothing'), statistics: of(team, 'statistics'), rates: of(team, 'rates') };
      const before = [0];
      for (const count of counts[i]) before.push(before[before.length - 1] + count);
      const sharing = shared(i);
      return {
        hand,
        run(from, to, measure) {
          const together = sharing && before[to] - before[from] >= worthSharing;
          const [begin, end] = [blocks + first[from] * blockBytes, blocks + first[to] * blockBytes];
          if (together) inAll[measure](begin, end, arena.team.size);
          else inOne[measure](begin, end, 1, 0);
        },
        totals: arena.doubles(this.totalAddress, length),
      };
    });
  }

  /** What a pass has kernels for: one for all, unless it sums statistics. */
  private variants(pass: Pass): readonly Measure[] {
    return sumsStatistics(pass) ? this.measures : this.measures.slice(0, 1);
  }

  /** (first block, the one behind the last, threads, number of the thread): its share of these blocks. */
  private emit(assembler: Assembler, imports: Imports, sums: Summing, name: string, pass: Pass, table: Table, measure: Measure): void {
    assembler.function(name, ['i32', 'i32', 'i32', 'i32'], null, (code, [from, to, threads, part]) => {
      const kernel = new Kernel(code, pass, measure, this.lowered, imports, (buffer) => table.offset(this.bufferOf(buffer)), {
        lanes: this.uniformAddress,
        uniforms: this.uniformsOf(code, pass),
        statistics:
          measure !== 'nothing' && sumsStatistics(pass) ? new StatisticsWriter(code, this.statistics, sums, part, storesRate(pass)) : null,
      });
      const count = code.local('i32', i32.div_u(i32.sub(to, from), blockBytes));
      const share = (number: I32): I32 => i32.add(from, i32.mul(i32.div_u(i32.mul(count, number), threads), blockBytes));
      const at = code.local('i32', share(part));
      const end = code.local('i32', share(i32.add(part, 1)));
      kernel.clear();
      code.while(i32.lt_u(at, end), () => {
        kernel.block(at, table.blocks);
        code.set(at, i32.add(at, blockBytes));
      });
      kernel.totals.forEach((total, k) => code.store('f64', i32.const(this.totalAddress), total.value(), k * doubleBytes));
    });
  }

  /** The scalars that a pass reads, in every element of a vector; truths as masks. */
  private uniformsOf(code: Code, pass: Pass): ReadonlyMap<string, Local<'v128'>> {
    const read = new Set(expressionsOf(pass).flatMap(namesIn));
    const found = new Map<string, Local<'v128'>>();
    this.uniforms.forEach((name, place) => {
      if (!read.has(name)) return;
      const value = v128.load32_splat(i32.const(this.uniformAddress), (lanes.length + place) * floatBytes);
      found.set(name, code.local('v128', this.lowered.truths.has(name) ? f32x4.ne(value, 0) : value));
    });
    return found;
  }
}

interface Given {
  /** Address of the numbers 0 to 3. */
  readonly lanes: number;
  readonly uniforms: ReadonlyMap<string, Local<'v128'>>;
  /** Null where nothing is measured. */
  readonly statistics: StatisticsWriter | null;
}

/** The body of one pass's kernel. */
class Kernel {
  readonly totals: readonly Accumulator[];
  private readonly stores: Pass['stores'];
  private readonly loads: readonly string[];
  private readonly bases: ReadonlyMap<string, Local<'i32'>>;
  private readonly count: Local<'i32'>;
  private readonly offset: Local<'i32'>;
  private readonly whole: Local<'i32'>;
  private readonly end: Local<'i32'>;
  /** Vectors of a turn. */
  private readonly vectors: number;

  constructor(
    private readonly code: Code,
    private readonly pass: Pass,
    measure: Measure,
    private readonly lowered: Lowered,
    private readonly imports: Imports,
    private readonly place: (buffer: string) => number,
    private readonly given: Given,
  ) {
    this.stores = pass.stores.filter(({ to }) => to !== 'rate' || measure !== 'statistics' || given.statistics === null);
    this.loads = [...new Set([...pass.loads, ...(given.statistics === null ? [] : ['w'])])];
    const summed = given.statistics === null ? [] : ['g'];
    this.bases = new Map(
      [...new Set([...this.loads, ...summed, ...this.stores.map(({ to }) => to)])].map((each) => [each, code.local('i32')]),
    );
    this.count = code.local('i32');
    this.offset = code.local('i32');
    this.whole = code.local('i32');
    this.end = code.local('i32');
    this.totals = pass.reductions.map((step) => new Accumulator(code, step));
    this.vectors = sum(expressionsOf(pass).map(lengthOf)) <= shortBody ? vectorsOfTurn : 1;
  }

  /** The kernel begins. */
  clear(): void {
    for (const total of this.totals) total.clear();
  }

  /** One block. @param at its address @param blocks where the table of blocks begins */
  block(at: I32, blocks: number): void {
    const { code, offset, whole, end } = this;
    const { statistics } = this.given;
    const row = code.local('i32', i32.load(at, block.row));
    for (const [each, base] of this.bases) code.set(base, i32.load(row, this.place(each)));
    code.set(this.count, i32.load(row, countOffset));
    code.set(offset, i32.load(at, block.from));
    code.set(whole, i32.load(at, block.whole));
    code.set(end, i32.load(at, block.end));
    if (statistics === null) return this.stretch(whole, end);
    statistics.clear(at, blocks);
    code.while(i32.lt_s(offset, end), () => {
      const stop = code.local('i32', statistics.begin(offset));
      const full = code.local('i32', stop);
      code.if(i32.lt_s(end, stop), () => {
        code.set(full, whole);
        code.set(stop, end);
      });
      this.stretch(full, stop);
      statistics.settle(offset, this.count, this.base('g'), this.base('w'));
    });
  }

  /** Goes on to `end`. @param whole up to where no vector is padded */
  private stretch(whole: Local<'i32'>, end: Local<'i32'>): void {
    this.code.steps(this.offset, whole, this.vectors * vectorBytes, () => this.turn(this.vectors, false));
    this.code.steps(this.offset, end, vectorBytes, () => this.turn(1, true));
  }

  /** Computes so many vectors from the offset on. @param padded may the last be padded? */
  private turn(vectors: number, padded: boolean): void {
    const { code, offset, pass } = this;
    const { statistics, uniforms } = this.given;
    const places = new Map([...this.bases].map(([each, base]) => [each, code.local('i32', i32.add(base, offset))]));
    const place = (each: string): Local<'i32'> => places.get(each) ?? missing(each);
    const counts = padded && this.totals.length > 0 ? code.local('v128', this.counted()) : null;
    for (let i = 0; i < vectors; i++) {
      const writer = new VectorWriter(code, this.imports, this.lowered.truths);
      const value = (name: string): Local<'v128'> => writer.names.get(name) ?? missing(name);
      for (const [each, local] of uniforms) writer.names.set(each, local);
      for (const each of this.loads) writer.names.set(each, writer.local(v128.load(place(each), i * vectorBytes)));
      for (const step of pass.computes) writer.names.set(step.name, writer.local(writer.write(step.value)));
      for (const { value: from, to } of this.stores) code.store('v128', place(to), value(from), i * vectorBytes);
      for (const total of this.totals) total.add(writer.local(writer.write(total.step.operand)), counts);
      const final = (name: string): Local<'v128'>[] => pass.stores.filter(({ to }) => to === name).map((store) => value(store.value));
      statistics?.keep(offset, i, f32x4.sub(final('w')[0], value('w')), final('rate')[0]);
    }
  }

  /** A mask of the elements of the vector at the offset that are no padding. */
  private counted(): V128 {
    const left = i32.sub(this.count, i32.shr_u(this.offset, 2));
    return f32x4.lt(v128.load(i32.const(this.given.lanes)), f32x4.splat(f32.convert_i32_s(left)));
  }

  private base(buffer: string): Local<'i32'> {
    return this.bases.get(buffer) ?? missing(buffer);
  }
}

/** Is it the pass that sums statistics where they are asked for: the one that stores the weights? */
export const sumsStatistics = ({ stores }: Pass): boolean => stores.some(({ to }) => to === 'w');

const storesRate = ({ stores }: Pass): boolean => stores.some(({ to }) => to === 'rate');

const expressionsOf = ({ computes, reductions }: Pass): Expression[] => [
  ...computes.map((step) => step.value),
  ...reductions.map((step) => step.operand),
];

/** About how many operations an expression takes. */
const lengthOf = (node: Expression): number =>
  sum(
    nodes(node).map((each) =>
      importOf(each) !== null ? Infinity : each.kind === 'call' && kernelFunctions.has(each.name) ? functionLength : 1,
    ),
  );

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

const missing = (name: string): never => {
  throw new Error(`The kernel has no ${name}.`);
};
