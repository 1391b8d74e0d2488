import { type Initialiser, independent } from './definition';

/** Every weight 0: all units of a layer stay alike, and a deep network starts at a saddle or a degenerate point. */
export const constant: Initialiser = {
  name: 'constant',
  title: 'Constant',
  doc: 'Every weight 0: the units of a layer stay alike, and a deep network starts at a saddle. To see symmetry and saddles.',
  source: '',
  draw: independent(() => 0),
};
