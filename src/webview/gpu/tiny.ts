/**
 * Steps of a network so small that one workgroup takes them, many in one dispatch: what they are told (samples, the rule's numbers) goes up
 * together, what they tell comes back together. A step is the same whether it is taken alone or among others. Weights, gradients and
 * states lie where the network and the updater have them.
 */
import type { Floats } from '../../engine/backends/backend';
import { meanOf } from '../../engine/backends/statistics';
import { lanesOf, isSmall, tinyBindings, tinyProgram, type TinyProgram } from '../../engine/backends/webgpu/tiny';
import { norms } from '../../engine/backends/webgpu/tiny/figures';
import { gpuProgram, styleFor } from '../../engine/language/wgsl';
import { rateQuantiles } from '../../engine/rateQuantiles';
import type { StepAnswer, StepFigures, StepRequest } from '../../engine/run/stream';
import { bufferUsage } from './flags';
import type { GpuContext } from './context';
import { makeBuffers, type MadeBuffers } from './memory';
import type { GpuNetwork } from './network';
import type { Ready, Region, Stream } from './stream';
import type { GpuUpdater } from './updater';

const bytes = 4;

/** What is needed of a rule at work. */
export type TinyRule = Pick<GpuUpdater, 'rule' | 'settings' | 'buffers' | 'measures' | 'stepElsewhere'>;

/** What is needed of a network. */
export type TinyNetwork = Pick<GpuNetwork, 'structure' | 'samples' | 'largestBatch' | 'weights' | 'gradients' | 'data'>;

/** A step under way. */
interface Asked {
  /** Where its figures are among what is read, in numbers; 0 where it does not measure. */
  readonly figures: number;
  /** The layers' rates where the CPU knows them. */
  readonly rates: readonly number[] | null;
}

export class TinySteps {
  /** The effective rates of the last measured step that was answered, a layer each. */
  private readonly lastRates: (Floats | number)[];
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly network: TinyNetwork,
    private readonly rule: TinyRule,
    private readonly stream: Stream,
    private readonly program: TinyProgram,
    private readonly made: MadeBuffers,
    private readonly ready: Ready,
  ) {
    const { layers } = network.structure;
    this.lastRates = layers.map(({ parameters }) => (program.rates.kind === 'memory' ? new Float32Array(parameters) : NaN));
  }

  /**
   * @returns null where network or rule are better computed otherwise
   * @throws ShaderError where the shader does not compile
   */
  static async create(network: TinyNetwork, rule: TinyRule, context: GpuContext, stream: Stream): Promise<TinySteps | null> {
    const { structure, largestBatch, data, samples } = network;
    const { adapter } = context;
    if (data === null || !isSmall(structure, largestBatch, adapter)) return null;
    const program = tinyProgram({
      structure,
      batch: largestBatch,
      adapter,
      origin: { ...data, samples },
      rule: gpuProgram(rule.rule, rule.settings, structure.layers, rule.measures, styleFor(adapter.kind, lanesOf(adapter))),
    });
    if (program === null) return null;
    const { pipeline, layout } = await context.pipeline(program.kernel);
    const made = makeBuffers(
      context,
      [
        { name: 'work', words: program.work },
        { name: 'table', words: program.table.length },
        { name: 'feed', words: program.feed.words, usage: bufferUsage.uniform },
      ],
      'Training a small network',
    );
    await made.ready;
    const whole = (name: string): GPUBufferBinding => ({ buffer: made.find(name) });
    context.device.queue.writeBuffer(made.find('table'), 0, new Uint32Array(program.table));
    const { memory, numbers } = rule.buffers;
    const bound: Readonly<Record<(typeof tinyBindings)[number], GPUBufferBinding>> = {
      weights: network.weights,
      gradients: network.gradients,
      memory: { buffer: memory },
      numbers: { buffer: numbers },
      table: whole('table'),
      features: data.x,
      answers: data.y,
      work: whole('work'),
      feed: whole('feed'),
    };
    const group = context.device.createBindGroup({
      layout,
      entries: tinyBindings.map((name, binding) => ({ binding, resource: bound[name] })),
    });
    return new TinySteps(network, rule, stream, program, made, { pipeline, group, name: program.kernel.name });
  }

  /** Encodes steps that follow one another. @returns what each of them has to tell, once that has been submitted and done */
  run(requests: readonly StepRequest[]): Promise<readonly StepAnswer[]> {
    const { steps, measured } = this.program;
    const answers: Promise<readonly StepAnswer[]>[] = [];
    for (let from = 0; from < requests.length;) {
      let to = from;
      for (let figures = 0; to < requests.length && to - from < steps; to++) if (requests[to].measured && ++figures > measured) break;
      answers.push(this.dispatch(requests.slice(from, to)));
      from = to;
    }
    const all = Promise.all(answers).then((each) => each.flat());
    this.last = all.catch(() => undefined); // told to who asked for the steps
    return all;
  }

  /** The effective rates of the last measured step: one number where the rule gives all weights of the layer the same. */
  async rates(layer: number): Promise<Floats | number> {
    await this.last;
    const rates = this.lastRates[layer];
    return typeof rates === 'number' ? rates : rates.slice();
  }

  close(): void {
    this.made.destroy();
  }

  private dispatch(requests: readonly StepRequest[]): Promise<readonly StepAnswer[]> {
    const { program, stream, ready, made } = this;
    const { feed, figures, steps } = program;
    const words = new Uint32Array(feed.begin + requests.length * feed.step);
    const floats = new Float32Array(words.buffer);
    words[0] = requests.length;
    let end = steps;
    const asked = requests.map(({ step, lr, rows, measured }, i): Asked => {
      const { numbers, rates } = this.rule.stepElsewhere({ step, lr });
      const at = feed.begin + i * feed.step;
      const place = measured ? end : 0;
      if (measured) end += figures;
      this.check(rows);
      words.set([rows.length, place], at);
      words.set(rows, at + feed.rows);
      floats.set(numbers, at + feed.numbers);
      return { figures: place, rates };
    });
    const region = (name: string, size: number): Region => ({ buffer: made.find(name), offset: 0, size: size * bytes });
    stream.upload(words, region('feed', words.length));
    stream.dispatch(ready, [1, 1, 1]);
    const read = stream.read([region('work', end > steps ? end : requests.length)]);
    return read.then(([found]) => asked.map((one, i) => ({ loss: found[i], figures: one.figures > 0 ? this.tell(one, found) : null })));
  }

  private check(rows: Uint32Array): void {
    const { largestBatch, samples } = this.network;
    if (rows.length === 0 || rows.length > largestBatch)
      throw new RangeError(`The batch has ${rows.length} samples; the network was made for 1 to ${largestBatch}.`);
    for (const row of rows)
      if (!(row < samples)) throw new RangeError(`Sample ${row} is asked for, but the data set has ${samples}, counted from 0.`);
  }

  /** What a measured step tells. */
  private tell({ figures, rates }: Asked, found: Float32Array): StepFigures {
    const { lastRates, program } = this;
    const { layers } = this.network.structure;
    const norm = (which: number): Float64Array => Float64Array.from(layers, (_, layer) => found[figures + norms.length * layer + which]);
    let at = figures + norms.length * layers.length;
    layers.forEach(({ parameters }, layer) => {
      const known = lastRates[layer];
      if (typeof known === 'number') lastRates[layer] = program.rates.kind === 'numbers' ? found[at + layer] : (rates?.[layer] ?? NaN);
      else known.set(found.subarray(at, (at += parameters)));
    });
    return {
      gradientNorm: norm(0),
      updateNorm: norm(1),
      weightNorm: norm(2),
      meanRate: Float64Array.from(lastRates, meanOf),
      rateQuantiles: lastRates.map(rateQuantiles),
    };
  }
}
