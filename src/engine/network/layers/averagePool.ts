import { extents, paddingField, poolStrideField, windowField } from '../layerFields';
import { defineLayer } from './definition';
import { pooling } from '../pooling';

/** Average pooling: the mean of each window, channel by channel. */
export const averagePool = defineLayer({
  name: 'averagePool',
  title: 'Average pooling',
  doc: 'The mean of each window, channel by channel; zeros of the padding count.',
  formula: ['a[c, i, j] = 1/(h·w)·Σ_u Σ_v x[c, i·stride + u − padding, j·stride + v − padding]'],
  use: 'As LeNet-5 had it between convolutions; and with a window as large as the image, at the end of a residual network, one number a channel.',
  source: 'LeCun et al. 1998; torch.nn.AvgPool2d',
  written: ['torch.nn.AvgPool2d', 'torch.nn.functional.avg_pool2d', 'keras.layers.AveragePooling2D'],
  needsForm: true,
  fields: {
    averagePool: windowField('Extent of the window whose mean is taken.'),
    stride: poolStrideField('How far the window moves from one place to the next.', 'averagePool'),
    padding: paddingField({ doc: 'Zeros on each side; at most half of the window.', default: 0 }),
  },
  brief: () => 'average pool',
  build: (network, { averagePool: window, stride, padding }, from) =>
    pooling(network, 'averagePooling', 'averagePool', extents(window), stride, padding, from),
});
