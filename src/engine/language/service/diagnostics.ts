/**
 * The faults of a rule's text with the stretch that each is about. What the parser refuses is told for every statement, not only for the
 * first: the faulty one is blanked out and the rest read again. What names and shapes say is asked once the grammar is right.
 */
import { parseRule } from '../parser';
import { LanguageError } from '../rule';
import type { Span } from '../tree';
import type { RuleText } from './ruleText';
import type { Statement } from './structure';

export interface Fault {
  readonly message: string;
  readonly at: Span;
}

/** The most faults that one text is told: each takes reading it once more. */
const mostFaults = 20;

/** @returns none where the text is a rule */
export function diagnostics(rule: RuleText): Fault[] {
  const { fault: first } = rule;
  if (first === null) return [];
  const faults = [faultOf(rule, first)];
  let { text } = rule;
  let fault: LanguageError | null = grammarFault(text, rule.file);
  for (let told = first; fault !== null && faults.length < mostFaults;) {
    if (fault.line !== told.line || fault.column !== told.column) faults.push(faultOf(rule, fault));
    told = fault;
    const statement = rule.statementAt(fault);
    // without its header nothing of a rule can be read
    if (!statement || statement.kind === 'optimizer' || statement.kind === 'wrapper') break;
    const blanked = blank(text, statement);
    if (blanked === text) break;
    text = blanked;
    fault = grammarFault(text, rule.file);
  }
  return faults;
}

function grammarFault(text: string, file: string): LanguageError | null {
  try {
    parseRule(text, file);
    return null;
  } catch (error) {
    if (error instanceof LanguageError) return error;
    throw error;
  }
}

/** The text with spaces for a statement; what stands elsewhere keeps its place. */
function blank(text: string, { at }: Statement): string {
  const lines = text.split('\n');
  for (let number = at.line; number <= at.endLine; number++) lines[number - 1] = '';
  return lines.join('\n');
}

/** From the place that an error names to the end of what stands there; where nothing does, what stands before it. */
function faultOf(rule: RuleText, { line, column, problem }: LanguageError): Fault {
  const { lines } = rule.structure;
  const here = lines[line - 1]?.pieces.find(({ at }) => at.column <= column && column < at.endColumn);
  if (here) return { message: problem, at: { ...here.at, column } };
  for (let number = Math.min(line, lines.length); number > 0; number--) {
    const before = lines[number - 1].pieces.filter(({ kind, at }) => kind !== 'comment' && (number < line || at.column < column)).at(-1);
    if (before) return { message: problem, at: before.at };
  }
  return { message: problem, at: { line: 1, column: 1, endLine: 1, endColumn: 2 } };
}
