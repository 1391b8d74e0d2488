/** Every initialiser, and finding one by its name. */
import type { Initialiser } from './definition';
import { initialisers as known } from './index.gen';

export type { Initialiser } from './definition';

export const initialisers: readonly Initialiser[] = known;

/** The initialiser that a specification calls `name`. */
export const findInitialiser = (name: string): Initialiser | undefined => initialisers.find((initialiser) => initialiser.name === name);
