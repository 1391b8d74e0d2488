/**
 * Another text for a rule of a run under way: what the run is then prepared as, and what of the old rule's state goes on. The weights
 * stay; a state that both rules have, in the same shape, keeps its values; every other begins as its rule says.
 */
import type { Floats, Updater } from '../backends/backend';
import { replaceText } from './chooseRule';
import { assemble, type Machine } from './machine';
import { prepareAgain, type Prepared } from './prepare';
import { SpecificationError } from './specification';

export interface Replacement {
  readonly prepared: Prepared;
  readonly machine: Machine;
  /** Names of the states that go on, and of those that begin anew. */
  readonly kept: readonly string[];
  readonly fresh: readonly string[];
}

/**
 * @param prepared the run as it is @param machine what it computes with; it is left as it was
 * @param file as the specification gives it @param text what the file says now
 * @throws LanguageError where the text is no rule; SpecificationError where it does not go with the run
 */
export function replaceRule(prepared: Prepared, machine: Machine, file: string, text: string): Replacement {
  const next = preparedWith(prepared, file, text);
  const made = assemble(next, machine.team);
  copy(machine.model.weights, made.model.weights);
  copy(machine.model.buffers, made.model.buffers);
  copy(machine.model.gradients, made.model.gradients);
  const kept = carryStates(machine.updater, made.updater);
  const fresh = Object.keys(made.updater.state).filter((name) => !kept.includes(name));
  return { prepared: next, machine: made, kept, fresh };
}

/** The run as it is with another text of a rule. @throws as `replaceRule` */
export function preparedWith(prepared: Prepared, file: string, text: string): Prepared {
  const { spec, chosen } = prepared;
  const files = filesOf(prepared);
  if (!(file in files)) {
    const known = Object.keys(files);
    const has = known.length === 0 ? 'its rules are built in' : `it has rules from ${known.join(', ')}`;
    throw new SpecificationError('optimizer', `this run has no rule from ${file}; ${has}.`);
  }
  return prepareAgain(prepared, replaceText(chosen, spec, file, text));
}

/** The texts that a run has from files, by what the specification calls them. */
export function filesOf({ spec, texts }: Prepared): Readonly<Record<string, string>> {
  const given = [spec.optimizer, ...spec.wrappers];
  const all = [texts.optimizer, ...texts.wrappers];
  return Object.fromEntries(given.flatMap((rule, i) => ('file' in rule ? [[String(rule.file), all[i]]] : [])));
}

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
