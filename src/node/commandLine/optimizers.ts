/** `optimizers`: every update rule and schedule with what it takes, for a person or, with `--json`, for a program. */
import { rules } from '../../engine/optimizers';
import { schedules } from '../../engine/schedules';
import type { Output } from './output';
import { readArguments, UsageError } from './usage';

/** Both run every rule: each is derived from the rule's text. */
const backends = ['cpu', 'reference'] as const;

/** What is told of one hyperparameter or setting. */
interface Listed {
  readonly name: string;
  /** Null where a value must be given. */
  readonly default: number | boolean | string | null;
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
    optimizers: rules().map(({ name, title, summary, source, hyperparameters }) => ({
      name,
      title,
      summary,
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
    })),
    schedules: schedules.map(({ name, title, doc, source, settings }) => ({
      name,
      title,
      summary: doc,
      source,
      backends,
      hyperparameters: Object.entries(settings).map(([name, { default: value = null, domain, doc }]): Listed => ({
        name,
        default: value,
        domain,
        doc,
      })),
    })),
  };
}

function inWords(listed: ReturnType<typeof list>): string {
  const one = ({ name, title, summary, source, hyperparameters }: (typeof listed)['optimizers'][number]): string =>
    [`${name}  ${title}`, `    ${summary}`, ...(source ? [`    Source: ${source}`] : []), ...table(hyperparameters)].join('\n');
  const section = (title: string, entries: (typeof listed)['optimizers']): string => `${title}\n\n${entries.map(one).join('\n\n')}\n`;
  return `${section('OPTIMIZERS', listed.optimizers)}\n${section('SCHEDULES', listed.schedules)}\nEach runs on: ${backends.join(', ')}.\n`;
}

/** The hyperparameters in columns: name, default, domain, meaning. */
function table(rows: readonly Listed[]): string[] {
  const cells = rows.map(({ name, default: value, domain, doc }) => [name, value === null ? 'required' : String(value), domain, doc]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => `      ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
