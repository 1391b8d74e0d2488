/**
 * Networks written as classes: `class Net(nn.Module)` whose layers are attributes and whose `forward` passes what comes in from one to the
 * next. Only a chain is understood; where `forward` branches, joins or loops, that is said.
 */
import type { SyntaxNode } from '@lezer/common';
import { layerKinds } from '../engine/network/layers';
import { activationOf, isLayer, LayerObstacle } from './layerCall';
import { callsWithin, children, type Call, type Scope } from './names';
import { readModule, readPiece, short, sketch, type Piece, type Program } from './networks';
import { argumentsOf, rangeOf } from './optimizers';
import type { NetworkSketch } from './reading';

const [flattenKind, activationKind] = ['flatten', 'activation'].map((wanted) => layerKinds.find(({ name }) => name === wanted));

/** The network that a class is; null where it is none. */
export function readClass({ node, scope }: Call, program: Program): NetworkSketch | null {
  const { evaluator, table } = program;
  const title = node.getChild('VariableName');
  const list = node.getChild('ArgList');
  const bases = list ? children(list).flatMap((base) => evaluator.paths(base, scope)) : [];
  if (!title || !bases.some((path) => table.bases.includes(path))) return null;
  const methods = new Map(
    (node.getChild('Body')?.getChildren('FunctionDefinition') ?? []).map((method) => [
      evaluator.text(method.getChild('VariableName') ?? method),
      method,
    ]),
  );
  const [constructor, forward] = [methods.get('__init__'), methods.get('forward')];
  if (!constructor || !forward) return null;
  const chain = new Forward(node, constructor, forward, program);
  return sketch(rangeOf(node), evaluator.text(title), program, () => chain.read());
}

/** Follows what comes in through `forward`. */
class Forward {
  private readonly self: string;
  private readonly attributes: ReadonlyMap<string, SyntaxNode | null>;
  private readonly scopes: ReadonlyMap<string, Scope>;
  /** What the variables of `forward` hold: the layers that what came in has been through. */
  private readonly held = new Map<string, readonly Piece[]>();
  /** Attributes with weights that have been applied. */
  private readonly applied = new Set<string>();

  constructor(
    whole: SyntaxNode,
    constructor: SyntaxNode,
    private readonly forward: SyntaxNode,
    private readonly program: Program,
  ) {
    const [self, input] = (forward.getChild('ParamList')?.getChildren('VariableName') ?? []).map((name) => program.evaluator.text(name));
    this.self = self ?? '';
    if (input !== undefined) this.held.set(input, []);
    this.attributes = this.findAttributes(whole, constructor);
    this.scopes = new Map(callsWithin(program.calls, whole).map((call) => [key(call.node), call.scope]));
  }

  /** @throws LayerObstacle where `forward` is more than a chain, or a layer is not to be had */
  read(): readonly Piece[] {
    const body = this.forward.getChild('Body');
    for (const statement of body ? children(body) : []) {
      const [first, second, third] = children(statement).filter(({ name }) => name !== 'TypeDef');
      if (statement.name === 'ReturnStatement' && second) return this.value(second);
      if (statement.name === 'AssignStatement' && first?.name === 'VariableName' && second?.name === 'AssignOp' && third) {
        if (children(statement).length > 4) throw this.more(statement);
        this.held.set(this.text(first), this.value(third));
      } else if (statement.name !== ':' && !(statement.name === 'ExpressionStatement' && first?.name === 'String'))
        throw this.more(statement);
    }
    throw new LayerObstacle(rangeOf(this.forward), '`forward` returns nothing.');
  }

  /** The layers that an expression has passed what came in through. */
  private value(node: SyntaxNode): readonly Piece[] {
    if (node.name === 'VariableName') {
      const held = this.held.get(this.text(node));
      if (held) return held;
    }
    if (node.name === 'ParenthesizedExpression' && node.firstChild?.nextSibling) return this.value(node.firstChild.nextSibling);
    if (node.name !== 'CallExpression') throw this.more(node);
    const callee = node.firstChild;
    const [object, dot, property] = callee?.name === 'MemberExpression' ? children(callee) : [];
    if (object && dot?.name === '.' && property) {
      if (this.text(object) === this.self) return [...this.input(node), ...this.attribute(this.text(property), node)];
      if (object.name !== 'MemberExpression' && (object.name !== 'VariableName' || this.held.has(this.text(object))))
        return [...this.value(object), this.method(this.text(property), node)];
    }
    const call = this.call(node);
    const { evaluator, table } = this.program;
    const known = evaluator.callee(call).some((path) => isLayer([path], table) || Object.hasOwn(table.inLoss, path));
    if (!known) throw this.more(node);
    return [...this.input(node), readPiece(call, this.program)];
  }

  /** What goes into a call: its first argument. */
  private input(node: SyntaxNode): readonly Piece[] {
    const [first] = argumentsOf(node).written;
    if (!first || first.keyword) throw this.more(node);
    return this.value(first.value);
  }

  /** The layers of `self.conv1`. */
  private attribute(name: string, at: SyntaxNode): readonly Piece[] {
    const value = this.attributes.get(name);
    const shown = `${this.self}.${name}`;
    if (value === undefined) throw new LayerObstacle(rangeOf(at), `\`__init__\` does not set ${shown}.`);
    if (value === null) throw new LayerObstacle(rangeOf(at), `What ${shown} is, is known only when the program runs.`);
    if (argumentsOf(at).written.length !== 1) throw this.more(at);
    const pieces = readModule(this.call(value), this.program);
    if (pieces.some((piece) => !('inLoss' in piece) && piece.incoming !== null)) {
      if (this.applied.has(name))
        throw new LayerObstacle(rangeOf(at), `${shown} is applied twice; here no two layers share their weights.`);
      this.applied.add(name);
    }
    return pieces;
  }

  /** `x.view(-1, 400)`, `x.flatten(1)`, `x.relu()`. */
  private method(name: string, node: SyntaxNode): Piece {
    const { evaluator, table } = this.program;
    const { written, spread } = argumentsOf(node);
    const values = written.map(({ value }) => {
      const reading = evaluator.read(value, this.call(node).scope);
      return 'known' in reading ? reading.known : undefined;
    });
    const oneRow = ['view', 'reshape'].includes(name) ? written.length === 2 : name === 'flatten' && values.length === 1 && values[0] === 1;
    const plain = { incoming: null, unbiased: false, written: name, range: rangeOf(node) };
    if (oneRow && flattenKind && spread.length === 0) return { ...plain, layer: { flatten: true }, kind: flattenKind };
    const activation = activationOf(`${table.methods}${name}`);
    if (activation === undefined || !activationKind || written.length + spread.length > 0) throw this.more(node);
    return { ...plain, layer: { activation }, kind: activationKind };
  }

  private more(node: SyntaxNode): LayerObstacle {
    return new LayerObstacle(rangeOf(node), `\`forward\` is more than a chain of layers: ${short(this.text(node).split('\n')[0])}`);
  }

  private call(node: SyntaxNode): Call {
    const scope = this.scopes.get(key(node));
    if (!scope) throw new LayerObstacle(rangeOf(node), `What ${short(this.text(node))} is, is known only when the program runs.`);
    return { node, scope };
  }

  /** What `__init__` sets, by name; null where it is set more than once, or only sometimes. */
  private findAttributes(whole: SyntaxNode, constructor: SyntaxNode): ReadonlyMap<string, SyntaxNode | null> {
    const found = new Map<string, SyntaxNode | null>();
    const body = constructor.getChild('Body');
    whole.cursor().iterate(({ name, node }) => {
      if (name !== 'AssignStatement') return;
      const [target] = children(node);
      const [object, , property] = target?.name === 'MemberExpression' ? children(target) : [];
      if (!object || property?.name !== 'PropertyName' || this.text(object) !== this.self) return;
      const value = children(node).at(-1);
      const sure = node.parent?.from === body?.from && node.parent?.to === body?.to && value !== undefined;
      found.set(this.text(property), sure && !found.has(this.text(property)) ? value : null);
    });
    return found;
  }

  private text(node: SyntaxNode): string {
    return this.program.evaluator.text(node);
  }
}

const key = ({ from, to }: SyntaxNode): string => `${from}-${to}`;
