/**
 * The rule as work for a GPU: shaders in WGSL, what lies where, and what runs after what. It is a description without a GPU in it; who
 * has one (the webview) compiles the shaders, makes five buffers, and follows the commands at every step. One dispatch serves all
 * layers. What only the model can answer (a gradient elsewhere, a product with the Hessian, a draw) is a command for the host, between
 * two submissions.
 */
import type { Layer } from '../backends/backend';
import { isTruth, lower, type Lowered } from './lower';
import type { Operation } from './operations';
import { program as prepare, type Program } from './program';
import type { Settings, TextRule } from './rule';
import {
  schedule,
  type OperationStep,
  type Operand,
  type Pass,
  type ReduceStep,
  type Round,
  type Schedule,
  type ScheduledOperation,
} from './schedule';
import { extentIn, isScalar, matrixSize, scalarShape, showShape, tensorShape, type Shape } from './shape';
import type { Expression } from './tree';
import { solveKernel } from './wgsl/cholesky';
import { eigenKernel } from './wgsl/eigen';
import { extentText, Layout, mostWorkgroups, type GpuBuffer } from './wgsl/layout';
import { write } from './wgsl/expression';
import { divide, layerWorkgroups, moveKernel, numbersKernel, type Division } from './wgsl/numbers';
import { passKernel, totalKernel } from './wgsl/passes';
import { edgeOf, factorKernel, gramKernel, largestSmall, matmulKernel, stepKernel, type NewtonSchulz } from './wgsl/products';
import { rearrangeKernel, traceKernel } from './wgsl/rearrange';
import type { GpuKernel, Names } from './wgsl/writer';

export { bindings, type GpuKernel } from './wgsl/writer';
export { HostNumbers, type Division } from './wgsl/numbers';
export type { GpuBuffer } from './wgsl/layout';

/** What is done at a step, in this order. */
export type GpuCommand =
  | {
      readonly kind: 'dispatch';
      /** Index among the kernels. */
      readonly kernel: number;
      readonly workgroups: readonly [number, number, number];
      /** A truth that the CPU knows, one a layer: where it holds in none, this can be left out. */
      readonly when: string | null;
    }
  | {
      readonly kind: 'host';
      readonly operation: Operation;
      /** The buffers to read, and the one to fill: of a number null. */
      readonly operands: readonly GpuBuffer[];
      readonly result: GpuBuffer | null;
      /** Where the result is a number: its place among the numbers. */
      readonly slot: number | null;
      /** Literals or names. */
      readonly numbers: readonly Expression[];
      /** Of a draw: which of the rule's. */
      readonly site: number;
      readonly when: string | null;
    };

export interface GpuProgram {
  readonly rule: string;
  readonly file: string;
  readonly program: Program;
  readonly lowered: Lowered;
  readonly kernels: readonly GpuKernel[];
  readonly commands: readonly GpuCommand[];
  /** Weights, gradients, states, `rate` where it is one a weight, and room in between, by name. */
  readonly buffers: ReadonlyMap<string, GpuBuffer>;
  /** How many f32 the memory holds. */
  readonly memory: number;
  /** The contents of the table. */
  readonly table: Uint32Array;
  /** Which numbers are computed where; there are `numbers.slots.size` times the number of layers of them. */
  readonly numbers: Division;
}

/**
 * @param settings every hyperparameter, complete and checked
 * @param measure whether the effective rate is wanted too
 */
export function gpuProgram(rule: TextRule, settings: Settings, layers: readonly Layer[], measure: boolean): GpuProgram {
  const source = prepare(rule, settings, measure);
  const targets = new Map<string, Shape>([['w', tensorShape]]);
  for (const { name, shape } of source.states) if (!isScalar(shape)) targets.set(name, shape);
  if (measure && source.rate === 'tensor') targets.set('rate', tensorShape);
  const planner = new Planner(source, targets, layers);
  return { rule: rule.name, file: rule.file, ...planner.plan() };
}

class Planner {
  private readonly lowered: Lowered;
  private readonly schedule: Schedule;
  private readonly division: Division;
  private readonly layout: Layout;
  private readonly names: Names;
  private readonly kernels: GpuKernel[] = [];
  private readonly commands: GpuCommand[] = [];

  constructor(
    private readonly program: Program,
    targets: ReadonlyMap<string, Shape>,
    private readonly layers: readonly Layer[],
  ) {
    this.lowered = lower(program);
    this.schedule = schedule(this.lowered, targets);
    this.division = divide(this.lowered, this.numberStates);
    this.layout = new Layout(layers.map(({ shape }) => matrixSize(shape)));
    this.layout.reserve('w', tensorShape, 'weights');
    this.layout.reserve('g', tensorShape, 'gradients');
    for (const [name, shape] of targets) this.layout.reserve(name, shape);
    const places = new Map([...this.schedule.scratch].map(([name, { shape, slot }]) => [name, `${showShape(shape)} ${slot}`]));
    for (const [name, { shape }] of this.schedule.scratch) this.layout.reserve(places.get(name) ?? name, shape);
    this.names = {
      layout: this.layout,
      slots: this.division.slots,
      truths: truthsOf(this.lowered),
      bufferOf: (name) => places.get(name) ?? name,
      source: (name) => this.source(name),
    };
  }

  /** Names of the states that are one number a layer. */
  private get numberStates(): string[] {
    return this.program.states.filter(({ shape }) => isScalar(shape)).map(({ name }) => name);
  }

  /** The name behind one that only stands for another. */
  private source(name: string): string {
    const step = this.lowered.steps.find((each) => each.name === name);
    const other =
      step?.kind === 'tensor' && step.value.kind === 'name' && this.lowered.shapes.has(step.value.name) ? step.value.name : null;
    return other === null ? name : this.source(other);
  }

  plan(): Omit<GpuProgram, 'rule' | 'file'> {
    this.scalars(this.schedule.start);
    for (const round of this.schedule.rounds) this.round(round);
    for (const pass of this.schedule.finals) this.pass(pass);
    const { final } = this.lowered;
    const moves = this.numberStates
      .filter((name) => !this.division.host.has(name))
      .map((name) => [final.get(name) ?? name, name] as const)
      .filter(([from, to]) => from !== to);
    if (moves.length > 0) this.overLayersThread(moveKernel(this.names, moves));
    return {
      program: this.program,
      lowered: this.lowered,
      kernels: this.kernels,
      commands: this.commands,
      buffers: this.layout.buffers,
      memory: this.layout.memory,
      table: this.layout.table(),
      numbers: this.division,
    };
  }

  private round({ passes, ofScalars, operations, scalars }: Round): void {
    for (const pass of passes) this.pass(pass);
    if (ofScalars.length > 0) this.pass({ shape: scalarShape, computes: [], loads: [], stores: [], reductions: ofScalars });
    for (const operation of operations) this.operation(operation);
    this.scalars(scalars);
  }

  /** Scalars that the GPU computes, if there are any. */
  private scalars(steps: Schedule['start']): void {
    const ours = steps.filter(({ name }) => !this.division.host.has(name));
    if (ours.length > 0) this.overLayersThread(numbersKernel(this.names, ours));
  }

  private pass(pass: Pass): void {
    const { shape, reductions } = pass;
    const partials = reductions.length > 0 ? this.layout.reservePartials(shape, 2 * reductions.length) : 0;
    this.overElements(passKernel(this.names, pass, partials), shape);
    this.total(shape, reductions, 'layer', partials);
    this.total(shape, reductions, 'all', partials);
  }

  private total(shape: Shape, reductions: readonly ReduceStep[], over: 'layer' | 'all', partials: number): void {
    if (!reductions.some((step) => step.over === over)) return;
    this.dispatch(totalKernel(this.names, shape, reductions, over, partials), [over === 'all' ? 1 : this.layers.length, 1, 1]);
  }

  private operation({ step: written, operands }: ScheduledOperation): void {
    const step: OperationStep = { ...written, operands: operands.map((each) => each.name) };
    const { name, operation, shape } = step;
    const when = step.when !== null && this.division.host.has(step.when) ? step.when : null;
    const rearranged = rearrangeKernel(this.names, step);
    if (rearranged !== null) return this.overElements(rearranged, shape, when);
    switch (operation) {
      case 'trace':
        return this.overLayersThread(traceKernel(this.names, step), when);
      case 'matmul':
        return this.product(operands[0], operands[1], name, shape, when);
      case 'newtonSchulz':
        return this.newtonSchulz(step, when);
      case 'inverse':
      case 'solve': {
        const factor = this.room(`factor`, step.operandShapes[0]);
        return this.dispatch(solveKernel(this.names, step, factor), [this.layers.length, 1, 1], when);
      }
      case 'eigenvectors':
      case 'inverseRoot':
        return this.eigen(step, when);
      default:
        this.host(step, when);
    }
  }

  private eigen(step: OperationStep, when: string | null): void {
    const [own] = step.operandShapes;
    const room = { turned: this.room('turned', own), vectors: this.room('vectors', own), angles: `angles ${showShape(own)}` };
    this.layout.reserve(room.angles, own, 'memory', (size) => extentIn(own[0], size) + 2);
    const [p] = step.numbers;
    const exponent = step.operation === 'inverseRoot' && p.kind === 'number' ? -0.5 / p.value : null;
    this.dispatch(eigenKernel(this.names, step, room, exponent), [this.layers.length, 1, 1], when);
    if (exponent === null) return;
    const half = { name: room.vectors, shape: own, transposed: false };
    this.product(half, { ...half, transposed: true }, step.name, own, when);
  }

  private newtonSchulz(step: OperationStep, when: string | null): void {
    const {
      operands: [x],
      operandShapes: [own],
      numbers,
      name,
    } = step;
    const last = numbers[3];
    const steps = last.kind === 'number' ? last.value : 0;
    const square = (what: string): string => {
      const made = `${what} of ${showShape(own)}`;
      this.layout.reserve(made, own, 'memory', (size) => Math.min(extentIn(own[0], size), extentIn(own[1], size)) ** 2);
      return made;
    };
    const of: NewtonSchulz = {
      height: extentText(own[0]),
      width: extentText(own[1]),
      gram: square('gram'),
      factor: square('factor'),
      small: this.areSmall(own),
      coefficients: (writer) => [write(numbers[0], writer), write(numbers[1], writer), write(numbers[2], writer)],
    };
    const between = this.room('between', own);
    // The last iteration writes the result; those before it take turns.
    let from = x;
    for (let k = steps; k > 0; k--) {
      const to = k % 2 === 1 ? name : between;
      for (const kernel of [gramKernel(this.names, from, of), factorKernel(this.names, of), stepKernel(this.names, from, to, of)])
        this.overSquares(kernel, own, of.small, when, true);
      from = to;
    }
    if (steps === 0) {
      const copy: OperationStep = { ...step, operation: 'expand', operandShapes: [own] };
      const kernel = rearrangeKernel(this.names, copy);
      if (kernel !== null) this.overElements(kernel, own, when);
    }
  }

  private host({ name, operation, operands, numbers, shape, site }: OperationStep, when: string | null): void {
    const buffer = (each: string): GpuBuffer => {
      const found = this.layout.buffers.get(this.names.bufferOf(each));
      if (found === undefined) throw new Error(`There is no buffer ${each}.`);
      return found;
    };
    this.commands.push({
      kind: 'host',
      operation,
      operands: operands.map(buffer),
      result: isScalar(shape) ? null : buffer(name),
      slot: isScalar(shape) ? (this.division.slots.get(name) ?? null) : null,
      numbers,
      site,
      when,
    });
  }

  /** Room for the inside of an operation: all operations of one shape share it. */
  private room(what: string, shape: Shape): string {
    const name = `${what} ${showShape(shape)}`;
    this.layout.reserve(name, shape);
    return name;
  }

  private overElements(kernel: GpuKernel, shape: Shape, when: string | null = null): void {
    const count = this.layout.tileCount(shape);
    this.dispatch(kernel, [Math.min(count, mostWorkgroups), Math.ceil(count / mostWorkgroups), 1], when);
  }

  private overLayersThread(kernel: GpuKernel, when: string | null = null): void {
    this.dispatch(kernel, [layerWorkgroups(this.layers.length), 1, 1], when);
  }

  private product(a: Operand, b: Operand, to: string, shape: Shape, when: string | null): void {
    const small = this.areSmall(a.shape, b.shape);
    this.overSquares(matmulKernel(this.names, a, b, to, small), shape, small, when);
  }

  /** Have matrices of these shapes few rows and columns in every layer? */
  private areSmall(...shapes: readonly Shape[]): boolean {
    return shapes.flat().every((extent) => this.layout.largest(extent) <= largestSmall);
  }

  /** @param turned in some layers the matrix may lie on its side */
  private overSquares(kernel: GpuKernel, [rows, columns]: Shape, small: boolean, when: string | null, turned = false): void {
    const [down, across] = [this.layout.largest(rows), this.layout.largest(columns)].map((extent) => Math.ceil(extent / edgeOf(small)));
    const most = Math.max(down, across);
    this.dispatch(kernel, turned ? [most, most, this.layers.length] : [across, down, this.layers.length], when);
  }

  /** Equal shaders are one. */
  private dispatch(kernel: GpuKernel, workgroups: readonly [number, number, number], when: string | null = null): void {
    const known = this.kernels.findIndex(({ code }) => code === kernel.code);
    const index = known >= 0 ? known : this.kernels.push(kernel) - 1;
    this.commands.push({ kind: 'dispatch', kernel: index, workgroups, when });
  }
}

/** All names that are true or false, also those that repeat another. */
function truthsOf({ steps, truths }: Lowered): ReadonlySet<string> {
  const found = new Set(truths);
  for (const step of steps) {
    const is =
      step.kind === 'operation'
        ? step.operation === 'expand' && found.has(step.operands[0])
        : step.kind !== 'reduce' && isTruth(step.value, found);
    if (is) found.add(step.name);
  }
  return found;
}
