/**
 * A network on the GPU as a model whose weights and gradients are arrays on the CPU: what rules need that ask the model something in the
 * middle of a step and go on with the answer themselves. The arrays are taken over with `pull`; a question puts the weights as they
 * are in the arrays into the network, and its answer comes later.
 */
import type { EventualModel, EventualOperator, Layer, Model, Moments } from '../../engine/backends/backend';
import { layerPlaces, type CurvatureMatrix } from '../../engine/backends/webgpu/definition';
import { after, type Eventually } from '../../engine/eventually';
import type { Random } from '../../engine/random';
import type { Region, Stream } from './stream';
import type { RuleNetwork, RuleOperator } from './streamUpdater';

const bytes = 4;

export class Mirror implements EventualModel {
  readonly layers: readonly Layer[];
  readonly parameters: number;
  readonly weights: readonly Float32Array[];
  readonly gradients: readonly Float32Array[];
  /** The operators of this step. */
  readonly samples: number;
  private made: Eventually<RuleOperator>[] = [];
  private step = 0;
  private readonly flatWeights: Float32Array;
  private readonly flatGradients: Float32Array;
  private readonly offsets: readonly number[];
  private readonly result: Region;
  private cpu: Model | null = null;

  /** @param onCpu the same network on the CPU, for what no GPU code answers: moments of the layers' signals */
  constructor(
    private readonly network: RuleNetwork,
    private readonly stream: Stream,
    private readonly onCpu: () => Model,
  ) {
    const { layers } = network;
    const { offsets, total } = layerPlaces(layers);
    this.layers = layers;
    this.samples = network.samples;
    this.offsets = offsets;
    this.parameters = layers.reduce((sum, { parameters }) => sum + parameters, 0);
    this.flatWeights = new Float32Array(total);
    this.flatGradients = new Float32Array(total);
    this.weights = this.parts(this.flatWeights);
    this.gradients = this.parts(this.flatGradients);
    this.result = { buffer: stream.context.buffer(1, 'loss for the CPU'), offset: 0, size: bytes };
  }

  /** A step begins: its draws are what is asked for from now on. */
  begin(step: number): void {
    this.step = step;
  }

  /** Ends the step: what was made for it is given back. */
  end(): void {
    for (const operator of this.made.splice(0)) void after(operator, (made) => made.close());
  }

  /** Takes over the network's weights and gradients. @returns the loss that came with them */
  async pull(): Promise<number> {
    const { network, stream } = this;
    const read = stream.read([network.weights, network.gradients, network.loss]);
    stream.submit();
    const [weights, gradients, [loss]] = await read;
    this.flatWeights.set(weights);
    this.flatGradients.set(gradients);
    return loss;
  }

  /** Puts the weights of the arrays into the network. */
  push(): void {
    this.stream.upload(this.flatWeights, this.network.weights);
  }

  async gradient(rows: Uint32Array): Promise<number> {
    const { network, stream, step } = this;
    this.push();
    network.gradient(rows, step);
    const read = stream.read([network.gradients, network.loss]);
    stream.submit();
    const [gradients, [loss]] = await read;
    this.flatGradients.set(gradients);
    return loss;
  }

  async loss(rows: Uint32Array): Promise<number> {
    const { network, stream, step, result } = this;
    this.push();
    network.trainLoss(rows, step, result);
    const read = stream.read([result]);
    stream.submit();
    return (await read)[0][0];
  }

  /** At the network's own weights of this moment, whatever the arrays hold. */
  hessian(rows: Uint32Array): EventualOperator {
    return this.operator(rows, 'hessian');
  }

  gaussNewton(rows: Uint32Array): EventualOperator {
    return this.operator(rows, 'gaussNewton');
  }

  readonly moments = async (rows: Uint32Array, random: Random): Promise<readonly Moments[]> => {
    const { network, stream } = this;
    const read = stream.read([network.weights]);
    stream.submit();
    const weights = this.parts((await read)[0]);
    this.cpu ??= this.onCpu();
    if (this.cpu.moments === null)
      throw new Error('This rule takes moments of the signals of every layer: it needs a network whose layers with weights are all dense.');
    this.cpu.weights.forEach((to, layer) => to.set(weights[layer]));
    return this.cpu.moments(rows, random);
  };

  close(): void {
    this.end();
    this.result.buffer.destroy();
  }

  private operator(rows: Uint32Array, matrix: CurvatureMatrix): EventualOperator {
    let operator = this.network.operator(rows, matrix);
    this.made.push(operator);
    if (operator instanceof Promise) void operator.then((made) => (operator = made)).catch(() => undefined); // told to who asks for a product
    const direction = new Float32Array(this.flatWeights.length);
    return {
      size: this.parameters,
      apply: (v, out) => {
        const given = operator instanceof Promise ? v.slice() : v;
        return after(operator, (made) => this.multiply(made, given, direction, out));
      },
    };
  }

  /** out = matrix · v. */
  private async multiply(operator: RuleOperator, v: Float64Array, direction: Float32Array, out: Float64Array): Promise<void> {
    const { stream } = this;
    let at = 0;
    for (const part of this.parts(direction)) part.set(v.subarray(at, (at += part.length)));
    stream.upload(direction, operator.direction);
    // Nothing is waited for before the product is copied: several may be under way.
    operator.apply();
    const read = stream.read([operator.product]);
    stream.submit();
    at = 0;
    for (const part of this.parts((await read)[0])) {
      out.set(part, at);
      at += part.length;
    }
  }

  private parts(flat: Float32Array): Float32Array[] {
    return this.layers.map(({ parameters }, layer) => flat.subarray(this.offsets[layer], this.offsets[layer] + parameters));
  }
}
