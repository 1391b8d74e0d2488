/**
 * Reads expressions: the part of the grammar that rules and functions share. Weakest first: `if … then … else …`, `or`, `and`, `not`,
 * comparisons (which do not chain), `+ -`, `* / @`, unary minus, `^` (right associative, so −x^2 is −(x^2) and 2^3^2 is 2^9).
 */
import { LanguageError } from './rule';
import { tokenize, type Token } from './lexer';
import { children, type BinaryOperator, type Expression, type Span } from './tree';
import { constants, elementwise, reductions, reserved } from './functions';
import { operations } from './operations';
import { suggestion } from '../suggest';

/**
 * How deep brackets, choices and signs may nest, how many nodes one expression may have, and how many may stand one above the other
 * (`a + b + c` is two additions high). Everything that walks a tree may recurse: these bounds keep it far from the end of the stack.
 */
const deepest = 100;
const largestExpression = 5_000;
const highest = 600;

/** How strongly each operator binds; `not` comes between `and` and comparisons, the sign between products and powers. */
const strengths: ReadonlyMap<string, number> = new Map<BinaryOperator | '@', number>([
  ['or', 1],
  ['and', 2],
  ['==', 4],
  ['!=', 4],
  ['<', 4],
  ['<=', 4],
  ['>', 4],
  ['>=', 4],
  ['+', 5],
  ['-', 5],
  ['*', 6],
  ['/', 6],
  ['@', 6],
]);
const notStrength = 3;
const comparison = 4;

export const join = (from: Span, to: Span): Span => ({
  line: from.line,
  column: from.column,
  endLine: to.endLine,
  endColumn: to.endColumn,
});

/** How an error names a token. */
export function describe(token: Token): string {
  if (token.kind === 'end') return 'the end of the text';
  if (token.kind === 'newline') return 'the end of the line';
  return token.kind === 'string' ? `"${token.text}"` : `\`${token.text}\``;
}

/** How many values the function of this name takes: at least and at most; undefined where there is none. */
export function arity(name: string): readonly [least: number, most: number] | undefined {
  const each = elementwise.get(name)?.operands;
  const whole = reductions.has(name) ? 1 : operations.get(name)?.name ? undefined : operations.get(name)?.operands.length;
  if (each === undefined) return whole === undefined ? undefined : [whole, whole];
  return [Math.min(each, whole ?? each), each];
}

/** Is the name taken by the language: a function, or a name that stands for one (`inputMoment`)? */
const isFunction = (name: string): boolean => elementwise.has(name) || reductions.has(name) || operations.has(name);

/** Names of all functions, for suggestions. */
const functionNames = (): string[] => [...elementwise.keys(), ...reductions.keys(), ...operations.keys()];

/** A place in the tokens of a text, and what can be read there. */
export class Reader {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;
  /** Nodes of the expression being read. */
  private count = 0;
  /** Inside brackets a line may break. */
  private brackets = 0;

  constructor(
    text: string,
    private readonly file: string,
  ) {
    this.tokens = tokenize(text, file);
  }

  get token(): Token {
    if (this.brackets > 0) this.skipLines();
    return this.tokens[this.position];
  }

  /** The token after this one, for telling `state = …` from `state m`. */
  get following(): Token {
    return this.tokens[Math.min(this.position + 1, this.tokens.length - 1)];
  }

  fail(problem: string, at: Span = this.token.at): never {
    throw new LanguageError(this.file, at.line, at.column, problem);
  }

  next(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.position++;
    return token;
  }

  is(text: string): boolean {
    const { token } = this;
    return (token.kind === 'symbol' || token.kind === 'name') && token.text === text;
  }

  /** Takes the token if it is `text`. */
  take(text: string): boolean {
    const found = this.is(text);
    if (found) this.position++;
    return found;
  }

  expect(text: string, where: string): Token {
    if (!this.is(text)) this.fail(`Found ${describe(this.token)}; \`${text}\` is expected ${where}.`);
    return this.next();
  }

  expectKind(kind: 'name' | 'string' | 'number', what: string): Token {
    if (this.token.kind !== kind) this.fail(`Found ${describe(this.token)}; ${what} is expected.`);
    return this.next();
  }

  /** A name that is free to mean something new. */
  newName(what: string): Token {
    const token = this.expectKind('name', what);
    const { text } = token;
    if (reserved.has(text)) this.fail(`\`${text}\` is a word of the language and cannot be ${what}.`, token.at);
    if (constants.has(text)) this.fail(`\`${text}\` is a constant and cannot be ${what}.`, token.at);
    if (isFunction(text)) this.fail(`\`${text}\` is a function and cannot be ${what}.`, token.at);
    return token;
  }

  skipLines(): void {
    while (this.tokens[this.position].kind === 'newline') this.position++;
  }

  /** The end of a line or of the text. */
  endLine(after: string): void {
    const { kind } = this.token;
    if (kind !== 'newline' && kind !== 'end') this.fail(`Found ${describe(this.token)} after ${after}; the end of the line is expected.`);
    this.skipLines();
  }

  expression(): Expression {
    this.count = 0;
    const root = this.choice();
    if (this.count > highest) this.checkHeight(root);
    return root;
  }

  private made(node: Expression): Expression {
    if (++this.count > largestExpression)
      this.fail(`This expression has more than ${largestExpression.toLocaleString('en')} parts; split it.`, node.at);
    return node;
  }

  /** What walks a tree later may recurse: no part may stand too far below the root. */
  private checkHeight(root: Expression): void {
    let level: readonly Expression[] = [root];
    for (let height = 1; level.length > 0; height++) {
      if (height > highest) this.fail(`This is a chain of more than ${highest} operators; put brackets round parts of it.`, root.at);
      level = level.flatMap(children);
    }
  }

  private nested(read: () => Expression): Expression {
    if (++this.depth > deepest) this.fail(`This nests more than ${deepest} levels deep; give the inner part a name on a line of its own.`);
    const node = read();
    this.depth--;
    return node;
  }

  private choice(): Expression {
    if (!this.is('if')) return this.operators(1);
    return this.nested(() => {
      const from = this.next().at;
      const condition = this.choice();
      this.breakBefore('then');
      this.expect('then', 'after the condition of `if`');
      this.skipLines();
      const then = this.choice();
      this.breakBefore('else');
      this.expect('else', 'after `then …`: a choice always has both sides');
      this.skipLines();
      const otherwise = this.choice();
      return this.made({ kind: 'choice', condition, then, otherwise, at: join(from, otherwise.at) });
    });
  }

  /** A line may break before `word`. */
  private breakBefore(word: string): void {
    let ahead = this.position;
    while (this.tokens[ahead].kind === 'newline') ahead++;
    if (this.tokens[ahead].kind === 'name' && this.tokens[ahead].text === word) this.position = ahead;
  }

  private binary(operator: BinaryOperator | '@', left: Expression, right: Expression): Expression {
    const at = join(left.at, right.at);
    if (operator === '@') return this.made({ kind: 'call', name: 'matmul', operands: [left, right], at });
    return this.made({ kind: 'binary', operator, left, right, at });
  }

  /** Operators that bind at least so strongly, with their operands; a line may break after one. All but `^` associate to the left. */
  private operators(least: number): Expression {
    let left = least <= notStrength && this.is('not') ? this.not() : this.signed();
    for (;;) {
      const { token } = this;
      const strength = token.kind === 'symbol' || token.kind === 'name' ? strengths.get(token.text) : undefined;
      if (strength === undefined || strength < least) return left;
      this.next();
      this.skipLines();
      left = this.binary(token.text as BinaryOperator | '@', left, this.operators(strength + 1));
      if (strength === comparison && strengths.get(this.token.text) === comparison && this.token.kind === 'symbol')
        this.fail('Comparisons do not chain; write `a < b and b < c`.');
    }
  }

  private not(): Expression {
    return this.nested(() => {
      const from = this.next().at;
      const operand = this.operators(notStrength);
      return this.made({ kind: 'unary', operator: 'not', operand, at: join(from, operand.at) });
    });
  }

  private signed(): Expression {
    if (!this.is('-')) return this.powered();
    return this.nested(() => {
      const from = this.next().at;
      const operand = this.signed();
      return this.made({ kind: 'unary', operator: '-', operand, at: join(from, operand.at) });
    });
  }

  private powered(): Expression {
    const base = this.primary();
    if (!this.take('^')) return base;
    this.skipLines();
    return this.nested(() => this.binary('^', base, this.signed()));
  }

  private primary(): Expression {
    const { token } = this;
    if (token.kind === 'number') {
      const literal = this.made({ kind: 'number', value: this.next().value, at: token.at });
      this.noProduct(token);
      return literal;
    }
    if (token.kind === 'string') return this.made({ kind: 'text', value: this.next().text, at: token.at });
    if (this.is('true') || this.is('false')) {
      this.next();
      return this.made({ kind: 'truth', value: token.text === 'true', at: token.at });
    }
    if (this.is('(')) {
      return this.nested(() => {
        const inner = this.bracketed(() => this.choice());
        this.close(token);
        return inner;
      });
    }
    if (token.kind === 'name' && (!reserved.has(token.text) || token.text === 'inf')) return this.named(token);
    if (this.is('all')) this.fail('`all` stands behind the one value of a reduction: `norm(g, all)`.');
    return this.fail(`Found ${describe(token)}; a number, a name or \`(\` is expected.`);
  }

  /** Reads after an opening bracket: lines may break up to the closing one. */
  private bracketed<T>(read: () => T): T {
    this.next();
    this.brackets++;
    const inner = read();
    this.skipLines();
    this.brackets--;
    return inner;
  }

  /** Takes the bracket that closes `opening`. Where the text has gone on to another line, the fault is told where it began. */
  private close(opening: Token): Token {
    const { token } = this;
    if (this.is(')')) return this.next();
    const what = opening.kind === 'name' ? `\`${opening.text}(\`` : '`(`';
    if (token.at.line === opening.at.line) return this.fail(`Found ${describe(token)}; \`)\` is expected to close ${what}.`);
    return this.fail(`${what} is not closed; found ${describe(token)} on line ${token.at.line}.`, opening.at);
  }

  /** `2x` and `a b` are products on paper only. */
  private noProduct(factor: Token): void {
    const { token } = this;
    if (token.kind === 'name' && !reserved.has(token.text) && token.at.line === factor.at.line)
      this.fail(`Found \`${token.text}\` after \`${factor.text}\`; a product is written \`${factor.text}*${token.text}\`.`);
  }

  private named(token: Token): Expression {
    this.next();
    if (token.text === 'inf') this.fail('`inf` has no place in an expression; it only says that a domain is open.', token.at);
    if (!this.is('(')) {
      this.noProduct(token);
      return this.made({ kind: 'name', name: token.text, at: token.at });
    }
    const takes = arity(token.text);
    if (takes === undefined) {
      const known = suggestion(token.text, functionNames());
      this.fail(`There is no function \`${token.text}\`.${known} (A product with a bracket is written \`${token.text}*(…)\`.)`, token.at);
    }
    return this.nested(() => this.call(token, takes));
  }

  /** Reads what stands between the brackets of a function. */
  private call(token: Token, [least, most]: readonly [number, number]): Expression {
    const operands: Expression[] = [];
    let all: true | undefined;
    this.bracketed(() => {
      if (this.is(')')) return;
      do {
        if (operands.length > 0 && this.is('all')) {
          this.ofAllLayers(token, operands.length);
          all = true;
          return;
        }
        operands.push(this.choice());
      } while (this.take(','));
    });
    const close = this.close(token);
    if (operands.length < least || operands.length > most) {
      const count = most === 0 ? 'no value' : most === 1 ? 'one value' : least < most ? `${least} or ${most} values` : `${most} values`;
      this.fail(`\`${token.text}\` takes ${count}; found ${operands.length}.`, token.at);
    }
    return this.made({ kind: 'call', name: token.text, operands, ...(all ? { all } : {}), at: join(token.at, close.at) });
  }

  /** Takes the word `all` behind the value that a reduction is taken of. */
  private ofAllLayers(token: Token, before: number): void {
    if (!reductions.has(token.text) || before !== 1)
      this.fail(`\`all\` stands behind the one value of a reduction (${[...reductions.keys()].join(', ')}): \`norm(g, all)\`.`);
    this.next();
  }
}
