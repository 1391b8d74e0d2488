/** Where a function's variables start, as a person types it. Knows nothing of the editor. */

/** `x=-1, y=1`; a sentence where it is not that. */
export function parseStart(text: string, variables: readonly string[]): Record<string, number> | string {
  const start: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [name, value, ...rest] = part.split('=').map((word) => word.trim());
    if (!variables.includes(name)) return `“${name}” is no variable of the function; it has ${variables.join(', ')}.`;
    if (value === undefined || value === '' || rest.length > 0 || !Number.isFinite(Number(value)))
      return `${name} needs a number, as in ${name}=1.`;
    start[name] = Number(value);
  }
  const missing = variables.filter((name) => !(name in start));
  return missing.length === 0 ? start : `${missing.join(', ')} has no value.`;
}
