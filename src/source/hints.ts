/** What else a program tells about its training: chains of dense layers, batch sizes, losses. Suggestions, never more. */
import type { SyntaxNode } from '@lezer/common';
import { activations } from '../engine/network/activations';
import { losses } from '../engine/network/losses';
import type { Evaluator } from './evaluate';
import type { Call, Scope } from './names';
import { argumentsOf, rangeOf } from './optimizers';
import type { NetworkSketch } from './reading';

/** What programs write for an activation or a loss → its name. */
const byPath = (known: readonly { readonly name: string; readonly written: readonly string[] }[]): ReadonlyMap<string, string> =>
  new Map(known.flatMap(({ name, written }) => written.map((path) => [path, name] as const)));

const activationsByPath = byPath(activations);
const lossesByPath = byPath(losses);

const calleePaths = (call: SyntaxNode, scope: Scope, evaluator: Evaluator): string[] =>
  call.firstChild ? evaluator.paths(call.firstChild, scope) : [];

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

export function readLoss({ node, scope }: Call, evaluator: Evaluator): string | null {
  const path = calleePaths(node, scope, evaluator).find((name) => lossesByPath.has(name));
  return path === undefined ? null : (lossesByPath.get(path) ?? null);
}

export function readBatchSize({ node, scope }: Call, evaluator: Evaluator): number | null {
  const loader = calleePaths(node, scope, evaluator).some((path) => path === 'torch.utils.data.DataLoader');
  return loader ? count(node, scope, 'batch_size', 1, evaluator) : null;
}

/** `nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))`; null where the sizes are not known or do not fit each other. */
export function readNetwork({ node, scope }: Call, evaluator: Evaluator): NetworkSketch | null {
  if (!calleePaths(node, scope, evaluator).includes('torch.nn.Sequential')) return null;
  const layers: { dense: number; activation: string }[] = [];
  const omitted: string[] = [];
  let inputs: number | null = null;
  let width: number | null = null;
  for (const { value } of argumentsOf(node).written) {
    if (value.name !== 'CallExpression') return null;
    const paths = calleePaths(value, scope, evaluator);
    const activation = paths.map((path) => activationsByPath.get(path)).find((name) => name !== undefined);
    if (paths.includes('torch.nn.Linear')) {
      const from = count(value, scope, 'in_features', 0, evaluator);
      const to = count(value, scope, 'out_features', 1, evaluator);
      if (from === null || to === null || (width !== null && width !== from)) return null;
      inputs ??= from;
      width = to;
      layers.push({ dense: to, activation: 'identity' });
    } else if (activation !== undefined && layers.length > 0) {
      layers[layers.length - 1].activation = activation;
    } else if (!paths.includes('torch.nn.Flatten')) {
      omitted.push(value.firstChild ? evaluator.text(value.firstChild) : evaluator.text(value));
    }
  }
  return inputs === null ? null : { range: rangeOf(node), inputs, layers, omitted };
}
