/** A network in 32-bit floats on WebAssembly SIMD, in one thread or several. */
import { startingLayers } from '../../network/initial';
import { drawNoise, streamOf } from '../../network/draws';
import type { DropoutOperation, NoiseOperation } from '../../network/operations';
import type { NetworkPlan } from '../../network/plan';
import { Samples } from '../../network/samples';
import { hasMoments, isJoint, structure, type Structure } from '../../network/structure';
import type { Rows } from '../../network/losses';
import type { Dataset } from '../../problems/dataset';
import type { Random } from '../../random';
import type { Evaluation, HessianOperator, Layer, Moments } from '../backend';
import { CurvatureProgram, usualBlock } from './curvature';
import { CpuHessian } from './hessian';
import { Intake } from './intake';
import type { CurvatureMatrix } from './layers/definition';
import { rowBytes, sizeOf, stride } from './matrix';
import { Arena, memoryLimit } from './memory';
import { CpuMoments } from './moments';
import { stateWords, writeState } from './philox';
import type { ResidentModel } from './resident';
import { Step, type StepFunctions } from './step';
import { alone, type Team } from './team';

/** Tensors as large as all weights that rules may keep, states and scratch, also of rules read anew; they cost address space until they are written to. */
const stateTensors = 32;
/** Bytes kept for whatever else an updater lays out. */
const otherBytes = 2 ** 20;

/** Numbers that a block of samples may take before fewer samples are taken at a time. */
const roomyBlock = 2 ** 22;
/** The most samples of a block where nothing asks for more. */
const largestBlock = 256;

/** What an operation draws for each step, and where that goes. */
interface Draw {
  readonly operation: DropoutOperation | NoiseOperation;
  /** Noise, without gaps. */
  readonly numbers: Float32Array;
  /** Of a mask's stream. */
  readonly state: Int32Array;
  readonly size: number;
}

/** A batch norm's statistics of the block, and the running ones. */
interface Running {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVariance: Float32Array;
  readonly momentum: number;
  readonly positions: number;
}

export class CpuNetwork implements ResidentModel {
  readonly layers: readonly Layer[];
  readonly parameters: number;
  readonly samples: number;
  readonly weights: readonly Float32Array[];
  readonly gradients: readonly Float32Array[];
  readonly buffers: readonly Float32Array[];
  readonly arena: Arena;
  readonly weightAddresses: readonly number[];
  readonly gradientAddresses: readonly number[];
  readonly moments: ((rows: Uint32Array, random: Random) => readonly Moments[]) | null;
  private readonly network: Structure;
  private readonly data: Samples;
  private readonly intake: Intake;
  private readonly outputs: Rows & { count: number };
  private readonly functions: StepFunctions;
  /** The most samples of a block. */
  private readonly capacity: number;
  private readonly draws: readonly Draw[];
  private readonly running: readonly Running[];
  private readonly seed: number;
  private step = 0;
  /** Whether the running statistics have not moved in this step. */
  private fresh = false;
  private readonly curvature = new Map<number, CurvatureProgram>();
  private measuredMoments: CpuMoments | undefined;

  /**
   * @param largestBatch the most rows that `gradient` will be given; more are taken in turn, unless samples depend on one another
   * @throws Error where plan and data do not fit together, RangeError where the network is too large
   */
  constructor(plan: NetworkPlan, data: Dataset, largestBatch: number, team: Team = alone) {
    const network = structure(plan);
    this.network = network;
    this.data = new Samples(data, network);
    this.layers = network.layers;
    this.parameters = network.parameters;
    this.samples = data.samples;
    this.seed = plan.seed;
    this.intake = new Intake(data, network);
    this.capacity = blockOf(network, largestBatch);

    const step = new Step(network, this.capacity, this.intake, team.size);
    const { places, parts } = step.layout;
    const arena = new Arena(memoryLimit, team);
    this.arena = arena;
    arena.reserve(step.bytes, 'The network');
    arena.open(stateTensors * 4 * (this.parameters + 4 * this.layers.length) + otherBytes);
    this.weightAddresses = places.weights;
    this.gradientAddresses = places.gradients;
    const tensors = (addresses: readonly number[]) => this.layers.map(({ parameters }, i) => arena.floats(addresses[i], parameters));
    this.weights = tensors(places.weights);
    this.gradients = tensors(places.gradients);
    this.buffers = network.buffers.map(({ length, start }, i) => arena.floats(places.buffers[i], length).fill(start));
    let tensor = 0;
    for (const { weight, bias } of startingLayers(plan)) for (const values of [weight, bias]) this.weights[tensor++].set(values);

    const matrix = (v: number) => arena.floats(step.address(step.layout.value(v)), (this.capacity * rowBytes(sizeOf(network, v))) / 4);
    this.intake.open(arena, step.intake, this.capacity, matrix(0));
    this.outputs = { values: matrix(network.values.length - 1), count: 0, columns: network.outputs, stride: stride(network.outputs) };
    this.draws = network.operations.flatMap((operation, i): Draw[] => {
      const { drawn } = parts[i];
      if (drawn === undefined || (operation.kind !== 'dropout' && operation.kind !== 'noise')) return [];
      const size = sizeOf(network, i + 1);
      const numbers = arena.floats(step.address(drawn.numbers), this.capacity * size);
      return [{ operation, size, numbers, state: arena.integers(step.address(drawn.state), stateWords) }];
    });
    this.running = parts.flatMap(({ statistics }): Running[] => {
      if (statistics === undefined) return [];
      const { channels, positions, momentum, buffer } = statistics.operation;
      return [
        {
          mean: arena.floats(step.address(statistics.mean), channels),
          variance: arena.floats(step.address(statistics.variance), channels),
          runningMean: this.buffers[buffer],
          runningVariance: this.buffers[buffer + 1],
          momentum,
          positions,
        },
      ];
    });
    this.moments = hasMoments(network)
      ? (rows, random) => (this.measuredMoments ??= new CpuMoments(network, this.data)).measure(this.weights, rows, random)
      : null;
    this.functions = step.link(arena);
  }

  begin(step: number): void {
    this.step = step;
    this.fresh = true;
  }

  gradient(rows: Uint32Array): number {
    const { functions, capacity } = this;
    const streams = this.streams();
    const weight = 1 / rows.length;
    let sum = 0;
    for (let from = 0; from < rows.length; from += capacity) {
      const count = this.gather(rows, from);
      this.draw(streams, count);
      sum += functions.gradient(count, from === 0 ? 0 : 1, weight);
    }
    if (this.fresh) this.follow(rows.length);
    return sum / rows.length;
  }

  loss(rows: Uint32Array): number {
    const streams = this.streams();
    let sum = 0;
    for (let from = 0; from < rows.length; from += this.capacity) {
      const count = this.gather(rows, from);
      this.draw(streams, count);
      sum += this.functions.loss(count);
    }
    return sum / rows.length;
  }

  evaluate(rows: Uint32Array): Evaluation {
    let loss = 0;
    let right = 0;
    for (let from = 0; from < rows.length; from += this.capacity) {
      this.outputs.count = this.gather(rows, from);
      loss += this.functions.evaluate(this.outputs.count);
      right += this.data.right(rows, from, this.outputs);
    }
    return { loss: loss / rows.length, accuracy: this.data.classifies ? right / rows.length : null };
  }

  hessian(rows: Uint32Array): HessianOperator {
    return this.operator(rows, 'hessian');
  }

  gaussNewton(rows: Uint32Array): HessianOperator {
    return this.operator(rows, 'gaussNewton');
  }

  private operator(rows: Uint32Array, matrix: CurvatureMatrix): HessianOperator {
    const capacity = isJoint(this.network) ? rows.length : usualBlock;
    const program = this.curvature.get(capacity) ?? new CurvatureProgram(this.network, capacity);
    if (!this.curvature.has(capacity)) {
      this.curvature.clear(); // another size of joint blocks takes the old one's place
      this.curvature.set(capacity, program);
    }
    return new CpuHessian(program, this.data, this.weights, rows, matrix);
  }

  private gather(rows: Uint32Array, from: number): number {
    const count = Math.min(this.capacity, rows.length - from);
    this.intake.gather(rows, from, count);
    return count;
  }

  private streams(): readonly Random[] {
    return this.draws.length === 0 ? nothing : this.draws.map(({ operation }) => streamOf(operation, this.seed, this.step));
  }

  /** Draws for the next samples of the batch: noise here, masks in the step itself, which is told where their streams stand. */
  private draw(streams: readonly Random[], count: number): void {
    this.draws.forEach(({ operation, numbers, state, size }, i) => {
      if (operation.kind === 'noise') return drawNoise(streams[i], operation.deviation, numbers, 0, count * size);
      writeState(streams[i], state);
      streams[i].counter += count * size;
    });
  }

  /** Moves the running statistics towards those of the batch. */
  private follow(samples: number): void {
    this.fresh = false;
    for (const { mean, variance, runningMean, runningVariance, momentum, positions } of this.running) {
      const count = samples * positions;
      const unbiased = count / (count - 1);
      for (let c = 0; c < mean.length; c++) {
        runningMean[c] = (1 - momentum) * runningMean[c] + momentum * mean[c];
        runningVariance[c] = (1 - momentum) * runningVariance[c] + momentum * variance[c] * unbiased;
      }
    }
  }
}

const nothing: readonly Random[] = [];

/** The most samples of a block: a whole batch where samples depend on one another or it is small, otherwise as many as have room. */
function blockOf(network: Structure, largestBatch: number): number {
  const numbers = network.values.reduce((sum, _, v) => sum + 2 * sizeOf(network, v), 0);
  const roomy = Math.max(1, Math.min(largestBlock, Math.floor(roomyBlock / numbers)));
  return isJoint(network) ? Math.max(largestBatch, Math.min(roomy, usualBlock)) : Math.min(roomy, Math.max(largestBatch, usualBlock));
}
