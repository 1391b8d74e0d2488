import { fixedActivationField } from '../layerFields';
import { defineLayer } from './definition';

/** An activation by itself. */
export const activation = defineLayer({
  name: 'activation',
  title: 'Activation',
  doc: 'An activation by itself, number by number: what the field `activation` of another layer does.',
  formula: ['a = f(x)'],
  use: 'Where it does not directly follow a layer that has such a field.',
  source: '',
  written: [],
  activates: true,
  fields: { activation: fixedActivationField('An activation by itself.') },
  brief: ({ activation: name }) => name,
  build: (network, { activation: name }, from) => network.activate(name, from),
});
