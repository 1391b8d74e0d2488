/** What a run computes with: the model of its problem on its backend, and the rule at work on the model's weights. */
import type { Backend, Model, Updater } from '../backends/backend';
import { cpuBackendOn } from '../backends/cpu';
import { alone, type Team } from '../backends/cpu/team';
import { referenceBackend } from '../backends/reference';
import { functionModel } from '../problems/function';
import type { Prepared } from './prepare';
import { SpecificationError } from './specification';

export interface Machine {
  readonly backend: Backend['name'];
  readonly precision: Backend['precision'];
  readonly model: Model;
  readonly updater: Updater;
  /** For a function, its variables in the order of the model's weights; null for a network. */
  readonly variables: readonly string[] | null;
  /** The threads that compute; whoever opened the team closes it. */
  readonly team: Team;
}

/** Builds the model and the updater of a prepared run. @param team the threads that a network on the CPU backend computes in */
export function assemble({ spec, rule, settings, problem, batch }: Prepared, team: Team = alone): Machine {
  if (problem.kind === 'function') {
    const model = functionModel(problem.text, problem.start);
    const updater = referenceBackend.updater(rule, settings, model, spec.seed);
    return { backend: 'reference', precision: 'float64', model, updater, variables: model.variables, team };
  }
  if (spec.backend === 'webgpu')
    throw new SpecificationError(
      'backend',
      'found "webgpu", which is there in the editor only, where a webview has the GPU; use "auto" or "cpu", or leave the field out.',
    );
  const backend = spec.backend === 'reference' ? referenceBackend : cpuBackendOn(team);
  const model = backend.network(problem.plan, problem.data, batch);
  return {
    backend: backend.name,
    precision: backend.precision,
    model,
    updater: backend.updater(rule, settings, model, spec.seed),
    variables: null,
    team,
  };
}
