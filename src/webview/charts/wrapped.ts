/** A text broken into lines, where it is not the browser that breaks it: on a canvas. */

/** A text in lines that fit, broken between words; a word that is longer than a line stands alone. @param widthOf a text */
export function wrapped(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
