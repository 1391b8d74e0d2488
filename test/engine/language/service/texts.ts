/** Texts for the tests of what an editor asks: a small rule, every built-in one, and what typing makes of them. */
import fc from 'fast-check';
import { ruleTexts } from '../../../../src/engine/optimizers/index.gen';
import type { Library } from '../../../../src/engine/language/service/hover';
import { RuleText } from '../../../../src/engine/language/service/ruleText';
import type { Position } from '../../../../src/engine/language/service/scan';

export const library: Library = {
  names: ['adam', 'adamw'],
  find: (name) => (name === 'adam' ? { title: 'Adam', summary: 'Steps by the average gradient.' } : undefined),
};

export const builtIn: readonly string[] = ruleTexts.map(({ text }) => text);

/** A whole rule with one of everything. */
export const mine = `optimizer mine "My own"
summary "Averages the gradient"
        "and steps."
relatives adam, nobody
parameter lr   = 0.1    in (0, inf) as "η" also learning_rate "how far"
parameter beta = 0.9    in [0, 1)   as "β" "how long it remembers"
parameter form = "fast" in {"fast", "slow"} "which form"
require beta > 0 or form == "fast" "beta must be above 0"
state m
state R[rows] = 1

# the average
m = beta*m + (1 - beta)*g
R = R + rowSum(g^2)
step = if form == "fast" then m / (1 - beta^t) else m
rate = lr / sqrt(R)
w = w - rate*step
`;

export const read = (text: string): RuleText => new RuleText(text, 'mine.optim');

/** The text without its `|`, and where that stood. */
export function at(marked: string): { readonly rule: RuleText; readonly position: Position } {
  const offset = marked.indexOf('|');
  const before = marked.slice(0, offset).split('\n');
  return {
    rule: read(marked.slice(0, offset) + marked.slice(offset + 1)),
    position: { line: before.length, column: before[before.length - 1].length + 1 },
  };
}

/** `mine` with the cursor where the nth `found` begins. */
export function onMine(found: string, nth = 1, offset = 0): { readonly rule: RuleText; readonly position: Position } {
  let place = -1;
  for (let k = 0; k < nth; k++) place = mine.indexOf(found, place + 1);
  if (place < 0) throw new Error(`There is no ${found}.`);
  return at(`${mine.slice(0, place + offset)}|${mine.slice(place + offset)}`);
}

/** What stands at a span. */
export function textAt(
  text: string,
  { line, column, endLine, endColumn }: { line: number; column: number; endLine: number; endColumn: number },
): string {
  const lines = text.split('\n').slice(line - 1, endLine);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, endColumn - 1);
  lines[0] = lines[0].slice(column - 1);
  return lines.join('\n');
}

const scrap = fc.constantFrom(
  '"',
  '#',
  '(',
  '[',
  '{',
  '}',
  ')',
  ']',
  '=',
  '==',
  '@',
  '\n',
  ' ',
  'state ',
  'parameter ',
  'if ',
  'inner\n',
  '1e999',
  'é',
  '\u{1f600}',
  '\ud800',
  '\r\n',
  'all',
  ',',
  '^',
);

/** What typing, pasting and deleting make of a rule; and texts that never were one. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(mine, ...builtIn),
      fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.oneof(scrap, fc.string({ maxLength: 6 }))), { maxLength: 4 }),
    )
    .map(([text, edits]) =>
      edits.reduce((now, [place, cut, put]) => {
        const from = place % (now.length + 1);
        return now.slice(0, from) + put + now.slice(from + cut);
      }, text),
    ),
  fc
    .array(
      fc.oneof(scrap, fc.constantFrom('w', 'g', 'm', 'lr', 'norm', 'optimizer x\n', 'wrapper y\n', 'then', 'else', 'in', 'as', 'also')),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** A text and a place in it. */
export const anyPlace: fc.Arbitrary<{ readonly rule: RuleText; readonly position: Position }> = fc
  .tuple(anyText, fc.nat())
  .map(([text, place]) => {
    const before = text.slice(0, place % (text.length + 1)).split('\n');
    return { rule: read(text), position: { line: before.length, column: before[before.length - 1].length + 1 } };
  });
