import { type Initialiser, uniformWithin } from './definition';

/** Xavier (Glorot) uniform: within ±√(6/(fanIn + fanOut)), so that the variance is 2/(fanIn + fanOut). */
export const xavierUniform: Initialiser = {
  name: 'xavierUniform',
  title: 'Xavier uniform',
  doc: 'Uniform within ±√(6/(fanIn + fanOut)): keeps the variance of activations and gradients for sigmoid and tanh.',
  source: 'Glorot & Bengio 2010, AISTATS',
  draw: uniformWithin((fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut))),
};
