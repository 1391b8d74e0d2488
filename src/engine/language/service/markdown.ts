/** Small helpers for texts that the editor shows as Markdown. */

/** Text that Markdown must take as it is. */
export const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');

/** Text in the language, on a line of its own. */
export const block = (text: string): string => `\`\`\`optim\n${text}\n\`\`\``;

/** Text in the language, within a sentence; a backtick cannot be in it. */
export const code = (text: string): string => `\`${text.replace(/`/g, '')}\``;
