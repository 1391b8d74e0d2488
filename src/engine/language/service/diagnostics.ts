/**
 * The faults of a rule's text with the stretch that each is about. What the parser refuses is told for every statement, not only for the
 * first: the faulty one is blanked out and the rest read again. What names and shapes say is asked once the grammar is right.
 */
import { parseRule } from '../parser';
import { LanguageError } from '../rule';
import type { Span } from '../tree';
import type { RuleText } from './ruleText';
import { waits, type Statement } from './structure';

export interface Fault {
  readonly message: string;
  readonly at: Span;
}

/** The most faults that one text is told, and the most characters that are read again for them: each takes reading the text once more. */
const mostFaults = 20;
const mostRead = 300_000;

/** @returns none where the text is a rule */
export function diagnostics(rule: RuleText): Fault[] {
  const { fault: first } = rule;
  if (first === null) return [];
  const faults = [faultOf(rule, blamed(rule, first), first)];
  const most = Math.min(mostFaults, 1 + Math.floor(mostRead / rule.text.length));
  let { text } = rule;
  let fault = most > 1 ? grammarFault(text, rule.file) : null;
  while (fault !== null && faults.length < most) {
    const statement = blamed(rule, fault);
    if (!statement || isHeader(statement) || !isHeader(rule.structure.statements[0])) break;
    const blanked = blank(text, statement);
    fault = blanked === text ? null : grammarFault(blanked, rule.file);
    text = blanked;
    if (fault !== null) faults.push(faultOf(rule, blamed(rule, fault), fault));
  }
  return faults;
}

/** Without its header nothing of a rule can be read. */
const isHeader = ({ kind }: Statement): boolean => kind === 'optimizer' || kind === 'wrapper';

function grammarFault(text: string, file: string): LanguageError | null {
  try {
    parseRule(text, file);
    return null;
  } catch (error) {
    if (error instanceof LanguageError) return error;
    throw error;
  }
}

/**
 * The statement that a fault is about. One that ends with an operator takes the next line for its own, and the parser stumbles there; it is the first that
 * is not whole.
 */
function blamed(rule: RuleText, fault: LanguageError): Statement | undefined {
  const { statements } = rule.structure;
  const here = rule.statementAt(fault);
  const before = here && statements[statements.indexOf(here) - 1];
  const atBeginning = here?.pieces.slice(0, 2).some(({ at }) => at.line === fault.line && at.column === fault.column);
  return before && atBeginning && waits(before.pieces[before.pieces.length - 1]) ? before : here;
}

/** The text with nothing where a statement stands; what stands elsewhere keeps its place. */
function blank(text: string, { at }: Statement): string {
  const lines = text.split('\n');
  for (let number = at.line; number <= at.endLine; number++) lines[number - 1] = '';
  return lines.join('\n');
}

/** From the place that an error names to the end of what stands there; where nothing does, what stands before it. */
function faultOf(rule: RuleText, statement: Statement | undefined, { line, column, problem }: LanguageError): Fault {
  const last = statement?.pieces.at(-1);
  if (last && waits(last) && (last.at.line < line || last.at.column < column))
    return { message: `Found the end of the line after \`${last.text}\`; a number, a name or \`(\` is expected.`, at: last.at };
  const { lines } = rule.structure;
  const here = lines[line - 1]?.pieces.find(({ at }) => at.column <= column && column < at.endColumn);
  if (here) return { message: problem, at: { ...here.at, column } };
  for (let number = Math.min(line, lines.length); number > 0; number--) {
    const before = lines[number - 1].pieces.filter(({ kind, at }) => kind !== 'comment' && (number < line || at.column < column)).at(-1);
    if (before) return { message: problem, at: before.at };
  }
  return { message: problem, at: { line: 1, column: 1, endLine: 1, endColumn: 2 } };
}
