/** The CPU backend: float32 on WebAssembly SIMD, in one thread or in those of a team. A model that is no network of its own (a function) takes the plain updater. */
import { referenceUpdater } from '../../language/reference';
import { wasmUpdater } from '../../language/wasm';
import type { Backend } from '../backend';
import { CpuNetwork } from './network';
import { alone, type Team } from './team';

/** @param team the threads that compute; the numbers are the same bits whatever team it is */
export const cpuBackendOn = (team: Team): Backend => ({
  name: 'cpu',
  precision: 'float32',
  network: (plan, data, largestBatch) => new CpuNetwork(plan, data, largestBatch, team),
  updater(rule, settings, model, seed) {
    if (rule.kind === 'code') return rule.updater(settings, model, seed);
    return model instanceof CpuNetwork ? wasmUpdater(rule, settings, model, seed) : referenceUpdater(rule, settings, model, seed);
  },
});

export const cpuBackend = cpuBackendOn(alone);
