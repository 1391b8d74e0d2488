/** `--set optimizer.lr=0.1`: one value of a specification, replaced before anything is checked, so that the check sees the whole. */
import { UsageError } from './usage';

/**
 * @param specification anything; left as it is
 * @param setting `path=value`; the path's parts are names or numbers of list entries, the value is JSON, or else a text
 * @returns a copy with the value in its place; objects on the way that were missing are made
 * @throws UsageError where there is no `=`, or the path goes through something that has no parts
 */
export function replaced(specification: unknown, setting: string): unknown {
  const equals = setting.indexOf('=');
  const path = setting.slice(0, equals);
  if (equals <= 0 || path.split('.').includes(''))
    throw new UsageError(`--set ${setting}: PATH=VALUE is expected, for example --set optimizer.lr=0.1.`);
  return put(specification, path.split('.'), valueOf(setting.slice(equals + 1)), path);
}

function put(whole: unknown, [part, ...rest]: readonly string[], value: unknown, path: string): unknown {
  if (part === undefined) return value;
  if (Array.isArray(whole)) {
    const index = Number(part);
    if (!/^\d+$/.test(part) || index >= whole.length)
      throw new UsageError(`--set ${path}: ${part} is no entry of the list; it has ${whole.length}, numbered from 0.`);
    return whole.map((entry: unknown, i) => (i === index ? put(entry, rest, value, path) : entry));
  }
  if (whole !== undefined && (typeof whole !== 'object' || whole === null))
    throw new UsageError(`--set ${path}: ${part} would be inside ${JSON.stringify(whole)}, which has no parts.`);
  const entries = new Map<string, unknown>(Object.entries(whole ?? {}));
  entries.set(part, put(entries.get(part), rest, value, path));
  return Object.fromEntries(entries); // own properties only, `__proto__` too
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
