/** Every generator, and finding one by its name. */
import type { Generator } from './definition';
import { generators as known } from './index.gen';

export type { Generator } from './definition';

export const generators: readonly Generator[] = known;

/** The generator that a specification calls `name`. */
export const findGenerator = (name: string): Generator | undefined => generators.find((generator) => generator.name === name);
