/** The activation after an operation, for the shader that computes it with the operation's own result. */
import type { Operation } from '../../../network/operations';
import type { Place, Site } from '../definition';
import { shaderTexts } from '../functions';

export interface FusedActivation {
  /** WGSL functions that it calls. */
  readonly helpers: string;
  /** Where its results go. */
  readonly result: Place;
  /** Whether z itself is asked for again: on the way back, by its slope. */
  readonly keepsInput: boolean;
  /** WGSL of f(z). @param z a name */
  value(z: string): string;
}

/** @returns null where no activation is fused with the operation */
export function fusedAfter(operation: Operation, site: Site): FusedActivation | null {
  const activation = site.fused(operation);
  if (activation === null) return null;
  const { wgsl } = activation.function;
  return {
    helpers: shaderTexts(wgsl.helpers).join('\n'),
    result: site.value(site.structure.operations.indexOf(activation) + 1),
    keepsInput: wgsl.slope('z_', 'a_').includes('z_'),
    value: (z) => wgsl.value(z),
  };
}
