/** A run of the list in words: its line, its icon, what is told of it when one points at it. Knows nothing of the editor. */
import { shortName } from './name';
import type { About, Outcome } from './about';

/** What the list shows of a run, besides its record's size and place. */
export interface RunText {
  readonly label: string;
  /** Behind the label, dimmed. */
  readonly description: string;
  /** A codicon, and the theme colour that it has. */
  readonly icon: string;
  readonly colour: string | null;
  /** Lines, the first the title. */
  readonly told: readonly string[];
}

const icons: Readonly<Record<Outcome, readonly [icon: string, colour: string | null]>> = {
  'under way': ['pulse', 'charts.blue'],
  completed: ['pass', 'testing.iconPassed'],
  stopped: ['debug-stop', null],
  diverged: ['flame', 'testing.iconFailed'],
  error: ['error', 'testing.iconFailed'],
  'cut off': ['debug-disconnect', 'testing.iconQueued'],
};

const inWords: Readonly<Record<Outcome, string>> = {
  'under way': 'Under way',
  completed: 'Completed',
  stopped: 'Stopped',
  diverged: 'Diverged',
  error: 'Ended by an error',
  'cut off': 'Cut off: what trained it ended without a word',
};

/** @param now ms since 1970 @param bytes of its record */
export function describeRun(about: About, bytes: number, now: number): RunText {
  const { name, title, details, outcome, step, steps, lowest, loss, message, written, began } = about;
  const [icon, colour] = icons[outcome];
  const best = lowest ? `${short(lowest.loss)} ${lowest.heldOut ? 'held out' : 'in training'}` : loss === null ? '' : `loss ${short(loss)}`;
  const counted = step < steps || outcome === 'under way' ? `${count(step)} of ${count(steps)} steps` : `${count(step)} steps`;
  const when = outcome === 'under way' ? 'now' : ago(now - written);
  const told = [
    name ?? title,
    ...(name === null ? [] : [title]),
    details,
    `${inWords[outcome]}${outcome === 'under way' ? '' : `, ${new Date(written).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}`}`,
    counted,
    ...(lowest ? [`Lowest ${lowest.heldOut ? 'held-out' : 'training'} loss ${lowest.loss} at step ${count(lowest.step)}`] : []),
    ...(loss === null ? [] : [`Loss of the last batch ${loss}`]),
    ...(message === null ? [] : [message]),
    `Began ${new Date(began).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })} · record ${size(bytes)}`,
  ];
  return {
    label: name ?? shortName(title, details),
    description: [best, counted, when].filter((part) => part !== '').join(' · '),
    icon,
    colour,
    told: told.filter((line) => line !== ''),
  };
}

/** Four digits: enough to tell runs apart. The whole number is in what is told. */
const short = (value: number): string => String(Number(value.toPrecision(4)));
const count = (value: number): string => value.toLocaleString('en');

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** `5 min ago`; `just now` below a minute. @param ms since then */
export function ago(ms: number): string {
  const [unit, length] = units.find(([, each]) => ms >= each) ?? [];
  return unit === undefined || length === undefined ? 'just now' : `${count(Math.floor(ms / length))} ${unit} ago`;
}

/** `1.2 MiB`. */
export const size = (bytes: number): string => (bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`);
