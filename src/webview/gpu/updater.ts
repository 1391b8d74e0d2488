/**
 * A rule that is a text, at work on a GPU: owns its state and encodes its steps into a stream of work. Whatever differs from step to step is
 * uploaded in the stream's order, so that many steps go into one submission. There are two programs over the same states, since a step
 * that measures also keeps the effective rate of every weight.
 */
import type { Floats } from '../../engine/backends/backend';
import { layerPlaces } from '../../engine/backends/webgpu/definition';
import { eventually, type Eventually, type Waiting } from '../../engine/eventually';
import { gpuProgram, styleFor, type GpuBuffer, type GpuProgram } from '../../engine/language/wgsl';
import { program as prepare, type ProgramState } from '../../engine/language/program';
import { initialStates, stabilityLimit } from '../../engine/language/reference';
import type { Settings, TextRule } from '../../engine/language/rule';
import { namesIn } from '../../engine/language/schedule';
import { isScalar } from '../../engine/language/shape';
import type { StepFigures, StepRequest } from '../../engine/run/stream';
import type { GpuContext } from './context';
import { Figures } from './figures';
import { movesWeights, needsCpu, Questions, type HostModel } from './questions';
import { joined, RuleProgram, split, type HostCommand, type RuleBuffers } from './ruleProgram';
import { makeBuffers, type MadeBuffers } from './memory';
import type { Region, Stream } from './stream';
import type { RuleNetwork, StreamUpdater } from './streamUpdater';

const bytes = 4;

/** What an updater is made with beside the rule. */
export interface UpdaterOptions {
  /** Of the run, for rules that draw. */
  readonly seed: number;
  /** Whether any step will be measured: if not, nothing is compiled for that. */
  readonly measures: boolean;
  /** Answers what no GPU code answers. */
  readonly model: HostModel;
}

/** A network as a rule's states begin with it. */
export type RuleGround = Pick<RuleNetwork, 'layers' | 'weights' | 'gradients'>;

/** The two programs; one that does not measure at first. */
interface Programs {
  readonly plain: RuleProgram;
  readonly measured: RuleProgram;
}

export class GpuUpdater implements StreamUpdater {
  readonly states: readonly string[];
  readonly bytes: number;
  readonly needsHost: boolean;
  private current: RuleProgram;
  /** Effective rates of the last measured step, where they are one number a layer. */
  private readonly layerRates: Region;
  private hostRates: readonly number[] | null = null;

  private constructor(
    readonly rule: TextRule,
    readonly settings: Settings,
    private readonly ground: RuleGround,
    private readonly stream: Stream,
    private readonly programs: Programs,
    readonly buffers: RuleBuffers,
    private readonly room: MadeBuffers,
    private readonly questions: Questions,
    private readonly reduced: Figures | null,
  ) {
    const { plain } = programs;
    this.current = plain;
    this.states = plain.program.program.states.map(({ name }) => name);
    const sizes = plain.program.program.states.map(({ name }) => plain.program.buffers.get(name)?.total ?? ground.layers.length);
    this.bytes = bytes * sizes.reduce((sum, size) => sum + size, 0);
    this.needsHost = asks(plain.program, needsCpu);
    this.layerRates = { buffer: room.find('rates of layers'), offset: 0, size: bytes * ground.layers.length };
  }

  /**
   * @param settings every hyperparameter, complete and checked @param ground its weights are what states begin from
   * @throws ShaderError where a shader does not compile, with the rule's file and line; GpuMemoryError where its states find no room
   */
  static async create(
    rule: TextRule,
    settings: Settings,
    ground: RuleGround,
    context: GpuContext,
    stream: Stream,
    { seed, measures, model }: UpdaterOptions,
  ): Promise<GpuUpdater> {
    const { layers, weights, gradients } = ground;
    const made = [false, ...(measures ? [true] : [])].map((measured) =>
      gpuProgram(rule, settings, layers, measured, styleFor(context.adapter.kind)),
    );
    const most = (of: (program: GpuProgram) => number): number => Math.max(...made.map(of));
    const wishes = [
      { name: 'memory', words: most((each) => each.memory), whole: true },
      { name: 'numbers', words: most(({ numbers: { slots } }) => slots.size * layers.length), whole: true },
      { name: 'rates of layers', words: layers.length },
      { name: 'weights set aside', words: made.some((program) => asks(program, movesWeights)) ? weights.size / bytes : 1 },
      { name: 'loss elsewhere', words: 1 },
    ];
    const room = makeBuffers(context, wishes, `What ${rule.title} keeps`, () => advice);
    const programs: RuleProgram[] = [];
    let reduced: Figures | null = null;
    try {
      await room.ready;
      const buffers = { weights, gradients, memory: room.find('memory'), numbers: room.find('numbers') };
      for (const program of made.map((each) => RuleProgram.create(each, layers, buffers, context))) programs.push(await program);
      const aside = { buffer: room.find('weights set aside'), offset: 0, size: weights.size };
      const loss = { buffer: room.find('loss elsewhere'), offset: 0, size: bytes };
      const questions = new Questions(stream, aside, loss, model, seed);
      const both = { plain: programs[0], measured: programs.at(-1) ?? programs[0] };
      const rates = made.at(-1)?.buffers.get('rate');
      const measured = { layers, weights, gradients, rates: rates === undefined ? null : both.measured.region(rates) };
      reduced = measures ? await Figures.create(measured, context) : null;
      const updater = new GpuUpdater(rule, settings, ground, stream, both, buffers, room, questions, reduced);
      updater.load(Object.fromEntries(await updater.initial()));
      return updater;
    } catch (error) {
      room.destroy();
      for (const program of programs) program.close();
      reduced?.close();
      throw error;
    }
  }

  private get program(): GpuProgram {
    return this.current.program;
  }

  /** What the states start as, but for those that are all 0, as memory is. */
  private async initial(): Promise<[string, Float64Array[]][]> {
    const { stream, ground, rule, settings } = this;
    const { layers } = ground;
    const compiled = prepare(rule, settings, false);
    const { offsets, total } = layerPlaces(layers);
    let flat = new Float32Array(total);
    if (compiled.states.some(({ initial }) => namesIn(initial).includes('w'))) {
      const read = stream.read([ground.weights]);
      stream.submit();
      flat = (await read)[0].slice();
    }
    const weights = layers.map(({ parameters }, layer) => flat.subarray(offsets[layer], offsets[layer] + parameters));
    const states = initialStates(compiled, { layers, weights });
    return [...states].filter(([, values]) => values.some((each) => each.some((value) => value !== 0)));
  }

  step(request: StepRequest, network: RuleNetwork): Eventually<void> {
    const { stream, reduced } = this;
    const { step, lr, measured } = request;
    const program = this.turnTo(measured);
    if (measured) reduced?.begin(stream);
    program.begin(stream, step, lr, this.startRate(lr), network.loss);
    return eventually(this.walk(request, network));
  }

  /** Whether steps can be measured. */
  get measures(): boolean {
    return this.reduced !== null;
  }

  /**
   * A step whose work somebody else encodes, by the program that measures.
   * @returns the numbers that it is to find from `firstUploaded` on, and the layers' rates where the CPU knows them
   */
  stepElsewhere({ step, lr }: Pick<StepRequest, 'step' | 'lr'>): {
    readonly numbers: Float32Array;
    readonly rates: readonly number[] | null;
  } {
    const { host } = this.turnTo(true);
    host.begin(step, lr, this.startRate(lr));
    const numbers = host.uploaded.slice();
    host.end();
    this.hostRates = this.ratesOnHost();
    return { numbers, rates: this.hostRates };
  }

  /** Goes on with one of the programs. */
  private turnTo(measured: boolean): RuleProgram {
    const { programs, current } = this;
    const next = measured ? programs.measured : programs.plain;
    if (next !== current) next.host.takeOver(current.host);
    return (this.current = next);
  }

  /** The learning rate before the schedule. */
  private startRate(lr: number): number {
    return typeof this.settings.lr === 'number' ? this.settings.lr : lr;
  }

  private *walk(request: StepRequest, network: RuleNetwork): Waiting<void> {
    const { current, questions, stream } = this;
    questions.begin(request);
    for (const command of this.program.commands) {
      if (!current.wanted(command)) continue;
      if (command.kind === 'dispatch') current.dispatch(stream, command);
      else yield* questions.ask(command, current, request, network);
    }
    questions.end();
    current.host.end();
    if (request.measured) this.keepRates();
  }

  /** Rates that are one number a layer are kept until the next measured step; those of every weight lie where nothing else does. */
  private keepRates(): void {
    const { current, layerRates, stream } = this;
    this.hostRates = this.ratesOnHost();
    const place = current.numberRegion(current.final('rate'));
    if (this.hostRates === null && place !== null && !this.program.buffers.has('rate')) stream.copy(place, layerRates);
  }

  /** The rates of the layers where the CPU has computed them; null otherwise. */
  private ratesOnHost(): readonly number[] | null {
    const { current, program, ground } = this;
    const name = current.final('rate');
    if (program.buffers.has('rate') || !program.numbers.host.has(name)) return null;
    return ground.layers.map((_, layer) => current.host.value(name, layer));
  }

  async figures(): Promise<StepFigures> {
    const { reduced, stream, layerRates, hostRates } = this;
    if (reduced === null) throw new Error('No step of this run was to be measured.');
    return await reduced.read(stream, hostRates ?? layerRates);
  }

  async rates(layer: number): Promise<Floats | number> {
    const { stream, layerRates, hostRates, programs } = this;
    const buffer = programs.measured.program.buffers.get('rate');
    if (buffer === undefined && hostRates !== null) return hostRates[layer];
    const from = buffer === undefined ? layerRates : partOf(programs.measured.region(buffer), buffer, layer);
    const read = stream.read([from]);
    stream.submit();
    const [found] = await read;
    return buffer === undefined ? found[layer] : found;
  }

  async state(name: string, layer: number): Promise<Floats> {
    const { stream, current } = this;
    const declared = this.program.program.states.find((state) => state.name === name);
    if (declared === undefined) throw new Error(`${this.rule.title} keeps no ${name}; it keeps ${this.states.join(', ')}.`);
    const place = this.placeOf(declared);
    if (place === null) return Float64Array.of(current.host.value(name, layer));
    const read = stream.read([place.buffer === null ? place.region : partOf(place.region, place.buffer, layer)]);
    stream.submit();
    const [found] = await read;
    return place.buffer === null ? found.slice(layer, layer + 1) : found;
  }

  async save(): Promise<Record<string, Floats[]>> {
    const { stream, current } = this;
    const places = this.program.program.states.map((state) => this.placeOf(state));
    const read = stream.read(places.flatMap((place) => (place === null ? [] : [place.region])));
    const numbers = places.map((place, i) =>
      place === null ? this.ground.layers.map((_, layer) => Float64Array.of(current.host.value(this.states[i], layer))) : [],
    );
    stream.submit();
    const found = [...(await read)];
    return Object.fromEntries(
      this.states.map((name, i): [string, Floats[]] => {
        const place = places[i];
        if (place === null) return [name, numbers[i]];
        const values = found.shift() ?? new Float32Array(0);
        return [
          name,
          place.buffer === null
            ? Array.from(values, (value) => Float32Array.of(value))
            : split(place.buffer, values).map((each) => each.slice()),
        ];
      }),
    );
  }

  load(state: Readonly<Record<string, readonly ArrayLike<number>[]>>): void {
    const { stream, current } = this;
    for (const declared of this.program.program.states) {
      const { name } = declared;
      if (!Object.hasOwn(state, name)) continue;
      const values = state[name];
      const place = this.placeOf(declared);
      if (place === null) values.forEach((each, layer) => current.host.restore(name, layer, each[0]));
      else {
        const flat = place.buffer === null ? Float32Array.from(values, (each) => each[0]) : joined(place.buffer, values);
        stream.upload(flat, place.region);
      }
    }
  }

  /** Where a state lies between steps: the same place in both programs; null where the CPU keeps it. */
  private placeOf({ name, shape }: ProgramState): { readonly region: Region; readonly buffer: GpuBuffer | null } | null {
    const { current } = this;
    const buffer = this.program.buffers.get(name);
    if (buffer !== undefined && !isScalar(shape)) return { region: current.region(buffer), buffer };
    if (this.program.numbers.host.has(name)) return null;
    const region = current.numberRegion(name);
    if (region === null) throw new Error(`${this.program.rule} keeps no ${name}.`);
    return { region, buffer: null };
  }

  stabilityLimit(t: number, lr: number): number | null {
    return stabilityLimit(this.program.program.limit, t, lr, this.startRate(lr));
  }

  close(): void {
    const { programs, room, questions, reduced } = this;
    for (const program of new Set([programs.plain, programs.measured])) program.close();
    room.destroy();
    questions.close();
    reduced?.close();
  }
}

const advice = 'Take a rule that keeps less of every weight or a smaller network, or use the CPU ("backend": "cpu").';

/** Does a program ask something of this kind in the middle of its step? */
const asks = ({ commands }: GpuProgram, kind: (command: HostCommand) => boolean): boolean =>
  commands.some((command) => command.kind === 'host' && kind(command));

/** A layer's part of a value. */
const partOf = ({ buffer, offset }: Region, { offsets, start, counts }: GpuBuffer, layer: number): Region => ({
  buffer,
  offset: offset + (offsets[layer] - start) * bytes,
  size: counts[layer] * bytes,
});
