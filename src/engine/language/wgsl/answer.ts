/**
 * The host's part of a step on the GPU: whole-model questions and draws, answered by a model on the CPU from operands that were read
 * back. A GPU engine that can answer some of them itself does so instead.
 */
import type { Operation } from '../operations';
import type { ModelCalls } from '../model';

/** A value of each layer. */
type Layers = readonly Float32Array[];

/**
 * Answers one question.
 * @param operands one value of each layer each @param numbers damping and the like @param site of a draw: which of the rule's
 * @param out receives the answer, where it is no number @returns the answer, where it is one
 */
export function answer(
  calls: ModelCalls,
  operation: Operation,
  [operand]: readonly Layers[],
  [damping]: readonly number[],
  site: number,
  out: Layers,
): number | undefined {
  switch (operation) {
    case 'gradient':
      calls.gradient(operand, out);
      return undefined;
    case 'loss':
      return calls.loss(operand);
    case 'hessian':
    case 'gaussNewton':
      calls.product(operation, operand, out);
      return undefined;
    case 'hessianSolve':
    case 'hessianAbsSolve':
      calls.hessianSolve(operand, damping, operation === 'hessianAbsSolve', out);
      return undefined;
    case 'gaussNewtonSolve':
      calls.gaussNewtonSolve(operand, damping, out);
      return undefined;
    case 'inputMoment':
      calls.moments().forEach(({ input }, layer) => out[layer].set(input));
      return undefined;
    case 'errorMoment':
      calls.moments().forEach(({ error }, layer) => out[layer].set(error));
      return undefined;
    case 'normal':
    case 'rademacher':
      out.forEach((values, layer) => calls.draw(operation, site, layer, values));
      return undefined;
    default:
      throw new Error(`${operation} asks nothing of the model.`);
  }
}
