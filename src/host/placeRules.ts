/** Where a specification's rules lie: their paths made relative to its folder, as in a file that is written by hand. */
import { dirname, isAbsolute, relative } from 'node:path';
import type { RuleSpecification, RunSpecification } from '../engine/run/specification';

export interface PlacedSpecification {
  readonly spec: RunSpecification;
  /** What paths in `spec` are relative to; empty where there are none. */
  readonly folder: string;
}

/** @param folder of the data; empty where there are none: then the first rule's own folder is taken */
export function placeRules({ spec, folder }: PlacedSpecification): PlacedSpecification {
  const rules = [spec.optimizer, ...(spec.wrappers ?? [])];
  const full = rules.flatMap((rule) => ('file' in rule && isAbsolute(String(rule.file)) ? [String(rule.file)] : []));
  if (full.length === 0) return { spec, folder };
  const base = folder === '' ? dirname(full[0]) : folder;
  const place = (rule: RuleSpecification): RuleSpecification =>
    'file' in rule && full.includes(String(rule.file)) ? { ...rule, file: relative(base, String(rule.file)) } : rule;
  return {
    spec: { ...spec, optimizer: place(spec.optimizer), ...(spec.wrappers && { wrappers: spec.wrappers.map(place) }) },
    folder: base,
  };
}
