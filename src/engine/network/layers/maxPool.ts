import { extents, paddingField, poolStrideField, windowField } from '../layerFields';
import { defineLayer } from './definition';
import { pooling } from '../pooling';

/** Max pooling: the largest number of each window, channel by channel. */
export const maxPool = defineLayer({
  name: 'maxPool',
  title: 'Max pooling',
  doc: 'The largest number of each window, channel by channel: the image becomes smaller, and small shifts matter less. Padding counts as nothing.',
  formula: ['a[c, i, j] = max over u, v of x[c, i·stride + u − padding, j·stride + v − padding]'],
  use: 'Between convolutions. The gradient goes to the largest number only, the first of them where several are.',
  source: 'torch.nn.MaxPool2d',
  written: ['torch.nn.MaxPool2d', 'torch.nn.functional.max_pool2d', 'keras.layers.MaxPooling2D'],
  needsForm: true,
  fields: {
    maxPool: windowField('Extent of the window whose largest number is taken.'),
    stride: poolStrideField('How far the window moves from one place to the next.', 'maxPool'),
    padding: paddingField({ doc: 'Places on each side that count as nothing; at most half of the window.', default: 0 }),
  },
  brief: () => 'max pool',
  build: (network, { maxPool: window, stride, padding }, from) =>
    pooling(network, 'maxPooling', 'maxPool', extents(window), stride, padding, from),
});
