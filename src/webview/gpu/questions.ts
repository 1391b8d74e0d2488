/**
 * What a rule asks of the model in the middle of a step. The GPU answers nearly all of it in the stream: gradients and losses at other weights,
 * products with the Hessian and the Gauss–Newton matrix, and draws, which the CPU makes beforehand. Only what goes on from answer to
 * answer (solutions by many products, moments of signals) is computed on the CPU, with the questions in between answered by the GPU.
 */
import type { EventualModel } from '../../engine/backends/backend';
import type { CurvatureMatrix } from '../../engine/backends/webgpu/definition';
import { wait, type Eventually, type Waiting } from '../../engine/eventually';
import { ModelCalls } from '../../engine/language/model';
import type { GpuBuffer } from '../../engine/language/wgsl';
import type { StepRequest } from '../../engine/run/stream';
import { joined, split, type HostCommand, type RuleProgram } from './ruleProgram';
import type { Region, Stream } from './stream';
import type { RuleNetwork, RuleOperator } from './streamUpdater';

/** Which questions the CPU answers, with what it has to read first. */
const onCpu: ReadonlySet<string> = new Set(['hessianSolve', 'hessianAbsSolve', 'gaussNewtonSolve', 'inputMoment', 'errorMoment']);

export const needsCpu = ({ operation }: HostCommand): boolean => onCpu.has(operation);

/** Whether weights have to be moved out of the question's way. */
export const movesWeights = ({ operation }: HostCommand): boolean => operation === 'gradient' || operation === 'loss';

/** A model for the CPU's part, told when steps begin and end. */
export interface HostModel extends EventualModel {
  begin(step: number): void;
  end(): void;
  close(): void;
}

export class Questions {
  private readonly calls: ModelCalls;
  private readonly operators = new Map<CurvatureMatrix, RuleOperator>();

  /** @param aside room for weights that a question moves out of its way @param loss room for a loss elsewhere @param model answers the questions in between, where the CPU goes on from answer to answer */
  constructor(
    private readonly stream: Stream,
    private readonly aside: Region,
    private readonly loss: Region,
    private readonly model: HostModel,
    seed: number,
  ) {
    this.calls = new ModelCalls(model, seed);
  }

  begin({ step, rows }: StepRequest): void {
    this.model.begin(step);
    this.calls.begin(step, { rows, loss: NaN });
  }

  end(): void {
    for (const operator of this.operators.values()) operator.close();
    this.operators.clear();
    this.model.end();
  }

  close(): void {
    this.end();
    this.model.close();
  }

  /** Encodes the answer to a question of a program. */
  *ask(command: HostCommand, program: RuleProgram, { step, rows }: StepRequest, network: RuleNetwork): Waiting<void> {
    const { stream, loss } = this;
    const { operation, operands, result, slot } = command;
    const to = result === null ? null : program.region(result);
    switch (operation) {
      case 'gradient':
        if (to !== null) yield* wait(network.gradientAt(this.points(program.region(operands[0]), network), to, rows, step));
        return;
      case 'loss':
        yield* this.lossAt(program.region(operands[0]), network, rows, step);
        if (slot !== null) program.putNumber(stream, slot, loss);
        return;
      case 'hessian':
      case 'gaussNewton': {
        const operator = yield* this.operator(operation, rows, network);
        stream.copy(program.region(operands[0]), operator.direction);
        yield* wait(operator.apply());
        if (to !== null) stream.copy(operator.product, to);
        return;
      }
      case 'normal':
      case 'rademacher':
        if (result !== null && to !== null) stream.upload(this.draw(operation, command.site, result), to);
        return;
      default:
        if (result !== null && to !== null) stream.upload(yield* this.computed(command, result, program), to);
    }
  }

  /** Weights at which something is asked, in a buffer that is not the network's own: nothing can be copied within one. */
  private points(from: Region, { weights }: RuleNetwork): Region {
    if (from.buffer !== weights.buffer) return from;
    this.stream.copy(from, this.aside);
    return this.aside;
  }

  private *lossAt(points: Region, network: RuleNetwork, rows: Uint32Array, step: number): Waiting<void> {
    const { stream, aside, loss } = this;
    const elsewhere = points.buffer !== network.weights.buffer;
    if (elsewhere) {
      stream.copy(network.weights, aside);
      stream.copy(points, network.weights);
    }
    yield* wait(network.trainLoss(rows, step, loss));
    if (elsewhere) stream.copy(aside, network.weights);
  }

  /** The matrix at the weights that the step begins with: they stay until its last dispatch. */
  private *operator(matrix: CurvatureMatrix, rows: Uint32Array, network: RuleNetwork): Waiting<RuleOperator> {
    const made = this.operators.get(matrix) ?? (yield* wait(network.operator(rows, matrix)));
    this.operators.set(matrix, made);
    return made;
  }

  private draw(distribution: 'normal' | 'rademacher', site: number, to: GpuBuffer): Float32Array {
    const flat = new Float32Array(to.total);
    split(to, flat).forEach((values, layer) => this.calls.draw(distribution, site, layer, values));
    return flat;
  }

  /** What the CPU computes from operands that it reads back. */
  private *computed(
    { operation, operands: [operand], numbers }: HostCommand,
    result: GpuBuffer,
    program: RuleProgram,
  ): Waiting<Float32Array> {
    const { calls } = this;
    const flat = new Float32Array(result.total);
    const out = split(result, flat);
    if (operation === 'inputMoment' || operation === 'errorMoment') {
      const which = operation === 'inputMoment' ? 'input' : 'error';
      const moments = yield* calls.moments();
      return joined(
        result,
        moments.map((each) => each[which]),
      );
    }
    const regions = numbers.map((number) => (number.kind === 'name' ? program.numberRegion(number.name) : null));
    const read = yield* wait(this.read([program.region(operand), ...regions.filter((region) => region !== null)]));
    const [number] = numbers;
    let damping = 0;
    if (number.kind === 'number') damping = number.value;
    else if (number.kind === 'name') damping = regions[0] === null ? program.host.value(number.name, 0) : read[1][0];
    const v = split(operand, read[0]);
    if (operation === 'gaussNewtonSolve') yield* calls.gaussNewtonSolve(v, damping, out);
    else yield* calls.hessianSolve(v, damping, operation === 'hessianAbsSolve', out);
    return flat;
  }

  private read(regions: readonly Region[]): Eventually<readonly Float32Array[]> {
    const read = this.stream.read(regions);
    this.stream.submit();
    return read;
  }
}
