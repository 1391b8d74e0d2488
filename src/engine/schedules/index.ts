/** Every schedule, and finding one by its name. */
import type { Schedule } from './definition';
import { schedules as known } from './index.gen';

export type { Schedule, Setting } from './definition';

export const schedules: readonly Schedule[] = known;

/** The schedule that a specification calls `name`. */
export const findSchedule = (name: string): Schedule | undefined => schedules.find((schedule) => schedule.name === name);
