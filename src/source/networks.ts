/**
 * Networks of the user's program: `nn.Sequential` with its layers in a row, also where they are given names, or stand in further ones. The
 * activations go into the layers before them where these have a place for it, as a person would write the specification.
 */
import type { SyntaxNode } from '@lezer/common';
import { layerOf, type LayerSpecification } from '../engine/network/layers';
import type { Evaluator } from './evaluate';
import { isLayer, LayerObstacle, readLayer, type ReadLayer } from './layerCall';
import type { LayerTable } from './layers/definition';
import { callsWithin, children, lookUp, type Call, type Scope } from './names';
import { argumentsOf, rangeOf } from './optimizers';
import type { NetworkSketch, Range } from './reading';

/** Chains within chains deeper than this are not read. */
const deepest = 20;

/** What is needed to understand a layer, wherever it stands. */
export interface Program {
  readonly evaluator: Evaluator;
  readonly table: LayerTable;
  /** Every call of the program. */
  readonly calls: readonly Call[];
}

export const pathsOf = ({ node, scope }: Call, evaluator: Evaluator): string[] =>
  node.firstChild ? evaluator.paths(node.firstChild, scope) : [];

const isChain = (call: Call, { evaluator, table }: Program): boolean => evaluator.callee(call).some((path) => table.chains.includes(path));

/** The network that a call constructs; null where it constructs none. */
export function readChain(call: Call, program: Program): NetworkSketch | null {
  return isChain(call, program) ? sketch(rangeOf(call.node), null, program, () => readModule(call, program)) : null;
}

/** What is read, or what stood in the way; null where there is no layer to be seen that there is here. */
export function sketch(
  range: Range,
  name: string | null,
  { calls, evaluator, table }: Program,
  read: () => readonly Piece[],
): NetworkSketch | null {
  try {
    const assembled = assemble(read());
    return assembled.incoming.length === 0 ? null : { range, name, ...assembled, obstacle: null };
  } catch (error) {
    if (!(error instanceof LayerObstacle)) throw error;
    if (!callsWithin(calls, range).some((call) => isLayer(evaluator.callee(call), table))) return null;
    return { range, name, layers: [], incoming: [], notes: [], obstacle: { range: error.range, message: error.message } };
  }
}

/** A layer, or what the loss of ours does by itself. */
export type Piece = ReadLayer | { readonly inLoss: string; readonly written: string; readonly range: Range };

/** The layers that an expression makes: a constructor, a chain of them, a name bound to either. @throws LayerObstacle */
export function readModule({ node, scope }: Call, program: Program, depth = 0): readonly Piece[] {
  const { evaluator } = program;
  if (node.name === 'VariableName') {
    const [found] = lookUp(evaluator.text(node), scope, node.from);
    if (found?.certain && found.binding.value && depth < deepest)
      return readModule({ node: found.binding.value, scope: found.scope }, program, depth + 1);
  }
  if (node.name !== 'CallExpression' || depth >= deepest)
    throw new LayerObstacle(rangeOf(node), `What ${short(evaluator.text(node))} is, is known only when the program runs.`);
  const call = { node, scope };
  if (isChain(call, program)) return readItems(call, evaluator).flatMap((item) => readModule(item, program, depth + 1));
  return [readPiece(call, program)];
}

/** The layer that a call makes or applies. @throws LayerObstacle where there is none like it */
export function readPiece(call: Call, { evaluator, table }: Program): Piece {
  const { node } = call;
  const written = node.firstChild ? evaluator.text(node.firstChild) : evaluator.text(node);
  const loss = evaluator.callee(call).find((path) => Object.hasOwn(table.inLoss, path));
  if (loss !== undefined) return { inLoss: table.inLoss[loss], written, range: rangeOf(node) };
  const layer = readLayer(call, evaluator, table);
  if (!layer) throw new LayerObstacle(rangeOf(node), `There is no layer here that does what ${short(written)} does.`);
  return layer;
}

/** A source within a sentence. */
export const short = (source: string): string => (source.length > 40 ? `${source.slice(0, 40)}…` : source);

/** What stands in a chain: its arguments, or the values of an ordered dictionary. */
function readItems({ node, scope }: Call, evaluator: Evaluator): Call[] {
  const { written, spread } = argumentsOf(node);
  if (spread.length > 0)
    throw new LayerObstacle(rangeOf(spread[0]), `Which layers ${evaluator.text(spread[0])} has, is known only when the program runs.`);
  const [first] = written;
  const pairs = written.length === 1 && first.value.name === 'CallExpression' ? dictionaryItems(first.value, scope, evaluator) : null;
  return pairs ?? written.map(({ value }) => ({ node: value, scope }));
}

/** The values of `OrderedDict([("name", value), …])`; null for anything else. */
function dictionaryItems(node: SyntaxNode, scope: Scope, evaluator: Evaluator): Call[] | null {
  if (!evaluator.callee({ node, scope }).includes('collections.OrderedDict')) return null;
  const [list] = argumentsOf(node).written;
  if (list?.value.name !== 'ArrayExpression') return null;
  return list.value.getChildren('TupleExpression').flatMap((pair) => {
    const value = children(pair)
      .filter((child) => !['(', ')', ','].includes(child.name) && !child.type.isError)
      .at(1);
    return value ? [{ node: value, scope }] : [];
  });
}

/** Puts layers in a row as a specification has them. @throws LayerObstacle */
function assemble(pieces: readonly Piece[]): Pick<NetworkSketch, 'layers' | 'incoming' | 'notes'> {
  const layers: Record<string, LayerSpecification[string]>[] = [];
  const incoming: number[] = [];
  const notes: string[] = [];
  /** Whether the last layer has a place for an activation that is not taken. */
  let open = false;
  for (const [i, piece] of pieces.entries()) {
    if ('inLoss' in piece) {
      if (i < pieces.length - 1)
        throw new LayerObstacle(piece.range, `${piece.written} before other layers: here it is only at the end, as part of the loss.`);
      notes.push(`${piece.written} is part of the loss`);
      continue;
    }
    const { layer, kind, unbiased, written } = piece;
    if (unbiased) {
      const next = pieces.at(i + 1);
      if (!next || 'inLoss' in next || next.kind.name !== 'batchNorm')
        throw new LayerObstacle(
          piece.range,
          `${written} has no bias; here every such layer has one, except in effect before a batch norm.`,
        );
      notes.push(`${written} has a bias here, idle before batch norm`);
    }
    if (piece.incoming !== null) incoming.push(piece.incoming);
    if (kind.name === 'activation') {
      if (layer.activation === 'identity') continue;
      const last = layers.at(-1);
      if (open && last) last.activation = layer.activation;
      else layers.push({ ...layer });
      open = false;
      continue;
    }
    // Before a weight layer's own, since ours would have one where nothing is said.
    open = 'activation' in kind.fields;
    const named = open && kind.fields.activation.standard !== 'identity';
    layers.push({ ...layer, ...(named && { activation: 'identity' }) });
  }
  return { layers: layers.map(inOrder), incoming, notes: [...new Set(notes)] };
}

/** The same layer with its fields in the order of their definition. */
const inOrder = (layer: LayerSpecification): LayerSpecification =>
  Object.fromEntries(Object.keys(layerOf(layer).fields).flatMap((name) => (layer[name] === undefined ? [] : [[name, layer[name]]])));
