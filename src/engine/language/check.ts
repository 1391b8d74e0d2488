/**
 * What the grammar cannot see: whether every name means something, whether kinds and shapes fit, whether anything is declared and
 * never used. A rule that passes can be run by every lowering; none of them checks again.
 */
import { operations } from './operations';
import { broadcastShape, isScalar, sameShape, scalarShape, showShape, tensorShape } from './shape';
import { nodes, type Domain, type Expression, type RuleTree, type Span } from './tree';
import { called, given, number, Types, type Type } from './types';

/** What a rule tells beside the weights: the effective rate, and the sharpness above which it is unstable. */
const told: ReadonlySet<string> = new Set(['rate', 'limit']);

const domainKind = { interval: 'number', choices: 'text', truth: 'truth' } as const;
const beginning: Span = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** @throws LanguageError at the first fault */
export function checkRule(tree: RuleTree, file: string): void {
  new Checker(tree, file).check();
}

class Checker {
  private readonly types: Types;
  private readonly states: ReadonlyMap<string, Type>;
  private readonly assigned = new Map<string, Span>();

  constructor(
    private readonly tree: RuleTree,
    file: string,
  ) {
    this.types = new Types(tree, file);
    this.states = new Map(tree.states.map(({ name, shape }) => [name, number(shape)]));
  }

  check(): void {
    const { types, tree } = this;
    this.declareParameters();
    for (const { condition } of tree.requirements) {
      this.constant(condition, 'A requirement', new Set());
      types.want(condition, 'truth');
    }
    this.declareStates();
    for (const [name, type] of given) types.known.set(name, type);
    for (const line of tree.lines) this.line(line);
    if (tree.kind === 'optimizer') this.complete();
    this.used();
  }

  private fail(at: Span, problem: string): never {
    return this.types.fail(at, problem);
  }

  private declareParameters(): void {
    const { types, tree } = this;
    const declared = new Set<string>();
    const declare = (name: string, at: Span): void => {
      if (name === 'name' || name === 'file')
        this.fail(at, `\`${name}\` is how a specification calls the optimizer and cannot be a hyperparameter.`);
      if (given.has(name) || told.has(name)) this.fail(at, `\`${name}\` is part of every rule and cannot be a hyperparameter.`);
      if (declared.has(name)) this.fail(at, `The name \`${name}\` is declared twice.`);
      declared.add(name);
    };
    for (const { name, aliases, default: value, domain, at } of tree.parameters) {
      for (const each of [name, ...aliases]) declare(each, at);
      const wrong = outside(domain, value);
      if (wrong !== null) this.fail(at, `The default of \`${name}\` is ${JSON.stringify(value)}; ${wrong} is expected.`);
      types.parameters.add(name);
      types.known.set(name, { kind: domainKind[domain.kind], shape: scalarShape, steady: true });
      if (domain.kind === 'choices') types.choices.set(name, domain);
    }
    const lr = tree.parameters.find(({ name }) => name === 'lr');
    if (tree.kind === 'wrapper') {
      if (lr !== undefined) this.fail(lr.at, 'A wrapper has the learning rate of the rule inside and declares none.');
      types.known.set('lr', { kind: 'number', shape: scalarShape, steady: true });
      return;
    }
    if (lr === undefined)
      this.fail(beginning, 'The rule has no learning rate; declare it: `parameter lr = 0.001 in (0, inf) "learning rate"`.');
    if (lr.domain.kind !== 'interval') this.fail(lr.at, 'The learning rate `lr` is a number.');
  }

  /**
   * Requirements and initial values hold for a whole run: they may use hyperparameters, but not `lr`, which a schedule changes.
   * @param allowed names of the rule's own that may stand here all the same
   */
  private constant(expression: Expression, what: string, allowed: ReadonlySet<string>): void {
    for (const node of nodes(expression)) {
      if (node.kind === 'name' && node.name === 'lr')
        this.fail(node.at, `${what} is settled before the first step and cannot use \`lr\`, which a schedule may change.`);
      const own = node.kind === 'name' && (given.has(node.name) || this.states.has(node.name) || operations.has(node.name));
      if (own && !allowed.has(node.name)) this.fail(node.at, `${what} is settled before the first step and can only use hyperparameters.`);
      if (node.kind === 'call' && operations.has(node.name) && !allowed.has(node.name))
        this.fail(node.at, `${what} is settled before the first step and cannot use \`${node.name}\`.`);
    }
  }

  private declareStates(): void {
    const { types } = this;
    const seen = new Set<string>();
    const allowed = new Set(['w', 'lr0', 'rows', 'columns', 'matrix', 'identity']);
    for (const name of allowed) {
      const type = given.get(name);
      if (type) types.known.set(name, type);
    }
    for (const { name, initial, shape, at } of this.tree.states) {
      if (given.has(name) || told.has(name)) this.fail(at, `\`${name}\` is part of every rule and cannot be a state.`);
      if (types.parameters.has(name)) this.fail(at, `\`${name}\` is a hyperparameter already.`);
      if (seen.has(name)) this.fail(at, `The state \`${name}\` is declared twice.`);
      seen.add(name);
      this.constant(initial, 'What a state starts as', allowed);
      this.fits(initial, types.want(initial, 'number'), name, number(shape));
    }
    for (const [name, type] of this.states) types.known.set(name, type);
  }

  /** Can the value be put where the target is? */
  private fits(value: Expression, type: Type, target: string, as: Type): void {
    if (type.kind !== 'number') this.fail(value.at, `\`${target}\` is a number, and this is ${called[type.kind]}.`);
    const shape = broadcastShape(type.shape, as.shape);
    if (shape === null || !sameShape(shape, as.shape))
      this.fail(value.at, `\`${target}\` has the shape ${showShape(as.shape)}, and this is ${showShape(type.shape)}.`);
  }

  private line({ target, targetAt, value }: RuleTree['lines'][number]): void {
    const { types } = this;
    const { parameters } = types;
    if (parameters.has(target) || target === 'lr')
      this.fail(targetAt, `\`${target}\` is a hyperparameter and stays as it is; give the result another name.`);
    const lasting = target === 'w' || target === 'g' ? number(tensorShape) : this.states.get(target);
    if (lasting === undefined && given.has(target))
      this.fail(targetAt, `\`${target}\` is given and stays as it is; give the result another name.`);
    if (told.has(target) && this.tree.kind === 'wrapper')
      this.fail(targetAt, `A wrapper does not tell \`${target}\`; the rule inside does.`);
    if (told.has(target) && this.assigned.has(target)) this.fail(targetAt, `\`${target}\` is said twice.`);
    const type = types.of(value);
    if (type.kind === 'text') this.fail(value.at, 'A text can only be compared; a number is expected.');
    if (lasting !== undefined) this.fits(value, type, target, lasting);
    if (target === 'rate') this.fits(value, type, target, number(tensorShape));
    if (target === 'limit') this.checkLimit(value, type);
    else types.known.set(target, lasting ?? type);
    this.assigned.set(target, targetAt);
  }

  /** The stability limit is one number for hyperparameters and the step: not one that depends on the gradient. */
  private checkLimit(value: Expression, type: Type): void {
    if (type.kind !== 'number') this.fail(value.at, '`limit` is a number, and this is true or false.');
    if (!isScalar(type.shape)) this.fail(value.at, '`limit` is one number for all weights, and this is a number for each.');
    if (!type.steady) this.fail(value.at, '`limit` follows from the hyperparameters and the step, not from the weights.');
  }

  private complete(): void {
    const end: Span = this.tree.lines.at(-1)?.targetAt ?? beginning;
    if (!this.assigned.has('w')) this.fail(end, 'The rule never changes the weights: a line `w = …` is expected.');
    if (!this.assigned.has('rate'))
      this.fail(
        end,
        'The effective learning rate does not follow from this rule: a line `rate = …` is expected, the factor by which it multiplies the gradient.',
      );
  }

  /** Whatever is declared or computed must serve something. */
  private used(): void {
    const { read } = this.types;
    for (const { name, at, initial } of this.tree.states) {
      const remembers = nodes(initial).some((node) => node.kind === 'name' && node.name === 'w');
      if (!this.assigned.has(name) && !remembers) this.fail(at, `The state \`${name}\` is never assigned.`);
    }
    for (const { name, at } of this.tree.states) if (!read.has(name)) this.fail(at, `The state \`${name}\` is never used.`);
    for (const { name, at } of this.tree.parameters) if (!read.has(name)) this.fail(at, `The hyperparameter \`${name}\` is never used.`);
    for (const [name, at] of this.assigned)
      if (!told.has(name) && !given.has(name) && !read.has(name)) this.fail(at, `\`${name}\` is computed and never used.`);
  }
}

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
