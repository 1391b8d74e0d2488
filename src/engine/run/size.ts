/** How many numbers a network holds, computed before any of them exists. */
import { showBytes, showCount } from '../problems/files';
import { mostActivations, mostParameters } from './limits';
import { SpecificationError } from './specification';

const float32 = 4;

/** Weights and biases of dense layers. @throws SpecificationError where there are more than a run may have */
export function checkSize(layers: readonly { readonly dense: number }[], inputs: number): number {
  let parameters = 0;
  let width = inputs;
  for (const [i, { dense }] of layers.entries()) {
    parameters += (width + 1) * dense;
    if (parameters > mostParameters)
      throw new SpecificationError(
        `problem.network.layers[${i}].dense`,
        `${showCount(width)} × ${showCount(dense)} units bring the network to ${showCount(parameters)} weights ` +
          `(${showBytes(float32 * parameters)} in float32); at most ${showCount(mostParameters)} are allowed. Make the layer smaller.`,
      );
    width = dense;
  }
  return parameters;
}

/** Numbers that the layers of one batch hold. @param path the field to blame @throws SpecificationError where there are too many */
export function checkBatchSize(batch: number, layers: readonly { readonly dense: number }[], inputs: number, path: string): void {
  const widths = layers.reduce((sum, { dense }) => sum + dense, inputs);
  if (batch * widths <= mostActivations) return;
  throw new SpecificationError(
    path,
    `a batch of ${showCount(batch)} samples through ${showCount(widths)} units takes ${showBytes(float32 * batch * widths)}; ` +
      `at most ${showBytes(float32 * mostActivations)} are allowed. Use ${showCount(Math.max(1, Math.floor(mostActivations / widths)))} or fewer.`,
  );
}
