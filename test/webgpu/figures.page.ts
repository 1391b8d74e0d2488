/** Runs in Chromium: what a measured step did, reduced on the GPU, beside exact figures in float64. The tests (figures.test.ts) report. */
import { layerPlaces } from '../../src/engine/backends/webgpu/definition';
import { quantiles } from '../../src/engine/quantiles';
import { RATE_SHARES } from '../../src/engine/rateQuantiles';
import type { GpuContext } from '../../src/webview/gpu/context';
import { Figures } from '../../src/webview/gpu/figures';
import { Stream, type Region } from '../../src/webview/gpu/stream';
import { openContext } from './device';

/** One kind of numbers, for layers of these sizes. */
export interface FiguresCase {
  readonly numbers: keyof typeof kinds;
  readonly sizes: readonly number[];
}

/** 0 ≤ x < 1, without a pattern that tiles could share. */
const noise = (i: number): number => Math.abs(Math.sin(i * 12.9898 + 78.233) * 43758.5453) % 1;

const kinds = {
  'over many powers of two': (i: number) => (noise(i) - 0.3) * 2 ** (40 * noise(i + 0.5) - 20),
  'all equal': () => Math.fround(1e-3),
  'mostly ties and zeros of either sign': (i: number) => [0, -0, 1, 1, 1, -2, 0.5][i % 7],
  'almost alike': (i: number) => 1 + (i % 11) * 2 ** -23,
  'whose squares overflow': (i: number) => (noise(i) - 0.5) * 1e30,
  'whose squares vanish': (i: number) => (noise(i) - 0.5) * 1e-30,
  'of which one is much larger than all others': (i: number) => (i === 40 ? 1e25 : noise(i) * 1e-15),
  'with a NaN in each layer': (i: number) => (i === 0 ? NaN : noise(i)),
  'with infinities': (i: number) => (i % 10 < 2 ? (i % 2 ? Infinity : -Infinity) : noise(i)),
} as const;

/** Norms in float64, with numbers in units of the largest. */
function norm(values: Float64Array): number {
  const most = values.reduce((largest, each) => Math.max(largest, Math.abs(each)), 0);
  if (!(most > 0 && most < Infinity)) return most;
  return most * Math.sqrt(values.reduce((sum, each) => sum + (each / most) ** 2, 0));
}

async function compare({ numbers, sizes }: FiguresCase, context: GpuContext, small?: number): Promise<string[]> {
  const faults: string[] = [];
  const stream = new Stream(context);
  const layers = sizes.map((parameters, i) => ({ name: `layer${i}`, shape: [parameters], parameters }));
  const { offsets, total } = layerPlaces(layers);
  const region = (): Region => ({ buffer: context.buffer(total, 'test'), offset: 0, size: 4 * total });
  const ground = { layers, weights: region(), gradients: region(), rates: region() };
  const figures = await Figures.create(ground, context, small);
  // What lies between layers is no part of any.
  const flat = (phase: number): Float32Array => {
    const made = new Float32Array(total).fill(NaN);
    offsets.forEach((offset, layer) => {
      for (let i = 0; i < sizes[layer]; i++) made[offset + i] = kinds[numbers](i === 0 || i === 40 ? i : i + phase);
    });
    return made;
  };
  const part = (values: Float32Array, layer: number): Float32Array => values.subarray(offsets[layer], offsets[layer] + sizes[layer]);
  // Twice: the second finds everything as the first has left it.
  for (const turn of [0, 1000]) {
    const [before, after, gradient, rates] = [1, 2, 3, 4].map((k) => flat(turn + 100 * k));
    stream.upload(before, ground.weights);
    figures.begin(stream);
    stream.upload(after, ground.weights);
    stream.upload(gradient, ground.gradients);
    stream.upload(rates, ground.rates);
    const reading = figures.read(stream, []);
    stream.submit();
    const found = await reading;
    const close = (what: string, layer: number, value: number, wanted: number, scale = Math.abs(wanted)): void => {
      const same = Number.isFinite(wanted) ? Math.abs(value - wanted) <= 1e-6 * scale : Object.is(value, wanted);
      if (!same) faults.push(`${what} of ${sizes[layer]}: found ${value}, expected ${wanted}`);
    };
    sizes.forEach((size, layer) => {
      const [start, end, g, rate] = [before, after, gradient, rates].map((values) => part(values, layer));
      close('gradient norm', layer, found.gradientNorm[layer], norm(Float64Array.from(g)));
      close('weight norm', layer, found.weightNorm[layer], norm(Float64Array.from(end)));
      // The change itself is a number of float32.
      close('update norm', layer, found.updateNorm[layer], norm(Float64Array.from(end, (each, i) => Math.fround(each - start[i]))));
      const sum = (of: (x: number) => number): number => Float64Array.from(rate, of).reduce((all, each) => all + each, 0);
      close('mean rate', layer, found.meanRate[layer], sum((x) => x) / size, sum(Math.abs) / size);
      const wanted = quantiles(Float64Array.from(rate), RATE_SHARES);
      const exact = found.rateQuantiles[layer].every((value, k) => Object.is(value, wanted[k]));
      if (!exact) faults.push(`quantiles of ${size}: found ${found.rateQuantiles[layer].join()}, expected ${wanted.join()}`);
    });
  }
  figures.close();
  for (const { buffer } of [ground.weights, ground.gradients, ground.rates]) buffer.destroy();
  return faults;
}

/** @returns what is wrong with each case, reduced by shaders for hardware and for software, and read back whole */
async function all(cases: readonly FiguresCase[]): Promise<readonly (readonly string[])[]> {
  const [software, hardware] = [await openContext('software'), await openContext('hardware')];
  const found: string[][] = [];
  for (const one of cases)
    found.push([...(await compare(one, software, 0)), ...(await compare(one, hardware, 0)), ...(await compare(one, software, Infinity))]);
  for (const { device } of [software, hardware]) device.destroy();
  return found;
}

export const page = { all };
declare global {
  var figuresPage: typeof page;
}
globalThis.figuresPage = page;
