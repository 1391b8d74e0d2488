import { type Initialiser, normalOf } from './definition';

/** He (Kaiming) normal: mean 0, variance 2/fanIn. */
export const heNormal: Initialiser = {
  name: 'heNormal',
  title: 'He normal',
  doc: 'Normal with variance 2/fanIn: keeps the variance of activations for ReLU, which halves it.',
  source: 'He et al. 2015, arXiv:1502.01852',
  draw: normalOf((fanIn) => 2 / fanIn),
};
