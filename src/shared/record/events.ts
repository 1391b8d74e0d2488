/**
 * The events of a record, line by line, from whoever wrote it: nothing is believed that was not looked at. A line that is not an event of the
 * run is told, with its number, what was found and what is expected, and passed over; a last line that breaks off, as a crash leaves it, is
 * told too. A record is known by its first line, the run's `start`. No line throws but the first, and no line is remembered.
 */
import { fromLine } from '../../engine/run/line';
import { mostLayers } from '../../engine/run/limits';
import type { RecordEvent, StartEvent, StepEvent } from '../../engine/run/record';
import { recordSchema } from '../../engine/run/recordSchema';
import type { Schema } from '../../engine/run/schema';
import { checkOf, showFound, type Check, type Misfit } from './shape';

/** What is wrong with one line. */
export interface RecordFault {
  /** From 1. */
  readonly line: number;
  /** `line 17: gradientNorm[1]: a number is expected; found "x".` */
  readonly text: string;
}

/** A file that is no record at all. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** Faults that are kept with their texts; the rest is counted. */
export const MOST_FAULTS = 1000;

/** Characters of a title or of the details: what is drawn on one line. */
const LONGEST_TITLE = 2000;
/** Lists and objects within one another, in an event that is kept. */
const DEEPEST = 64;

export class RecordEvents {
  /** The run's own; null before the first line. */
  start: StartEvent | null = null;
  /** Lines so far. */
  line = 0;
  readonly faults: RecordFault[] = [];
  /** All of them. */
  faultCount = 0;
  /** The line that breaks off; null where none does. */
  brokenLine: number | null = null;
  /** A second run begins: what follows is not of this one. */
  over = false;

  /** @param name what messages call the file */
  constructor(private readonly name: string) {}

  /** @returns the event of the next line; null where it has none @throws RecordError where the first line is no `start` */
  read(text: string): RecordEvent | null {
    this.line++;
    if (this.over || text.trim() === '') return null;
    const event = eventOf(text, this.start?.layers.length ?? null);
    if (this.start === null) {
      if ('wrong' in event || event.type !== 'start') throw this.noRecord(text, event);
      this.start = event;
      return event;
    }
    if ('wrong' in event) {
      this.fault(event.wrong);
      return null;
    }
    if (event.type === 'start') {
      this.over = true;
      this.fault('a second run begins here. A record is of one run: what follows is left out. Split the file before this line.');
      return null;
    }
    return event;
  }

  /** The last line, which has no end of its own: it may have been cut off. @returns as `read` does */
  readLast(text: string): RecordEvent | null {
    if (text.trim() === '' || this.over) return null;
    if (isJson(text)) return this.read(text);
    this.line++;
    if (this.start === null) throw this.noRecord(text, { wrong: 'it breaks off.' });
    this.brokenLine = this.line;
    return null;
  }

  /** A line that was too long to be looked at. @param longest the most characters of one */
  passOver(longest: number): void {
    this.line++;
    const wrong = `at most ${longest.toLocaleString('en')} characters are expected; this line has more.`;
    if (this.start === null) throw this.noRecord('', { wrong });
    this.fault(wrong);
  }

  private fault(wrong: string): void {
    this.faultCount++;
    if (this.faults.length < MOST_FAULTS) this.faults.push({ line: this.line, text: `line ${this.line.toLocaleString('en')}: ${wrong}` });
  }

  private noRecord(text: string, event: { readonly wrong: string } | RecordEvent): RecordError {
    const wrong = 'wrong' in event ? event.wrong : `it is the event ${JSON.stringify(event.type)}: the beginning is missing.`;
    const seen = text === '' ? '' : ` Found: ${[...text.slice(0, 60)].map(visible).join('')}${text.length > 60 ? '…' : ''}`;
    return new RecordError(
      `${this.name} is not a run record. Its first line should be the run’s start, {"type":"start", …}; ${wrong}${seen} (line ${this.line}).`,
    );
  }
}

/** The event of a line, or what is wrong with it. @param layers of the run; null before its start */
function eventOf(text: string, layers: number | null): RecordEvent | { readonly wrong: string } {
  let event: RecordEvent;
  try {
    event = fromLine(text);
  } catch (error) {
    return { wrong: `JSON is expected; ${error instanceof Error ? error.message : String(error)}.` };
  }
  const type: unknown = typeof event === 'object' && event !== null && Object.hasOwn(event, 'type') ? event.type : undefined;
  const check = typeof type === 'string' ? checks.get(type) : undefined;
  if (!check) return { wrong: `${oneOfTypes} is expected as "type"; found ${showFound(type)}.` };
  const misfit = check(event) ?? (event.type === 'step' ? checkStep(event, layers ?? 0) : checkRare(event));
  return misfit ? { wrong: describe(misfit) } : event;
}

const describe = ({ path, found, expected }: Misfit): string =>
  `${path === '' ? '' : `${path}: `}${expected} is expected; found ${showFound(found)}.`;

/** One number a layer, no more and no fewer. */
function checkStep(step: StepEvent, layers: number): Misfit | null {
  for (const path of ['gradientNorm', 'updateNorm', 'weightNorm', 'effectiveRate'] as const)
    if (step[path].length !== layers) return { path, found: step[path], expected: `a list of ${layers}, one of each layer,` };
  return null;
}

/** What is kept of a run is held against what can be drawn. */
function checkRare(event: RecordEvent): Misfit | null {
  if (tooDeep(event, DEEPEST)) return { path: '', found: '…', expected: `at most ${DEEPEST} lists and objects within one another` };
  if ('title' in event)
    for (const path of ['title', 'details'] as const)
      if (event[path].length > LONGEST_TITLE)
        return { path, found: event[path], expected: `a text of at most ${LONGEST_TITLE} characters` };
  if (event.type === 'start' && event.layers.length > 2 * mostLayers)
    return { path: 'layers', found: event.layers.length, expected: `a list of at most ${2 * mostLayers}` };
  return null;
}

function tooDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((member) => tooDeep(member, left - 1));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Control characters as a person sees them. */
const visible = (character: string): string => (character < ' ' || character === '\ufffd' ? '·' : character);

/** A number as it is here: what the file spells out has become one. */
const number = checkOf({ type: 'number' });

/** Of a run's specification what panels look at; all of it is checked where it is trained again. */
const essentials: Schema = {
  properties: {
    problem: {
      anyOf: [
        { required: ['function', 'start'], properties: { function: { type: 'string' }, start: { type: 'object' } } },
        { required: ['network', 'data'], properties: { network: { type: 'object' }, data: { type: 'object' } } },
      ],
    },
    optimizer: { type: 'object' },
    wrappers: { type: 'array', items: { type: 'object' } },
    schedule: { required: ['name'], properties: { name: { type: 'string' } } },
    measure: { properties: { every: { type: 'number' }, curvatureEvery: { type: 'number' } } },
  },
};

/** By the events' types. */
const checks: ReadonlyMap<string, Check> = new Map(
  (recordSchema().oneOf as readonly { readonly properties: { readonly type: { readonly const: string } } & Schema }[]).map((event) => {
    const type = event.properties.type.const;
    const shape = checkOf(event as unknown as Schema, { number });
    const spec = checkOf(type === 'start' ? { properties: { spec: essentials } } : {});
    return [type, (value: unknown) => shape(value) ?? spec(value)];
  }),
);

const oneOfTypes = [...checks.keys()].map((type) => JSON.stringify(type)).join(', ');
