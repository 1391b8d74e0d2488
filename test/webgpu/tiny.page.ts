/** Runs in Chromium: steps that one workgroup takes, beside the float64 reference, beside themselves one by one, and in turns with the ordinary ones. */
import { referenceBackend } from '../../src/engine/backends/reference';
import type { Model, Updater } from '../../src/engine/backends/backend';
import { checkSettings, type TextRule } from '../../src/engine/language';
import { completeLayers } from '../../src/engine/network/complete';
import type { NetworkPlan } from '../../src/engine/network/plan';
import { structure } from '../../src/engine/network/structure';
import { findRule } from '../../src/engine/optimizers';
import type { Dataset } from '../../src/engine/problems/dataset';
import { rateQuantiles } from '../../src/engine/rateQuantiles';
import { Random } from '../../src/engine/random';
import type { StepAnswer, StepRequest } from '../../src/engine/run/stream';
import { GpuContext } from '../../src/webview/gpu/context';
import { makeUpdater } from '../../src/webview/gpu/makeUpdater';
import { GpuNetwork } from '../../src/webview/gpu/network';
import { Stream } from '../../src/webview/gpu/stream';
import { TinySteps } from '../../src/webview/gpu/tiny';
import { GpuUpdater } from '../../src/webview/gpu/updater';
import { openContext } from './device';
import { tinyCases, type TinyCase } from './tinyCases';

const steps = 50;
const samples = 40;
const seed = 7;
const tolerance = 1e-4;

function textRule(name: string): TextRule {
  const rule = findRule(name);
  if (rule?.kind !== 'text') throw new Error(`${name} is no text.`);
  return rule;
}

const planOf = ({ inputs, layers, loss }: TinyCase): NetworkPlan => ({
  inputs,
  layers: completeLayers(layers),
  loss,
  seed,
});

/** Random samples that fit. */
function dataOf({ inputs, loss, scale, classes }: TinyCase, outputs: number): Dataset {
  const random = new Random(seed, 'data');
  const count = classes ? 2 : outputs;
  const kinds = { kind: 'classes', classes: count, names: Array.from({ length: count }, String) } as const;
  return {
    name: 'test data',
    samples,
    inputs,
    x:
      scale === undefined
        ? Float32Array.from({ length: samples * inputs }, () => random.normal())
        : Uint8Array.from({ length: samples * inputs }, () => random.integer(256)),
    scale: scale ?? 1,
    y:
      classes || loss === 'crossEntropy'
        ? { ...kinds, labels: Int32Array.from({ length: samples }, () => random.integer(count)) }
        : { kind: 'targets', outputs, values: Float64Array.from({ length: samples * outputs }, () => Math.fround(random.normal())) },
  };
}

/** Relative distance of two lists of numbers. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return found.length === expected.length ? Math.sqrt(difference / Math.max(size, Number.MIN_VALUE)) : Infinity;
}

/** A network and a rule on the GPU. */
class Bench {
  private constructor(
    readonly network: GpuNetwork,
    readonly updater: GpuUpdater,
    readonly tiny: TinySteps | null,
    readonly stream: Stream,
    private readonly start: readonly [weights: readonly Float32Array[], states: Awaited<ReturnType<GpuUpdater['save']>>],
  ) {}

  static async open(
    plan: NetworkPlan,
    data: Dataset,
    rule: TextRule,
    settings: TinyCase['settings'],
    batch: number,
    context: GpuContext,
    kind: TinyCase['kind'],
  ): Promise<Bench> {
    const stream = new Stream(context);
    const network = await GpuNetwork.create(plan, data, batch, context, stream);
    const moments = (): Model => referenceBackend.network(plan, data, batch);
    const updater = await makeUpdater(rule, checkSettings(rule, settings), network, context, stream, { seed, measures: true, moments });
    if (!(updater instanceof GpuUpdater)) throw new Error(`${rule.name} is no text.`);
    // Only what is looked at is written as for that kind: the rest compiles sooner as it is.
    const shaders = new GpuContext(context.device, { ...context.adapter, kind }, context.name, context.timestamps);
    const tiny = await TinySteps.create(network, updater, shaders, stream);
    const read = stream.read([network.weights]);
    const states = await updater.save();
    return new Bench(network, updater, tiny, stream, [network.split((await read)[0]), states]);
  }

  /** Takes steps from the beginning. @param take encodes them @returns the weights after them, and what they told */
  async walk(take: () => readonly Promise<readonly StepAnswer[]>[]): Promise<{ weights: Float32Array[]; answers: StepAnswer[] }> {
    const { network, updater, stream, start } = this;
    network.setWeights(start[0]);
    updater.load(start[1]);
    const told = take();
    const read = stream.read([network.weights]);
    stream.submit();
    return { weights: network.split((await read)[0]), answers: (await Promise.all(told)).flat() };
  }

  ordinary(request: StepRequest): void {
    this.network.gradient(request.rows, request.step, { fresh: true });
    void this.updater.step(request, this.network);
  }

  close(): void {
    this.tiny?.close();
    this.updater.close();
    this.network.close();
  }
}

/** The reference's walk: what each step tells, the weights and the rates at the end. */
function expected(model: Model, updater: Updater, requests: readonly StepRequest[]): StepAnswer[] {
  return requests.map(({ step, lr, rows, measured }) => {
    model.begin(step);
    const loss = model.gradient(rows);
    updater.step(step, lr, 'rates', { rows, loss });
    const { gradientNorm, updateNorm, weightNorm, meanRate } = updater.statistics;
    const norms = [gradientNorm, updateNorm, weightNorm, meanRate].map((each) => each.slice());
    const rates = model.layers.map((_, layer) => rateQuantiles(updater.rate(layer)));
    return {
      loss,
      figures: measured
        ? { gradientNorm: norms[0], updateNorm: norms[1], weightNorm: norms[2], meanRate: norms[3], rateQuantiles: rates }
        : null,
    };
  });
}

const bits = (values: ArrayLike<number>): string => new Uint32Array(Float32Array.from(values).buffer).join();
const allBits = ({ weights, answers }: { weights: Float32Array[]; answers: StepAnswer[] }): string =>
  [
    ...weights.map(bits),
    ...answers.map(({ loss, figures }) => `${loss} ${JSON.stringify(figures && Object.values(figures).map((each) => [...each]))}`),
  ].join(';');

async function faultsOf(one: TinyCase, context: GpuContext): Promise<string[]> {
  const plan = planOf(one);
  const data = dataOf(one, structure(plan).outputs);
  const rule = textRule(one.rule);
  const settings = checkSettings(rule, one.settings);
  const bench = await Bench.open(plan, data, rule, one.settings, one.batch, context, one.kind);
  const { tiny } = bench;
  if (tiny === null) return ['is not taken by one workgroup'];
  const random = new Random(seed, 'rows');
  const lr = Number(settings.lr);
  const requests = Array.from({ length: steps }, (_, i): StepRequest => {
    const count = i % 5 === 4 ? Math.ceil(one.batch / 2) : one.batch;
    const rows = Uint32Array.from({ length: count }, () => random.integer(samples));
    return { step: i + 1, lr: lr * (1 - i / 200), rows, measured: i % 3 === 0 };
  });
  const model = referenceBackend.network(plan, data, one.batch);
  const updater = referenceBackend.updater(rule, settings, model, seed);
  const right = expected(model, updater, requests);
  const faults: string[] = [];
  const near = (what: string, found: ArrayLike<number>, wanted: ArrayLike<number>): void => {
    const error = apart(found, wanted);
    if (!(error <= tolerance)) faults.push(`${what}: ${error} apart`);
  };

  const together = await bench.walk(() => [tiny.run(requests)]);
  together.weights.forEach((found, layer) => near(`weights of ${model.layers[layer].name}`, found, model.weights[layer]));
  near(
    'losses',
    together.answers.map(({ loss }) => loss),
    right.map(({ loss }) => loss),
  );
  right.forEach(({ figures: wanted }, i) => {
    const { figures } = together.answers[i];
    if ((figures === null) !== (wanted === null)) faults.push(`step ${i + 1} is ${figures ? '' : 'not '}measured`);
    if (figures === null || wanted === null) return;
    for (const name of ['gradientNorm', 'updateNorm', 'weightNorm', 'meanRate'] as const)
      near(`${name} of step ${i + 1}`, figures[name], wanted[name]);
    near(`rates of step ${i + 1}`, figures.rateQuantiles.flat(), wanted.rateQuantiles.flat());
  });
  const last = [...right].reverse().find(({ figures }) => figures !== null);
  const rates = await Promise.all(model.layers.map((_, layer) => tiny.rates(layer)));
  near(
    'rates at the end',
    rates.flatMap((rate) => rateQuantiles(rate)),
    last?.figures?.rateQuantiles.flat() ?? [],
  );

  const oneByOne = await bench.walk(() => requests.map((request) => tiny.run([request])));
  if (allBits(oneByOne) !== allBits(together)) faults.push('steps one by one differ from steps together');

  const inTurn = await bench.walk(() =>
    requests.flatMap((request, i) => {
      if (i % 4 < 2) return [tiny.run([request])];
      bench.ordinary(request);
      return [];
    }),
  );
  inTurn.weights.forEach((found, layer) =>
    near(`weights of ${model.layers[layer].name} in turn with ordinary steps`, found, model.weights[layer]),
  );
  bench.close();
  return faults;
}

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error));

/** @returns what is wrong with each case, in their order */
async function all(): Promise<string[][]> {
  const context = await openContext();
  const found: string[][] = [];
  for (const one of tinyCases) found.push(await faultsOf(one, context).catch((error: unknown) => [messageOf(error)]));
  context.device.destroy();
  return found;
}

declare global {
  var tinyFaults: typeof all;
}
globalThis.tinyFaults = all;
