/**
 * Who binds which name where in a Python program, as far as the text tells: scopes, their bindings in order, and whether a binding is
 * certain to be the one in force at a place. One walk over the syntax tree, without recursion, so that no text is too deep for it.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import type { Range } from './reading';

export interface Binding {
  /** Where it takes effect. */
  readonly at: number;
  /** The expression bound; null where the text does not say (a loop variable, an unpacking, an addition in place). */
  readonly value: SyntaxNode | null;
  /** For an import: what it names, `torch.optim`. */
  readonly path: string | null;
  /** A parameter's default, a guess at best. */
  readonly guess: SyntaxNode | null;
  /** The branch that it happens in, if it is in one. */
  readonly branch: Range | null;
  /** The loop around it, if there is one in its scope. */
  readonly loop: Range | null;
  /** Happens whenever some function runs (`global`). */
  readonly anytime: boolean;
}

export interface Scope {
  readonly kind: 'module' | 'class' | 'function';
  readonly parent: Scope | null;
  readonly bindings: Map<string, Binding[]>;
  /** Modules of `from … import *`. */
  readonly stars: string[];
  /** Names declared `global` or `nonlocal`. */
  readonly elsewhere: Set<string>;
}

/** A piece of the program, and where its names are to be looked up. */
export interface Call {
  readonly node: SyntaxNode;
  readonly scope: Scope;
}

export interface Names {
  readonly text: string;
  readonly module: Scope;
  /** Every call with the scope that it stands in, in order of appearance. */
  readonly calls: readonly Call[];
  /** Every class, the same way. */
  readonly classes: readonly Call[];
}

/** The binding in force at a place, and whether nothing else could be. */
export interface Found {
  readonly binding: Binding;
  readonly scope: Scope;
  readonly certain: boolean;
}

const inside = (range: Range | null, at: number): boolean => range !== null && range.from <= at && at <= range.to;

/** The bindings of `name` that may be in force at `at` in `scope`, the likeliest first. */
export function lookUp(name: string, scope: Scope, at: number): Found[] {
  for (let s: Scope | null = scope; s; s = s.parent) {
    if (s.kind === 'class' && s !== scope) continue; // methods do not see the names of their class
    const all = s.bindings.get(name);
    if (!all) continue;
    const before = all.filter((binding) => binding.at <= at && !binding.anytime);
    if (before.length === 0 && s === scope && s.kind !== 'function') continue;
    const home = s;
    const disturbed =
      all.some((binding) => binding.anytime) ||
      (s === scope ? all.some((binding) => binding.at > at && inside(binding.loop, at)) : before.length > 0 && before.length < all.length);
    const candidates = before.length > 0 ? before : s === scope ? [] : all;
    return [...candidates].reverse().map((binding, index) => ({
      binding,
      scope: home,
      certain:
        index === 0 && !disturbed && (binding.branch === null || inside(binding.branch, at)) && (before.length > 0 || all.length === 1),
    }));
  }
  return [];
}

const newScope = (kind: Scope['kind'], parent: Scope | null): Scope => ({
  kind,
  parent,
  bindings: new Map(),
  stars: [],
  elsewhere: new Set(),
});

const branching = new Set(['IfStatement', 'ForStatement', 'WhileStatement', 'TryStatement', 'MatchStatement', 'MatchClause']);
const looping = new Set(['ForStatement', 'WhileStatement']);
const comprehensions = new Set([
  'ArrayComprehensionExpression',
  'SetComprehensionExpression',
  'DictionaryComprehensionExpression',
  'ComprehensionExpression',
]);

/** The children of a node, in order, without comments. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'Comment') list.push(child);
  return list;
}

/** Those of the calls, which are in order of appearance, that lie in a stretch of the text. */
export function callsWithin(calls: readonly Call[], { from, to }: Range): readonly Call[] {
  const first = (at: number): number => {
    let [low, high] = [0, calls.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (calls[middle].node.from < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return calls.slice(first(from), first(to));
}

/** Gathers scopes, bindings and calls of a parsed program. */
export function readNames(tree: Tree, text: string): Names {
  const calls: Call[] = [];
  const classes: Call[] = [];
  const module = newScope('module', null);
  let scope = module;
  /** What to undo on leaving a node, innermost last. */
  const opened: { readonly from: number; readonly name: string; readonly undo: () => void }[] = [];
  let branch: Range | null = null;
  let loop: Range | null = null;

  const bind = (name: string, at: number, how: Partial<Binding> = {}): void => {
    const target = scope.elsewhere.has(name) ? module : scope;
    const entry: Binding = { at, value: null, path: null, guess: null, branch, loop, anytime: target !== scope, ...how };
    const list = target.bindings.get(name);
    if (list) list.push(entry);
    else target.bindings.set(name, [entry]);
  };
  const textOf = (node: SyntaxNode): string => text.slice(node.from, node.to);

  /** Every plain name in a target binds to something unseen: `for i, (x, y) in …`. A changed element changes the whole: `cfg["lr"] = 1`. */
  const bindOpaque = (target: SyntaxNode, at: number): void => {
    const pending = [target];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (node.name === 'VariableName') bind(textOf(node), at);
      else if (node.name === 'MemberExpression') {
        const object = node.firstChild;
        if (object?.name === 'VariableName' && object.nextSibling?.name === '[') bind(textOf(object), at);
      } else if (node.name.endsWith('Expression')) pending.push(...children(node).reverse());
    }
  };

  const bindAssignment = (statement: SyntaxNode): void => {
    // a, b = c = 1, 2 is the groups [a b] [c] [1 2]; the last holds the values
    const groups: SyntaxNode[][] = [[]];
    for (const child of children(statement)) {
      if (child.name === 'AssignOp') groups.push([]);
      else if (child.name !== ',' && child.name !== 'TypeDef' && !child.type.isError) groups[groups.length - 1].push(child);
    }
    const values = groups.pop() ?? [];
    if (groups.length === 0) return;
    const flatten = (group: SyntaxNode[]): SyntaxNode[] =>
      group.length === 1 && ['TupleExpression', 'ArrayExpression'].includes(group[0].name)
        ? children(group[0]).filter((node) => !['(', ')', '[', ']', ','].includes(node.name) && !node.type.isError)
        : group;
    for (const group of groups) {
      if (group.length === 1 && group[0].name === 'VariableName') {
        bind(textOf(group[0]), statement.to, { value: values.length === 1 ? values[0] : null });
        continue;
      }
      const targets = flatten(group);
      const parts = flatten(values);
      const paired = targets.length > 1 && targets.length === parts.length && !parts.concat(targets).some((node) => node.name === '*');
      targets.forEach((target, index) => {
        if (paired && target.name === 'VariableName') bind(textOf(target), statement.to, { value: parts[index] });
        else bindOpaque(target, statement.to);
      });
    }
  };

  const bindImport = (statement: SyntaxNode): void => {
    const parts = children(statement);
    const fromImport = parts[0]?.name === 'from';
    let module = '';
    let index = 1;
    if (fromImport) {
      for (; index < parts.length && parts[index].name !== 'import'; index++) module += textOf(parts[index]);
      index++;
    }
    while (index < parts.length) {
      if (parts[index].name === '*') scope.stars.push(module);
      if (parts[index].name !== 'VariableName') {
        index++;
        continue;
      }
      const root = textOf(parts[index]);
      let path = root;
      for (index++; parts[index]?.name === '.' && parts[index + 1]?.name === 'VariableName'; index += 2)
        path += `.${textOf(parts[index + 1])}`;
      let alias: string | null = null;
      if (parts[index]?.name === 'as' && parts[index + 1]?.name === 'VariableName') {
        alias = textOf(parts[index + 1]);
        index += 2;
      }
      // `import torch.optim` binds `torch`
      if (fromImport) bind(alias ?? root, statement.to, { path: `${module}.${path}` });
      else bind(alias ?? root, statement.to, { path: alias === null ? root : path });
    }
  };

  const bindParameters = (list: SyntaxNode): void => {
    const parts = children(list);
    parts.forEach((part, index) => {
      if (part.name !== 'VariableName' || parts[index - 1]?.name === 'AssignOp') return;
      let next = index + 1;
      if (parts[next]?.name === 'TypeDef') next++;
      const guess = parts[next]?.name === 'AssignOp' ? (parts[next + 1] ?? null) : null;
      bind(textOf(part), part.from, { guess });
    });
  };

  /** Names between two words of a statement: `for … in`, `as …`. */
  const bindBetween = (node: SyntaxNode, first: string, last: string | null, at: number): void => {
    let within = false;
    for (const child of children(node)) {
      if (child.name === first) within = true;
      else if (child.name === last || child.name === ':' || child.name === 'Body') within = false;
      else if (within) bindOpaque(child, at);
      if (last === null && child.name !== first) within = false;
    }
  };

  const open = (node: SyntaxNode, undo: () => void): void => void opened.push({ from: node.from, name: node.name, undo });
  const enterScope = (node: SyntaxNode, kind: Scope['kind']): void => {
    const saved = { scope, branch, loop };
    open(node, () => ({ scope, branch, loop } = saved));
    scope = newScope(kind, scope);
    branch = loop = null;
  };

  tree.iterate({
    enter(reference) {
      const { name } = reference;
      switch (name) {
        case 'ImportStatement':
          bindImport(reference.node);
          return false;
        case 'AssignStatement':
          bindAssignment(reference.node);
          return true;
        case 'UpdateStatement':
          if (reference.node.firstChild) bindOpaque(reference.node.firstChild, reference.to);
          return true;
        case 'NamedExpression': {
          const target = reference.node.firstChild;
          if (target) bind(textOf(target), reference.to, { value: reference.node.lastChild });
          return true;
        }
        case 'DeleteStatement':
          for (const child of children(reference.node)) bindOpaque(child, reference.to);
          return true;
        case 'ScopeStatement':
          for (const child of children(reference.node)) if (child.name === 'VariableName') scope.elsewhere.add(textOf(child));
          return false;
        case 'FunctionDefinition':
        case 'ClassDefinition': {
          const title = reference.node.getChild('VariableName');
          if (title) bind(textOf(title), title.to);
          if (name === 'ClassDefinition') classes.push({ node: reference.node, scope });
          enterScope(reference.node, name === 'ClassDefinition' ? 'class' : 'function');
          return true;
        }
        case 'LambdaExpression':
          enterScope(reference.node, 'function');
          return true;
        case 'ParamList':
          bindParameters(reference.node);
          return true;
        case 'CallExpression':
          calls.push({ node: reference.node, scope });
          return true;
      }
      if (comprehensions.has(name)) {
        enterScope(reference.node, 'function');
        bindBetween(reference.node, 'for', 'in', reference.from);
      } else if (branching.has(name) || name === 'WithStatement') {
        const { node } = reference;
        if (name === 'ForStatement') bindBetween(node, 'for', 'in', node.from);
        if (name === 'WithStatement' || name === 'TryStatement') bindBetween(node, 'as', null, node.from);
        if (looping.has(name)) {
          const saved = loop;
          open(node, () => (loop = saved));
          loop ??= { from: node.from, to: node.to };
        }
      } else if (name === 'Body' && branching.has(reference.node.parent?.name ?? '')) {
        const saved = branch;
        open(reference.node, () => (branch = saved));
        branch = { from: reference.from, to: reference.to };
      }
      return true;
    },
    leave(reference) {
      const top = opened[opened.length - 1];
      if (top && top.from === reference.from && top.name === reference.name) {
        opened.pop();
        top.undo();
      }
    },
  });
  return { text, module, calls, classes };
}
