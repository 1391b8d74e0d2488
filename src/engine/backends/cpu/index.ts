/** The CPU backend: float32 on WebAssembly SIMD, one core. A model that is no network of its own (a function) takes the plain updater. */
import { referenceUpdater } from '../../language/reference';
import { wasmUpdater } from '../../language/wasm';
import type { Backend } from '../backend';
import { CpuNetwork } from './network';

export const cpuBackend: Backend = {
  name: 'cpu',
  precision: 'float32',
  network: (plan, data) => new CpuNetwork(plan, data),
  updater(rule, settings, model, seed) {
    if (rule.kind === 'code') return rule.updater(settings, model, seed);
    return model instanceof CpuNetwork ? wasmUpdater(rule, settings, model, seed) : referenceUpdater(rule, settings, model, seed);
  },
};
