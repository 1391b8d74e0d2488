/**
 * The rule as work for a GPU: shaders in WGSL, what lies where, and what runs after what. It is a description without a GPU in it; who
 * has one (the webview) compiles the shaders, makes five buffers, and follows the commands at every step. One dispatch serves all
 * layers. What only the model can answer (a gradient elsewhere, a product with the Hessian, a draw) is a command for whoever has the model.
 */
import type { Layer } from '../backends/backend';
import { isTruth, lower, type Lowered } from './lower';
import { program as prepare, type Program } from './program';
import type { Settings, TextRule } from './rule';
import {
  schedule,
  type OperationStep,
  type Pass,
  type ReduceStep,
  type Round,
  type ScalarStep,
  type Schedule,
  type ScheduledOperation,
} from './schedule';
import { isScalar, matrixSize, sameShape, scalarShape, showShape, tensorShape, type Shape } from './shape';
import { Commands, type GpuCommand } from './wgsl/commands';
import { Layout, type GpuBuffer, type Style } from './wgsl/layout';
import { addMatrixOperation } from './wgsl/matrices';
import { divide, moveKernel, numbersKernel, type Division } from './wgsl/numbers';
import { passKernel, totalKernel } from './wgsl/passes';
import { elementKernel, rearrangeKernel, traceKernel } from './wgsl/rearrange';
import type { GpuKernel, Names } from './wgsl/writer';

export type { GpuCommand } from './wgsl/commands';
export { styleFor, type GpuBuffer } from './wgsl/layout';
export { HostNumbers, type Division } from './wgsl/numbers';
export { bindings, type GpuKernel } from './wgsl/writer';

export interface GpuProgram {
  readonly rule: string;
  readonly file: string;
  readonly program: Program;
  readonly lowered: Lowered;
  readonly kernels: readonly GpuKernel[];
  readonly commands: readonly GpuCommand[];
  /** Weights, gradients, states, `rate` where it is not one a layer, and room in between, by name. States and `rate` lie in the same places whether measured or not. */
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
 * @param style how shaders are written; nothing lies elsewhere for it
 */
export function gpuProgram(rule: TextRule, settings: Settings, layers: readonly Layer[], measure: boolean, style: Style): GpuProgram {
  const measured = prepare(rule, settings, true);
  const source = measure ? measured : prepare(rule, settings, false);
  const targets = new Map<string, Shape>([['w', tensorShape]]);
  for (const { name, shape } of source.states) if (!isScalar(shape)) targets.set(name, shape);
  const rate = [...measured.lines].reverse().find(({ target }) => target === 'rate')?.shape ?? scalarShape;
  if (measure && !isScalar(rate)) targets.set('rate', rate);
  const planner = new Planner(source, targets, !isScalar(rate), layers, style);
  return { rule: rule.name, file: rule.file, ...planner.plan() };
}

/** The rate as the rule computes it, perhaps one a row or a column, before it is repeated to one a weight. */
const computedRate = 'the computed rate';
const spreadRate = 'the spread rate';

class Planner {
  private readonly lowered: Lowered;
  private readonly schedule: Schedule;
  private readonly division: Division;
  private readonly layout: Layout;
  private readonly names: Names;
  private readonly commands: Commands;
  /** Names of the states that are one number a layer. */
  private readonly numberStates: readonly string[];

  constructor(
    private readonly program: Program,
    private readonly targets: ReadonlyMap<string, Shape>,
    ratesDiffer: boolean,
    layers: readonly Layer[],
    style: Style,
  ) {
    this.lowered = lower(program);
    this.schedule = schedule(this.lowered, targets);
    this.numberStates = program.states.filter(({ shape }) => isScalar(shape)).map(({ name }) => name);
    this.division = divide(this.lowered, this.numberStates);
    this.layout = new Layout(
      layers.map(({ shape }) => matrixSize(shape)),
      style,
    );
    const places = new Map([[spreadRate, 'rate']]);
    if (!sameShape(targets.get('rate') ?? tensorShape, tensorShape)) places.set('rate', computedRate);
    for (const [name, { shape, slot }] of this.schedule.scratch) places.set(name, `${showShape(shape)} ${slot}`);
    this.layout.reserve('w', tensorShape, 'weights');
    this.layout.reserve('g', tensorShape, 'gradients');
    // What outlives a step comes first, so that it lies in the same places whether the step measures or not.
    for (const { name, shape } of program.states) if (!isScalar(shape)) this.layout.reserve(name, shape);
    if (ratesDiffer) this.layout.reserve('rate', tensorShape);
    for (const [name, shape] of [...targets, ...[...this.schedule.scratch].map(([name, place]) => [name, place.shape] as const)])
      this.layout.reserve(places.get(name) ?? name, shape);
    this.names = {
      layout: this.layout,
      slots: this.division.slots,
      truths: truthsOf(this.lowered),
      bufferOf: (name) => places.get(name) ?? name,
      source: (name) => this.source(name),
    };
    this.commands = new Commands(this.names);
  }

  /** The name behind one that only stands for another. */
  private source(name: string): string {
    const step = this.lowered.steps.find((each) => each.name === name);
    const other =
      step?.kind === 'tensor' && step.value.kind === 'name' && this.lowered.shapes.has(step.value.name) ? step.value.name : null;
    return other === null ? name : this.source(other);
  }

  plan(): Omit<GpuProgram, 'rule' | 'file'> {
    const { commands, layout, program, lowered, division } = this;
    this.scalars(this.schedule.start);
    for (const round of this.schedule.rounds) this.round(round);
    for (const pass of this.schedule.finals) this.pass(pass);
    this.spreadRate();
    this.moveStates();
    return {
      program,
      lowered,
      kernels: commands.kernels,
      commands: commands.list,
      buffers: layout.buffers,
      memory: layout.memory,
      table: layout.table(),
      numbers: division,
    };
  }

  private round({ passes, ofScalars, operations, scalars }: Round): void {
    for (const pass of passes) this.pass(pass);
    if (ofScalars.length > 0) this.pass({ shape: scalarShape, computes: [], loads: [], stores: [], reductions: ofScalars });
    for (const operation of operations) this.operation(operation);
    this.scalars(scalars);
  }

  /** Scalars that the GPU computes, if there are any. */
  private scalars(steps: readonly ScalarStep[]): void {
    const ours = steps.filter(({ name }) => !this.division.host.has(name));
    if (ours.length > 0) this.commands.aThreadALayer(numbersKernel(this.names, ours));
  }

  private pass(pass: Pass): void {
    const { shape, reductions } = pass;
    const partials = reductions.length > 0 ? this.layout.reservePartials(shape, 2 * reductions.length) : 0;
    this.commands.overElements(passKernel(this.names, pass, partials), shape);
    this.totals(shape, reductions, 'layer', partials);
    this.totals(shape, reductions, 'all', partials);
  }

  private totals(shape: Shape, reductions: readonly ReduceStep[], over: 'layer' | 'all', partials: number): void {
    if (!reductions.some((step) => step.over === over)) return;
    this.commands.aWorkgroupALayer(totalKernel(this.names, shape, reductions, over, partials), over === 'all');
  }

  private operation({ step: scheduled, operands }: ScheduledOperation): void {
    const { commands, names } = this;
    const step: OperationStep = { ...scheduled, operands: operands.map((each) => each.name) };
    commands.when = step.when !== null && this.division.host.has(step.when) ? step.when : null;
    if (step.operation === 'trace') commands.aThreadALayer(traceKernel(names, step));
    else {
      const isNumber = isScalar(step.shape) && step.operation !== 'loss';
      if (isNumber) this.layout.reserve(step.name, scalarShape);
      if (!addMatrixOperation(commands, step, operands)) commands.ask(step);
      else if (isNumber) commands.aThreadALayer(elementKernel(names, step.name));
    }
    commands.when = null;
  }

  private spreadRate(): void {
    const shape = this.targets.get('rate');
    if (shape === undefined || sameShape(shape, tensorShape)) return;
    const kernel = rearrangeKernel(this.names, {
      kind: 'operation',
      operation: 'expand',
      name: spreadRate,
      operands: ['rate'],
      operandShapes: [shape],
      numbers: [],
      shape: tensorShape,
      site: 0,
      when: null,
    });
    if (kernel !== null) this.commands.overElements(kernel, tensorShape);
  }

  /** States that are numbers of the GPU take their new values. */
  private moveStates(): void {
    const moves = this.numberStates
      .filter((name) => !this.division.host.has(name))
      .map((name) => [this.lowered.final.get(name) ?? name, name] as const)
      .filter(([from, to]) => from !== to);
    if (moves.length > 0) this.commands.aThreadALayer(moveKernel(this.names, moves));
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
