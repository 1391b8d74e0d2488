/** Whatever the text and the place, an editor gets an answer; and the answers point into the text. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { completions } from '../../../../src/engine/language/service/completion';
import { diagnostics } from '../../../../src/engine/language/service/diagnostics';
import { format } from '../../../../src/engine/language/service/format';
import { hover } from '../../../../src/engine/language/service/hover';
import { definition, references, rename } from '../../../../src/engine/language/service/references';
import { symbols } from '../../../../src/engine/language/service/symbols';
import type { RuleText } from '../../../../src/engine/language/service/ruleText';
import type { Span } from '../../../../src/engine/language/tree';
import { anyPlace, anyText, library, read } from './texts';

function assertWithin(rule: RuleText, { line, column, endLine, endColumn }: Span): void {
  const lines = rule.text.split('\n');
  assert.ok(
    line >= 1 && endLine <= lines.length && (line < endLine || column <= endColumn),
    JSON.stringify({ line, column, endLine, endColumn }),
  );
  assert.ok(column >= 1 && column <= lines[line - 1].length + 1, `column ${column} of line ${line}`);
  assert.ok(endColumn <= Math.max(2, lines[endLine - 1].length + 1), `end column ${endColumn} of line ${endLine}`);
}

describe('any text', () => {
  it('gets hovers, completions, definitions and references at any place', () => {
    fc.assert(
      fc.property(anyPlace, ({ rule, position }) => {
        const said = hover(rule, position, library);
        if (said) assertWithin(rule, said.at);
        for (const { replace } of completions(rule, position, library)) assertWithin(rule, replace);
        const found = references(rule, position);
        for (const place of found) assertWithin(rule, place);
        const meant = definition(rule, position);
        if (meant) assert.ok(found.some((place) => place.line === meant.line && place.column === meant.column));
        rename(rule, position, 'other');
      }),
      { numRuns: 3000 },
    );
  });

  it('gets an outline, and faults if and only if it is no rule', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const rule = read(text);
        for (const symbol of symbols(rule)) {
          assertWithin(rule, symbol.at);
          assertWithin(rule, symbol.extent);
        }
        const faults = diagnostics(rule);
        assert.equal(faults.length === 0, rule.rule !== null);
        for (const fault of faults) assertWithin(rule, fault.at);
      }),
      { numRuns: 2000 },
    );
  });

  it('is laid out, or left as it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = format(text);
        assert.equal(format(once), once);
      }),
      { numRuns: 2000 },
    );
  });
});
