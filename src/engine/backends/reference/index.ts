/** The reference backend: float64, plain, the oracle of the others. */
import { referenceUpdater } from '../../language/reference';
import type { Backend } from '../backend';
import { ReferenceNetwork } from './network';

export const referenceBackend: Backend = {
  name: 'reference',
  precision: 'float64',
  network: (plan, data) => new ReferenceNetwork(plan, data),
  updater: (rule, settings, model, seed) =>
    rule.kind === 'code' ? rule.updater(settings, model, seed) : referenceUpdater(rule, settings, model, seed),
};
