import { type Initialiser, uniformWithin } from './definition';

/** LeCun uniform: within ±√(3/fanIn), so that the variance is 1/fanIn. */
export const lecunUniform: Initialiser = {
  name: 'lecunUniform',
  title: 'LeCun uniform',
  doc: 'Uniform within ±√(3/fanIn): keeps the variance of what goes forward through linear units.',
  source: 'LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp"',
  draw: uniformWithin((fanIn) => Math.sqrt(3 / fanIn)),
};
