/** `optimizers`: every update rule, wrapper and schedule with what it takes, for a person or, with `--json`, for a program. */
import type { Rule } from '../../engine/language';
import { rules } from '../../engine/optimizers';
import { backendNames } from '../../engine/run/backendNames';
import { schedules } from '../../engine/schedules';
import type { Setting, SettingValue } from '../../engine/setting';
import { wrappers } from '../../engine/wrappers';
import type { Output } from './output';
import { readArguments, UsageError } from './usage';

/** All of them run every rule and schedule. WebGPU is there in the editor only. */
const backends = backendNames;

/** What is told of one hyperparameter or setting. */
interface Listed {
  readonly name: string;
  /** Null where a value must be given, or comes from the run. */
  readonly default: SettingValue | null;
  /** Left out, it is the number of steps of the run after the warm-up. */
  readonly ofRun?: true;
  readonly domain: string;
  readonly doc: string;
  readonly symbol?: string;
  readonly aliases?: readonly string[];
}

export async function optimizers(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean', default: false } });
  if (positionals.length > 0) throw new UsageError(`optimizers takes no argument; found ${positionals.join(' ')}.`);
  const listed = list();
  await output.write(values.json ? `${JSON.stringify(listed, null, 2)}\n` : inWords(listed));
  return 0;
}

function list() {
  return {
    optimizers: rules().map(listRule),
    wrappers: wrappers().map(listRule),
    schedules: schedules.map(({ name, title, aliases, doc, use, source, settings }) => ({
      name,
      title,
      aliases,
      summary: doc,
      use,
      source,
      backends,
      hyperparameters: Object.entries(settings).map(([key, setting]) => listSetting(key, setting)),
    })),
  };
}

const listRule = ({ name, title, summary, use, source, hyperparameters }: Rule) => ({
  name,
  title,
  summary,
  use,
  source,
  backends,
  hyperparameters: hyperparameters.map(({ name, symbol, aliases, default: value, domain, doc }): Listed => ({
    name,
    symbol,
    aliases,
    default: value,
    domain,
    doc,
  })),
});

const listSetting = (name: string, setting: Setting): Listed => ({
  name,
  aliases: setting.aliases,
  default: setting.default ?? null,
  ...('ofRun' in setting && setting.ofRun ? { ofRun: true } : {}),
  domain: setting.domain,
  doc: setting.doc,
});

function inWords(listed: ReturnType<typeof list>): string {
  const one = ({ name, title, summary, source, hyperparameters }: (typeof listed)['optimizers'][number]): string =>
    [`${name}  ${title}`, `    ${summary}`, ...(source ? [`    Source: ${source}`] : []), ...table(hyperparameters)].join('\n');
  const section = (title: string, entries: (typeof listed)['optimizers']): string => `${title}\n\n${entries.map(one).join('\n\n')}\n`;
  const sections = [section('OPTIMIZERS', listed.optimizers), section('WRAPPERS', listed.wrappers), section('SCHEDULES', listed.schedules)];
  return `${sections.join('\n')}\nEach runs on: ${backends.join(', ')}.\n`;
}

/** The hyperparameters in columns: name, default, domain, meaning. */
function table(rows: readonly Listed[]): string[] {
  const cells = rows.map(({ name, default: value, ofRun, domain, doc }) => [name, showDefault(value, ofRun), domain, doc]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => `      ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

const showDefault = (value: SettingValue | null, ofRun?: true): string =>
  ofRun ? 'of the run' : value === null ? 'required' : typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
