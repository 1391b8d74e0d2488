/**
 * What a measured step did, reduced on the GPU: statistics and quantiles of the effective rates, all layers at once, and one small region
 * is read back. Of networks so small that a dispatch costs more than they do, weights, gradients and rates are read back themselves.
 */
import type { Layer } from '../../engine/backends/backend';
import { layerPlaces, type Dispatch, type Place } from '../../engine/backends/webgpu/definition';
import {
  histogramWords,
  quantilesDispatches,
  quantilesFrom,
  quantilesTile,
  quantilesWords,
  ranksFor,
  roundWords,
} from '../../engine/backends/webgpu/quantiles';
import {
  partialsFor,
  statisticsDispatches,
  statisticsFrom,
  statisticsTile,
  statisticsWords,
} from '../../engine/backends/webgpu/statistics';
import { tableOf } from '../../engine/backends/webgpu/tiles';
import { noStatistics } from '../../engine/backends/statistics';
import { quantiles } from '../../engine/quantiles';
import { RATE_SHARES as shares } from '../../engine/rateQuantiles';
import type { StepFigures } from '../../engine/run/stream';
import { distance, norm } from '../../engine/vectors';
import { Binder, compileAll, encode, type Bound } from './bound';
import type { GpuContext } from './context';
import { makeBuffers, type BufferWish, type MadeBuffers } from './memory';
import type { Region, Stream } from './stream';

const bytes = 4;
const measuring = 'What a step measures';
const advice = 'Take a smaller network, or use the CPU ("backend": "cpu").';
/** Up to so many words of weights, they are read back. */
export const fewWords = 2048;

/** Where the numbers lie that figures are of. */
export interface FiguresGround {
  readonly layers: readonly Layer[];
  readonly weights: Region;
  readonly gradients: Region;
  /** The effective rate of every weight, laid out as the weights; null where a layer has one. */
  readonly rates: Region | null;
}

/** A layer's rates where all its weights have the same: known here, or a region of one number a layer. */
export type LayerRates = readonly number[] | Region;

export class Figures {
  private constructor(
    private readonly ground: FiguresGround,
    /** The weights before the step. */
    private readonly before: Region,
    private readonly reduction: Reduction | null,
    private readonly made: MadeBuffers,
  ) {}

  /** @param small how many words of weights are few @throws GpuMemoryError where there is no room */
  static async create(ground: FiguresGround, context: GpuContext, small = fewWords): Promise<Figures> {
    const { size } = ground.weights;
    const made = makeBuffers(context, [{ name: 'weights before the step', words: size / bytes }], measuring, () => advice);
    try {
      await made.ready;
      const before = { buffer: made.find('weights before the step'), offset: 0, size };
      const reduction = size / bytes <= small ? null : await Reduction.create(ground, before, context);
      return new Figures(ground, before, reduction, made);
    } catch (error) {
      made.destroy();
      throw error;
    }
  }

  /** To be encoded before a step that measures. */
  begin(stream: Stream): void {
    stream.copy(this.ground.weights, this.before);
  }

  /** Encodes the reductions after the step. @param layerRates where the ground has no rates */
  async read(stream: Stream, layerRates: LayerRates): Promise<StepFigures> {
    const { ground, before, reduction } = this;
    const { weights, gradients, rates } = ground;
    const one = rates === null && !Array.isArray(layerRates) ? [layerRates as Region] : [];
    if (reduction !== null) {
      reduction.encode(stream);
      const [result, ofLayers] = await stream.read([reduction.result, ...one]);
      return figuresOf(ground, (figures, layer) => reduction.figures(result, layer, figures), ofLayers ?? layerRates);
    }
    const read = await stream.read([before, weights, gradients, ...(rates === null ? one : [rates])]);
    const { offsets } = layerPlaces(ground.layers);
    const part = (of: number, layer: number): Float32Array =>
      read[of].subarray(offsets[layer], offsets[layer] + ground.layers[layer].parameters);
    const measure: Measure = (figures, layer) => {
      const [start, end] = [part(0, layer), part(1, layer)];
      figures.gradientNorm[layer] = norm(part(2, layer));
      figures.updateNorm[layer] = distance(end, start);
      figures.weightNorm[layer] = norm(end);
      if (rates === null) return null;
      const own = part(3, layer);
      figures.meanRate[layer] = own.reduce((sum, each) => sum + each, 0) / own.length;
      return quantiles(own, shares);
    };
    return figuresOf(ground, measure, one.length > 0 ? read[3] : layerRates);
  }

  close(): void {
    this.made.destroy();
    this.reduction?.close();
  }
}

/** Fills in a layer's figures. @returns the quantiles of its rates; null where it has one rate */
type Measure = (figures: ReturnType<typeof noStatistics>, layer: number) => readonly number[] | null;

function figuresOf({ layers }: FiguresGround, measure: Measure, layerRates: LayerRates | Float32Array): StepFigures {
  const figures = noStatistics(layers.length);
  const rateQuantiles = layers.map((_, layer) => {
    const found = measure(figures, layer);
    if (found !== null) return found;
    const rate = (layerRates as readonly number[])[layer];
    figures.meanRate[layer] = rate;
    return shares.map(() => rate);
  });
  return { ...figures, rateQuantiles };
}

/** The shaders, bound to their buffers. */
class Reduction {
  private constructor(
    private readonly layers: readonly Layer[],
    private readonly lists: readonly Bound[],
    private readonly made: MadeBuffers,
    readonly result: Region,
    private readonly step: number,
    private readonly ranks: number,
  ) {}

  static async create({ layers, weights, gradients, rates }: FiguresGround, before: Region, context: GpuContext): Promise<Reduction> {
    const { kind } = context.adapter;
    const { offsets } = layerPlaces(layers);
    const tensors = layers.map(({ parameters }, layer) => ({ count: parameters, at: offsets[layer], rateAt: offsets[layer] }));
    const [coarse, fine] = [tableOf(tensors, statisticsTile), tableOf(tensors, quantilesTile(kind))];
    const ranks = 2 * shares.length;
    const step = statisticsWords + (rates === null ? 0 : quantilesWords(ranks));
    const wishes: BufferWish[] = [];
    const contents = new Map<string, Uint32Array<ArrayBuffer>>();
    const given = new Map(
      Object.entries({ weights, gradients, before, ...(rates === null ? {} : { rates }) }).map(([name, { buffer }]) => [name, buffer]),
    );
    const room = (name: string, words: number, content?: Uint32Array): Place => {
      wishes.push({ name, words, whole: true });
      if (content) contents.set(name, new Uint32Array(content));
      return { buffer: name, at: 0, words };
    };
    const place = (name: string, { offset, size }: Region): Place => ({ buffer: name, at: offset / bytes, words: size / bytes });
    const result = room('result', step * layers.length);
    const own = rates === null ? null : place('rates', rates);
    const dispatches: Dispatch[] = [
      ...statisticsDispatches(
        coarse,
        {
          table: room('tiles', coarse.words.length, coarse.words),
          gradients: place('gradients', gradients),
          before: place('before', before),
          weights: place('weights', weights),
          rates: own,
          partials: room('partials', partialsFor(coarse)),
          result,
        },
        step,
        kind,
      ),
    ];
    if (own !== null) {
      const wanted = Uint32Array.from(layers.flatMap(({ parameters }) => ranksFor(shares, parameters)));
      const places = {
        table: room('tiles of rates', fine.words.length, fine.words),
        rates: own,
        ranks: room('ranks', wanted.length, wanted),
        histograms: room('histograms', histogramWords(fine, ranks, kind)),
        state: room('state', roundWords(fine, ranks)),
        result,
      };
      dispatches.push(...quantilesDispatches(fine, places, { ranks, step, at: statisticsWords }, kind));
    }
    const made = makeBuffers(context, wishes, measuring, () => advice);
    const [pipelines] = await Promise.all([compileAll(context, dispatches), made.ready]).catch((error: unknown) => {
      made.destroy();
      throw error;
    });
    for (const [name, content] of contents) context.device.queue.writeBuffer(made.find(name), 0, content);
    const found = (name: string): GPUBuffer => given.get(name) ?? made.find(name);
    const lists = new Binder(context, pipelines, ({ buffer }) => found(buffer)).bind(dispatches);
    return new Reduction(layers, lists, made, { buffer: found('result'), offset: 0, size: result.words * bytes }, step, ranks);
  }

  encode(stream: Stream): void {
    encode(stream, this.lists, 0);
  }

  figures(result: Float32Array, layer: number, figures: ReturnType<typeof noStatistics>): readonly number[] | null {
    const { parameters } = this.layers[layer];
    const words = result.subarray(layer * this.step, (layer + 1) * this.step);
    const { gradient, update, weight, meanRate } = statisticsFrom(words, parameters);
    figures.gradientNorm[layer] = gradient;
    figures.updateNorm[layer] = update;
    figures.weightNorm[layer] = weight;
    if (this.step === statisticsWords) return null;
    figures.meanRate[layer] = meanRate;
    return quantilesFrom(words.subarray(statisticsWords, statisticsWords + quantilesWords(this.ranks)), shares, parameters);
  }

  close(): void {
    this.made.destroy();
  }
}
