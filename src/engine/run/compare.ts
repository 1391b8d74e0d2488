/** How two specifications differ: field by field, as a person wrote them, so that a message can name what is to be put right. */

export interface Difference {
  /** The field's path, `optimizer.lr`. */
  readonly path: string;
  /** Its values; undefined where it is not there. */
  readonly here: unknown;
  readonly there: unknown;
}

/** The fields, at any depth, in which two values of JSON differ, in the order of the first. */
export function differences(here: unknown, there: unknown, path = ''): Difference[] {
  if (here === there) return [];
  if (!hasParts(here) || !hasParts(there) || Array.isArray(here) !== Array.isArray(there)) return [{ path, here, there }];
  const [a, b] = [new Map(Object.entries(here)), new Map(Object.entries(there))];
  const inside = (part: string): string => (Array.isArray(here) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`);
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((part) => differences(a.get(part), b.get(part), inside(part)));
}

/** In words: `optimizer.lr is 0.1 here and 0.01 there`. @param most as many are told, the others counted */
export function showDifferences(all: readonly Difference[], there: string, most = 3): string {
  const told = all.slice(0, most).map(({ path, here, there: other }) => `${path} is ${show(here)} here and ${show(other)} ${there}`);
  const more = all.length - told.length;
  return told.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

const hasParts = (value: unknown): value is object => typeof value === 'object' && value !== null;

function show(value: unknown): string {
  if (value === undefined) return 'not given';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
