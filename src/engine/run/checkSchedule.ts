/** The schedule of a specification: its name and settings, then, when the length of the run is known, everything that was left out. */
import { findSchedule, schedules, type Schedule, type ScheduleValues } from '../schedules';
import { checkValues } from './checkValues';
import { defaults } from './defaults';
import { anyObject, below, fault, oneOf } from './fields';
import { SpecificationError, type CompleteSpecification, type ScheduleSpecification } from './specification';

/** Checks `schedule`. Lengths left out that are those of the run are filled in later. */
export function checkSchedule(value: unknown): ScheduleSpecification {
  const fields = anyObject(value, 'schedule', 'an object such as { "name": "cosine" }');
  const schedule =
    (typeof fields.name === 'string' && findSchedule(fields.name)) ||
    known(
      oneOf(
        fields.name,
        'schedule.name',
        schedules.map(({ name }) => name),
      ),
    );
  const given = checkValues(fields, 'schedule', `the schedule \`${schedule.name}\``, schedule.settings, ['name']);
  for (const [key, setting] of Object.entries(schedule.settings))
    if (setting.default === undefined && !isOfRun(setting) && !(key in given))
      throw fault(below('schedule', key), undefined, setting.domain);
  const open = Object.entries(schedule.settings).some(([key, setting]) => isOfRun(setting) && !(key in given));
  if (!open) checkTogether(schedule, valuesOf(schedule, given, 0));
  return { name: schedule.name, ...given };
}

/** The schedule with every setting written out. @param steps of the run: what lengths left out are, less the warm-up */
export function completeSchedule(given: ScheduleSpecification | undefined, steps: number): CompleteSpecification['schedule'] {
  const schedule = known(given?.name ?? defaults.schedule);
  const { name: _name, ...chosen } = given ?? { name: '' };
  const values = valuesOf(schedule, chosen, steps);
  checkTogether(schedule, values);
  return { name: schedule.name, ...values };
}

/** The schedule of a specification that has been checked. */
export const scheduleOf = ({ schedule }: CompleteSpecification): Schedule => known(schedule.name);

function known(name: string): Schedule {
  const schedule = findSchedule(name);
  if (!schedule) throw new SpecificationError('schedule.name', `there is no schedule ${name}.`);
  return schedule;
}

const isOfRun = (setting: Schedule['settings'][string]): boolean => setting.kind === 'integer' && setting.ofRun;

function valuesOf({ settings }: Schedule, given: ScheduleValues, steps: number): ScheduleValues {
  const warmup = Number(given.warmup ?? settings.warmup.default);
  const ofRun = Math.max(steps - warmup, 1);
  return Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, given[key] ?? setting.default ?? ofRun]));
}

function checkTogether(schedule: Schedule, values: ScheduleValues): void {
  const misfit = schedule.require(values);
  if (misfit) throw new SpecificationError(below('schedule', misfit.setting), misfit.message);
}
