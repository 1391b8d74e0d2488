/** A run that goes on from a checkpoint: prepared with the rules as the checkpoint has them, whatever their files say by now. */
import type { Files } from '../problems/files';
import type { CheckpointHeader } from './checkpoint';
import { prepare, type Prepared } from './prepare';
import type { RunSpecification } from './specification';

/** @param spec the checkpoint's own, or what is to be held against it */
export const prepareFrom = (
  { spec: own, rules }: Pick<CheckpointHeader, 'spec' | 'rules'>,
  files: Files,
  spec: RunSpecification = own,
): Promise<Prepared> =>
  prepare(spec, {
    ...files,
    text: (path, limit) => (Object.hasOwn(rules, path) ? Promise.resolve(rules[path]) : files.text(path, limit)),
  });
