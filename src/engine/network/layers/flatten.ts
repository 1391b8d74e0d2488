import { sizeOf } from '../builder';
import { presenceField } from '../layerFields';
import { defineLayer } from './definition';

/** Flatten: the same numbers in the same order, as one row. */
export const flatten = defineLayer({
  name: 'flatten',
  title: 'Flatten',
  doc: 'Takes an image as its numbers in a row: channel after channel, line after line. A dense layer does so by itself.',
  formula: ['a[(c·height + i)·width + j] = x[c, i, j]'],
  use: 'Where a batch norm shall take each number by itself instead of each channel, or for clearness.',
  source: 'torch.nn.Flatten',
  written: ['torch.nn.Flatten', 'torch.flatten', 'keras.layers.Flatten'],
  fields: { flatten: presenceField('The numbers of an image in a row.') },
  brief: () => '',
  build: (network, _settings, from) => network.reshape(from, [sizeOf(network.shape(from))]),
});
