/**
 * A rule on the GPU with the face of an updater that has to be waited for: weights and gradients are a model's on the CPU, copied there and
 * back, and the model answers what the rule asks.
 */
import type { Batch, Floats, Measure, Model } from '../../src/engine/backends/backend';
import { layerPlaces, type CurvatureMatrix } from '../../src/engine/backends/webgpu/definition';
import { atOnce } from '../../src/engine/eventually';
import type { Settings, TextRule } from '../../src/engine/language';
import { ModelCalls } from '../../src/engine/language/model';
import type { StepFigures } from '../../src/engine/run/stream';
import type { HostModel } from '../../src/webview/gpu/questions';
import type { Region, Stream } from '../../src/webview/gpu/stream';
import type { RuleNetwork, RuleOperator } from '../../src/webview/gpu/streamUpdater';
import { GpuUpdater } from '../../src/webview/gpu/updater';
import type { Lockstep } from './lockstep';

export interface GpuStepper {
  /** Leaves the new weights in the model. */
  step(t: number, lr: number, measure: Measure, batch: Batch): Promise<void>;
  /** Of the last step, where it measured. */
  readonly figures: StepFigures | null;
  save(): Promise<Record<string, Floats[]>>;
  rates(layer: number): Promise<Floats | number>;
}

/** A model on the CPU as a network on the GPU. */
class Stand implements RuleNetwork {
  readonly weights: Region;
  readonly gradients: Region;
  readonly loss: Region;
  readonly samples: number;
  readonly layers: Model['layers'];
  private readonly offsets: readonly number[];
  private readonly total: number;
  private readonly calls: ModelCalls;

  constructor(
    private readonly model: Model,
    seed: number,
    private readonly stream: Stream,
    private readonly lockstep: Lockstep,
  ) {
    const { offsets, total } = layerPlaces(model.layers);
    [this.offsets, this.total] = [offsets, total];
    [this.layers, this.samples] = [model.layers, model.samples];
    [this.weights, this.gradients, this.loss] = [this.region(total), this.region(total), this.region(1)];
    this.calls = new ModelCalls(model, seed);
    this.put(model.weights, this.weights);
  }

  begin(t: number, batch: Batch): void {
    this.calls.begin(t, batch);
    this.put(this.model.gradients, this.gradients);
    this.stream.upload(Float32Array.of(batch.loss), this.loss);
  }

  async end(): Promise<void> {
    (await this.get(this.weights)).forEach((values, layer) => this.model.weights[layer].set(values));
  }

  gradient(): void {
    throw new Error('The test computes the gradient of a step.');
  }

  async gradientAt(weights: Region, into: Region): Promise<void> {
    const out = this.zeros();
    atOnce(this.calls.gradient(await this.get(weights), out));
    this.put(out, into);
  }

  async trainLoss(_rows: Uint32Array, _step: number, into: Region): Promise<void> {
    const loss = atOnce(this.calls.loss(await this.get(this.weights)));
    this.stream.upload(Float32Array.of(loss), into);
  }

  operator(_rows: Uint32Array, matrix: CurvatureMatrix): RuleOperator {
    const [direction, product] = [this.region(this.total), this.region(this.total)];
    return {
      direction,
      product,
      apply: async () => {
        const out = this.zeros();
        atOnce(this.calls.product(matrix, await this.get(direction), out));
        this.put(out, product);
      },
      // Its buffers are in work that everybody's submission carries: they go with the device.
      close: () => undefined,
    };
  }

  private region(words: number): Region {
    return { buffer: this.stream.context.buffer(words, 'stand'), offset: 0, size: 4 * words };
  }

  private zeros(): Float32Array[] {
    return this.layers.map(({ parameters }) => new Float32Array(parameters));
  }

  private put(values: readonly Floats[], to: Region): void {
    const flat = new Float32Array(this.total);
    values.forEach((each, layer) => flat.set(each, this.offsets[layer]));
    this.stream.upload(flat, to);
  }

  private async get(from: Region): Promise<Float32Array[]> {
    const [flat] = await this.lockstep.turn(this.stream.read([from]));
    return this.layers.map(({ parameters }, layer) => flat.slice(this.offsets[layer], this.offsets[layer] + parameters));
  }
}

/** @param model of 32-bit floats, standing where the rule begins @param seed of the run, for rules that draw @param measures whether steps may measure */
export function gpuStepper(
  rule: TextRule,
  settings: Settings,
  model: Model,
  seed: number,
  stream: Stream,
  lockstep: Lockstep,
  measures = false,
): GpuStepper {
  const stand = new Stand(model, seed, stream, lockstep);
  // What the CPU computes from answer to answer it asks the model itself.
  const nothing = (): void => undefined;
  const { layers, parameters, weights, gradients, samples, moments } = model;
  const host: HostModel = {
    ...{ layers, parameters, weights, gradients, samples, moments },
    gradient: (rows) => model.gradient(rows),
    loss: (rows) => model.loss(rows),
    hessian: (rows) => model.hessian(rows),
    gaussNewton: (rows) => model.gaussNewton(rows),
    ...{ begin: nothing, end: nothing, close: nothing },
  };
  const made = GpuUpdater.create(rule, settings, stand, stream.context, stream, { seed, measures, model: host });
  let figures: StepFigures | null = null;
  return {
    get figures() {
      return figures;
    },
    async step(t, lr, measure, batch) {
      const updater = await made;
      const measured = measures && measure !== 'nothing';
      stand.begin(t, batch);
      await updater.step({ step: t, lr, measured, rows: batch.rows }, stand);
      const reading = measured ? updater.figures() : null;
      await stand.end();
      figures = await reading;
    },
    save: async () => (await made).save(),
    rates: async (layer) => (await made).rates(layer),
  };
}
