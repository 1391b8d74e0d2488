/**
 * A function that can be drawn: one or two variables, in alphabetical order whatever the order in which the text names them, so that x lies
 * along the horizontal axis.
 */
import { readFunction, type ScalarFunction } from '../../engine/language';

/** @throws LanguageError, as `readFunction`; Error where there are more variables than can be drawn */
export function readLandscape(formula: string): ScalarFunction {
  const f = readFunction(formula);
  const { variables } = f;
  if (variables.length > 2)
    throw new Error(`This has ${variables.length} variables (${variables.join(', ')}); a function of one or two can be drawn.`);
  return variables.length === 2 && variables[0] > variables[1] ? swapped(f) : f;
}

function swapped(f: ScalarFunction): ScalarFunction {
  const turned = new Float64Array(2);
  const turn = (x: ArrayLike<number>): Float64Array => {
    [turned[0], turned[1]] = [x[1], x[0]];
    return turned;
  };
  return {
    text: f.text,
    variables: [f.variables[1], f.variables[0]],
    expression: f.expression,
    value: (x) => f.value(turn(x)),
    gradient: (x, out) => f.gradient(turn(x), out).reverse(),
    hessian: (x, out) => f.hessian(turn(x), out).reverse(), // symmetric: reversed, both of its axes are swapped
  };
}
