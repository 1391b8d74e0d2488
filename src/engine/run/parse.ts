/**
 * The text of a specification: JSON with comments and trailing commas, as editors' own settings files have it. A fault is told by line and
 * column. A key given twice is one too, since whoever reads the file cannot know which of the two counts.
 */
import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser/lib/esm/main.js';
import { SpecificationError } from './specification';

/** The most characters of a specification. */
export const largestSpecification = 2 ** 22;
/** Objects and lists within one another; a specification has five. */
const deepest = 64;

/** What jsonc-parser's codes mean to a person. */
const meanings: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word that is not JSON (names and texts stand in double quotes)',
  InvalidNumberFormat: 'this is not a number',
  PropertyNameExpected: 'a name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing brace } is expected',
  CloseBracketExpected: 'a closing bracket ] is expected',
  EndOfFileExpected: 'the end of the file is expected',
  InvalidCommentToken: 'a comment is not allowed here',
  UnexpectedEndOfComment: 'a comment is opened and never closed',
  UnexpectedEndOfString: 'a text is opened and never closed',
  UnexpectedEndOfNumber: 'this number breaks off',
  InvalidUnicode: 'an escape \\u needs four hexadecimal digits',
  InvalidEscapeCharacter: 'this escape does not exist',
  InvalidCharacter: 'a control character within a text must be escaped',
};

/**
 * Reads the text of a specification; what the value must be is `checkSpecification`'s part.
 * @param file what messages call it
 * @throws SpecificationError whose path is `file:line:column`
 */
export function parseSpecification(text: string, file: string): unknown {
  if (text.length > largestSpecification)
    throw new SpecificationError(
      file,
      `${text.length.toLocaleString('en')} characters; a specification has at most ${largestSpecification.toLocaleString('en')}.`,
    );
  const fail = (offset: number, message: string): never => {
    const { line, column } = position(text, offset);
    throw new SpecificationError(`${file}:${line}:${column}`, message);
  };
  checkDepth(text, fail);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) fail(errors[0].offset, `${meanings[printParseErrorCode(errors[0].error)] ?? 'this is not JSON'}.`);
  return root === undefined ? fail(0, 'the file is empty; a specification is expected.') : valueOf(root, fail);
}

/** Line and column, both from 1, of an offset. */
function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}

/** The parser recurses; hostile nesting must not exhaust its stack. */
function checkDepth(text: string, fail: (offset: number, message: string) => never): void {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    if (scanner.getTokenLength() === 0) return;
    const bracket = scanner.getTokenLength() === 1 ? text[offset] : '';
    if ((bracket === '{' || bracket === '[') && ++depth > deepest)
      fail(offset, `more than ${deepest} objects and lists within one another.`);
    if (bracket === '}' || bracket === ']') depth--;
  }
}

/** The value of a node. Own properties only, so that a key `__proto__` is a key like any other. */
function valueOf(node: Node, fail: (offset: number, message: string) => never): unknown {
  if (node.type === 'array') return (node.children ?? []).map((child) => valueOf(child, fail));
  if (node.type !== 'object') return node.value as unknown;
  const entries = new Map<string, unknown>();
  for (const { children } of node.children ?? []) {
    const [name, value] = children ?? [];
    const key = String(name.value);
    if (entries.has(key)) fail(name.offset, `${JSON.stringify(key)} is given twice; remove one.`);
    entries.set(key, valueOf(value, fail));
  }
  return Object.fromEntries(entries);
}
