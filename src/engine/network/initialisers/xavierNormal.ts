import { type Initialiser, normalOf } from './definition';

/** Xavier (Glorot) normal: mean 0, variance 2/(fanIn + fanOut). */
export const xavierNormal: Initialiser = {
  name: 'xavierNormal',
  title: 'Xavier normal',
  doc: 'Normal with variance 2/(fanIn + fanOut): keeps the variance of activations and gradients for sigmoid and tanh.',
  source: 'Glorot & Bengio 2010, AISTATS',
  draw: normalOf((fanIn, fanOut) => 2 / (fanIn + fanOut)),
};
