/**
 * Reads the text of a rule into its tree, declaration by declaration and line by line. What names mean and whether they fit is
 * `check.ts`; here it is only the grammar:
 *
 *     optimizer adam "Adam"                                 the name in a specification, and the one people read
 *     summary "…" "…"                                       one paragraph; strings on following lines are joined
 *     use "…"                                               when to use it and when not
 *     relatives adamw, radam                                names of its near kin
 *     source "Kingma & Ba 2015, Algorithm 1"
 *     parameter beta1 = 0.9 in [0, 1) as "β₁" also b1, beta_1 "how long the average of the gradient remembers"
 *     require not nesterov or momentum > 0 "what to tell"
 *     state m, v
 *     state A = initialAccumulator
 *     state R[rows], C[1, columns]                          one number a row, one a column; [1] is one for the layer
 *     m = beta1*m + (1 - beta1)*g                           the rule, a line at a time
 *
 * A rule that goes round others begins `wrapper sam "SAM"`, and a line `inner` stands where the wrapped rule's lines belong.
 */
import { LanguageError } from './rule';
import { describe, join, Reader } from './expression';
import { tensorShape, type Extent, type Shape } from './shape';
import type { Assignment, Domain, ParameterDeclaration, Requirement, RuleTree, Span, StateDeclaration } from './tree';
import { suggestion } from '../suggest';

/** The most declarations and lines that one rule may have. */
const mostLines = 20_000;
/** The most states: each is as large as the weights. */
const mostStates = 64;
/** The words that begin a declaration. */
export const declarations = ['optimizer', 'wrapper', 'summary', 'use', 'relatives', 'source', 'parameter', 'require', 'state'] as const;

const none: Span = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** @throws LanguageError where the text breaks the grammar */
export function parseRule(text: string, file: string): RuleTree {
  return new RuleParser(text, file).rule();
}

class RuleParser {
  private readonly reader: Reader;
  private kind: RuleTree['kind'] = 'optimizer';
  private name = '';
  private nameAt: Span = none;
  private title = '';
  private summary = '';
  private use = '';
  private source = '';
  private relatives: readonly string[] | null = null;
  private inner: number | null = null;
  private readonly parameters: ParameterDeclaration[] = [];
  private readonly states: StateDeclaration[] = [];
  private readonly requirements: Requirement[] = [];
  private readonly lines: Assignment[] = [];

  constructor(
    text: string,
    private readonly file: string,
  ) {
    this.reader = new Reader(text, file);
  }

  rule(): RuleTree {
    const { reader } = this;
    reader.skipLines();
    for (let read = 0; reader.token.kind !== 'end'; read++) {
      if (read >= mostLines) reader.fail(`A rule has at most ${mostLines.toLocaleString('en')} lines.`);
      if (this.name === '' && !reader.is('optimizer') && !reader.is('wrapper'))
        reader.fail(`Found ${describe(reader.token)}; a rule begins with \`optimizer name "Title"\`.`);
      this.statement();
    }
    if (this.name === '') throw new LanguageError(this.file, 1, 1, 'The text is empty; a rule begins with `optimizer name "Title"`.');
    if (this.kind === 'wrapper' && this.inner === null)
      reader.fail('A wrapper has a line `inner`, where the lines of the wrapped rule stand.', this.nameAt);
    const { kind, name, nameAt, title, summary, use, source, parameters, states, requirements, lines, inner } = this;
    const relatives = this.relatives ?? [];
    return { kind, name, nameAt, title, summary, use, relatives, source, parameters, states, requirements, lines, inner };
  }

  private statement(): void {
    const { reader } = this;
    const { token } = reader;
    const { following } = reader;
    if (following.kind === 'symbol' && following.text === '=') return this.assignment();
    switch (token.text) {
      case 'optimizer':
      case 'wrapper':
        return this.header(token.text);
      case 'summary':
        return this.once('summary', () => (this.summary = this.paragraph()));
      case 'use':
        return this.once('use', () => (this.use = this.paragraph()));
      case 'relatives':
        if (this.relatives !== null) reader.fail('A rule has one `relatives`, and this is the second.');
        return this.kin();
      case 'inner':
        return this.innerLine();
      case 'source':
        return this.once('source', () => (this.source = this.paragraph()));
      case 'parameter':
        return this.parameter();
      case 'require':
        return this.requirement();
      case 'state':
        return this.state();
      default:
        if (token.kind === 'name' && following.kind === 'name')
          reader.fail(
            `\`${token.text}\` begins no declaration.${suggestion(token.text, declarations)} Declarations begin with ${declarations.map((word) => `\`${word}\``).join(', ')}.`,
          );
        if (token.kind === 'name') reader.fail(`Found ${describe(following)} after \`${token.text}\`; \`=\` is expected.`, following.at);
        reader.fail(`Found ${describe(token)}; a declaration or a line \`name = …\` is expected.`);
    }
  }

  private header(kind: RuleTree['kind']): void {
    const { reader } = this;
    if (this.name !== '') reader.fail(`A rule has one \`optimizer\` line, and this is the second.`);
    reader.next();
    this.kind = kind;
    const { text, at } = reader.newName(`the name of an ${kind}`);
    this.name = text;
    this.nameAt = at;
    this.title = reader.token.kind === 'string' ? reader.next().text : text;
    reader.endLine(`the name of the ${kind}`);
  }

  private kin(): void {
    const { reader } = this;
    reader.next();
    const names: string[] = [];
    do names.push(reader.expectKind('name', 'the name of an optimizer').text);
    while (reader.take(','));
    reader.endLine('the relatives');
    this.relatives = names;
  }

  private innerLine(): void {
    const { reader } = this;
    if (this.kind !== 'wrapper') reader.fail('`inner` stands in a wrapper only; this is an optimizer.');
    if (this.inner !== null) reader.fail('A wrapper has one line `inner`, and this is the second.');
    reader.next();
    this.inner = this.lines.length;
    reader.endLine('`inner`');
  }

  private once(what: 'summary' | 'use' | 'source', read: () => void): void {
    if (this[what] !== '') this.reader.fail(`A rule has one \`${what}\`, and this is the second.`);
    this.reader.next();
    read();
  }

  /** Strings, on one line or on several, joined by spaces. */
  private paragraph(): string {
    const { reader } = this;
    const parts: string[] = [];
    do {
      parts.push(reader.expectKind('string', 'a text in double quotes').text);
      if (reader.token.kind === 'newline') reader.skipLines();
      else if (reader.token.kind !== 'string') reader.endLine('the text');
    } while (reader.token.kind === 'string');
    return parts.join(' ');
  }

  private parameter(): void {
    const { reader } = this;
    reader.next();
    const name = reader.newName('the name of a hyperparameter');
    reader.expect('=', `and a default after \`${name.text}\``);
    const value = this.literal();
    let domain: Domain | undefined;
    let symbol = name.text;
    let aliases: string[] = [];
    for (;;) {
      if (reader.take('in')) domain = this.domain();
      else if (reader.take('as')) symbol = reader.expectKind('string', 'the symbol, in double quotes,').text;
      else if (reader.take('also')) aliases = this.names('another name for the hyperparameter').map(({ text }) => text);
      else break;
    }
    const doc = reader.token.kind === 'string' ? reader.next().text : '';
    reader.endLine(`the hyperparameter \`${name.text}\``);
    if (typeof value === 'string' && domain?.kind !== 'choices')
      reader.fail(`\`${name.text}\` is a choice; say of what: \`in {"${value}", …}\`.`, name.at);
    if (typeof value === 'boolean' && domain !== undefined) reader.fail(`\`${name.text}\` is true or false and takes no domain.`, name.at);
    if (typeof value === 'number' && domain?.kind === 'choices')
      reader.fail(`\`${name.text}\` is a number; its domain is an interval, \`in [0, 1)\`.`, name.at);
    domain ??=
      typeof value === 'boolean'
        ? { kind: 'truth' }
        : { kind: 'interval', from: -Infinity, fromIncluded: false, to: Infinity, toIncluded: false };
    this.parameters.push({ name: name.text, aliases, default: value, domain, symbol, doc, at: name.at });
  }

  private names(what: string): { text: string; at: Span }[] {
    const found = [this.reader.newName(what)];
    while (this.reader.take(',')) found.push(this.reader.newName(what));
    return found;
  }

  private literal(): number | boolean | string {
    const { reader } = this;
    if (reader.is('true') || reader.is('false')) return reader.next().text === 'true';
    if (reader.token.kind === 'string') return reader.next().text;
    const sign = reader.take('-') ? -1 : 1;
    return sign * reader.expectKind('number', 'a default (a number, true, false or a text in double quotes)').value;
  }

  private domain(): Domain {
    const { reader } = this;
    if (reader.take('{')) {
      const values = [reader.expectKind('string', 'a choice in double quotes').text];
      while (reader.take(',')) values.push(reader.expectKind('string', 'a choice in double quotes').text);
      reader.expect('}', 'after the choices');
      return { kind: 'choices', values };
    }
    const at = reader.token.at;
    const fromIncluded = reader.is('[');
    if (!fromIncluded && !reader.is('('))
      reader.fail(`Found ${describe(reader.token)}; a domain is an interval, \`[0, 1)\` or \`(0, inf)\`, or choices, \`{"a", "b"}\`.`);
    reader.next();
    const from = this.bound();
    reader.expect(',', 'between the ends of the domain');
    const to = this.bound();
    const toIncluded = reader.is(']');
    if (!toIncluded) reader.expect(')', 'or `]` at the end of the domain');
    else reader.next();
    if (from > to) reader.fail(`This domain is empty: it begins at ${from} and ends at ${to}.`, at);
    return { kind: 'interval', from, fromIncluded, to, toIncluded };
  }

  private bound(): number {
    const { reader } = this;
    const sign = reader.take('-') ? -1 : 1;
    if (reader.take('inf')) return sign * Infinity;
    return sign * reader.expectKind('number', 'an end of the domain (a number or `inf`)').value;
  }

  private requirement(): void {
    const { reader } = this;
    const from = reader.next().at;
    const condition = reader.expression();
    const message = reader.expectKind('string', 'what to tell where this does not hold, in double quotes,').text;
    reader.endLine('the requirement');
    this.requirements.push({ condition, message, at: join(from, condition.at) });
  }

  private state(): void {
    const { reader } = this;
    reader.next();
    const found: Omit<StateDeclaration, 'initial'>[] = [];
    do {
      const { text, at } = reader.newName('the name of a state');
      found.push({ name: text, shape: reader.is('[') ? this.shape() : tensorShape, at });
    } while (reader.take(','));
    const initial = reader.take('=') ? reader.expression() : null;
    reader.endLine('the state');
    if (this.states.length + found.length > mostStates) reader.fail(`A rule has at most ${mostStates} states.`, found[0].at);
    for (const each of found) this.states.push({ ...each, initial: initial ?? { kind: 'number', value: 0, at: each.at } });
  }

  /** `[rows, columns]`; `[rows]` is `[rows, 1]`, `[columns]` is `[1, columns]`. */
  private shape(): Shape {
    const { reader } = this;
    reader.next();
    const first = this.extent();
    const shape: Shape = reader.take(',') ? [first, this.extent()] : first === 'columns' ? [1, first] : [first, 1];
    reader.expect(']', 'after the shape of the state');
    return shape;
  }

  private extent(): Extent {
    const { reader } = this;
    if (reader.take('rows')) return 'rows';
    if (reader.take('columns')) return 'columns';
    if (reader.token.kind === 'number' && reader.token.value === 1) {
      reader.next();
      return 1;
    }
    return reader.fail(`Found ${describe(reader.token)}; \`rows\`, \`columns\` or 1 is expected: the state's extent.`);
  }

  private assignment(): void {
    const { reader } = this;
    const target = reader.newName('the left side of a line');
    if ((declarations as readonly string[]).includes(target.text))
      reader.fail(`\`${target.text}\` is a word of the language and cannot be the left side of a line.`, target.at);
    reader.expect('=', 'in a line');
    reader.skipLines();
    const value = reader.expression();
    reader.endLine('the expression');
    this.lines.push({ target: target.text, targetAt: target.at, value, at: join(target.at, value.at) });
  }
}

/** Reads a text that is one expression, on one line or on several. */
export function parseExpression(text: string, file: string): ReturnType<Reader['expression']> {
  const reader = new Reader(text, file);
  reader.skipLines();
  if (reader.token.kind === 'end') reader.fail('The text is empty; an expression such as `x^2 + y^2` is expected.', none);
  const expression = reader.expression();
  reader.skipLines();
  if (reader.token.kind !== 'end') reader.fail(`Found ${describe(reader.token)} after the expression; the end of the text is expected.`);
  return expression;
}
