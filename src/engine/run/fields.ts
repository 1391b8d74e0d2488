/**
 * Taking an unknown value apart, field by field: each function answers with the value in its type, or throws a `SpecificationError`
 * that names the field's path, what was found and what is expected.
 */
import { suggestion } from '../suggest';
import { SpecificationError } from './specification';

/** A JSON object whose keys have been checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** Path of a field within an object; the top level's fields stand alone. */
export const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** A value as an error message shows it: JSON, shortened. */
export function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Names as a message lists them: `a`, `b` or `c`. */
export const list = (names: readonly string[]): string =>
  names.length < 2
    ? names.map((name) => `\`${name}\``).join('')
    : `${names
        .slice(0, -1)
        .map((name) => `\`${name}\``)
        .join(', ')} or \`${names[names.length - 1]}\``;

/** `found … ; … is expected.` */
export function fault(path: string, value: unknown, expected: string): SpecificationError {
  const found = value === undefined ? 'missing' : `found ${show(value)}`;
  return new SpecificationError(path === '' ? 'specification' : path, `${found}; ${expected} is expected.`);
}

/** An object with none but the known keys. A key whose value is `undefined` counts as left out. */
export function object(value: unknown, path: string, known: readonly string[], expected = 'an object'): Fields {
  const fields = anyObject(value, path, expected);
  for (const key of Object.keys(fields))
    if (!known.includes(key))
      throw new SpecificationError(below(path, shorten(key)), `unknown key; ${list(known)} is expected.${suggestion(key, known)}`);
  return fields;
}

/** An object with any keys. */
export function anyObject(value: unknown, path: string, expected = 'an object'): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(path, value, expected);
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined));
}

/** A list of at least one and at most `most` entries. */
export function array(value: unknown, path: string, most: number, expected: string): readonly unknown[] {
  if (!Array.isArray(value)) throw fault(path, value, expected);
  if (value.length === 0) throw new SpecificationError(path, `the list is empty; ${expected} is expected.`);
  if (value.length > most)
    throw new SpecificationError(
      path,
      `the list has ${value.length.toLocaleString('en')} entries; at most ${most.toLocaleString('en')} are allowed.`,
    );
  return Array.from<unknown>(value); // a hole becomes `undefined`, which `map` would pass over
}

/** A string that is not empty. */
export function text(value: unknown, path: string, expected: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw fault(path, value, expected);
  return value;
}

export function flag(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw fault(path, value, 'true or false');
  return value;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** The bound itself is not allowed. */
  readonly below?: number;
  readonly whole?: boolean;
}

/** A finite number within bounds. @param what it is, as in `a number of steps` */
export function number(
  value: unknown,
  path: string,
  what: string,
  { min = -Infinity, max = Infinity, below = Infinity, whole = false }: Bounds = {},
): number {
  const allowed =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    value < below &&
    (!whole || Number.isSafeInteger(value));
  if (!allowed) throw fault(path, value, `${what}${range(min, max, below)}`);
  return value;
}

function range(min: number, max: number, below: number): string {
  const least = min > -Infinity ? `at least ${showBound(min)}` : '';
  const most = below < Infinity ? `below ${showBound(below)}` : max < Infinity ? `at most ${showBound(max)}` : '';
  const both = [least, most].filter(Boolean).join(' and ');
  return both ? `, ${both},` : '';
}

const showBound = (bound: number): string => bound.toLocaleString('en', { maximumSignificantDigits: 17 });

/** One of some names, with the nearest told for a misspelt one. */
export function oneOf<const Name extends string>(value: unknown, path: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new SpecificationError(
    path,
    `${value === undefined ? 'missing' : `found ${show(value)}`}; ${list(names)} is expected.${typeof value === 'string' ? suggestion(value, names) : ''}`,
  );
}

const shorten = (key: string): string => (key.length > 60 ? `${key.slice(0, 60)}…` : key);
