/**
 * Checks a value against a JSON Schema of ours, and says of the first thing that is wrong where it is, what was found and what is expected. A
 * schema is turned into functions once, so that a hundred thousand lines of a record are checked in a moment. It knows the words that
 * `recordSchema.ts` uses. Fields that a schema does not name are let pass: a later version may have more of them.
 */
import type { Schema } from '../../engine/run/schema';

/** What is wrong with a value. */
export interface Misfit {
  /** Where in the value: `gradientNorm[1]`; empty for the value as a whole. */
  readonly path: string;
  readonly found: unknown;
  /** `a number`. */
  readonly expected: string;
}

/** @returns null where the value fits */
export type Check = (value: unknown) => Misfit | null;

/** @param schema may refer to `definitions` by `#/definitions/NAME` @param definitions what else it refers to is anything */
export function checkOf(schema: Schema, definitions: Readonly<Record<string, Check>> = {}): Check {
  const of = (inner: unknown): Check => checkOf(inner as Schema, definitions);
  const all: Check[] = [];
  if (typeof schema.$ref === 'string') all.push(definitions[schema.$ref.replace('#/definitions/', '')] ?? fits);
  if ('const' in schema) all.push(oneOfThese([schema.const]));
  if (Array.isArray(schema.enum)) all.push(oneOfThese(schema.enum));
  if (schema.type !== undefined) all.push(ofType([schema.type].flat() as string[]));
  if (typeof schema.minimum === 'number') all.push(atLeast(schema.minimum));
  if (Array.isArray(schema.allOf)) all.push(...schema.allOf.map(of));
  if (Array.isArray(schema.anyOf)) all.push(any(schema.anyOf.map(of)));
  if (schema.items !== undefined) all.push(items(of(schema.items), Number(schema.minItems ?? 0)));
  if (schema.properties !== undefined || schema.required !== undefined) {
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
    all.push(
      fields(
        properties.map(([name, inner]) => [name, of(inner)] as const),
        new Set((schema.required ?? []) as string[]),
      ),
    );
  } else if (typeof schema.additionalProperties === 'object') all.push(members(of(schema.additionalProperties)));
  return all.length === 1 ? all[0] : (value) => first(all, value);
}

/** `"x"`, `a list of 3`, `nothing`: a value as a message shows it, however large it is. */
export function showFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return value.length <= 40 ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, 40))}…`;
}

const fits: Check = () => null;
const misfit = (found: unknown, expected: string): Misfit => ({ path: '', found, expected });

function first(checks: readonly Check[], value: unknown): Misfit | null {
  for (const check of checks) {
    const wrong = check(value);
    if (wrong) return wrong;
  }
  return null;
}

const words: Readonly<Record<string, string>> = {
  number: 'a number',
  integer: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

const isOf: Readonly<Record<string, (value: unknown) => boolean>> = {
  number: (value) => typeof value === 'number',
  integer: Number.isSafeInteger,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

function ofType(types: readonly string[]): Check {
  const expected = types.map((type) => words[type]).join(' or ');
  const tests = types.map((type) => isOf[type]);
  if (tests.length === 1) {
    const [test] = tests;
    return (value) => (test(value) ? null : misfit(value, expected));
  }
  return (value) => (tests.some((test) => test(value)) ? null : misfit(value, expected));
}

function oneOfThese(values: readonly unknown[]): Check {
  const expected = values.map((value) => JSON.stringify(value)).join(' or ');
  return (value) => (values.includes(value) ? null : misfit(value, expected));
}

const atLeast =
  (minimum: number): Check =>
  (value) =>
    typeof value === 'number' && value < minimum ? misfit(value, `at least ${minimum}`) : null;

const any =
  (checks: readonly Check[]): Check =>
  (value) => {
    const expected: string[] = [];
    let deepest: Misfit | null = null;
    for (const check of checks) {
      const wrong = check(value);
      if (!wrong) return null;
      if (wrong.path === '') expected.push(wrong.expected);
      else deepest ??= wrong; // it was of the right kind: what is wrong inside says more
    }
    return deepest ?? misfit(value, expected.join(' or '));
  };

const items =
  (check: Check, least: number): Check =>
  (value) => {
    if (!Array.isArray(value)) return misfit(value, words.array);
    if (value.length < least) return misfit(value, `a list of at least ${least}`);
    for (let i = 0; i < value.length; i++) {
      const wrong = check(value[i]);
      if (wrong) return { ...wrong, path: `[${i}]${join(wrong.path)}` };
    }
    return null;
  };

const fields =
  (known: readonly (readonly [name: string, check: Check])[], required: ReadonlySet<string>): Check =>
  (value) => {
    if (!isOf.object(value)) return misfit(value, words.object);
    const fields = value as Readonly<Record<string, unknown>>;
    for (const [name, check] of known) {
      const found = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (found === undefined && !required.has(name)) continue;
      const wrong = check(found);
      if (wrong) return { ...wrong, path: `${name}${join(wrong.path)}` };
    }
    for (const name of required) if (!Object.hasOwn(fields, name)) return { path: name, found: undefined, expected: 'something' };
    return null;
  };

const members =
  (check: Check): Check =>
  (value) => {
    if (!isOf.object(value)) return misfit(value, words.object);
    for (const [name, member] of Object.entries(value as object)) {
      const wrong = check(member);
      if (wrong) return { ...wrong, path: `${name}${join(wrong.path)}` };
    }
    return null;
  };

/** The rest of a path behind a name or a place. */
const join = (path: string): string => (path === '' || path.startsWith('[') ? path : `.${path}`);
