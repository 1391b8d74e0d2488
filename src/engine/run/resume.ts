/**
 * A run that goes on from a checkpoint, or is done again: prepared with the rules that it began with, whatever their files say by now, and with
 * all that was changed since.
 */
import type { Files } from '../problems/files';
import { changed } from './changes';
import type { CheckpointHeader } from './checkpoint';
import { prepare, type Prepared } from './prepare';
import type { RunSpecification } from './specification';

/** What is kept of a run that is to go on. */
export interface Kept extends Pick<CheckpointHeader, 'rules' | 'changes'> {
  readonly spec: RunSpecification;
}

/** @param spec the run's own, or what is to be held against it */
export async function prepareFrom({ spec: own, rules, changes }: Kept, files: Files, spec: RunSpecification = own): Promise<Prepared> {
  const beginning = await prepare(spec, {
    ...files,
    text: (path, limit) => (Object.hasOwn(rules, path) ? Promise.resolve(rules[path]) : files.text(path, limit)),
  });
  return changes.reduce(changed, beginning);
}
