/** Every schedule, and finding one by its name. */
import type { Part } from '../setting';
import { warmedUp, type PlannedSchedule, type Schedule } from './definition';
import { schedules as known } from './index.gen';

export { warmedUp, type Memory, type Schedule, type ScheduleValues } from './definition';

export const schedules: readonly Schedule[] = known;

/** The schedule that a specification calls `name`: by its own name, or as another library calls it. */
export const findSchedule = (name: string): Schedule | undefined =>
  schedules.find((schedule) => schedule.name === name) ?? schedules.find(({ aliases }) => aliases.includes(name));

/** Schedules that may be parts of another: those that are known beforehand and have no parts themselves. */
export const partSchedules = (): readonly PlannedSchedule[] =>
  schedules.filter(
    (schedule) => schedule.kind === 'planned' && !Object.values(schedule.settings).some(({ kind }) => kind === 'parts'),
  ) as readonly PlannedSchedule[];

/** The rate of a part at its own step k, its warm-up included. */
export function partRate({ name, ...values }: Part, k: number, lr: number): number {
  const schedule = findSchedule(name);
  return schedule?.kind === 'planned' ? warmedUp(k, values, (own) => schedule.rate(own, lr, values)) : lr;
}
