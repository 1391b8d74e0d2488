/** The schedule of a specification: its name and settings, then, when the length of the run is known, everything that was left out. */
import { findSchedule, partSchedules, schedules, type Schedule, type ScheduleValues } from '../schedules';
import type { Part, SettingValue } from '../setting';
import { checkValues } from './checkValues';
import { defaults } from './defaults';
import { anyObject, below, fault, oneOf } from './fields';
import { SpecificationError, type CompleteSpecification, type ScheduleSpecification } from './specification';

/** Checks `schedule`. Lengths left out that are those of the run are filled in later. */
export const checkSchedule = (value: unknown): ScheduleSpecification => check(value, 'schedule', schedules);

/** @param allowed the schedules that may stand there */
function check(value: unknown, path: string, allowed: readonly Schedule[]): ScheduleSpecification {
  const fields = anyObject(value, path, 'an object such as { "name": "cosine" }');
  const schedule = choose(fields.name, below(path, 'name'), allowed);
  const checked = checkValues(fields, path, `the schedule \`${schedule.name}\``, schedule.settings, ['name']);
  for (const [key, setting] of Object.entries(schedule.settings))
    if (setting.default === undefined && !isOfRun(setting) && !(key in checked)) throw fault(below(path, key), undefined, setting.domain);
  const given = withParts(schedule, checked, (part, at) => check(part, below(path, at), partSchedules()));
  const open = Object.entries(schedule.settings).some(([key, setting]) => isOfRun(setting) && !(key in given));
  if (!open) checkTogether(schedule, valuesOf(schedule, given, 0), path);
  return { name: schedule.name, ...given };
}

/** The schedule with every setting written out. @param steps of the run: what lengths left out are, less the warm-up */
export function completeSchedule(
  given: ScheduleSpecification = { name: defaults.schedule },
  steps: number,
  path = 'schedule',
): CompleteSpecification['schedule'] {
  const schedule = known(given.name);
  const { name: _name, ...chosen } = given;
  const values = valuesOf(schedule, chosen, steps);
  checkTogether(schedule, values, path);
  const lengths = schedule.lengths(values, Math.max(steps - Number(values.warmup), 1));
  return {
    name: schedule.name,
    ...withParts(schedule, values, (part, at, i) => completeSchedule(part as Part, lengths[i], below(path, at))),
  };
}

/** The same values with every part of a schedule that has parts changed. @param change a part, where it stands, and which it is */
function withParts(
  { settings }: Schedule,
  values: ScheduleValues,
  change: (part: unknown, at: string, i: number) => ScheduleSpecification,
): ScheduleValues {
  const changed = (key: string, value: SettingValue): SettingValue =>
    settings[key].kind === 'parts' && Array.isArray(value)
      ? Array.from<unknown>(value).map((part, i) => change(part, `${key}[${i}]`, i) as Part) // a hole becomes `undefined`, which `map` would pass over
      : value;
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, changed(key, value)]));
}

function choose(name: unknown, path: string, allowed: readonly Schedule[]): Schedule {
  const found = typeof name === 'string' ? findSchedule(name) : undefined;
  if (found && allowed.includes(found)) return found;
  const names = allowed.map((schedule) => schedule.name);
  return known(oneOf(name, path, names));
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

function checkTogether(schedule: Schedule, values: ScheduleValues, path: string): void {
  const misfit = schedule.require(values);
  if (misfit) throw new SpecificationError(below(path, misfit.setting), misfit.message);
}
