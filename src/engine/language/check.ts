/**
 * What the grammar cannot see: whether every name means something, whether kinds and shapes fit, whether anything is declared and
 * never used. A rule that passes can be run by every lowering; none of them checks again.
 */
import { LanguageError } from './rule';
import { constants, elementwise, reductions } from './functions';
import { nodes, type Domain, type Expression, type RuleTree, type Span } from './tree';
import { suggestion } from '../suggest';

/** What a value is: a number or a truth, one for the layer or one a weight; or a text (only to be compared). */
export interface Type {
  readonly kind: 'number' | 'truth' | 'text';
  readonly shape: 'scalar' | 'tensor';
}

const scalar: Type = { kind: 'number', shape: 'scalar' };
const tensor: Type = { kind: 'number', shape: 'tensor' };
const called = { number: 'a number', truth: 'true or false', text: 'a text' } as const;

/**
 * Names that every rule has: the weights, the gradient, the step from 1, the learning rate before the schedule. The learning rate
 * after it is the hyperparameter `lr`.
 */
const given: ReadonlyMap<string, Type> = new Map([
  ['w', tensor],
  ['g', tensor],
  ['t', scalar],
  ['lr0', scalar],
]);
/** What a rule tells beside the weights: the effective rate, and the sharpness above which it is unstable. */
const told: ReadonlySet<string> = new Set(['rate', 'limit']);

const domainKind = { interval: 'number', choices: 'text', truth: 'truth' } as const;

/** @throws LanguageError at the first fault */
export function checkRule(tree: RuleTree, file: string): void {
  new Checker(tree, file).check();
}

class Checker {
  private readonly known = new Map<string, Type>();
  /** Choices of the hyperparameters that are a choice of texts. */
  private readonly choices = new Map<string, Domain & { kind: 'choices' }>();
  private readonly parameters = new Set<string>();
  private readonly states = new Set<string>();
  private readonly read = new Set<string>();
  private readonly assigned = new Map<string, Span>();

  constructor(
    private readonly tree: RuleTree,
    private readonly file: string,
  ) {}

  check(): void {
    this.declareParameters();
    this.checkRequirements();
    this.declareStates();
    for (const [name, type] of given) this.known.set(name, type);
    for (const line of this.tree.lines) this.line(line);
    this.complete();
  }

  private fail(at: Span, problem: string): never {
    throw new LanguageError(this.file, at.line, at.column, problem);
  }

  private declareParameters(): void {
    const declared = new Set<string>();
    const declare = (name: string, at: Span): void => {
      if (name === 'name') this.fail(at, '`name` is how a specification calls the optimizer and cannot be a hyperparameter.');
      if (given.has(name) || told.has(name)) this.fail(at, `\`${name}\` is part of every rule and cannot be a hyperparameter.`);
      if (declared.has(name)) this.fail(at, `The name \`${name}\` is declared twice.`);
      declared.add(name);
    };
    for (const { name, aliases, default: value, domain, at } of this.tree.parameters) {
      for (const each of [name, ...aliases]) declare(each, at);
      const wrong = outside(domain, value);
      if (wrong !== null) this.fail(at, `The default of \`${name}\` is ${JSON.stringify(value)}; ${wrong} is expected.`);
      this.parameters.add(name);
      this.known.set(name, { kind: domainKind[domain.kind], shape: 'scalar' });
      if (domain.kind === 'choices') this.choices.set(name, domain);
    }
    const lr = this.tree.parameters.find(({ name }) => name === 'lr');
    if (lr === undefined)
      this.fail(
        { line: 1, column: 1, endLine: 1, endColumn: 1 },
        'The rule has no learning rate; declare it: `parameter lr = 0.001 in (0, inf) "learning rate"`.',
      );
    if (lr.domain.kind !== 'interval') this.fail(lr.at, 'The learning rate `lr` is a number.');
  }

  /** Requirements and initial values hold for a whole run: they may use hyperparameters, but not `lr`, which a schedule changes. */
  private constant(expression: Expression, what: string): Type {
    for (const node of nodes(expression)) {
      if (node.kind === 'name' && node.name === 'lr')
        this.fail(node.at, `${what} is settled before the first step and cannot use \`lr\`, which a schedule may change.`);
      if (node.kind === 'name' && (given.has(node.name) || this.states.has(node.name)))
        this.fail(node.at, `${what} is settled before the first step and can only use hyperparameters.`);
    }
    return this.type(expression);
  }

  private checkRequirements(): void {
    for (const { condition } of this.tree.requirements) {
      this.constant(condition, 'A requirement');
      this.want(condition, 'truth');
    }
  }

  private declareStates(): void {
    for (const { name, initial, at } of this.tree.states) {
      if (given.has(name) || told.has(name)) this.fail(at, `\`${name}\` is part of every rule and cannot be a state.`);
      if (this.parameters.has(name)) this.fail(at, `\`${name}\` is a hyperparameter already.`);
      if (this.states.has(name)) this.fail(at, `The state \`${name}\` is declared twice.`);
      this.constant(initial, 'What a state starts as');
      this.want(initial, 'number');
      this.states.add(name);
    }
    for (const name of this.states) this.known.set(name, tensor);
  }

  private line({ target, targetAt, value }: RuleTree['lines'][number]): void {
    if (this.parameters.has(target))
      this.fail(targetAt, `\`${target}\` is a hyperparameter and stays as it is; give the result another name.`);
    if (target === 't' || target === 'lr0') this.fail(targetAt, `\`${target}\` is given and stays as it is; give the result another name.`);
    const type = this.type(value);
    if (type.kind === 'text') this.fail(value.at, 'A text can only be compared; a number is expected.');
    const special = target === 'w' || target === 'g' || told.has(target) || this.states.has(target);
    if (special && type.kind !== 'number') this.fail(value.at, `\`${target}\` is a number, and this is true or false.`);
    if (told.has(target) && this.assigned.has(target)) this.fail(targetAt, `\`${target}\` is said twice.`);
    if (target === 'limit') {
      this.checkLimit(value, type);
      this.assigned.set(target, targetAt);
      return;
    }
    this.known.set(target, target === 'w' || target === 'g' || this.states.has(target) ? tensor : type);
    this.assigned.set(target, targetAt);
  }

  /** The stability limit is one number for hyperparameters and the step: not one that depends on the gradient. */
  private checkLimit(value: Expression, type: Type): void {
    if (type.shape === 'tensor') this.fail(value.at, '`limit` is one number for all weights, and this is a number for each.');
    for (const node of nodes(value))
      if (node.kind === 'call' && reductions.has(node.name))
        this.fail(node.at, '`limit` follows from the hyperparameters and the step, not from the weights.');
  }

  private complete(): void {
    const end: Span = this.tree.lines.at(-1)?.targetAt ?? { line: 1, column: 1, endLine: 1, endColumn: 1 };
    if (!this.assigned.has('w')) this.fail(end, 'The rule never changes the weights: a line `w = …` is expected.');
    if (!this.assigned.has('rate'))
      this.fail(
        end,
        'The rule never says its effective learning rate: a line `rate = …` is expected, the factor by which it multiplies the gradient.',
      );
    for (const { name, at } of this.tree.states) if (!this.assigned.has(name)) this.fail(at, `The state \`${name}\` is never assigned.`);
    for (const { name, at } of this.tree.states) if (!this.read.has(name)) this.fail(at, `The state \`${name}\` is never used.`);
    for (const { name, at } of this.tree.parameters)
      if (!this.read.has(name)) this.fail(at, `The hyperparameter \`${name}\` is never used.`);
    for (const [name, at] of this.assigned)
      if (!told.has(name) && !given.has(name) && !this.read.has(name)) this.fail(at, `\`${name}\` is computed and never used.`);
  }

  private want(node: Expression, kind: Type['kind']): Type {
    const type = this.type(node);
    if (type.kind === kind) return type;
    const found = node.kind === 'name' ? `\`${node.name}\` is ${called[type.kind]}` : `This is ${called[type.kind]}`;
    return this.fail(node.at, `${found}; ${called[kind]} is expected.`);
  }

  private type(node: Expression): Type {
    switch (node.kind) {
      case 'number':
        return scalar;
      case 'truth':
      case 'text':
        return { kind: node.kind, shape: 'scalar' };
      case 'name':
        return this.name(node.name, node.at);
      case 'unary':
        return this.want(node.operand, node.operator === '-' ? 'number' : 'truth');
      case 'binary':
        return this.binary(node);
      case 'choice': {
        const condition = this.want(node.condition, 'truth');
        const then = this.type(node.then);
        const otherwise = this.type(node.otherwise);
        if (then.kind !== otherwise.kind)
          this.fail(
            node.otherwise.at,
            `\`else\` gives ${called[otherwise.kind]} and \`then\` ${called[then.kind]}; both must be the same.`,
          );
        return { kind: then.kind, shape: wider(wider(condition, then), otherwise).shape };
      }
      case 'call': {
        const types = node.operands.map((operand) => this.want(operand, 'number'));
        if (!reductions.has(node.name)) return types.reduce(wider);
        if (types[0].shape === 'scalar') this.fail(node.at, `\`${node.name}\` is taken over a tensor, and this is one number.`);
        return scalar;
      }
    }
  }

  private binary(node: Expression & { kind: 'binary' }): Type {
    const { operator, left, right } = node;
    if (operator === 'and' || operator === 'or') return wider(this.want(left, 'truth'), this.want(right, 'truth'));
    if (operator === '==' || operator === '!=') {
      const a = this.type(left);
      const { shape } = wider(a, this.want(right, a.kind));
      this.compareChoice(left, right);
      this.compareChoice(right, left);
      return { kind: 'truth', shape };
    }
    const type = wider(this.want(left, 'number'), this.want(right, 'number'));
    return ['<', '<=', '>', '>='].includes(operator) ? { kind: 'truth', shape: type.shape } : type;
  }

  /** `biasCorrection == "frist"` can never hold. */
  private compareChoice(name: Expression, text: Expression): void {
    if (name.kind !== 'name' || text.kind !== 'text') return;
    const values = this.choices.get(name.name)?.values;
    if (values === undefined || values.includes(text.value)) return;
    const list = values.map((value) => `"${value}"`).join(', ');
    this.fail(text.at, `\`${name.name}\` is never "${text.value}"; it is one of ${list}.${suggestion(text.value, values)}`);
  }

  private name(name: string, at: Span): Type {
    if (constants.has(name)) return scalar;
    const type = this.known.get(name);
    if (type !== undefined) {
      this.read.add(name);
      return type;
    }
    if (name === 'limit') this.fail(at, '`limit` is only told; no line can use it.');
    const later = this.tree.lines.find(({ target }) => target === name);
    if (later !== undefined) this.fail(at, `\`${name}\` is used before it is computed, on line ${later.targetAt.line}.`);
    const alias = this.tree.parameters.find(({ aliases }) => aliases.includes(name));
    if (alias !== undefined)
      this.fail(at, `\`${name}\` is another name for \`${alias.name}\`, for specifications; the rule itself writes \`${alias.name}\`.`);
    if (elementwise.has(name) || reductions.has(name)) this.fail(at, `\`${name}\` is a function; \`${name}(…)\` is expected.`);
    return this.fail(at, `There is no \`${name}\`.${suggestion(name, [...this.known.keys(), ...constants.keys()])}`);
  }
}

const wider = (a: Type, b: Type): Type => (a.shape === 'tensor' ? a : { kind: a.kind, shape: b.shape });

/** Null where `value` lies in the domain; otherwise what is expected. */
export function outside(domain: Domain, value: unknown): string | null {
  switch (domain.kind) {
    case 'truth':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'choices':
      return typeof value === 'string' && domain.values.includes(value)
        ? null
        : `one of ${domain.values.map((each) => `"${each}"`).join(', ')}`;
    case 'interval': {
      const { from, fromIncluded, to, toIncluded } = domain;
      const inside = typeof value === 'number' && (fromIncluded ? value >= from : value > from) && (toIncluded ? value <= to : value < to);
      return inside ? null : from === -Infinity && to === Infinity ? 'a finite number' : `a number in ${showDomain(domain)}`;
    }
  }
}

/** The domain as a rule writes it. */
export function showDomain(domain: Domain): string {
  switch (domain.kind) {
    case 'truth':
      return '{true, false}';
    case 'choices':
      return `{${domain.values.map((value) => `"${value}"`).join(', ')}}`;
    case 'interval':
      return `${domain.fromIncluded ? '[' : '('}${bound(domain.from)}, ${bound(domain.to)}${domain.toIncluded ? ']' : ')'}`;
  }
}

const bound = (value: number): string => (Number.isFinite(value) ? String(value) : value < 0 ? '-inf' : 'inf');
