/**
 * Whole runs that every backend must tell alike: each optimizer and each wrapper on a small network, and each kind of layer, activation and loss
 * under Adam. The same list for the page that computes and for the tests that report.
 */
import type { RunSpecification } from '../../src/engine/run/specification';
import { prepare, type Prepared } from '../../src/engine/run/prepare';
import { optimizerLibrary } from '../../src/engine/optimizers';
import { wrapperLibrary } from '../../src/engine/wrappers';
import { smallNetworks } from '../engine/backends/everyLayer';
import { noFiles } from '../engine/run/runs';

export interface RunCase {
  readonly title: string;
  readonly prepared: () => Promise<Prepared>;
  /** Allowed difference, relative to a figure's size; 1e-4 where nothing is said. */
  readonly tolerance?: number;
}

export const steps = 50;

/** Newton's steps have no bound where a direction is almost flat: damping gives them one. Some rules are tame only at smaller rates. */
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = { newton: { damping: 1 }, saddleFreeNewton: { damping: 1 } };

/**
 * Where two walks part although both are right, and why: a step that a sign decides turns where rounding turns the sign, and a learning rate
 * that is estimated from differences of losses or of weights amplifies their rounding.
 */
const parts: Readonly<Record<string, number>> = {};

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

const ofRule = (name: string): RunCase => ({
  title: `optimizer ${name}`,
  prepared: () => prepare(specification({ optimizer: { name, ...settings[name] } }), noFiles),
  tolerance: parts[name],
});

const ofWrapper = (name: string): RunCase => ({
  title: `wrapper ${name} round Adam`,
  prepared: () => prepare(specification({ wrappers: [{ name }] }), noFiles),
  tolerance: parts[name],
});

const ofNetwork = ({ name, plan, data }: (typeof smallNetworks)[number]): RunCase => ({
  title: `network: ${name}`,
  async prepared() {
    const some = await prepare(specification({ batchSize: 8, optimizer: { name: 'adam', lr: 0.003 } }), noFiles);
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
