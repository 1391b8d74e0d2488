/** What else a program tells about its training: batch sizes, losses, tables. Suggestions, never more. */
import type { SyntaxNode } from '@lezer/common';
import { losses } from '../engine/network/losses';
import type { Evaluator } from './evaluate';
import type { Call, Scope } from './names';
import { argumentsOf } from './optimizers';

/** What programs write for a loss → its name. */
const lossesByPath: ReadonlyMap<string, string> = new Map(
  losses.flatMap(({ name, written }) => written.map((path) => [path, name] as const)),
);

/** How the name of a table ends. */
export const TABLE = '.csv';

/** A known whole number given by keyword or position. */
function count(call: SyntaxNode, scope: Scope, name: string, position: number, evaluator: Evaluator): number | null {
  const { written } = argumentsOf(call);
  const byPosition = written.filter(({ keyword }) => !keyword)[position];
  const chosen = written.find(({ keyword }) => keyword && evaluator.text(keyword) === name) ?? byPosition;
  if (!chosen) return null;
  const reading = evaluator.read(chosen.value, scope);
  return 'known' in reading && typeof reading.known === 'number' && Number.isInteger(reading.known) && reading.known > 0
    ? reading.known
    : null;
}

export function readLoss(call: Call, evaluator: Evaluator): string | null {
  const path = evaluator.callee(call).find((name) => lossesByPath.has(name));
  return path === undefined ? null : (lossesByPath.get(path) ?? null);
}

export function readBatchSize(call: Call, evaluator: Evaluator): number | null {
  const loader = evaluator.callee(call).some((path) => path === 'torch.utils.data.DataLoader');
  return loader ? count(call.node, call.scope, 'batch_size', 1, evaluator) : null;
}

/** The tables that a call is given, whatever it does with them: `pd.read_csv("data/leaves.csv")`, `load(PATH)` where `PATH` is known. */
export function readTables({ node, scope }: Call, evaluator: Evaluator): string[] {
  return argumentsOf(node).written.flatMap(({ value }) => {
    const reading = evaluator.read(value, scope);
    const path = 'known' in reading ? reading.known : reading.unknown.suggestion;
    return typeof path === 'string' && path.toLowerCase().endsWith(TABLE) ? [path] : [];
  });
}
