/** The page of all learning-rate schedules: the rate at each step, settings, source. */
import type { Schedule } from '../schedules';
import type { SettingValue } from '../setting';
import { anchor, block, code, note, page, plain, table } from './markdown';

export function schedulesPage(schedules: readonly Schedule[]): string {
  return page(
    note,
    '# Learning-rate schedules',
    `${schedules.length} schedules, each one file in \`src/engine/schedules\`. In a run specification: \`"schedule": { "name": "cosine", "steps": 1000 }\`. ` +
      'In the formulas k is the step, counted from 0, and lr the optimizer’s own rate. Every schedule has a linear warm-up in front for the asking (`warmup`), and begins to count after it.',
    table(
      ['', 'Schedule', 'In short'],
      schedules.map((each) => [code(each.name), `[${plain(each.title)}](#${anchor(heading(each))})`, plain(each.doc)]),
    ),
    schedules.flatMap(entry),
  );
}

const heading = ({ title, name }: Schedule): string => `${title} (${name})`;

function entry(schedule: Schedule): string[] {
  const { doc, formula, use, source, aliases, settings } = schedule;
  return [
    `## ${heading(schedule)}`,
    plain(doc),
    block([formula]),
    table(
      ['Setting', 'Default', 'Values', 'Meaning'],
      Object.entries(settings).map(([name, setting]) => [
        code(name) + (setting.aliases.length > 0 ? ` (${setting.aliases.map(code).join(', ')})` : ''),
        'ofRun' in setting && setting.ofRun ? 'of the run' : setting.default === undefined ? 'required' : code(show(setting.default)),
        plain(setting.domain),
        plain(setting.doc),
      ]),
    ),
    `**When to use it.** ${plain(use)}`,
    ...(schedule.kind === 'watching'
      ? ['It watches the loss of the samples held out (of the training samples where none are) at every evaluation.']
      : []),
    ...(aliases.length > 0 ? [`**Also called** ${aliases.map(code).join(', ')}.`] : []),
    ...(source ? [`**Source.** ${plain(source)}`] : []),
  ];
}

const show = (value: SettingValue): string => (typeof value === 'object' ? `[${value.join(', ')}]` : String(value));
