/** Where a name of the rule is declared, where it is used, and the same under another name. */
import { arity } from '../expression';
import { constants, reserved } from '../functions';
import { operations } from '../operations';
import type { Span } from '../tree';
import { given } from '../types';
import type { RuleText } from './ruleText';
import type { Piece, Position } from './scan';
import type { Statement } from './structure';
import { told } from './vocabulary';
import { isWord } from './words';

/** The pieces of a statement that may be names of the rule's own. */
function nameable({ kind, pieces }: Statement): readonly Piece[] {
  switch (kind) {
    case 'parameter':
      return pieces.slice(1, 2);
    case 'line':
      return pieces;
    case 'state':
    case 'require':
    case 'other':
      return pieces.slice(kind === 'other' ? 0 : 1);
    default:
      return [];
  }
}

const occurrences = (rule: RuleText, name: string): Piece[] =>
  rule.structure.statements.flatMap(nameable).filter((piece) => piece.kind === 'name' && piece.meaning === name);

/** The name of the rule's own at a place: a hyperparameter, a state, or what a line computes. */
function ownName(rule: RuleText, position: Position): string | null {
  const piece = rule.pieceAt(position);
  if (piece?.kind !== 'name' || !rule.structure.statements.some((statement) => nameable(statement).includes(piece))) return null;
  const declared = rule.structure.sketches.some(({ kind, name }) => name === piece.meaning && kind !== 'optimizer' && kind !== 'wrapper');
  return declared ? piece.meaning : null;
}

/** Every place where the name at `position` stands, its declaration among them; none where it is no name of the rule's own. */
export function references(rule: RuleText, position: Position): Span[] {
  const name = ownName(rule, position);
  return name === null ? [] : occurrences(rule, name).map(({ at }) => at);
}

/** Where the name at `position` gets its meaning: its declaration, or the line above that computes it. */
export function definition(rule: RuleText, position: Position): Span | null {
  const name = ownName(rule, position);
  if (name === null) return null;
  const found = rule.structure.sketches.filter((sketch) => sketch.name === name);
  const declared = found.find(({ kind }) => kind === 'parameter' || kind === 'state');
  const above = found.filter(({ at }) => at.line < position.line || (at.line === position.line && at.column <= position.column)).at(-1);
  return (declared ?? above ?? found[0])?.at ?? null;
}

/** The name that can be changed at `position`, or why none can. */
export function renameable(rule: RuleText, position: Position): Span | string {
  const name = ownName(rule, position);
  const piece = rule.pieceAt(position);
  if (name === null || !piece) return 'Only the names of hyperparameters, states and computed values can be changed.';
  if (given.has(name) || told.has(name)) return `\`${name}\` is part of every rule and keeps its name.`;
  if (name === 'lr') return '`lr` is what every rule calls its learning rate.';
  return piece.at;
}

/** The places to change for another name, or why it cannot be. */
export function rename(rule: RuleText, position: Position, to: string): Span[] | string {
  const place = renameable(rule, position);
  if (typeof place === 'string') return place;
  if (!/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(to)) return `“${to}” is no name: letters, digits and _ are expected, a letter first.`;
  const taken = reserved.has(to) || constants.has(to) || operations.has(to) || arity(to) !== undefined || isWord(to);
  if (taken || given.has(to) || told.has(to) || to === 'lr') return `\`${to}\` means something in the language already.`;
  const own = rule.structure.sketches.some(({ name }) => name === to) || rule.parameters.some(({ aliases }) => aliases.includes(to));
  return own ? `\`${to}\` is a name of this rule already.` : references(rule, position);
}
