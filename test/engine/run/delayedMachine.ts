/**
 * A machine whose answers come later, made of the CPU backend: whatever is asked for waits for `flush` and then for its turn, and each answer
 * for some turns of the event loop more. It computes the very bits that a trainer on the CPU computes.
 */
import type { Floats } from '../../../src/engine/backends/backend';
import { rateQuantiles } from '../../../src/engine/rateQuantiles';
import { Random } from '../../../src/engine/random';
import { assemble, type Machine } from '../../../src/engine/run/machine';
import type { Prepared } from '../../../src/engine/run/prepare';
import {
  MachineLost,
  type MachineTensors,
  type StepAnswer,
  type StepRequest,
  type StreamMachine,
  type StreamOperator,
} from '../../../src/engine/run/stream';
import { ofLayer } from '../../../src/engine/run/weightValues';

export interface DelayOptions {
  readonly ahead?: number;
  /** The most turns of the event loop for which an answer waits. */
  readonly most?: number;
  /** After so many answers the machine is lost. */
  readonly lostAfter?: number;
}

const copies = (tensors: readonly Floats[]): Floats[] => tensors.map((tensor) => tensor.slice());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class DelayedMachine implements StreamMachine {
  readonly backend = 'webgpu';
  readonly precision = 'float32';
  readonly engine = 'the CPU, later';
  readonly ahead: number;
  /** Steps taken in all, those that were taken again too. */
  steps = 0;
  /** The most steps that were ever under way. */
  deepest = 0;
  /** Hessians not given back. */
  open = 0;
  closed = false;
  private machine: Machine;
  private asked: (() => Promise<void>)[] = [];
  private last: Promise<void> = Promise.resolve();
  private under = 0;
  private answers = 0;
  private readonly random = new Random(7, 'delays');

  constructor(
    private prepared: Prepared,
    private readonly options: DelayOptions = {},
  ) {
    this.ahead = options.ahead ?? 7;
    this.machine = assemble({ ...prepared, spec: { ...prepared.spec, backend: 'cpu' } });
  }

  get layers() {
    return this.machine.model.layers;
  }

  get parameters(): number {
    return this.machine.model.parameters;
  }

  get states(): readonly string[] {
    return Object.keys(this.machine.updater.state);
  }

  get bytes(): number {
    const { weights, buffers, state } = this.tensors;
    return [weights, buffers, ...Object.values(state)].flat().reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  step({ step, lr, rows, measured }: StepRequest): Promise<StepAnswer> {
    this.deepest = Math.max(this.deepest, ++this.under);
    const answer = this.later((): StepAnswer => {
      const { model, updater } = this.machine;
      model.begin(step);
      const loss = model.gradient(rows);
      updater.step(step, lr, measured ? 'rates' : 'nothing', { rows, loss });
      this.steps++;
      if (!measured) return { loss, figures: null };
      const { gradientNorm, updateNorm, weightNorm, meanRate } = updater.statistics;
      const [gradient, update, weight, mean] = [gradientNorm, updateNorm, weightNorm, meanRate].map((values) => values.slice());
      const quantiles = model.layers.map((_, layer) => rateQuantiles(updater.rate(layer)));
      return {
        loss,
        figures: { gradientNorm: gradient, updateNorm: update, weightNorm: weight, meanRate: mean, rateQuantiles: quantiles },
      };
    });
    const done = (): number => this.under--;
    answer.then(done, done);
    return answer;
  }

  evaluate = (rows: Uint32Array) => this.later(() => this.machine.model.evaluate(rows));
  save = (): Promise<MachineTensors> => this.later(() => this.tensors);
  weights = (): Promise<readonly Floats[]> => this.later(() => copies(this.machine.model.weights));

  flush(): void {
    for (const work of this.asked.splice(0)) this.last = this.last.then(work);
  }

  hessian(rows: Uint32Array): StreamOperator {
    const made = this.later(() => this.machine.model.hessian(rows));
    made.catch(() => undefined);
    this.open++;
    let open = true;
    return {
      size: this.parameters,
      apply: (v, out) => {
        const direction = v.slice();
        return this.later(async () => (await made).apply(direction, out));
      },
      gradient: (out) => this.later(async () => (await made).gradient(out)),
      close: () => {
        if (open) this.open--;
        open = false;
      },
    };
  }

  load({ weights, buffers, state }: Partial<MachineTensors>): void {
    const [w, b] = [weights, buffers].map((tensors) => tensors && copies(tensors));
    const s = Object.entries(state ?? {}).map(([name, tensors]) => [name, copies(tensors)] as const);
    void this.later(() => {
      const { model, updater } = this.machine;
      const put = (from: readonly Floats[], to: readonly Floats[]): void => from.forEach((tensor, i) => to[i].set(tensor));
      if (w) put(w, model.weights);
      if (b) put(b, model.buffers);
      for (const [name, tensors] of s) put(tensors, updater.state[name]);
    }).catch(() => undefined);
  }

  rates(layer: number): Promise<Floats | number> {
    return this.later(() => {
      const rate = this.machine.updater.rate(layer);
      return typeof rate === 'number' ? rate : rate.slice();
    });
  }

  tensor(which: 'weights' | 'gradients', layer: number): Promise<Floats> {
    return this.later(() => this.machine.model[which][layer].slice());
  }

  state(name: string, layer: number): Promise<Floats> {
    return this.later(() => ofLayer(this.machine.updater.state[name], this.layers, layer).slice());
  }

  stabilityLimit(t: number, lr: number): number | null {
    return this.machine.updater.stabilityLimit(t, lr);
  }

  async replace(rule: Prepared['rule'], settings: Prepared['settings']): Promise<{ kept: string[]; fresh: string[] }> {
    const answer = this.later(() => {
      const before = this.tensors;
      const { prepared } = this;
      this.prepared = { ...prepared, rule, settings };
      this.machine = assemble({ ...this.prepared, spec: { ...prepared.spec, backend: 'cpu' } });
      const { model, updater } = this.machine;
      before.weights.forEach((tensor, i) => model.weights[i].set(tensor));
      before.buffers.forEach((tensor, i) => model.buffers[i].set(tensor));
      const lengths = (tensors: readonly Floats[]): string => tensors.map(({ length }) => length).join();
      const kept = Object.keys(updater.state).filter(
        (name) => Object.hasOwn(before.state, name) && lengths(before.state[name]) === lengths(updater.state[name]),
      );
      for (const name of kept) before.state[name].forEach((tensor, i) => updater.state[name][i].set(tensor));
      return { kept, fresh: Object.keys(updater.state).filter((name) => !kept.includes(name)) };
    });
    this.flush();
    return answer;
  }

  close(): void {
    this.closed = true;
  }

  /** As if its device were gone. */
  lose(): void {
    this.answers = Infinity;
  }

  private get tensors(): MachineTensors {
    const { model, updater } = this.machine;
    const state = Object.fromEntries(Object.entries(updater.state).map(([name, tensors]) => [name, copies(tensors)]));
    return { weights: copies(model.weights), buffers: copies(model.buffers), state };
  }

  private later<Value>(work: () => Value | Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.asked.push(async () => {
        try {
          for (let turns = this.random.integer((this.options.most ?? 2) + 1); turns > 0; turns--) await turn();
          if (this.closed) throw new Error('The machine is closed.');
          if (++this.answers > (this.options.lostAfter ?? Number.MAX_VALUE)) throw new MachineLost('The machine was lost.');
          resolve(await work());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }
}
