/** Random expressions of the language, for property tests. */
import fc from 'fast-check';
import type { Arithmetic, Comparison, Expression, Span } from '../../../src/engine/language/tree';

const at: Span = { line: 1, column: 1, endLine: 1, endColumn: 1 };

export interface Leaves {
  readonly names: readonly string[];
  readonly operators: readonly Arithmetic[];
  readonly functions: readonly (readonly [name: string, operands: number])[];
  readonly numbers: fc.Arbitrary<number>;
  readonly choices: boolean;
}

/** Expressions that give a number, of limited depth. */
export function numberExpression({ names, operators, functions, numbers, choices }: Leaves): fc.Arbitrary<Expression> {
  return fc.letrec<{ number: Expression; truth: Expression; leaf: Expression }>((tie) => {
    const leaf = fc.oneof(
      fc.constantFrom(...names).map((name): Expression => ({ kind: 'name', name, at })),
      numbers.map((value): Expression => ({ kind: 'number', value, at })),
    );
    const binary = fc
      .tuple(fc.constantFrom(...operators), tie('number'), tie('number'))
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, at }));
    const negative = tie('number').map((operand): Expression => ({ kind: 'unary', operator: '-', operand, at }));
    const call = fc
      .tuple(fc.constantFrom(...functions), tie('number'), tie('number'))
      .map(([[name, operands], a, b]): Expression => ({ kind: 'call', name, operands: operands === 1 ? [a] : [a, b], at }));
    const choice = fc
      .tuple(tie('truth'), tie('number'), tie('number'))
      .map(([condition, then, otherwise]): Expression => ({ kind: 'choice', condition, then, otherwise, at }));
    const comparison = fc
      .tuple(fc.constantFrom<Comparison>('==', '!=', '<', '<=', '>', '>='), tie('number'), tie('number'))
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, at }));
    const connective = fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('truth'), tie('truth'))
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, at }));
    const not = tie('truth').map((operand): Expression => ({ kind: 'unary', operator: 'not', operand, at }));
    return {
      leaf,
      number: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, binary, binary, negative, call, ...(choices ? [choice] : [])),
      truth: fc.oneof({ depthSize: 'small', withCrossShrink: true }, comparison, connective, not),
    };
  }).number;
}
