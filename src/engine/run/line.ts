/**
 * A record event as one line of JSON, and back. JSON has no NaN and no infinities, so these are written as the strings "NaN",
 * "Infinity" and "-Infinity"; every other number is the shortest text that reads back as the same double, so no digit is lost.
 */
import type { RecordEvent } from './record';

/** One event as one line, without the line's end. */
export function toLine(event: RecordEvent): string {
  // A number that is not finite becomes null here; only then is the slow way with its call for every value worth it.
  const line = JSON.stringify(event);
  return line.includes('null') ? JSON.stringify(event, spellOut) : line;
}

/** The event of a line that `toLine` wrote; the shape is not checked. @throws SyntaxError where the line is not JSON */
export const fromLine = (line: string): RecordEvent =>
  // Most lines hold no number that had to be spelt out: they need no call for every value, which takes several times as long.
  JSON.parse(line, line.includes('NaN"') || line.includes('Infinity"') ? readBack : undefined) as RecordEvent;

const spellOut = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);

const spelt = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** Fields that hold a person's words, where "NaN" would be a word. */
const words = new Set(['name', 'message', 'reason', 'source', 'function', 'file', 'label']);

const readBack = (key: string, value: unknown): unknown =>
  typeof value === 'string' && !words.has(key) ? (spelt.get(value) ?? value) : value;
