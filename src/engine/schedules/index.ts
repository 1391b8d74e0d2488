/** Every schedule, and finding one by its name. */
import type { Schedule } from './definition';
import { schedules as known } from './index.gen';

export type { Memory, Schedule, ScheduleValues } from './definition';

export const schedules: readonly Schedule[] = known;

/** The schedule that a specification calls `name`: by its own name, or as another library calls it. */
export const findSchedule = (name: string): Schedule | undefined =>
  schedules.find((schedule) => schedule.name === name) ?? schedules.find(({ aliases }) => aliases.includes(name));
