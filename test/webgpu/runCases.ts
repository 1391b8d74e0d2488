/**
 * Whole runs that every backend must tell alike: each optimizer and each wrapper on a small network, and each kind of layer,
 * activation and loss. The same list for the page that computes and for the tests that report.
 */
import type { Settings } from '../../src/engine/language';
import type { RunSpecification } from '../../src/engine/run/specification';
import { prepare, type Prepared } from '../../src/engine/run/prepare';
import { optimizerLibrary } from '../../src/engine/optimizers';
import { wrapperLibrary } from '../../src/engine/wrappers';
import { smallNetworks } from '../engine/backends/everyLayer';
import { noFiles } from '../engine/run/runs';

export interface RunCase {
  readonly title: string;
  readonly prepared: () => Promise<Prepared>;
  /** Compare only the losses, to so much. */
  readonly losses?: number;
  /** How near every figure must be; 1e-4 if nothing is said. */
  readonly figures?: number;
  /** Hyperparameters that are changed on the way, in runs besides. */
  readonly changed?: Settings;
}

export const steps = 50;

/** Newton's steps have no bound where a direction is almost flat: damping gives them one. Some rules are tame only at smaller rates. */
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = { newton: { damping: 1 }, saddleFreeNewton: { damping: 1 } };

/**
 * Rules that amplify the rounding of their own path, and why: two runs that are both right part, on the CPU as on a GPU. Of these only the losses
 * are compared, to so much, or all figures, less strictly.
 */
const amplify: Readonly<Record<string, { readonly why: string; readonly losses?: number; readonly figures?: number }>> = {
  dadaptAdamw: { why: 'estimates a distance from sums that nearly cancel', losses: 1e-3 },
  dog: { why: 'begins with steps of a millionth, of which 32-bit weights keep two digits', losses: 1e-3 },
  ldog: { why: 'begins with steps of a millionth, of which 32-bit weights keep two digits', losses: 1e-3 },
  galore: { why: 'projects to a singular vector, which is any where values nearly agree', losses: 1e-2 },
  hessianFree: { why: 'decides by the last digits of a loss when to stop', losses: 1e-2 },
  lbfgs: { why: 'searches along lines by differences of losses', losses: 1e-2 },
  lbfgsOptax: { why: 'searches along lines by differences of losses', losses: 1e-2 },
  lion: { why: 'its rate is one over an average of gradients that passes through 0', figures: 1e-3 },
  mechanic: { why: 'begins with steps of a hundred-millionth, below the last digit of 32-bit weights', losses: 1e-2 },
  prodigy: { why: 'begins with steps of a millionth, of which 32-bit weights keep two digits', losses: 5e-3 },
  rprop: { why: 'turns round where a gradient changes its sign, however small it is', losses: 1e-2 },
  sfo: { why: 'models mini-batches by differences of gradients', losses: 0.1 },
  signum: { why: 'its rate is one over an average of gradients that passes through 0', figures: 1e-3 },
  soap: { why: 'a matrix of low rank has any basis for its eigenvalue 0', losses: 1e-2 },
};

/** Rules for all samples at once: the noise of mini-batches spoils what they remember of the curvature. */
const whole = new Set(['lbfgs', 'lbfgsOptax']);

const measure = { every: 1, curvatureEvery: 0, evaluateEvery: 25 };

const specification = (other: Partial<RunSpecification>): RunSpecification => ({
  problem: {
    network: { layers: [{ dense: 7, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 100, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.01 },
  batchSize: 16,
  steps,
  measure,
  ...other,
});

/** A few rules whose hyperparameters are changed on the way: in the kernel of every weight, in products of matrices, in a wrapper’s second gradient. */
const changed: Readonly<Record<string, Settings>> = {
  adam: { lr: 0.003, beta1: 0.5 },
  muon: { lr: 0.004, momentum: 0.5 },
  sam: { lr: 0.004, 'sam.rho': 0.2 },
};

const ofRule = (name: string): RunCase => ({
  title: `optimizer ${name}`,
  changed: changed[name],
  prepared: () => prepare(specification({ optimizer: { name, ...settings[name] }, ...(whole.has(name) && { batchSize: 'all' }) }), noFiles),
  ...amplify[name],
});

const ofWrapper = (name: string): RunCase => ({
  title: `wrapper ${name} round Adam`,
  changed: changed[name],
  prepared: () => prepare(specification({ wrappers: [{ name }] }), noFiles),
  ...amplify[name],
});

/** Under gradient descent: Adam divides by the gradients of biases before a batch norm, which are nothing but rounding. */
const ofNetwork = ({ name, plan, data }: (typeof smallNetworks)[number]): RunCase => ({
  title: `network: ${name}`,
  async prepared() {
    const some = await prepare(specification({ batchSize: 8, optimizer: { name: 'sgd', lr: 0.02, momentum: 0.9 } }), noFiles);
    const rows = Uint32Array.from({ length: data.samples }, (_, i) => i);
    return { ...some, problem: { kind: 'network', plan, data, train: rows.slice(0, 20), heldOut: rows.slice(20) } };
  },
});

const ofCurvature: RunCase = {
  title: 'curvature, per-weight rates, a cosine schedule',
  prepared: () =>
    prepare(
      specification({
        measure: { every: 2, curvatureEvery: 20, evaluateEvery: 10, perWeight: true },
        schedule: { name: 'cosine', steps: 50 },
      }),
      noFiles,
    ),
};

export const runCases = (): readonly RunCase[] => [
  ...optimizerLibrary.names.map(ofRule),
  ...wrapperLibrary.names.map(ofWrapper),
  ...smallNetworks.map(ofNetwork),
  ofCurvature,
];
