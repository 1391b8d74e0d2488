/**
 * What can be typed at a place: words where a declaration or a line begins, names and functions that an expression may use there, the choices
 * of a hyperparameter behind `== "`, shapes, domains, names of relatives. It looks at what stands before the place on its own line and at the
 * statements around it, so that it works in a text that is not yet a rule.
 */
import { block, code, plain } from './markdown';
import { parameter, state, type Library } from './hover';
import type { RuleText } from './ruleText';
import type { Piece, Position } from './scan';
import { closes, opens, waits, type Statement } from './structure';
import type { Span } from '../tree';
import { expressionWords, parameterWords, told, vocabulary, type Form } from './vocabulary';
import { words } from './words';
import { given } from '../types';

export interface Completion {
  readonly label: string;
  readonly kind: 'word' | 'parameter' | 'state' | 'given' | 'value' | 'constant' | 'function' | 'choice' | 'optimizer' | 'domain';
  /** Beside the label. */
  readonly detail: string;
  /** Markdown. */
  readonly doc: string;
  /** What is inserted, as a snippet: `$1` is where the cursor goes. */
  readonly snippet: string;
  /** What it replaces. */
  readonly replace: Span;
  /** The smaller, the further up. */
  readonly rank: number;
}

type Offer = Omit<Completion, 'replace'>;

/** Where in a statement a place is. */
type Place =
  | { readonly kind: 'begin' }
  | { readonly kind: 'expression'; readonly of: 'line' | 'require' | 'state'; readonly statement: Statement; readonly call: string | null }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'shape' }
  | { readonly kind: 'after default' }
  | { readonly kind: 'default' }
  | { readonly kind: 'domain' }
  | { readonly kind: 'relatives' }
  | { readonly kind: 'none' };

/** @returns what fits at the place, whatever its first letters; the editor narrows it down */
export function completions(rule: RuleText, position: Position, library: Pick<Library, 'names'>): Completion[] {
  const line = rule.structure.lines[position.line - 1];
  if (!line) return [];
  const before = line.pieces.filter(({ at }) => at.column < position.column);
  const last = before.at(-1);
  const inside = last !== undefined && last.at.endColumn >= position.column;
  if (last?.kind === 'comment' || (inside && last.kind === 'number')) return [];
  // a string that is still open reaches to the end of the line, so the cursor is in it wherever it stands
  const text =
    last !== undefined && (last.kind === 'open' || (last.kind === 'string' && last.at.endColumn > position.column)) ? last : undefined;
  const word = inside && last.kind === 'name' ? last : undefined;
  const done = text || word ? before.slice(0, -1) : before;
  const offers = offersAt(placeOf(rule, position, done, text), rule, position, library);
  const replace = replaced(position, text ?? word, text !== undefined);
  return offers.map((offer) => ({ ...offer, replace }));
}

/** The word under way, to its end; in a text what stands between its quotes, up to the place. */
function replaced({ line, column }: Position, piece: Piece | undefined, text: boolean): Span {
  if (!piece) return { line, column, endLine: line, endColumn: column };
  if (!text) return piece.at;
  const end = piece.kind === 'string' ? piece.at.endColumn - 1 : column;
  return { line, column: piece.at.column + 1, endLine: line, endColumn: end };
}

const is = (piece: Piece | undefined, meaning: string): boolean => piece?.meaning === meaning && piece.kind !== 'string';

/** @param done what stands before the place on its line, without the word under way */
function placeOf(rule: RuleText, { line, column }: Position, done: readonly Piece[], text: Piece | undefined): Place {
  if (text) {
    const [name, comparison] = done.slice(-2);
    const compared = is(comparison, '==') || is(comparison, '!=') ? rule.parameters.find((one) => one.name === name.meaning) : undefined;
    return compared ? { kind: 'choice', choices: compared.choices } : { kind: 'none' };
  }
  const here = (piece: Piece): boolean => piece.at.line < line || (piece.at.line === line && piece.at.endColumn < column);
  const statement = rule.statementAt({ line, column });
  const pieces = statement?.pieces.filter((piece) => here(piece) || done.includes(piece)) ?? [];
  if (!statement || pieces.length === 0) return { kind: 'begin' };
  const last = pieces[pieces.length - 1];
  const open = openBracket(pieces);
  // a statement that is whole ends with its line
  if (done.length === 0 && open === null && !waits(last)) return { kind: 'begin' };
  switch (statement.kind) {
    case 'line':
      return pieces.length < 2 ? { kind: 'none' } : { kind: 'expression', of: 'line', statement, call: calledAt(pieces, open) };
    case 'require':
      return last.kind === 'string' ? { kind: 'none' } : { kind: 'expression', of: 'require', statement, call: calledAt(pieces, open) };
    case 'state':
      if (pieces.some((piece) => is(piece, '='))) return { kind: 'expression', of: 'state', statement, call: calledAt(pieces, open) };
      return open !== null && is(pieces[open], '[') ? { kind: 'shape' } : { kind: 'none' };
    case 'parameter':
      return inParameter(pieces, open);
    case 'relatives':
      return pieces.length === 1 || is(last, ',') ? { kind: 'relatives' } : { kind: 'none' };
    default:
      return { kind: 'none' };
  }
}

/** The place of the innermost bracket that is open behind these pieces. */
function openBracket(pieces: readonly Piece[]): number | null {
  const open: number[] = [];
  pieces.forEach((piece, i) => {
    if (opens(piece)) open.push(i);
    if (closes(piece)) open.pop();
  });
  return open.at(-1) ?? null;
}

/** The function whose brackets are open, where a comma stands before the place: `norm(g, …`. */
function calledAt(pieces: readonly Piece[], open: number | null): string | null {
  if (open === null || open === 0 || !is(pieces.at(-1), ',')) return null;
  const called = pieces[open - 1];
  return called.kind === 'name' ? called.meaning : null;
}

function inParameter(pieces: readonly Piece[], open: number | null): Place {
  const last = pieces[pieces.length - 1];
  if (is(last, '=')) return { kind: 'default' };
  if (is(last, 'in') || open !== null) return { kind: 'domain' };
  if (is(last, 'as') || is(last, 'also') || is(last, ',') || pieces.length < 3) return { kind: 'none' };
  return { kind: 'after default' };
}

function offersAt(place: Place, rule: RuleText, position: Position, library: Pick<Library, 'names'>): Offer[] {
  switch (place.kind) {
    case 'begin':
      return beginnings(rule, position);
    case 'expression':
      return expression(place, rule);
    case 'choice':
      return place.choices.map((choice, rank) => offer(choice, 'choice', '', '', rank, escaped(choice)));
    case 'shape':
      return ['rows', 'columns'].map((name) => offer(name, 'given', '', plain(given.get(name)?.doc ?? ''), 0));
    case 'default':
      return ['true', 'false'].map((word) => offer(word, 'constant', '', 'A switch: it takes no domain.', 0));
    case 'domain':
      return domains.map(([text, doc], rank) => offer(text, 'domain', '', doc, rank, escaped(text)));
    case 'after default':
      return [...parameterWords].flatMap(([word, doc], rank) =>
        word === 'inf' ? [] : [offer(word, 'word', '', doc, rank, word === 'as' ? 'as "$1"' : `${word} `)],
      );
    case 'relatives':
      // what each is, is said when it is looked at: that takes reading its rule
      return library.names.map((name) => offer(name, 'optimizer', '', '', 0));
    case 'none':
      return [];
  }
}

const domains: readonly (readonly [string, string])[] = [
  ['(0, inf)', 'Above 0.'],
  ['[0, inf)', '0 or above.'],
  ['[0, 1)', 'From 0, below 1: shares that decay.'],
  ['[0, 1]', 'From 0 to 1.'],
  ['(-inf, inf)', 'Any number.'],
  ['{"a", "b"}', 'One of several texts.'],
];

const escaped = (text: string): string => text.replace(/[\\$}]/g, '\\$&');

function offer(label: string, kind: Offer['kind'], detail: string, doc: string, rank: number, snippet = escaped(label)): Offer {
  return { label, kind, detail, doc, snippet, rank };
}

/** Words that may begin a declaration here, and names that a line may give a value. */
function beginnings(rule: RuleText, { line }: Position): Offer[] {
  const statements = rule.structure.statements.filter(({ at }) => at.line !== line);
  const has = (kind: string): boolean => statements.some((statement) => statement.kind === kind);
  const header = statements.find(({ kind }) => kind === 'optimizer' || kind === 'wrapper');
  const offered = [...words].filter(([word, { once }]) => {
    if (!header) return word === 'optimizer' || word === 'wrapper';
    if (word === 'optimizer' || word === 'wrapper') return false;
    return (word !== 'inner' || header.kind === 'wrapper') && !(once && has(word));
  });
  const declarations = offered.map(([word, { doc, snippet }]) => offer(word, 'word', '', doc, 0, snippet));
  if (!header) return declarations;
  const targets = new Map<string, Offer>();
  const target = (name: string, kind: Offer['kind'], detail: string, doc: string): void => {
    if (!targets.has(name)) targets.set(name, offer(name, kind, detail, doc, 1, `${escaped(name)} = `));
  };
  for (const one of rule.states) target(one.name, 'state', 'state', state(one));
  for (const name of ['w', 'g']) target(name, 'given', 'given', plain(vocabulary.get(name)?.forms[0].doc ?? ''));
  if (header.kind === 'optimizer') for (const [name, doc] of told) if (!assigned(rule, name, line)) target(name, 'value', 'told', doc);
  for (const { kind, name, at } of rule.structure.sketches)
    if (kind === 'line' && at.line < line && !told.has(name)) target(name, 'value', 'computed above', '');
  return [...declarations, ...targets.values()];
}

const assigned = (rule: RuleText, name: string, elsewhere: number): boolean =>
  rule.structure.sketches.some((sketch) => sketch.kind === 'line' && sketch.name === name && sketch.at.line !== elsewhere);

/** What an expression may use: in a line all that stands above it; what is settled before the first step uses less. */
function expression({ of, statement, call }: Extract<Place, { kind: 'expression' }>, rule: RuleText): Offer[] {
  const offers: Offer[] = [];
  for (const one of rule.parameters)
    if (of === 'line' || one.name !== 'lr') offers.push(offer(one.name, 'parameter', one.default, parameter(one), 0));
  if (of === 'line') {
    for (const one of rule.states) offers.push(offer(one.name, 'state', 'state', state(one), 0));
    const named = new Set([...offers.map(({ label }) => label), ...vocabulary.keys()]);
    for (const { kind, name, at, statement: line } of rule.structure.sketches) {
      if (kind !== 'line' || named.has(name) || name === 'limit' || line === statement || at.line > statement.at.line) continue;
      named.add(name);
      offers.push(offer(name, 'value', `line ${at.line}`, '', 1));
    }
    if (rule.structure.sketches.some(({ kind }) => kind === 'wrapper'))
      offers.push(offer('lr', 'given', '', 'the learning rate after the schedule', 1));
  }
  const settled = new Set(['lr0', 'w', 'rows', 'columns', 'matrix', 'identity']);
  for (const { name, forms } of vocabulary.values())
    for (const form of forms) {
      const steady = form.kind === 'constant' || form.kind === 'elementwise' || (of === 'state' && settled.has(name));
      if (of === 'line' || steady) offers.push(language(name, form));
    }
  for (const [word, doc] of expressionWords)
    if (word !== 'all') offers.push(offer(word, 'word', '', doc, 4, word === 'true' || word === 'false' ? word : `${word} `));
  if (call !== null && vocabulary.get(call)?.forms.some(({ kind }) => kind === 'reduction'))
    offers.push(offer('all', 'word', 'over all layers', expressionWords.get('all') ?? '', 0));
  return offers;
}

/** A name or a function of the language, with places for its operands. */
function language(name: string, { kind, signature, operands, doc }: Form): Offer {
  if (operands === null) return offer(name, kind === 'constant' ? 'constant' : 'given', '', `${code(name)}: ${plain(doc)}`, 2);
  const places = operands.map((operand, i) => `\${${i + 1}:${operand}}`).join(', ');
  return offer(signature, 'function', '', `${block(signature)}\n\n${plain(doc)}`, 3, `${name}(${places})`);
}
