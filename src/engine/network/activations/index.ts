/** Every activation, and finding one by its name. */
import type { Activation } from './definition';
import { activations as known } from './index.gen';

export type { Activation } from './definition';

export const activations: readonly Activation[] = known;

/** The activation that a specification calls `name`. */
export const findActivation = (name: string): Activation | undefined => activations.find((activation) => activation.name === name);
