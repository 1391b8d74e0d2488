/** Every loss, and finding one by its name. */
import type { Loss } from './definition';
import { losses as known } from './index.gen';

export type { Loss, Rows } from './definition';

export const losses: readonly Loss[] = known;

/** The loss that a specification calls `name`. */
export const findLoss = (name: string): Loss | undefined => losses.find((loss) => loss.name === name);
