/**
 * Kinds and shapes of expressions, and the faults in them: every name must mean something, every operator and function must get what it
 * takes. Reading a type also notes which names are used.
 */
import { constants, elementwise, isReduction, reductions } from './functions';
import { modelOperations, mostModelCalls, operations, operationShape } from './operations';
import { LanguageError } from './rule';
import { broadcastShape, isScalar, scalarShape, showShape, tensorShape, type Shape } from './shape';
import { nodes, type Domain, type Expression, type RuleTree, type Span } from './tree';
import { suggestion } from '../suggest';

export interface Type {
  readonly kind: 'number' | 'truth' | 'text';
  readonly shape: Shape;
  /** Does it follow from hyperparameters and the step alone? */
  readonly steady: boolean;
}

export const steadyNumber: Type = { kind: 'number', shape: scalarShape, steady: true };
export const number = (shape: Shape): Type => ({ kind: 'number', shape, steady: false });
export const called = { number: 'a number', truth: 'true or false', text: 'a text' } as const;

/**
 * Names that every rule has: the weights, the gradient, the step from 1, the learning rate before the schedule, the loss of the
 * mini-batch, and how the layer looks as a matrix. The learning rate after the schedule is the hyperparameter `lr`.
 */
export const given: ReadonlyMap<string, Type & { readonly doc: string }> = new Map([
  ['w', { ...number(tensorShape), doc: 'the weights' }],
  ['g', { ...number(tensorShape), doc: "the gradient of the mini-batch's mean loss" }],
  ['t', { ...steadyNumber, doc: 'the step, counted from 1' }],
  ['lr0', { ...steadyNumber, doc: 'the learning rate before the schedule' }],
  ['loss', { ...number(scalarShape), doc: "the mini-batch's mean loss, at the weights that the step begins with" }],
  ['rows', { ...number(scalarShape), doc: "the layer's first extent: outputs" }],
  ['columns', { ...number(scalarShape), doc: "the product of the layer's other extents: inputs; 1 for a vector" }],
  [
    'matrix',
    { kind: 'truth', shape: scalarShape, steady: false, doc: 'whether the layer has two dimensions or more: weights rather than biases' },
  ],
]);

export class Types {
  readonly known = new Map<string, Type>();
  /** Choices of the hyperparameters that are a choice of texts. */
  readonly choices = new Map<string, Domain & { kind: 'choices' }>();
  /** Names of hyperparameters. */
  readonly parameters = new Set<string>();
  /** Names that something reads. */
  readonly read = new Set<string>();
  private modelCalls = 0;

  constructor(
    private readonly tree: RuleTree,
    private readonly file: string,
  ) {}

  fail(at: Span, problem: string): never {
    throw new LanguageError(this.file, at.line, at.column, problem);
  }

  want(node: Expression, kind: Type['kind']): Type {
    const type = this.of(node);
    if (type.kind === kind) return type;
    const found = node.kind === 'name' ? `\`${node.name}\` is ${called[type.kind]}` : `This is ${called[type.kind]}`;
    return this.fail(node.at, `${found}; ${called[kind]} is expected.`);
  }

  of(node: Expression): Type {
    switch (node.kind) {
      case 'number':
        return steadyNumber;
      case 'truth':
      case 'text':
        return { ...steadyNumber, kind: node.kind };
      case 'name':
        return this.name(node.name, node.at);
      case 'unary':
        return this.want(node.operand, node.operator === '-' ? 'number' : 'truth');
      case 'binary':
        return this.binary(node);
      case 'choice': {
        const condition = this.want(node.condition, 'truth');
        const then = this.of(node.then);
        const otherwise = this.of(node.otherwise);
        if (then.kind !== otherwise.kind)
          this.fail(
            node.otherwise.at,
            `\`else\` gives ${called[otherwise.kind]} and \`then\` ${called[then.kind]}; both must be the same.`,
          );
        return { ...this.together(node.at, this.together(node.at, condition, then), otherwise), kind: then.kind };
      }
      case 'call':
        return isReduction(node) ? this.reduction(node) : elementwise.has(node.name) ? this.elementwise(node) : this.operation(node);
    }
  }

  /** Two values of one element-wise operation: of the first's kind. */
  private together(at: Span, a: Type, b: Type): Type {
    if (a.shape === b.shape && a.steady === b.steady) return a; // by far the most common, and nothing new to make
    const shape = broadcastShape(a.shape, b.shape);
    if (shape === null) this.fail(at, `The shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not fit together element by element.`);
    return { kind: a.kind, shape, steady: a.steady && b.steady };
  }

  private elementwise(node: Expression & { kind: 'call' }): Type {
    const [first, ...others] = node.operands.map((operand) => this.want(operand, 'number'));
    return others.reduce((sum, each) => this.together(node.at, sum, each), first);
  }

  private reduction({ name, operands: [operand], all, at }: Expression & { kind: 'call' }): Type {
    const type = this.want(operand, 'number');
    if (isScalar(type.shape) && (all === undefined || type.steady))
      this.fail(at, `\`${name}\` is taken over a tensor, and this is one number.`);
    return number(scalarShape);
  }

  private operation(node: Expression & { kind: 'call' }): Type {
    const { name, operands, at } = node;
    if (name === 'identity') return this.identity(operands[0]);
    const known = operations.get(name);
    if (known === undefined) return this.fail(at, `There is no function \`${name}\`.`);
    const types = operands.map((operand) => this.want(operand, 'number'));
    const shape = operationShape(
      name,
      types.map((type) => type.shape),
    );
    if (typeof shape === 'string') this.fail(at, `\`${name}\`: ${shape}.`);
    for (const i of known.settled ?? []) this.settled(operands[i], name, known.operands[i]);
    if (modelOperations.has(name) && known.name === undefined && ++this.modelCalls > mostModelCalls)
      this.fail(
        at,
        `A rule asks the model at most ${mostModelCalls} times a step (gradient(…), loss(…), hessian(…), …); this is one more.`,
      );
    return number(shape);
  }

  private identity(operand: Expression): Type {
    if (operand.kind === 'name' && (operand.name === 'rows' || operand.name === 'columns')) return number([operand.name, operand.name]);
    return this.fail(operand.at, '`identity(rows)` or `identity(columns)` is expected.');
  }

  /** What must be known before the first step: a number of iterations, the order of a root. */
  private settled(operand: Expression, name: string, called: string): void {
    for (const node of nodes(operand))
      if (node.kind === 'call' || (node.kind === 'name' && (!this.parameters.has(node.name) || node.name === 'lr')))
        this.fail(
          node.at,
          `The ${called} of \`${name}\` must be known before the first step: a number or a hyperparameter other than \`lr\`.`,
        );
  }

  private binary(node: Expression & { kind: 'binary' }): Type {
    const { operator, left, right, at } = node;
    if (operator === 'and' || operator === 'or') return this.together(at, this.want(left, 'truth'), this.want(right, 'truth'));
    if (operator === '==' || operator === '!=') {
      const a = this.of(left);
      const type = this.together(at, a, this.want(right, a.kind));
      this.compareChoice(left, right);
      this.compareChoice(right, left);
      return { ...type, kind: 'truth' };
    }
    const type = this.together(at, this.want(left, 'number'), this.want(right, 'number'));
    return ['<', '<=', '>', '>='].includes(operator) ? { ...type, kind: 'truth' } : type;
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
    if (constants.has(name)) return steadyNumber;
    const type = this.known.get(name);
    if (type !== undefined) {
      this.read.add(name);
      return type;
    }
    const operation = operations.get(name);
    if (operation?.name) return number(operation.shape([]) as Shape);
    if (name === 'limit') this.fail(at, '`limit` is only told; no line can use it.');
    const later = this.tree.lines.find(({ target }) => target === name);
    if (later !== undefined) this.fail(at, `\`${name}\` is used before it is computed, on line ${later.targetAt.line}.`);
    const alias = this.tree.parameters.find(({ aliases }) => aliases.includes(name));
    if (alias !== undefined)
      this.fail(at, `\`${name}\` is another name for \`${alias.name}\`, for specifications; the rule itself writes \`${alias.name}\`.`);
    if (elementwise.has(name) || reductions.has(name) || operation !== undefined)
      this.fail(at, `\`${name}\` is a function; \`${name}(…)\` is expected.`);
    const functions = [...elementwise.keys(), ...reductions.keys(), ...operations.keys()];
    return this.fail(at, `There is no \`${name}\`.${suggestion(name, [...this.known.keys(), ...constants.keys(), ...functions])}`);
  }
}
