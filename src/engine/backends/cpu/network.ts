/** A dense network in 32-bit floats on WebAssembly SIMD. */
import { startingWeights } from '../../network/initial';
import type { NetworkPlan } from '../../network/plan';
import { Samples } from '../../network/samples';
import { structure, type Structure } from '../../network/structure';
import type { Dataset } from '../../problems/dataset';
import type { Random } from '../../random';
import type { Evaluation, HessianOperator, Layer, Moments } from '../backend';
import { CpuHessian } from './hessian';
import { Arena } from './memory';
import { CpuMoments } from './moments';
import { blockRows, Pass, reserveMargin, reserveParameters, reserveRoom } from './pass';
import { Program } from './program';
import type { ResidentModel } from './resident';
import { alone, type Team } from './team';

/** Tensors as large as all weights that rules may keep, states and scratch, also of rules read anew; they cost address space until they are written to. */
const stateTensors = 32;
/** Bytes kept for whatever else an updater lays out. */
const otherBytes = 2 ** 20;

export class CpuNetwork implements ResidentModel {
  readonly layers: readonly Layer[];
  readonly parameters: number;
  readonly samples: number;
  readonly weights: readonly Float32Array[];
  readonly gradients: readonly Float32Array[];
  readonly buffers: readonly Float32Array[] = [];
  readonly arena: Arena;
  readonly weightAddresses: readonly number[];
  readonly gradientAddresses: readonly number[];
  private readonly network: Structure;
  private readonly data: Samples;
  private readonly program: Program;
  private readonly pass: Pass;
  private measuredMoments: CpuMoments | undefined;

  /** @throws Error where plan and data do not fit together, RangeError where the network is too large */
  constructor(plan: NetworkPlan, data: Dataset, team: Team = alone) {
    const network = structure(plan);
    if (network.dense.length === 0) throw new Error('The CPU backend computes networks of dense layers only.');
    this.network = network;
    this.data = new Samples(data, network);
    this.layers = network.layers;
    this.parameters = network.parameters;
    this.samples = data.samples;

    const { layers } = this;
    const arena = new Arena(undefined, team);
    this.arena = arena;
    this.weightAddresses = reserveParameters(arena, layers, 'weights');
    this.gradientAddresses = reserveParameters(arena, layers, 'gradient');
    const room = reserveRoom(arena, network, blockRows);
    reserveMargin(arena);
    arena.open(stateTensors * 4 * (this.parameters + 4 * layers.length) + otherBytes);
    this.weights = layers.map(({ parameters }, i) => arena.floats(this.weightAddresses[i], parameters));
    this.gradients = layers.map(({ parameters }, i) => arena.floats(this.gradientAddresses[i], parameters));
    const start = startingWeights(plan).flatMap(({ weight, bias }) => [weight, bias]);
    start.forEach((values, i) => this.weights[i].set(values));

    this.program = new Program(network);
    this.pass = new Pass(network, this.data, this.program.link(arena.memory), this.weightAddresses, room, arena);
  }

  begin(): void {}

  loss(rows: Uint32Array): number {
    return this.evaluate(rows).loss;
  }

  gradient(rows: Uint32Array): number {
    let sum = 0;
    for (let from = 0; from < rows.length; from += blockRows) {
      this.pass.forward(rows, from);
      sum += this.pass.backward(1 / rows.length, null);
      this.pass.gradient(this.gradientAddresses, from === 0 ? 0 : 1);
    }
    return sum / rows.length;
  }

  evaluate(rows: Uint32Array): Evaluation {
    let loss = 0;
    let right = 0;
    for (let from = 0; from < rows.length; from += blockRows) {
      this.pass.forward(rows, from);
      loss += this.pass.loss();
      right += this.data.right(rows, from, this.pass.outputs);
    }
    return { loss: loss / rows.length, accuracy: this.data.classifies ? right / rows.length : null };
  }

  hessian(rows: Uint32Array): HessianOperator {
    return new CpuHessian(this.network, this.data, this.program, this.weights, rows, 'hessian');
  }

  gaussNewton(rows: Uint32Array): HessianOperator {
    return new CpuHessian(this.network, this.data, this.program, this.weights, rows, 'gaussNewton');
  }

  moments(rows: Uint32Array, random: Random): readonly Moments[] {
    this.measuredMoments ??= new CpuMoments(this.network, this.data, this.program);
    return this.measuredMoments.measure(this.weights, rows, random);
  }
}
