/**
 * The domain of a hyperparameter, read from how a rule writes it: `(0, inf)`, `[0, 1)`, `{"a", "b"}`, `{true, false}`. So a form can say at once
 * what will not do; the engine has the last word, since some values must also fit together.
 */
import type { Settings } from '../../engine/language';

type Value = Settings[string];

export interface Domain {
  /** As a person reads it. */
  readonly text: string;
  /** The words that it consists of; null for numbers. */
  readonly choices: readonly string[] | null;
  /** @returns what somebody typed as a value, or what is expected instead */
  read(typed: string): { readonly value: Value } | { readonly problem: string };
}

/** @param value the one it has now, which tells its kind where the text does not */
export function domainOf(text: string, value: Value): Domain {
  const shown = text.replace(/-/g, '−').replace(/inf/g, '∞');
  if (typeof value === 'boolean') return words(shown, ['true', 'false'], (word) => word === 'true');
  if (typeof value === 'string') {
    const choices = [...text.matchAll(/"([^"]*)"/g)].map(([, word]) => word);
    return words(shown, choices, (word) => word);
  }
  const interval = /^([[(])\s*([^,]+),\s*([^\])]+)([\])])$/.exec(text.replace(/−/g, '-').replace(/∞/g, 'inf').trim());
  const [from, to] = interval ? [bound(interval[2]), bound(interval[3])] : [-Infinity, Infinity];
  const inside = (given: number): boolean =>
    Number.isFinite(given) && (interval?.[1] === '[' ? given >= from : given > from) && (interval?.[4] === ']' ? given <= to : given < to);
  return {
    text: shown,
    choices: null,
    read(typed) {
      const plain = typed.trim().replace(/−/g, '-');
      const given = plain === '' ? NaN : Number(plain);
      if (Number.isNaN(given)) return { problem: `“${typed.trim()}” is not a number; one in ${shown} is expected, such as 0.001 or 1e-3.` };
      return inside(given) ? { value: given } : { problem: `Found ${plain.replace(/-/g, '−')}; a number in ${shown} is expected.` };
    },
  };
}

const bound = (text: string): number => (/inf/.test(text) ? (text.includes('-') ? -Infinity : Infinity) : Number(text));

function words(text: string, choices: readonly string[], make: (word: string) => Value): Domain {
  return {
    text,
    choices,
    read: (typed) =>
      choices.includes(typed) ? { value: make(typed) } : { problem: `Found “${typed}”; one of ${choices.join(', ')} is expected.` },
  };
}
