/**
 * What a person changes of a run while it stands still: the text of one of its rules, or hyperparameters. In here is what the run is then
 * prepared as, and what of the old rule's state goes on. The weights stay; a state that both rules have, in the same shape, keeps its
 * values; every other begins as its rule says.
 */
import type { Floats, Updater } from '../backends/backend';
import type { Settings } from '../language';
import { changeSettings } from './changeSettings';
import { replaceText } from './chooseRule';
import { assemble, type Machine } from './machine';
import { prepareAgain, type Prepared } from './prepare';
import { SpecificationError } from './specification';

/** Holds from the step after `step` on. */
export type Change = TextChange | SettingsChange;

/** The same of a run wherever it stands. */
export type AskedChange = Omit<TextChange, 'step'> | Omit<SettingsChange, 'step'>;

/** Another text of a rule. */
export interface TextChange {
  readonly step: number;
  /** As the specification gives it. */
  readonly file: string;
  readonly text: string;
}

/** Other hyperparameters. */
export interface SettingsChange {
  readonly step: number;
  /** The changed ones by their own names; those of wrappers under the wrapper's, `sam.rho`. */
  readonly settings: Settings;
}

/** What a run computes with after a change. */
export interface CarriedOn {
  readonly machine: Machine;
  /** Names of the states that go on, and of those that begin anew. */
  readonly kept: readonly string[];
  readonly fresh: readonly string[];
}

/**
 * The run as it is after a change.
 * @throws LanguageError where a text is no rule; SpecificationError where it does not go with the run, and for hyperparameters that it does not allow
 */
export function changed(prepared: Prepared, change: Change): Prepared {
  const { spec, chosen } = prepared;
  if ('settings' in change) {
    const { chosen: next, settings } = changeSettings(chosen, spec, change.settings);
    if (Object.keys(settings).length === 0) throw new SpecificationError('optimizer', 'the run has these very hyperparameters already.');
    return prepareAgain(prepared, next, { step: change.step, settings });
  }
  const { step, file, text } = change;
  const files = filesOf(prepared);
  if (!(file in files)) {
    const known = Object.keys(files);
    const has = known.length === 0 ? 'its rules are built in' : `it has rules from ${known.join(', ')}`;
    throw new SpecificationError('optimizer', `this run has no rule from ${file}; ${has}.`);
  }
  return prepareAgain(prepared, replaceText(chosen, spec, file, text), { step, file, text });
}

/** What a run computes with as it is `prepared` now. @param machine what it computed with; it is left as it was */
export function carryOn(prepared: Prepared, machine: Machine): CarriedOn {
  const made = assemble(prepared, machine.team);
  copy(machine.model.weights, made.model.weights);
  copy(machine.model.buffers, made.model.buffers);
  copy(machine.model.gradients, made.model.gradients);
  const kept = carryStates(machine.updater, made.updater);
  const fresh = Object.keys(made.updater.state).filter((name) => !kept.includes(name));
  return { machine: made, kept, fresh };
}

/** Other hyperparameters leave every state as it is: those that decide how large one is cannot be changed on the way. @throws SpecificationError */
export function checkStatesStay(change: AskedChange, fresh: readonly string[]): void {
  if (fresh.length === 0 || !('settings' in change)) return;
  const names = Object.keys(change.settings).join(', ');
  throw new SpecificationError(
    'optimizer',
    `with another ${names} the rule’s state ${fresh.join(', ')} would have another size, and could not go on. Start a run with it instead.`,
  );
}

/** The texts that a run has from files, by what the specification calls them. */
export function filesOf({ spec, texts }: Pick<Prepared, 'spec' | 'texts'>): Readonly<Record<string, string>> {
  const given = [spec.optimizer, ...spec.wrappers];
  const all = [texts.optimizer, ...texts.wrappers];
  return Object.fromEntries(given.flatMap((rule, i) => ('file' in rule ? [[String(rule.file), all[i]]] : [])));
}

/** The run as it began. */
export const originOf = (prepared: Prepared): Prepared => prepared.origin ?? prepared;

/** Copies the states that both have. @returns their names */
function carryStates({ state: from }: Updater, { state: to }: Updater): string[] {
  const alike = Object.keys(to).filter((name) => Object.hasOwn(from, name) && lengths(from[name]) === lengths(to[name]));
  for (const name of alike) copy(from[name], to[name]);
  return alike;
}

const lengths = (tensors: readonly Floats[]): string => tensors.map(({ length }) => length).join();

function copy(from: readonly Floats[], to: readonly Floats[]): void {
  from.forEach((values, layer) => to[layer].set(values));
}
