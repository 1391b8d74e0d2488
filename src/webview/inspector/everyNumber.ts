/** What a map's quantities are called, how they are drawn, and how one number is written with all its digits. */
import { power } from '../format';
import type { Meaning } from '../charts/levels';

const words: Readonly<Record<string, string>> = {
  weight: 'weight',
  gradient: 'gradient',
  rate: 'effective rate',
};

/** `effective rate`; a state of the rule goes by its own name: `state m`. */
export const quantityName = (quantity: string): string =>
  words[quantity] ?? (quantity.startsWith('state ') ? quantity : `state ${quantity}`);

/** Whether a number's sign means something. */
export const meaningOf = (quantity: string): Meaning =>
  quantity === 'weight' || quantity === 'gradient' ? 'signed' : quantity === 'rate' ? 'scales' : 'plain';

/** The number with the fewest digits that say which it is: read back in the precision that it has, it is the same. */
export function exactly(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return String(value).replace('-', '−').replace('Infinity', '∞');
  let shortest = value;
  for (let digits = 6; single && digits < 10; digits++) {
    shortest = Number(value.toPrecision(digits));
    if (Math.fround(shortest) === value) break;
  }
  const [mantissa, exponent] = String(shortest).split('e');
  return mantissa.replace('-', '−') + (exponent === undefined ? '' : ` × ${power(Number(exponent))}`);
}
