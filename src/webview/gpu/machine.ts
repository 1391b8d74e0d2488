/**
 * A run's machine on the GPU: the network, the rule at work on its weights, and the stream that both encode into. Steps are asked for
 * ahead of their answers and many go into one submission; what is measured is reduced on the GPU, and only small results come back.
 */
import type { Evaluation, Floats, Layer } from '../../engine/backends/backend';
import { cpuBackend } from '../../engine/backends/cpu';
import { after, type Eventually } from '../../engine/eventually';
import type { Rule, Settings } from '../../engine/language/rule';
import type { NetworkPlan } from '../../engine/network/plan';
import type { Dataset } from '../../engine/problems/dataset';
import type { Prepared } from '../../engine/run/prepare';
import type { MachineTensors, StepAnswer, StepRequest, StreamMachine, StreamOperator } from '../../engine/run/stream';
import type { GpuContext } from './context';
import { machineOperator } from './machineOperator';
import { makeUpdater } from './makeUpdater';
import { GpuNetwork } from './network';
import { Pacing } from './pacing';
import type { Profiler } from './passTimes';
import { Stream, type Region } from './stream';
import type { StreamUpdater } from './streamUpdater';
import { TinySteps } from './tiny';
import { GpuUpdater } from './updater';
import { WeightsLayout } from './weightsLayout';

/** What a machine is made for. */
export interface MachineParts {
  readonly plan: NetworkPlan;
  readonly data: Dataset;
  /** The most samples of a mini-batch. */
  readonly batch: number;
  readonly rule: Rule;
  readonly settings: Settings;
  readonly seed: number;
  /** Whether a small network's steps may be taken many in one dispatch; they are if nothing is said. */
  readonly together?: boolean;
  /** Whether curvature's Lanczos process runs on the GPU whatever the network's size and the GPU's kind; where that is faster if nothing is said. */
  readonly lanczos?: boolean;
}

/** The parts of a prepared run. @throws Error for a function, which the reference computes */
export function partsOf({ problem, batch, rule, settings, spec }: Prepared): MachineParts {
  if (problem.kind !== 'network') throw new Error('A function of variables is computed by the reference, not on a GPU.');
  const { plan, data } = problem;
  return { plan, data, batch, rule, settings, seed: spec.seed };
}

const bytesOfEvaluation = 8;

/** A rule at work on the network. */
interface Work {
  readonly updater: StreamUpdater;
  /** Takes all its steps instead, where the network is small; null where it is not. */
  readonly tiny: TinySteps | null;
}

interface Gathered {
  readonly request: StepRequest;
  readonly resolve: (answer: StepAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

export class GpuMachine implements StreamMachine {
  readonly backend = 'webgpu';
  readonly precision = 'float32';
  readonly layers: readonly Layer[];
  readonly parameters: number;
  private readonly layout: WeightsLayout;
  private readonly evaluation: Region;
  private readonly pacing = new Pacing();
  /** What the next request must wait for: a rule that asks the CPU something in the middle of its step. */
  private turn: Promise<void> | null = null;
  /** Steps of a small network that wait for the next dispatch. */
  private gathered: Gathered[] = [];
  private open = true;

  private constructor(
    private readonly parts: MachineParts,
    private readonly context: GpuContext,
    private readonly stream: Stream,
    private readonly network: GpuNetwork,
    private work: Work,
  ) {
    this.layers = network.layers;
    this.parameters = network.parameters;
    this.layout = new WeightsLayout(network.layers);
    this.evaluation = { buffer: context.buffer(bytesOfEvaluation / 4, 'evaluation'), offset: 0, size: bytesOfEvaluation };
  }

  /** @throws Error where the network is too large for the adapter, with what was wanted and what would fit */
  static async create(parts: MachineParts, context: GpuContext): Promise<GpuMachine> {
    const { plan, data, batch } = parts;
    const stream = new Stream(context);
    let network: GpuNetwork | null = null;
    try {
      network = await GpuNetwork.create(plan, data, batch, context, stream);
      return new GpuMachine(parts, context, stream, network, await GpuMachine.workFor(parts, network, context, stream));
    } catch (error) {
      network?.close();
      stream.close(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  private static async workFor(parts: MachineParts, network: GpuNetwork, context: GpuContext, stream: Stream): Promise<Work> {
    const { rule, settings, seed, plan, data, batch, together = true } = parts;
    const moments = () => cpuBackend.network(plan, data, batch);
    const updater = await makeUpdater(rule, settings, network, context, stream, { seed, measures: true, moments });
    try {
      const tiny = together && updater instanceof GpuUpdater ? await TinySteps.create(network, updater, context, stream) : null;
      return { updater, tiny };
    } catch (error) {
      updater.close();
      throw error;
    }
  }

  get engine(): string {
    return this.context.name;
  }

  get states(): readonly string[] {
    return this.work.updater.states;
  }

  get bytes(): number {
    return this.network.weights.size + this.network.running.size + this.work.updater.bytes;
  }

  get ahead(): number {
    return this.work.updater.needsHost ? 1 : this.pacing.ahead;
  }

  step(request: StepRequest): Promise<StepAnswer> {
    if (this.work.tiny === null) return this.inTurn(() => this.stepNow(request));
    this.pacing.asked();
    return new Promise((resolve, reject) => this.gathered.push({ request, resolve, reject }));
  }

  evaluate(rows: Uint32Array): Promise<Evaluation> {
    return this.inTurn(async () => {
      this.network.evaluate(rows, this.evaluation);
      const [[loss, right]] = await this.stream.read([this.evaluation]);
      return { loss, accuracy: this.network.classifies ? right : null };
    });
  }

  flush(): void {
    this.takeGathered();
    if (this.turn === null) this.stream.submit(); // what waits for its turn is submitted when that comes
  }

  hessian(rows: Uint32Array): StreamOperator {
    const { network, context, stream, layout, parts } = this;
    const made = this.inTurn(() => Promise.resolve(network.operator(rows, 'hessian')));
    return machineOperator({ layout, context, stream, turn: () => this.turn }, made, parts.lanczos ? 0 : undefined);
  }

  save(): Promise<MachineTensors> {
    return this.inTurn(async () => {
      const { network, stream, work } = this;
      const state = work.updater.save();
      const read = stream.read([network.weights, network.running]);
      stream.submit();
      const [weights, running] = await read;
      return { weights: network.split(weights), buffers: network.splitRunning(running), state: await state };
    });
  }

  weights(): Promise<readonly Floats[]> {
    return this.inTurn(async () => {
      const read = this.stream.read([this.network.weights]);
      this.stream.submit();
      return this.network.split((await read)[0]);
    });
  }

  load({ weights, buffers, state }: Partial<MachineTensors>): void {
    void this.inTurn(() => {
      const { network } = this;
      if (weights) network.setWeights(weights);
      if (buffers) network.setRunning(buffers);
      if (state) this.work.updater.load(state);
      return Promise.resolve();
    });
  }

  rates(layer: number): Promise<Floats | number> {
    return this.inTurn(() => {
      const { updater, tiny } = this.work;
      const found = (tiny ?? updater).rates(layer);
      this.stream.submit();
      return found;
    });
  }

  tensor(which: 'weights' | 'gradients', layer: number): Promise<Floats> {
    return this.inTurn(async () => {
      const { updater } = this.work;
      if (which === 'gradients' && updater.gradient) return updater.gradient(layer);
      const read = this.stream.read([this.network.tensor(which, layer)]);
      this.stream.submit();
      return (await read)[0];
    });
  }

  state(name: string, layer: number): Promise<Floats> {
    return this.inTurn(() => {
      const found = this.work.updater.state(name, layer);
      this.stream.submit();
      return found;
    });
  }

  stabilityLimit(t: number, lr: number): number | null {
    return this.work.updater.stabilityLimit(t, lr);
  }

  async replace(rule: Rule, settings: Settings): Promise<{ readonly kept: readonly string[]; readonly fresh: readonly string[] }> {
    this.takeGathered();
    await this.turn;
    const { work: old, stream } = this;
    const stateOf = ({ updater }: Work): Promise<Record<string, Floats[]>> => {
      const state = updater.save();
      stream.submit();
      return state;
    };
    const before = await stateOf(old);
    const next = await GpuMachine.workFor({ ...this.parts, rule, settings }, this.network, this.context, stream);
    const { states } = next.updater;
    const begun = await stateOf(next);
    const kept = states.filter((name) => Object.hasOwn(before, name) && lengths(before[name]) === lengths(begun[name]));
    next.updater.load(Object.fromEntries(kept.map((name) => [name, before[name]])));
    closeWork(old);
    this.work = next;
    return { kept, fresh: states.filter((name) => !kept.includes(name)) };
  }

  /** Tells the time of every dispatch from now on; null for no more of it. */
  profile(profiler: Profiler | null): void {
    this.takeGathered();
    this.stream.profile(profiler);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.stream.close(new Error('The run is closed.'));
    for (const { reject } of this.gathered.splice(0)) reject(new Error('The run is closed.'));
    closeWork(this.work);
    this.network.close();
    this.evaluation.buffer.destroy();
  }

  private async stepNow({ step, lr, rows, measured }: StepRequest): Promise<StepAnswer> {
    const { network, stream, pacing } = this;
    const { updater } = this.work;
    pacing.asked();
    network.gradient(rows, step, { fresh: true });
    const loss = stream.read([network.loss]);
    const updated = updater.step({ step, lr, rows, measured }, network);
    const rest = after(updated, () => {
      const figures = measured ? updater.figures() : null;
      if (updated instanceof Promise) stream.submit(); // whoever asked for the step has flushed before this was encoded
      return figures;
    });
    if (updated instanceof Promise) this.turn = this.untilDone(rest);
    const [[[mean]], figures] = await Promise.all([loss, rest]);
    pacing.answered();
    return { loss: mean, figures };
  }

  /** Encodes the steps that were gathered. */
  private takeGathered(): void {
    const { tiny } = this.work;
    if (tiny === null || this.gathered.length === 0) return;
    const steps = this.gathered;
    this.gathered = [];
    tiny.run(steps.map(({ request }) => request)).then(
      (answers) => {
        this.pacing.answered(steps.length);
        steps.forEach(({ resolve }, i) => resolve(answers[i]));
      },
      (error: unknown) => steps.forEach(({ reject }) => reject(error)),
    );
  }

  /** Ends with `work`, however that ends, and then gives way to what waits. */
  private untilDone(work: Eventually<unknown>): Promise<void> {
    const turn: Promise<void> = Promise.resolve(work)
      .then(
        () => undefined,
        () => undefined, // told to who asked for the step
      )
      .then(() => {
        if (this.turn === turn) this.turn = null;
      });
    return turn;
  }

  /** At once, or after what is in the middle of its step. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.takeGathered();
    if (this.turn === null) return work();
    const result = this.turn.then(() => {
      const answer = work();
      this.stream.submit(); // the flush has been before
      return answer;
    });
    this.turn = this.untilDone(result);
    return result;
  }
}

function closeWork({ updater, tiny }: Work): void {
  tiny?.close();
  updater.close();
}

const lengths = (tensors: readonly Floats[]): string => tensors.map(({ length }) => length).join();
