/** From a call in the user's program to an optimizer with its hyperparameters, by the tables of `frameworks/`. */
import type { SyntaxNode } from '@lezer/common';
import type { Evaluator } from './evaluate';
import type { Constructor, Framework, Parameter } from './frameworks/definition';
import { children, type Call } from './names';
import type { CallArgument, Literal, OptimizerCall, Range, Reading } from './reading';

export const rangeOf = (node: SyntaxNode): Range => ({ from: node.from, to: node.to });

/** One argument as written. */
export interface Written {
  /** Null for one by position. */
  readonly keyword: SyntaxNode | null;
  readonly value: SyntaxNode;
}

/** The arguments of a call, and what is spread into it. Half-typed ones are left out. */
export function argumentsOf(call: SyntaxNode): { written: Written[]; spread: SyntaxNode[] } {
  const list = call.getChild('ArgList');
  const written: Written[] = [];
  const spread: SyntaxNode[] = [];
  const parts = list ? children(list).filter((node) => node.name !== '(' && node.name !== ')') : [];
  for (let i = 0; i < parts.length;) {
    let end = i;
    while (end < parts.length && parts[end].name !== ',') end++;
    const [first, second, third] = parts.slice(i, end);
    if (first?.name === '*' || first?.name === '**') {
      if (second) spread.push(second);
    } else if (first?.name === 'VariableName' && second?.name === 'AssignOp') {
      if (third && !third.type.isError) written.push({ keyword: first, value: third });
    } else if (first && !first.type.isError && !written.some(({ keyword }) => keyword)) {
      written.push({ keyword: null, value: first }); // after a keyword it is a keyword still being typed
    }
    i = end + 1;
  }
  return { written, spread };
}

/** The optimizer that a call constructs, or null where it constructs none. */
export function readOptimizer(call: Call, evaluator: Evaluator, framework: Framework): OptimizerCall | null {
  const { node, scope } = call;
  const callee = node.firstChild;
  if (!callee) return null;
  const constructorName = evaluator
    .callee(call)
    .map((path) => framework.constructorOf(path))
    .find((name) => name !== null);
  if (!constructorName) return null;
  const definition = framework.constructors[constructorName];
  const { written, spread } = argumentsOf(node);
  const found: CallArgument[] = [];
  const notes: string[] = [];

  let position = 0;
  for (const { keyword, value } of written) {
    const name = keyword ? evaluator.text(keyword) : undefined;
    const parameter = name === undefined ? positional(definition, position++) : definition.parameters.find((known) => known.name === name);
    if (!parameter) {
      notes.push(
        name === undefined
          ? `${framework.title}'s ${constructorName} takes ${definition.keywordOnly} arguments by position; ${evaluator.text(value)} is one too many.`
          : `${framework.title}'s ${constructorName} has no argument ${name}.`,
      );
      continue;
    }
    if (parameter === definition.parameters[0]) notes.push(...groupNotes(value, evaluator));
    else if (!parameter.mechanical)
      found.push(...readArgument(parameter, keyword, value, ourSpelling(parameter, evaluator.read(value, scope)), evaluator));
  }
  return {
    framework: framework.name,
    constructorName,
    rule: definition.rule,
    range: rangeOf(node),
    callee: rangeOf(callee),
    arguments: found,
    spread: spread.map((rest) => evaluator.text(rest)),
    notes,
  };
}

const positional = (definition: Constructor, position: number): Parameter | undefined =>
  position < definition.keywordOnly ? definition.parameters[position] : undefined;

/** The value as our rules write it. */
function ourSpelling({ spellings = {}, none, default: standard }: Parameter, reading: Reading<Literal>): Reading<Literal> {
  if (!('known' in reading)) return reading;
  const { known } = reading;
  if (known === null && none) return { known: standard };
  if (Array.isArray(known) && Array.isArray(standard) && none)
    return { known: (known as readonly Literal[]).map((each, i) => each ?? (standard as readonly Literal[])[i]) };
  return typeof known === 'string' && Object.hasOwn(spellings, known) ? { known: spellings[known] } : reading;
}

/** One argument, or for a tuple one for each element. */
function readArgument(
  parameter: Parameter,
  keyword: SyntaxNode | null,
  node: SyntaxNode,
  reading: Reading<Literal>,
  evaluator: Evaluator,
): CallArgument[] {
  const nameRange = keyword ? rangeOf(keyword) : null;
  if (!Array.isArray(parameter.ours)) {
    return [{ name: parameter.name, ours: parameter.ours as string | null, value: reading, nameRange, valueRange: rangeOf(node) }];
  }
  const names = parameter.ours as readonly string[];
  const items =
    node.name === 'TupleExpression' || node.name === 'ArrayExpression' ? children(node).filter((child) => !isPunctuation(child)) : [];
  return names.map((ours, index) => {
    const item = items.length === names.length ? items[index] : node;
    return {
      name: parameter.name,
      ours,
      value: element(reading, index, names.length, evaluator.text(item)),
      nameRange,
      valueRange: rangeOf(item),
    };
  });
}

const isPunctuation = (node: SyntaxNode): boolean => ['(', ')', '[', ']', ','].includes(node.name) || node.type.isError;

/** One element of a tuple that must have `length` of them. */
function element(reading: Reading<Literal>, index: number, length: number, source: string): Reading<Literal> {
  const whole = 'known' in reading ? reading.known : reading.unknown.suggestion;
  if (!Array.isArray(whole) || whole.length !== length) return { unknown: { source } };
  const value = (whole as readonly Literal[])[index];
  return 'known' in reading ? { known: value } : { unknown: { source, suggestion: value } };
}

/** Groups of parameters may have settings of their own, which a single run has not. */
function groupNotes(value: SyntaxNode, evaluator: Evaluator): string[] {
  const groups = value.name === 'ArrayExpression' ? value.getChildren('DictionaryExpression') : [];
  const keys = new Set(
    groups.flatMap((group) =>
      children(group)
        .filter((child) => child.name === 'String' && child.nextSibling?.name === ':')
        .map((child) => evaluator.text(child).slice(1, -1)),
    ),
  );
  keys.delete('params');
  return keys.size > 0
    ? [`The parameter groups set their own ${[...keys].join(', ')}; here all weights have the settings of the constructor.`]
    : [];
}
