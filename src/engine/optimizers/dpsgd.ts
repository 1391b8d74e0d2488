/**
 * DP-SGD (Abadi et al. 2016): the gradient of every single sample is clipped before the mean is taken, and noise is added, so that no
 * sample can be read out of the trained weights. It is TypeScript because a text knows only the mini-batch's mean gradient.
 */
import type { Batch, EventualModel, Floats, Walker } from '../backends/backend';
import { wait, type Waiting } from '../eventually';
import type { Settings } from '../language';
import { ModelCalls } from '../language/model';
import { norm } from '../vectors';
import { defineRule, FlatModel, interval } from './code/definition';

export const dpsgd = defineRule({
  name: 'dpsgd',
  title: 'DP-SGD',
  summary:
    'SGD that learns no single sample by heart: each sample’s gradient is shortened to at most C, and normal noise of deviation σ·C is added to their sum.',
  use: 'Where the samples are private. It costs a gradient a sample, and accuracy; larger batches drown less in the noise. The privacy that σ, the batch size and the number of steps buy is not computed here.',
  relatives: ['sgd', 'noisySgd'],
  source: 'Abadi et al. 2016, Algorithm 1, arXiv:1607.00133; optax.contrib.dpsgd, optax.contrib.differentially_private_aggregate',
  states: ['b'],
  needs: ['gradient', 'samples', 'random'],
  formula: [
    'gᵢ = ∇fᵢ(w)·min(1, C/‖∇fᵢ(w)‖),  i = 1 … B the samples of the mini-batch',
    'g = (Σᵢ gᵢ + σ·C·N(0, 1))/B',
    'b ← g + μ·b',
    'w ← w − η·b,  or w − η·(g + μ·b) in Nesterov’s form',
  ],
  parameters: {
    lr: {
      aliases: ['learning_rate', 'learningRate'],
      default: 0.01,
      domain: interval(0, Infinity, 'both'),
      symbol: 'η',
      doc: 'learning rate: the length of a step for a gradient of 1',
    },
    clip: {
      aliases: ['l2_norm_clip', 'max_grad_norm'],
      default: 1,
      domain: interval(0, Infinity, 'both'),
      symbol: 'C',
      doc: 'the longest that a sample’s gradient, of all layers together, may be',
    },
    noise: {
      aliases: ['noise_multiplier'],
      default: 1,
      domain: interval(0, Infinity, 'to'),
      symbol: 'σ',
      doc: 'deviation of the noise in the sum, as a multiple of C',
    },
    momentum: {
      aliases: ['mu'],
      default: 0,
      domain: interval(0, 1, 'to'),
      symbol: 'μ',
      doc: 'share of the last step’s direction that is kept',
    },
    nesterov: { aliases: [], default: false, domain: { kind: 'truth' }, symbol: 'nesterov', doc: 'look one step ahead along the momentum' },
  },
  require: () => null,
  walker: (settings, model, seed) => new PrivateDescent(settings, model, seed),
});

class PrivateDescent implements Walker {
  readonly state: { readonly b: readonly Float64Array[] };
  private readonly flat: FlatModel;
  private readonly calls: ModelCalls;
  private shown = 0;

  constructor(
    private readonly settings: Settings,
    private readonly model: EventualModel,
    seed: number,
  ) {
    this.flat = new FlatModel(model);
    this.calls = new ModelCalls(model, seed);
    this.state = { b: model.layers.map(({ parameters }) => new Float64Array(parameters)) };
  }

  /** The learning rate times the mean share that clipping leaves of a gradient. */
  rate(): number {
    return this.shown;
  }

  /** None: how far clipping shortens the gradients depends on where they are taken. */
  stabilityLimit(): null {
    return null;
  }

  *walk(t: number, lr: number, batch: Batch): Waiting<void> {
    const { model, settings } = this;
    const received = this.flat.read(model.gradients);
    const { sums, share } = yield* this.clipped(batch.rows);
    this.flat.write(received, model.gradients);
    this.calls.begin(t, batch);
    const [momentum, deviation] = [Number(settings.momentum), Number(settings.noise) * Number(settings.clip)];
    model.weights.forEach((w: Floats, layer) => {
      const draws = new Float64Array(w.length);
      if (deviation > 0) this.calls.draw('normal', 0, layer, draws);
      const b = this.state.b[layer];
      for (let i = 0; i < w.length; i++) {
        const g = (sums[layer][i] + deviation * draws[i]) / batch.rows.length;
        b[i] = g + momentum * b[i];
        w[i] -= lr * (settings.nesterov === true ? g + momentum * b[i] : b[i]);
      }
    });
    this.shown = lr * share;
  }

  /** The sum of the samples' gradients, each shortened to `clip`, layer by layer, and the mean share that is left of one. */
  private *clipped(rows: Uint32Array): Waiting<{ readonly sums: readonly Float64Array[]; readonly share: number }> {
    const { model, flat } = this;
    const most = Number(this.settings.clip);
    const sums = model.layers.map(({ parameters }) => new Float64Array(parameters));
    const g = new Float64Array(flat.size);
    let share = 0;
    for (const row of rows) {
      yield* wait(model.gradient(Uint32Array.of(row)));
      const length = norm(flat.read(model.gradients, g));
      const factor = length > most ? most / length : 1;
      model.gradients.forEach((values, layer) => {
        const sum = sums[layer];
        for (let i = 0; i < sum.length; i++) sum[i] += factor * values[i];
      });
      share += factor / rows.length;
    }
    return { sums, share };
  }
}
