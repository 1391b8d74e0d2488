/** The looks of the optimizers on a landscape, on the theme's background. */
import { contrastOf, theme } from '../theme';
import { LOOKS, type Look } from './looks';

/** Whether a background is dark, by its colour: it is asked for at every drawing. */
const known = new Map<string, boolean>();

/** @param index of the participant */
export function lookOf(index: number): Look {
  const { background } = theme();
  const dark = known.get(background) ?? contrastOf(background) === 'dark';
  known.set(background, dark);
  return LOOKS[dark ? 'dark' : 'light'][index % LOOKS.dark.length];
}
