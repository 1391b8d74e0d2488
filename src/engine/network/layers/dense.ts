import { mostParameters } from '../../run/limits';
import { sizeOf } from '../builder';
import { activationField, biasField, countField, initField } from '../layerFields';
import { defineLayer } from './definition';

/** Fully connected: every unit sees every number that comes in, whatever its form. */
export const dense = defineLayer({
  name: 'dense',
  title: 'Dense',
  doc: 'Fully connected: every unit is a weighted sum of all numbers that come in, and a bias. An image is taken as its numbers in a row, so that no `flatten` is needed before it.',
  formula: ['z = W·x + b', 'a = f(z)'],
  use: 'The layer of logistic regression and of multi-layer perceptrons, and the last layers of most networks.',
  source: 'torch.nn.Linear',
  written: ['torch.nn.Linear', 'keras.layers.Dense', 'flax.linen.Dense'],
  mixes: true,
  fields: {
    dense: countField('a whole number of units', 1, mostParameters, { doc: 'Units of a fully connected layer.' }, Infinity),
    activation: activationField(),
    init: initField(),
    bias: biasField(),
  },
  brief: ({ dense: units }) => `dense ${units}`,
  build(network, { dense: units, activation, init, bias }, from) {
    const inputs = sizeOf(network.shape(from));
    const name = network.number('dense');
    const parameters = network.weigh({ name, shape: [units, inputs], fanIn: inputs, fanOut: units, init, bias }, 'dense');
    const z = network.add({ kind: 'dense', inputs, outputs: units }, [from], [units], parameters, name);
    return network.activate(activation, z);
  },
});
