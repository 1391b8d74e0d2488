/** The updater for a rule, whichever kind it is. */
import type { Model } from '../../engine/backends/backend';
import type { Rule, Settings } from '../../engine/language/rule';
import { CodeUpdater } from './codeUpdater';
import type { GpuContext } from './context';
import { Mirror } from './mirror';
import type { Stream } from './stream';
import type { RuleNetwork, StreamUpdater } from './streamUpdater';
import { GpuUpdater } from './updater';

export interface UpdaterChoices {
  /** Of the run, for rules that draw. */
  readonly seed: number;
  /** Whether any step will be measured. */
  readonly measures: boolean;
  /** The same network on the CPU, for rules that take moments of its layers' signals; made when first needed. */
  readonly moments: () => Model;
}

/**
 * @param settings every hyperparameter, complete and checked @param network whose weights the rule moves, and its states begin from
 * @throws ShaderError where a shader does not compile
 */
export async function makeUpdater(
  rule: Rule,
  settings: Settings,
  network: RuleNetwork,
  context: GpuContext,
  stream: Stream,
  { seed, measures, moments }: UpdaterChoices,
): Promise<StreamUpdater> {
  const model = new Mirror(network, stream, moments);
  try {
    if (rule.kind === 'code') return await CodeUpdater.create(rule, settings, model, seed);
    return await GpuUpdater.create(rule, settings, network, context, stream, { seed, measures, model });
  } catch (error) {
    model.close();
    throw error;
  }
}
