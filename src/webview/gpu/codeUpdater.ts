/**
 * A rule in TypeScript on a GPU: it goes on from answer to answer itself, on the CPU, with weights and gradients read back, and the
 * network answers what it asks in between. A step waits for the GPU as often as the rule asks.
 */
import type { Floats, Walker } from '../../engine/backends/backend';
import { PlainStatistics } from '../../engine/backends/statistics';
import { inTime } from '../../engine/eventually';
import { rateQuantiles } from '../../engine/rateQuantiles';
import type { CodeRule, Settings } from '../../engine/language/rule';
import type { StepFigures, StepRequest } from '../../engine/run/stream';
import { ofLayer } from '../../engine/run/weightValues';
import type { Mirror } from './mirror';
import type { StreamUpdater } from './streamUpdater';

export class CodeUpdater implements StreamUpdater {
  readonly needsHost = true;
  readonly states: readonly string[];
  private readonly statistics: PlainStatistics;
  private shown: (Floats | number)[] = [];

  private constructor(
    private readonly walker: Walker,
    private readonly mirror: Mirror,
  ) {
    this.states = Object.keys(walker.state);
    this.statistics = new PlainStatistics(mirror);
  }

  /** @param mirror of the network that the rule is to work on; it begins where the network stands */
  static async create(rule: CodeRule, settings: Settings, mirror: Mirror, seed: number): Promise<CodeUpdater> {
    await mirror.pull();
    return new CodeUpdater(rule.walker(settings, mirror, seed), mirror);
  }

  get bytes(): number {
    return Object.values(this.walker.state).reduce((sum, layers) => sum + layers.reduce((all, { byteLength }) => all + byteLength, 0), 0);
  }

  async step({ step, lr, rows, measured }: StepRequest): Promise<void> {
    const { mirror, walker, statistics } = this;
    mirror.begin(step);
    const loss = await mirror.pull();
    if (measured) statistics.before();
    await inTime(walker.walk(step, lr, { rows, loss }));
    mirror.push();
    mirror.end();
    if (!measured) return;
    statistics.after((layer) => walker.rate(layer));
    this.shown = mirror.layers.map((_, layer) => {
      const rate = walker.rate(layer);
      return typeof rate === 'number' ? rate : rate.slice();
    });
  }

  figures(): Promise<StepFigures> {
    const { gradientNorm, updateNorm, weightNorm, meanRate } = this.statistics.of;
    const [gradient, update, weight, mean] = [gradientNorm, updateNorm, weightNorm, meanRate].map((values) => values.slice());
    return Promise.resolve({
      gradientNorm: gradient,
      updateNorm: update,
      weightNorm: weight,
      meanRate: mean,
      rateQuantiles: this.shown.map(rateQuantiles),
    });
  }

  rates(layer: number): Promise<Floats | number> {
    return Promise.resolve(this.shown[layer]);
  }

  /** The rule leaves the arrays' gradient as it was. */
  gradient(layer: number): Promise<Floats> {
    return Promise.resolve(this.mirror.gradients[layer].slice());
  }

  state(name: string, layer: number): Promise<Floats> {
    return Promise.resolve(ofLayer(this.walker.state[name], this.mirror.layers, layer).slice());
  }

  save(): Promise<Record<string, Floats[]>> {
    const { state } = this.walker;
    return Promise.resolve(Object.fromEntries(this.states.map((name) => [name, state[name].map((values) => values.slice())])));
  }

  load(state: Readonly<Record<string, readonly ArrayLike<number>[]>>): void {
    for (const name of this.states)
      if (Object.hasOwn(state, name)) this.walker.state[name].forEach((to, layer) => to.set(state[name][layer]));
  }

  stabilityLimit(t: number, lr: number): number | null {
    return this.walker.stabilityLimit(t, lr);
  }

  close(): void {
    this.mirror.close();
  }
}
