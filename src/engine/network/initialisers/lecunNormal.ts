import { type Initialiser, normalOf } from './definition';

/** LeCun normal: mean 0, variance 1/fanIn. */
export const lecunNormal: Initialiser = {
  name: 'lecunNormal',
  title: 'LeCun normal',
  doc: 'Normal with variance 1/fanIn: keeps the variance of what goes forward through linear units; SELU is made for it.',
  source: 'LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp"',
  draw: normalOf((fanIn) => 1 / fanIn),
};
