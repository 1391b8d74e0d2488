import { type Initialiser, independent } from './definition';

/** Where the standard normal is cut off. */
const limit = 2;

/** Its standard deviation then: √(1 − 2·limit·φ(limit)/(2Φ(limit) − 1)). */
const deviation = 0.8796256610342398;

/** Truncated normal: a normal number beyond two standard deviations is drawn again; then scaled to variance 1/fanIn. */
export const truncatedNormal: Initialiser = {
  name: 'truncatedNormal',
  title: 'Truncated normal',
  doc: "Normal cut off at two standard deviations, with variance 1/fanIn: what Flax's Dense layer starts from.",
  source: 'jax.nn.initializers.lecun_normal',
  draw: independent((random, fanIn) => {
    let value = random.normal();
    while (Math.abs(value) > limit) value = random.normal();
    return value / (deviation * Math.sqrt(fanIn));
  }),
};
