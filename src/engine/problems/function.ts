/**
 * A function of named variables as a model: its weights are the position, its loss is the value there. Everything that a network run
 * does (gradients, rates, curvature) it does too, exactly, in float64.
 */
import type { HessianOperator, Model } from '../backends/backend';
import { readFunction } from '../language/function';
import { SpecificationError } from '../run/specification';
import { suggestion } from '../suggest';

export type FunctionModel = Model & { readonly variables: readonly string[] };

/**
 * @param text the function, `x^2 + y^2`
 * @param start a finite number for each of its variables, and nothing else
 * @throws LanguageError where the text is no function; SpecificationError where the start does not fit it
 */
export function functionModel(text: string, start: Readonly<Record<string, number>>): FunctionModel {
  const f = readFunction(text);
  const { variables } = f;
  const n = variables.length;
  checkStart(variables, start);
  const position = Float64Array.from(variables, (name) => start[name]);
  const slope = new Float64Array(n);
  const hessian = (): HessianOperator => {
    const matrix = f.hessian(position);
    const here = f.gradient(position);
    return {
      size: n,
      apply(v, out) {
        for (let i = 0; i < n; i++) {
          let sum = 0;
          for (let j = 0; j < n; j++) sum += matrix[i * n + j] * v[j];
          out[i] = sum;
        }
      },
      gradient: (out) => out.set(here),
    };
  };
  return {
    variables,
    layers: [{ name: 'position', shape: [n], parameters: n }],
    parameters: n,
    weights: [position],
    gradients: [slope],
    buffers: [],
    samples: 1,
    begin: () => undefined, // nothing is drawn
    gradient() {
      f.gradient(position, slope);
      return f.value(position);
    },
    loss: () => f.value(position),
    evaluate: () => ({ loss: f.value(position), accuracy: null }),
    hessian,
    gaussNewton: hessian,
    moments: null,
  };
}

function checkStart(variables: readonly string[], start: Readonly<Record<string, number>>): void {
  for (const name of Object.keys(start))
    if (!variables.includes(name))
      throw new SpecificationError(
        `problem.start.${name}`,
        `the function has no variable ${name}.${suggestion(name, variables)} It has ${variables.join(', ')}.`,
      );
  for (const name of variables) {
    if (!Object.hasOwn(start, name))
      throw new SpecificationError(`problem.start.${name}`, `the start of the variable ${name} is missing; a number is expected.`);
    if (!Number.isFinite(start[name]))
      throw new SpecificationError(`problem.start.${name}`, `found ${String(start[name])}; a finite number is expected.`);
  }
}
