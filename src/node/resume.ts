/** A run that goes on from a checkpoint: prepared with the rules as the checkpoint has them, whatever their files say by now. */
import type { CheckpointHeader } from '../engine/run/checkpoint';
import { prepare, type Prepared } from '../engine/run/prepare';
import type { RunSpecification } from '../engine/run/specification';
import { nodeFiles } from './files';

/** @param folder what the specification's paths are relative to @param spec the checkpoint's own, or what is to be held against it */
export function prepareFrom({ spec: own, rules }: CheckpointHeader, folder: string, spec: RunSpecification = own): Promise<Prepared> {
  const files = nodeFiles(folder);
  return prepare(spec, {
    ...files,
    text: (path, limit) => (Object.hasOwn(rules, path) ? Promise.resolve(rules[path]) : files.text(path, limit)),
  });
}
