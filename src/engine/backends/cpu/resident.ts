/** What the fused update-rule kernel needs of a model: where its numbers lie. A rule's state is reserved in the same arena. */
import type { Model } from '../backend';
import type { Arena } from './memory';

/** A model of 32-bit floats whose weights and gradients lie in one open arena. */
export interface ResidentModel extends Model {
  readonly arena: Arena;
  /** Address of each layer's weights, in the order of `layers`; aligned to 16 bytes and padded to whole vectors, which kernels may write. */
  readonly weightAddresses: readonly number[];
  /** Address of each layer's gradient, likewise. */
  readonly gradientAddresses: readonly number[];
}
