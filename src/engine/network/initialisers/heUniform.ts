import { type Initialiser, uniformWithin } from './definition';

/** He (Kaiming) uniform: within ±√(6/fanIn), so that the variance is 2/fanIn. */
export const heUniform: Initialiser = {
  name: 'heUniform',
  title: 'He uniform',
  doc: 'Uniform within ±√(6/fanIn): keeps the variance of activations for ReLU, which halves it.',
  source: 'He et al. 2015, arXiv:1502.01852',
  draw: uniformWithin((fanIn) => Math.sqrt(6 / fanIn)),
};
