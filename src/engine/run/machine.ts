/** What a run computes with: the model of its problem on its backend, and the rule at work on the model's weights. */
import type { Backend, Model, Updater } from '../backends/backend';
import { cpuBackend } from '../backends/cpu';
import { referenceBackend } from '../backends/reference';
import { functionModel } from '../problems/function';
import type { Prepared } from './prepare';

export interface Machine {
  readonly backend: Backend['name'];
  readonly precision: Backend['precision'];
  readonly model: Model;
  readonly updater: Updater;
  /** For a function, its variables in the order of the model's weights; null for a network. */
  readonly variables: readonly string[] | null;
}

/** Builds the model and the updater of a prepared run. */
export function assemble({ spec, rule, settings, problem, batch }: Prepared): Machine {
  if (problem.kind === 'function') {
    const model = functionModel(problem.text, problem.start);
    const updater = referenceBackend.updater(rule, settings, model, spec.seed);
    return { backend: 'reference', precision: 'float64', model, updater, variables: model.variables };
  }
  const backend = spec.backend === 'reference' ? referenceBackend : cpuBackend;
  const model = backend.network(problem.plan, problem.data, batch);
  return {
    backend: backend.name,
    precision: backend.precision,
    model,
    updater: backend.updater(rule, settings, model, spec.seed),
    variables: null,
  };
}
