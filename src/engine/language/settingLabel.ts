/**
 * What people call a hyperparameter: its name in words, with Greek letters as such and the letter that papers use. `beta1` is `β₁`, `weightDecay`
 * is `weight decay λ`, `sam.rho` of a wrapper is `SAM: ρ`. A specification and a rule's text call it by its name.
 */
import { greek } from './greek';

const letters: Readonly<Record<string, string>> = { ...greek, eps: 'ε' };

/** @param symbol as the rule's text gives it @param owner what people call the wrapper that it is of */
export function settingLabel(name: string, symbol = '', owner?: string): string {
  const dot = name.lastIndexOf('.');
  const label = withSymbol(inWords(name.slice(dot + 1)), symbol);
  return dot < 0 ? label : `${owner ?? inWords(name.slice(0, dot))}: ${label}`;
}

/** `lr` is known as that everywhere; a word says no more than the name; where a letter is in the name, it is the symbol already. */
function withSymbol(words: string, symbol: string): string {
  const says = symbol === '' || words === 'lr' || /^[a-z]{2}/i.test(symbol) || /[α-ω]/.test(words) || words.split(' ').at(-1) === symbol;
  return says ? words : `${words} ${symbol}`;
}

/** `weightDecay` → `weight decay`, `epsRoot` → `ε root`, `beta1` → `β₁`. */
const inWords = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ')
    .map(letterOf)
    .join(' ');

function letterOf(word: string): string {
  const [, spelt, index] = /^([a-z]+)(\d*)$/.exec(word) ?? [];
  if (spelt === undefined) return word;
  const letter = Object.hasOwn(letters, spelt) ? letters[spelt] : spelt;
  return letter.length > 1 ? word : letter + index.replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]);
}
