/**
 * What the editor says of the name under the mouse: a hyperparameter with its domain and meaning, a state with its shape, a line as papers
 * write it, a function with what it takes, another optimizer in a few words.
 */
import { lineFormula } from '../formula';
import { operations } from '../operations';
import { parseExpression } from '../parser';
import { LanguageError } from '../rule';
import type { Span } from '../tree';
import { block, code, plain } from './markdown';
import type { RuleText } from './ruleText';
import type { Piece, Position } from './scan';
import type { LineSketch, ParameterSketch, Statement, StateSketch } from './structure';
import { typeInWords } from './types';
import { expressionWords, parameterWords, told, vocabulary } from './vocabulary';
import { words } from './words';

/** The optimizers that a rule can name as its kin. */
export interface Library {
  readonly names: readonly string[];
  find(name: string): { readonly title: string; readonly summary: string } | undefined;
}

export interface Hover {
  readonly markdown: string;
  readonly at: Span;
}

/** @returns null where there is nothing to say */
export function hover(rule: RuleText, position: Position, library: Library): Hover | null {
  const piece = rule.pieceAt(position);
  const statement = rule.statementAt(position);
  if (!piece || !statement || (piece.kind !== 'name' && piece.kind !== 'symbol')) return null;
  const markdown = piece.kind === 'symbol' ? operator(piece) : name(rule, piece, statement, library);
  return markdown === null ? null : { markdown, at: piece.at };
}

const operator = ({ meaning }: Piece): string | null =>
  meaning === '@' ? `${block('A @ B')}\n${plain(operations.get('matmul')?.doc ?? '')}` : null;

function name(rule: RuleText, piece: Piece, statement: Statement, library: Library): string | null {
  const { meaning } = piece;
  const first = statement.pieces[0] === piece;
  if (first && statement.kind !== 'line' && statement.kind !== 'other') return words.get(meaning)?.doc ?? null;
  switch (statement.kind) {
    case 'optimizer':
    case 'wrapper':
      return statement.pieces[1] === piece ? header(rule, meaning) : null;
    case 'relatives': {
      const known = library.find(meaning);
      return known ? `**${plain(known.title)}** — ${plain(known.summary)}` : `No built-in optimizer is called ${code(meaning)}.`;
    }
    case 'parameter':
      return parameterPart(rule, piece, statement);
    default:
      return own(rule, piece) ?? known(meaning);
  }
}

function header(rule: RuleText, name: string): string {
  const { rule: valid, fault } = rule;
  if (valid) return `**${plain(valid.title)}** — ${plain(valid.summary || 'no summary yet')}\n\n${code(name)} in a specification`;
  return `${code(name)} in a specification${fault ? `; it cannot be trained yet: ${plain(fault.problem)}` : ''}`;
}

/** The name that a declaration gives, one of its words, or another name. */
function parameterPart(rule: RuleText, piece: Piece, statement: Statement): string | null {
  const declared = rule.parameters.find((one) => one.statement === statement);
  if (!declared) return null;
  if (statement.pieces[1] === piece) return parameter(declared);
  if (declared.aliases.includes(piece.meaning)) return `Another name for ${code(declared.name)}, for specifications.`;
  return parameterWords.get(piece.meaning) ?? expressionWords.get(piece.meaning) ?? null;
}

/** A name of the rule's own. */
function own(rule: RuleText, piece: Piece): string | null {
  const { sketches } = rule.structure;
  const lines = sketches.filter((sketch): sketch is LineSketch => sketch.kind === 'line' && sketch.name === piece.meaning);
  const target = lines.find(({ at }) => at === piece.at);
  const declared = sketches.find((one) => one.name === piece.meaning && (one.kind === 'parameter' || one.kind === 'state'));
  const parts: string[] = [];
  // on the left of a line that line; elsewhere the one that last gave the name its value
  const above = target ?? lines.filter(({ at }) => before(at, piece.at)).at(-1) ?? (declared ? undefined : lines[0]);
  const written = above && formulaOf(rule, above);
  if (written != null) parts.push(plain(written));
  if (declared?.kind === 'parameter') parts.push(parameter(declared));
  if (declared?.kind === 'state') parts.push(state(declared));
  const type = declared ? undefined : rule.computed.get(piece.meaning);
  if (type !== undefined) parts.push(typeInWords(type));
  const meaning = vocabulary.get(piece.meaning)?.forms[0].doc ?? told.get(piece.meaning);
  if (meaning !== undefined && lines.length > 0) parts.push(`${code(piece.meaning)}: ${plain(meaning)}`);
  return parts.length > 0 ? parts.join('\n\n') : null;
}

const before = (a: Span, b: Span): boolean => a.line < b.line || (a.line === b.line && a.column < b.column);

function known(name: string): string | null {
  const found = vocabulary.get(name);
  if (found) return found.forms.map(({ signature, doc }) => `${block(signature)}\n${plain(doc)}`).join('\n\n');
  return told.get(name) ?? expressionWords.get(name) ?? null;
}

export function parameter({ name, aliases, default: value, domain, symbol, doc }: ParameterSketch): string {
  const facts = [
    value === '' ? '' : `default ${code(value)}`,
    domain === '' ? '' : `${domain.startsWith('{') ? 'one of' : 'in'} ${code(domain)}`,
    aliases.length > 0 ? `also ${aliases.map(code).join(', ')}` : '',
  ];
  const title = `**${plain(symbol)}** — ${symbol === name ? 'hyperparameter' : `hyperparameter ${code(name)}`}`;
  const shown = facts.filter((fact) => fact !== '').join(' · ');
  return [title, plain(doc), shown].filter((line) => line !== '').join('  \n');
}

export function state({ name, shape, initial }: StateSketch): string {
  const size = shape === '' ? 'a value for each weight' : `of shape ${code(`[${shape}]`)}`;
  return `**${plain(name)}** — state, ${size}, ${initial === '' ? '0 at the start' : `${code(initial)} at the start`}; it lasts from step to step.`;
}

/** The line as papers write it; null where it is not whole yet. */
function formulaOf(rule: RuleText, { name, at, statement }: LineSketch): string | null {
  const pieces = statement.pieces.slice(2);
  if (pieces.length === 0) return null;
  const states = rule.states.map((one) => one.name);
  try {
    const value = parseExpression(pieces.map(({ text }) => text).join(' '), rule.file);
    return lineFormula({ hyperparameters: rule.parameters, states }, { target: name, targetAt: at, value, at: statement.at });
  } catch (error) {
    if (error instanceof LanguageError) return null;
    throw error;
  }
}
