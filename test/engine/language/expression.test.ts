/** The grammar of expressions: precedence, printing, and what happens to text that is none. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkSettings, formula, LanguageError, readFunction, readRule } from '../../../src/engine/language/index';
import { parseExpression } from '../../../src/engine/language/parser';
import { print } from '../../../src/engine/language/print';
import { noBatch, referenceUpdater } from '../../../src/engine/language/reference';
import { mapChildren, type Expression } from '../../../src/engine/language/tree';
import { rules } from '../../../src/engine/optimizers/index';
import { wasmUpdater } from '../../../src/engine/language/wasm';
import { numberExpression } from './arbitraries';
import { plainModel, residentModel } from './models';

const nowhere = { line: 1, column: 1, endLine: 1, endColumn: 1 };
const withoutPlaces = (node: Expression): Expression => ({ ...mapChildren(node, withoutPlaces), at: nowhere });
const parse = (text: string): Expression => parseExpression(text, 'test');

describe('expressions', function () {
  this.timeout(60_000);
  const values: readonly (readonly [text: string, x: number, expected: number])[] = [
    ['-x^2', 3, -9],
    ['(-x)^2', 3, 9],
    ['2^3^x', 2, 512],
    ['2^-x', 2, 0.25],
    ['x - 1 - 1', 5, 3],
    ['12/x/2', 3, 2],
    ['1 + 2*x', 4, 9],
    ['-x*2', 3, -6],
    ['x*-2', 3, -6],
    ['- -x', 3, 3],
    ['x**2 − 3·x', 5, 10],
    ['.5*x + 1.e1 + 1E-1', 2, 11.1],
    ['if x > 1 and not x == 3 then 1 else if x == 3 then 2 else 3', 3, 2],
    ['if x ≥ 3 or x < 0 then 1 else 0', 3, 1],
    ['(x\n + 1)', 2, 3],
    ['x +\n 1 # one more', 2, 3],
    ['if x > 0\n then 1\n else 2', 2, 1],
    ['min(x, 2) + max(x, 2)', 7, 9],
    ['pi*x/pi + log(e)', 4, 5],
    ['sigmoid(x) + sigmoid(-x)', 1, 1],
    ['λ^2', 4, 16],
  ];
  for (const [text, x, expected] of values)
    it(`${JSON.stringify(text)} at ${x} is ${expected}`, () => assert.equal(readFunction(text).value([x]), expected));

  it('keep their places in the text', () => {
    const tree = parse('1 +\n  abs(x)*3');
    assert.deepEqual(tree.at, { line: 1, column: 1, endLine: 2, endColumn: 11 });
    assert.ok(tree.kind === 'binary' && tree.right.kind === 'binary');
    assert.deepEqual(tree.right.left.at, { line: 2, column: 3, endLine: 2, endColumn: 9 });
  });

  it('print so that reading gives the same tree', () => {
    const any = numberExpression({
      names: ['x', 'beta1', 'λ'],
      operators: ['+', '-', '*', '/', '^'],
      functions: [
        ['sqrt', 1],
        ['max', 2],
      ],
      numbers: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      choices: true,
    });
    fc.assert(
      fc.property(any, (expression) => assert.deepEqual(withoutPlaces(parse(print(expression))), withoutPlaces(expression))),
      { numRuns: 1000 },
    );
  });

  it('print with no more brackets than the papers', () => {
    for (const text of ['beta1*m + (1 - beta1)*g^2', '-x^2', '(-x)^2', '2^3^x', '(2^3)^x', 'a - (b - c)', 'if a > 0 then b else -c'])
      assert.equal(print(parse(text)), text);
  });
});

describe('text that is no rule', function () {
  this.timeout(60_000);
  /** Reads; passes over a LanguageError with a place inside the text, and lets all else through. */
  function rejects(read: () => unknown, text: string): void {
    try {
      read();
    } catch (error) {
      assert.ok(error instanceof LanguageError, `${JSON.stringify(text)}: ${String(error)}`);
      const line = text.split('\n')[error.line - 1];
      assert.ok(line !== undefined && error.column >= 1 && error.column <= line.length + 1, `${error.message} in ${JSON.stringify(text)}`);
      assert.ok(error.problem.length > 10);
    }
  }

  it('gives a located error and nothing else, for any characters', () => {
    const words =
      'optimizer adam "A" parameter lr = 0.1 in ( [ ) ] { } , inf state m w g t rate limit if then else and or not ^ + - * / < == \n # " é 𝛼 1e999 norm( sqrt( also as require true';
    const soup = fc.array(fc.oneof(fc.constantFrom(...words.split(' ')), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 60 });
    fc.assert(
      fc.property(soup, (parts) => {
        const text = parts.join(' ');
        rejects(() => readRule(text, 'soup.optim'), text);
        rejects(() => readRule(`optimizer a\n${text}`, 'soup.optim'), `optimizer a\n${text}`);
        rejects(() => readFunction(text), text);
      }),
      { numRuns: 3000 },
    );
  });

  it('gives a located error and nothing else, for rules with characters changed', () => {
    const mutation = fc.record({
      rule: fc.constantFrom(...rules().filter((each) => each.kind === 'text')),
      places: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(3), fc.string({ unit: 'binary', maxLength: 2 })), {
        minLength: 1,
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(mutation, ({ rule, places }) => {
        let { text } = rule;
        for (const [place, removed, put] of places) {
          const from = Math.floor(place * text.length);
          text = text.slice(0, from) + put + text.slice(from + removed);
        }
        rejects(() => readRule(text, 'changed.optim'), text);
      }),
      { numRuns: 2000 },
    );
  });

  const hostile: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    ['brackets without end', '('.repeat(200_000), /nests more than 100 levels/],
    ['signs without end', '-'.repeat(200_000), /nests more than 100 levels/],
    ['powers without end', 'x^'.repeat(100_000), /nests more than 100 levels/],
    ['choices without end', 'if x > 0 then '.repeat(10_000), /nests more than 100 levels/],
    ['terms without end', 'x+'.repeat(400_000), /more than 5,000 parts/],
    ['a thousand terms in one chain', `${'x+'.repeat(1_000)}x`, /chain of more than 600 operators/],
    [
      'a tree without end',
      Array(100)
        .fill(`(${Array(60).fill('x').join('+')})`)
        .join('+'),
      /more than 5,000 parts/,
    ],
    ['text without end', 'x'.repeat(2_000_000), /2,000,000 characters/],
    ['a name without end', 'x'.repeat(1_000), /has 1000 letters/],
    ['a number without end', '9'.repeat(400), /too large for a double/],
  ];
  for (const [what, text, problem] of hostile)
    it(`is refused: ${what}`, () => {
      assert.throws(
        () => readFunction(text),
        (error) => error instanceof LanguageError && problem.test(error.problem),
      );
      const rule = `optimizer a\nw = ${text}`;
      assert.throws(() => readRule(rule, 'a.optim'), LanguageError);
    });

  it('is run by everything, as large as it may be', () => {
    const chain = Array(290).fill('w*g').join(' + ');
    const broad = Array(40)
      .fill(`(${Array(20).fill('sigmoid(w)/3').join('-')})`)
      .join('+');
    for (const expression of [chain, broad, chain.replaceAll('w*g', 't')]) {
      const rule = readRule(`optimizer large\nparameter lr = 1\nrate = lr\nw = w - rate*g*(${expression})`, 'large.optim');
      const settings = checkSettings(rule, {});
      const plain = plainModel([3]);
      const resident = residentModel([3]);
      for (const model of [plain, resident]) for (const values of [model.weights[0], model.gradients[0]]) values.fill(0.25);
      referenceUpdater(rule, settings, plain).step(1, 0.001, 'rates', noBatch);
      wasmUpdater(rule, settings, resident).step(1, 0.001, 'rates', noBatch);
      assert.ok(Math.abs(plain.weights[0][2] - resident.weights[0][2]) < 1e-4 && plain.weights[0][2] !== 0.25);
      assert.equal(formula(rule).length, 2);
      const f = readFunction(expression);
      const point = f.variables.map(() => 0.5);
      assert.ok([f.value(point), ...f.gradient(point), ...f.hessian(point)].every(Number.isFinite));
    }
  });

  it('reads a rule of 5,000 lines', () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `x${i + 1} = x${i}*0.5 + g^2 - max(w, lr)`).join('\n');
    const text = `optimizer long\nparameter lr = 1\nx0 = g\n${lines}\nrate = lr\nw = w - x5000`;
    assert.equal(readRule(text, 'long.optim').tree.lines.length, 5_003);
  });
});
