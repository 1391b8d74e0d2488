/**
 * The nearest valid name for a misspelt one, so that an error can say what to do. Names are compared without case, `_` or `-`
 * (`weight_decay` is `weightDecay`), then by the number of letters to insert, remove, change or swap with their neighbour.
 */

/** The longest word worth comparing; hostile input is longer. */
const longest = 64;

const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');

/** Optimal string alignment distance (Damerau–Levenshtein without overlapping swaps). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(change, last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

/**
 * @param word what was found
 * @param known the names that are valid there; the earlier wins a draw
 * @returns the nearest of `known`, or undefined where none is near enough to be meant (at most a third of its letters wrong, one in a short name)
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const wanted = plain(word);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    const candidate = plain(name);
    const allowed = Math.max(1, Math.floor(Math.max(candidate.length, wanted.length) / 3));
    if (Math.abs(candidate.length - wanted.length) > allowed) continue;
    const d = distance(wanted, candidate);
    if (d <= allowed && d < Math.min(bestDistance, Math.max(candidate.length, 1))) {
      best = name;
      bestDistance = d;
    }
  }
  return best;
}

/** ` Did you mean “adam”?`, or nothing where no name is near: to be put after an error's sentence. */
export function suggestion(word: string, known: Iterable<string>): string {
  const name = nearest(word, known);
  return name === undefined ? '' : ` Did you mean \`${name}\`?`;
}
