/** The canonical layout: what it makes of a rule, that it says the same as before, and that it leaves alone what it cannot read. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tokenize } from '../../../../src/engine/language/lexer';
import { parseRule } from '../../../../src/engine/language/parser';
import { format } from '../../../../src/engine/language/service/format';
import { builtIn, mine } from './texts';

/** The tree but for the places in the text. */
const tree = (text: string): unknown =>
  JSON.parse(JSON.stringify(parseRule(text, 'x'), (key, value: unknown) => (key === 'at' || key.endsWith('At') ? undefined : value)));

const comments = (text: string): string[] => text.split('\n').flatMap((line) => /#[^"]*$/.exec(line)?.[0].trimEnd() ?? []);

/** The rule typed by somebody who presses the space bar at random: other blanks between the same tokens, which stay apart where they were. */
const mangled: fc.Arbitrary<{ readonly text: string; readonly by: string }> = fc
  .tuple(fc.constantFrom(mine, ...builtIn), fc.infiniteStream(fc.nat(5)))
  .map(([text, stream]) => {
    const random = (): number => stream.next().value;
    const by = text
      .split('\n')
      .map((line) => {
        if (/^\s*#/.test(line)) return line;
        const tokens = tokenize(line, '').filter(({ kind }) => kind !== 'end');
        return tokens
          .map((token, i) => {
            const written = line.slice(token.at.column - 1, token.at.endColumn - 1);
            const before = tokens[i - 1];
            const apart = i > 0 && before.at.endColumn < token.at.column;
            const glued = i > 0 && (before.text === '/' || token.text === '/'); // a fraction keeps what its writer chose
            const count = glued ? Number(apart) : apart ? 1 + random() : Math.floor(random() / 2);
            return ' '.repeat(count) + written;
          })
          .join('');
      })
      .join('\n');
    return { text, by };
  });

describe('layout', () => {
  it('puts hyperparameters in columns and spaces where print.ts puts them', () => {
    const typed = [
      '# mine',
      'optimizer   mine   "Mine"',
      'summary "one"',
      '"two"',
      '',
      '',
      '',
      'parameter lr=0.1 in(0,inf) also rate_of_learning as "η" "how far"',
      'parameter beta1=0.9 in [ 0 , 1 ) "long"  # kept',
      'parameter flag = true',
      'parameter form = "fast" in {"fast","slow"} also formOfTheUpdate "which"',
      'state  m ,v[ rows ]',
      'm=beta1 * m+( 1-beta1 )*g ** 2  # and this',
      'x = -( -m )^ -2 @ transpose( g )',
      'y = if flag then m / x',
      'else max( x,0 )',
      'limit = (if flag then 1',
      '# within',
      '     else 2)',
      '',
    ].join('\n');
    assert.equal(
      format(typed),
      [
        '# mine',
        'optimizer mine "Mine"',
        'summary "one"',
        '        "two"',
        '',
        'parameter lr    = 0.1    in (0, inf) as "η" also rate_of_learning "how far"',
        'parameter beta1 = 0.9    in [0, 1)                                "long"  # kept',
        'parameter flag  = true',
        'parameter form  = "fast" in {"fast", "slow"} also formOfTheUpdate "which"',
        'state m, v[rows]',
        'm = beta1*m + (1 - beta1)*g**2  # and this',
        'x = -(-m)^-2 @ transpose(g)',
        'y = if flag then m / x',
        '    else max(x, 0)',
        'limit = (if flag then 1',
        '         # within',
        '         else 2)',
        '',
      ].join('\n'),
    );
  });

  it('says the same as before, with every comment, and stays as it is when laid out again', () => {
    for (const text of [mine, ...builtIn]) {
      const laid = format(text);
      assert.deepEqual(tree(laid), tree(text));
      assert.deepEqual(comments(laid), comments(text));
      assert.equal(format(laid), laid);
    }
  });

  it('is the same however the rule was spaced', () => {
    fc.assert(
      fc.property(mangled, ({ text, by }) => {
        assert.equal(format(by), format(text));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves a text half typed as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(mine, ...builtIn), fc.nat(), (text, place) => {
        const half = `${text.slice(0, place % text.length)}\nx = (`;
        assert.equal(format(half), half);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the ends of lines that the text has', () => {
    const windows = format(mine.replaceAll('\n', '\r\n'));
    assert.equal(windows, format(mine).replaceAll('\n', '\r\n'));
  });
});
