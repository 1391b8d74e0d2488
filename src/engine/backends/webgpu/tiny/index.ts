/**
 * A small network's whole training as one shader: one workgroup takes as many steps as it is given, each from gathering its samples to the
 * updated weights and what is measured of it, and only waits for itself in between. For such networks the arithmetic of a step takes less
 * time than handing over a single dispatch, of which a step has dozens otherwise. Weights, gradients, states and numbers lie where they
 * always do, so that everything else that is asked of the network finds them.
 */
import type { GpuProgram } from '../../../language/wgsl';
import type { Structure } from '../../../network/structure';
import { type Access, type Adapter, layerPlaces, type NetworkKernel, type Place } from '../definition';
import { shaderTexts } from '../functions';
import { Layout } from '../layout';
import { wordsOf } from '../program';
import { figureDeclarations, figurePhases, type FigurePlaces, figureWords, partialWords, tableColumns } from './figures';
import { isTiny, NetworkText } from './network';
import { rowsRoom, rowsTogether } from './product';
import { isTinyRule, ruleText } from './rule';
import { sharingLanes } from './shared';
import { arrivalText, dataTypes, lossDeclarations, lossSums, lossSumsText, lossText, meanLossText, type TinyOrigin } from './samples';

/** Invocations of the workgroup. Where there is no hardware a barrier costs as much as the arithmetic of four of them. */
export const lanesOf = ({ kind, limits }: Adapter): number =>
  kind === 'software' ? sharingLanes : Math.min(256, limits.maxComputeInvocationsPerWorkgroup);

/** What a step is told, as words of the feed, and where. */
export interface Feed {
  readonly words: number;
  /** The first step's words begin here; the number of steps is the first word. */
  readonly begin: number;
  /** Words of a step: how many samples; where in `work` its figures go, 0 where it does not measure; and from these places on the samples and the numbers of the rule. */
  readonly step: number;
  readonly rows: number;
  readonly numbers: number;
}

/** Names of the bindings, in order. */
export const tinyBindings = ['weights', 'gradients', 'memory', 'numbers', 'table', 'features', 'answers', 'work', 'feed'] as const;

export interface TinyProgram {
  readonly kernel: NetworkKernel;
  /** The table, as the rule's program has it and with what follows. */
  readonly table: Uint32Array;
  /** Words of `work`. It begins with a number a step, its loss; then come the figures. */
  readonly work: number;
  readonly feed: Feed;
  /** The most steps of a dispatch, and of these the most that measure. */
  readonly steps: number;
  readonly measured: number;
  /** Words of a measured step's figures: norms of each layer, as `norms` names them, then rates. */
  readonly figures: number;
  readonly rates: FigurePlaces['rates'];
}

/** What it is made for. */
export interface TinyTask {
  readonly structure: Structure;
  /** The most samples of a step. */
  readonly batch: number;
  readonly adapter: Adapter;
  /** Where the samples are, all of them. */
  readonly origin: TinyOrigin;
  /** The rule with the effective rate, for workgroups of `lanesOf(adapter)` threads. */
  readonly rule: GpuProgram;
}

/** Multiplications of a step forwards, above which more workgroups are quicker: where one is a core of few, or one of very many. */
const mostProducts = { software: 2 ** 18, hardware: 2 ** 16 } as const;
/** Weights, above which their rates are better reduced where they are. */
const mostWeights = 2 ** 13;

/** 64 KiB, which every adapter can bind as `uniform`. */
const feedWords = 2 ** 14;
const mostSteps = 256;
/** Words of what is read back at once. */
const mostResults = 2 ** 18;
const infoWords = 4;
/** Nothing is drawn. */
const noSeed = 0;

const inFours = (words: number): number => Math.ceil(words / 4) * 4;

/** Multiplications of a batch on its way forwards. */
const products = ({ operations }: Structure, batch: number): number =>
  batch * operations.reduce((sum, operation) => sum + (operation.kind === 'dense' ? operation.inputs * operation.outputs : 0), 0);

/** Whether one workgroup is the quickest way for a network of this size. */
export const isSmall = (structure: Structure, batch: number, { kind }: Adapter): boolean =>
  isTiny(structure.operations) && structure.parameters <= mostWeights && products(structure, batch) <= mostProducts[kind];

/** @returns null where the network is too large, or it or the rule has something in it that wants more than one workgroup */
export function tinyProgram(task: TinyTask): TinyProgram | null {
  const { structure, batch, rule, adapter } = task;
  return isSmall(structure, batch, adapter) && isTinyRule(rule) ? new TinyText(task).program() : null;
}

class TinyText {
  private readonly layout: Layout;
  private readonly lanes: number;
  /** Whether invocations read each other's registers. */
  private readonly shares: boolean;
  private readonly layers: number;
  private readonly rates: FigurePlaces['rates'];
  private readonly feed: Feed;
  private readonly places = new Map<string, number>();
  private words = 0;

  constructor(private readonly task: TinyTask) {
    const { structure, adapter, batch, rule } = task;
    this.lanes = lanesOf(adapter);
    this.shares = adapter.subgroups && this.lanes === sharingLanes;
    this.layers = structure.layers.length;
    this.layout = new Layout(structure, adapter, Math.ceil(batch / rowsRoom) * rowsRoom, false, noSeed);
    const final = rule.lowered.final.get('rate') ?? 'rate';
    const slot = rule.numbers.slots.get(final);
    this.rates = rule.buffers.has('rate')
      ? { kind: 'memory' }
      : slot !== undefined && !rule.numbers.host.has(final)
        ? { kind: 'numbers', slot }
        : { kind: 'none' };
    const numbers = infoWords + inFours(batch);
    const step = numbers + inFours(rule.numbers.uploaded.length * this.layers);
    this.feed = { words: feedWords, begin: infoWords, step, rows: infoWords, numbers };
  }

  program(): TinyProgram | null {
    const { structure, rule } = this.task;
    const { feed, layers } = this;
    if (feed.begin + feed.step > feed.words) return null;
    const figures = figureWords(layers, structure.parameters, this.rates);
    const steps = Math.min(mostSteps, Math.floor((feed.words - feed.begin) / feed.step));
    const measured = Math.min(steps, Math.floor(mostResults / figures));
    this.reserve('results', steps + measured * figures);
    const code = this.code();
    const access: Access[] = tinyBindings.map((name) =>
      name === 'feed' ? 'uniform' : ['table', 'features', 'answers'].includes(name) ? 'read' : 'write',
    );
    const kernel = { name: `steps of ${structure.layers.length} layers with ${rule.rule}`, code, access };
    return { kernel, table: this.table(), work: this.words, feed, steps, measured, figures, rates: this.rates };
  }

  /** The rule's table, and for each layer what figures need of it. */
  private table(): Uint32Array {
    const { structure, rule } = this.task;
    const { offsets } = layerPlaces(structure.layers);
    let before = 0;
    const rows = structure.layers.flatMap(({ parameters }, layer) => {
      const row = [offsets[layer], parameters, before, rule.buffers.get('rate')?.offsets[layer] ?? 0];
      before += parameters;
      return row;
    });
    return Uint32Array.from([...rule.table, ...rows]);
  }

  private reserve(name: string, words: number): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const at = this.words;
    this.places.set(name, at);
    this.words += inFours(words);
    return at;
  }

  private readonly at = ({ buffer, words }: Place): number => this.reserve(buffer, words);

  private code(): string {
    const { layout, lanes, layers, feed } = this;
    const { structure, origin, rule, batch } = this.task;
    const weights = layerPlaces(structure.layers).total;
    const last = structure.operations.length;
    const losses = this.reserve('losses', batch);
    const sums = this.reserve('sums', lossSums);
    const figures: FigurePlaces = {
      before: this.reserve('before', weights),
      partials: this.reserve('partials', partialWords(layers, lanes)),
      table: rule.table.length,
      rates: this.rates,
    };
    const network = new NetworkText(layout, this.at, lanes, this.shares);
    const text = ruleText(rule);
    const uploaded = rule.numbers.uploaded.length * layers;
    const lossSlot = rule.numbers.slots.get('loss');
    const every = (count: number, body: string): string => `for (var i = lane; i < ${count}u; i += ${lanes}u) { ${body} }`;
    const places = { outputs: this.at(layout.value(last)), errors: this.at(layout.error(last)), losses };
    const [firstBack, ...back] = network.backward();
    const start = [
      arrivalText(layout, this.at(layout.value(0)), origin, lanes),
      every(uploaded, `numbers[${rule.numbers.firstUploaded * layers}u + i] = bitcast<f32>(word(step + ${feed.numbers}u + i));`),
      `if (figures > 0u) { ${every(weights, `work[${figures.before}u + i] = weights[i];`)} }`,
    ];
    const meanLoss = `${meanLossText(sums)}
if (lane == 0u) { work[s] = loss; }
${lossSlot === undefined ? '' : every(layers, `numbers[${lossSlot * layers}u + i] = loss;`)}`;
    const phases = [
      start.join('\n'),
      ...network.forward(),
      lossText(layout, places, origin, lanes),
      `${lossSumsText(losses, sums, lanes)}\n${firstBack ?? ''}`,
      ...back,
      meanLoss,
      ...text.phases,
    ].filter((phase) => phase !== '');
    const measuring = figurePhases(layers, lanes, figures, 'figures');
    const declarations = new Set([
      ...text.declarations,
      ...shaderTexts(network.functions),
      ...lossDeclarations(layout),
      ...figureDeclarations(figures),
    ]);
    return `${this.shares ? 'enable subgroups;\n' : ''}${this.bindings(weights)}
fn word(i: u32) -> u32 { return feed[i >> 2u][i & 3u]; }
var<private> samples: u32;
fn sample(row: u32) -> u32 { return word(samples + row); }
${[...declarations].join('\n')}
@compute @workgroup_size(${lanes})
fn main(@builtin(local_invocation_index) lane: u32) {
let steps = feed[0].x;
for (var s = 0u; s < steps; s++) {
let step = ${feed.begin}u + s * ${feed.step}u;
let rows = word(step);
let padded = (rows + ${rowsTogether - 1}u) / ${rowsTogether}u * ${rowsTogether}u;
let figures = word(step + 1u);
samples = step + ${feed.rows}u;
${phases.map((phase) => `{\n${phase}\n}\nstorageBarrier();`).join('\n')}
if (figures > 0u) {
${measuring.map((phase) => `{\n${phase}\n}\nstorageBarrier();`).join('\n')}
}
}
}`;
  }

  /** Sizes are said wherever they are known: what is asked of a place is then held to a constant. */
  private bindings(weights: number): string {
    const { structure, origin, rule } = this.task;
    const { x, y } = wordsOf(origin, structure, origin.samples);
    const types = dataTypes(origin);
    const number = (words: number): string => `array<f32, ${words}>`;
    const declared: Readonly<Record<(typeof tinyBindings)[number], string>> = {
      weights: `<storage, read_write> weights: ${number(weights)}`,
      gradients: `<storage, read_write> gradients: ${number(weights)}`,
      memory: `<storage, read_write> memory: ${number(Math.max(1, rule.memory))}`,
      numbers: `<storage, read_write> numbers: ${number(Math.max(1, rule.numbers.slots.size * this.layers))}`,
      table: `<storage, read> table: array<u32, ${rule.table.length + tableColumns * this.layers}>`,
      features: `<storage, read> features: array<${types.x}, ${x}>`,
      answers: `<storage, read> answers: array<${types.y}, ${y}>`,
      work: `<storage, read_write> work: ${number(this.words)}`,
      feed: `<uniform> feed: array<vec4u, ${this.feed.words / 4}>`,
    };
    return tinyBindings.map((name, i) => `@group(0) @binding(${i}) var${declared[name]};`).join('\n');
  }
}
