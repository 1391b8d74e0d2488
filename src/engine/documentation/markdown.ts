/** The few forms of Markdown that the generated pages are made of. */

/** Text in which nothing is markup, except that what stands between two backticks is code. */
export const plain = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\`*_[\]<>|~]/g, '\\$&')))
    .join('');

/** Code in a line. */
export const code = (text: string): string => `\`${text}\``;

/** A table; cells are Markdown already, except that a bar would end them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Lines that keep their breaks. */
export const block = (lines: readonly string[], language = 'text'): string => ['```' + language, ...lines, '```'].join('\n');

/** A page of parts with a blank line between them. */
export const page = (...parts: readonly (string | readonly string[])[]): string => `${parts.flat().join('\n\n')}\n`;

/** That nobody should edit the page by hand. */
export const note = '<!-- Made from the definitions by scripts/generate.mjs. Do not edit. -->';

/** Where a heading is found on its page. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}\- ]/gu, '')
    .replace(/ /g, '-');
