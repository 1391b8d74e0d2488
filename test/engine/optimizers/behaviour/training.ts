/** Trains a network with a rule outside a run, for tests of what rules are said to be good at. */
import type { Backend } from '../../../../src/engine/backends/backend';
import type { NetworkPlan } from '../../../../src/engine/network/plan';
import type { Dataset } from '../../../../src/engine/problems/dataset';
import { Batches } from '../../../../src/engine/run/batches';
import { ready } from '../follow';

export interface Course {
  readonly backend: Backend;
  readonly plan: NetworkPlan;
  readonly data: Dataset;
  readonly batch: number;
}

/** @returns the mean loss on all samples after each pass */
export function train({ backend, plan, data, batch }: Course, name: string, given: Record<string, number>, passes: number): number[] {
  const { rule, settings } = ready(name, given);
  const model = backend.network(plan, data, data.samples);
  const updater = backend.updater(rule, settings, model, 1);
  const all = Uint32Array.from({ length: data.samples }, (_, i) => i);
  const batches = new Batches(all, batch, 1, true);
  const losses: number[] = [];
  for (let k = 0; k < passes * batches.perEpoch; k++) {
    const rows = batches.at(k);
    const loss = model.gradient(rows);
    updater.step(k + 1, Number(settings.lr), 'nothing', { rows, loss });
    if ((k + 1) % batches.perEpoch === 0) losses.push(model.evaluate(all).loss);
  }
  return losses;
}
