import { mostParameters } from '../../run/limits';
import { activationField, biasField, countField, extents, initField, samePaddingField, strideField, windowField } from '../layerFields';
import { defineLayer } from './definition';

/** Convolution, as machine learning has it: the filters are not turned round (cross-correlation). */
export const convolution = defineLayer({
  name: 'convolution',
  title: 'Convolution',
  doc: 'Each filter is a small window of weights over all channels that slides over the image and gives one new channel: the same few weights everywhere.',
  formula: ['z[f, i, j] = Σ_c Σ_u Σ_v W[f, c, u, v]·x[c, i·stride + u − padding, j·stride + v − padding] + b[f]', 'a = f(z)'],
  use: 'For images: what is learnt in one place holds in every place, with far fewer weights than a dense layer. Inputs must be [channels, height, width].',
  source: 'LeCun et al. 1998; torch.nn.Conv2d (weights [filters, channels, height, width], fan-in channels·height·width)',
  written: ['torch.nn.Conv2d', 'keras.layers.Conv2D', 'flax.linen.Conv'],
  mixes: true,
  needsForm: true,
  fields: {
    convolution: countField('a whole number of filters', 1, mostParameters, {
      doc: 'Filters of a convolution: the channels that come out.',
    }),
    kernel: windowField('Extent of the window.'),
    stride: strideField({ doc: 'How far the window moves from one place to the next.', default: 1 }),
    padding: samePaddingField({
      doc: 'Zeros on each side; "same" keeps height and width, for a square window of odd extent and stride 1.',
      default: 0,
    }),
    activation: activationField(),
    init: initField(),
    bias: biasField(),
  },
  brief: ({ convolution: filters }) => `conv ${filters}`,
  build(network, { convolution: filters, kernel, stride, padding, activation, init, bias }, from) {
    const [height, width] = extents(kernel);
    if (padding === 'same' && (height !== width || height % 2 === 0))
      throw network.fault(
        'padding',
        'form',
        `"same" needs a square window of odd extent, but the kernel is ${height} × ${width}; give a number of pixels instead.`,
      );
    if (padding === 'same' && stride !== 1)
      throw network.fault('padding', 'form', `"same" needs stride 1, but the stride is ${stride}; give a number of pixels instead.`);
    const pixels = padding === 'same' ? (height - 1) / 2 : padding;
    const window = network.window(from, [height, width], stride, pixels, { window: 'kernel', form: 'convolution' });
    const shape = [filters, window.channels, height, width];
    const [fanIn, fanOut] = [window.channels * height * width, filters * height * width];
    const name = network.number('convolution');
    const parameters = network.weigh({ name, shape, fanIn, fanOut, init, bias }, 'convolution');
    const out = [filters, window.outHeight, window.outWidth];
    return network.activate(activation, network.add({ kind: 'convolution', window, filters }, [from], out, parameters, name));
  },
});
