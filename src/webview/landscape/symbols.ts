/** How a function's quantities are written. */

/** `df/dx` of one variable, `∂f/∂x` of more. */
export const derivative = (variables: readonly string[], name: string): string => (variables.length === 1 ? `df/d${name}` : `∂f/∂${name}`);
