import { fixedActivationField, numberField, presenceField } from '../layerFields';
import { defineLayer } from './definition';

/** Batch normalisation (Ioffe & Szegedy 2015), with PyTorch's conventions. */
export const batchNorm = defineLayer({
  name: 'batchNorm',
  title: 'Batch norm',
  doc: 'Shifts and scales each channel (of a row of numbers: each number) to mean 0 and variance 1 over the mini-batch, then to a scale γ and a shift β that are learnt. In evaluation it takes running averages of mean and variance instead.',
  formula: [
    'x̂ = (x − mean)/√(variance + eps),  both over samples and places, the variance biased',
    'a = f(γ·x̂ + β)',
    'running ← (1 − momentum)·running + momentum·new,  the variance unbiased',
  ],
  use: 'After a convolution or a dense layer and before its activation, for deeper networks and higher rates. Its samples are no longer independent: it needs batches of more than a few, and rules that take the gradient of single samples cannot go with it.',
  source: 'Ioffe & Szegedy 2015, arXiv:1502.03167; torch.nn.BatchNorm1d, torch.nn.BatchNorm2d',
  written: ['torch.nn.BatchNorm1d', 'torch.nn.BatchNorm2d', 'keras.layers.BatchNormalization', 'flax.linen.BatchNorm'],
  activates: true,
  fields: {
    batchNorm: presenceField('Each channel to mean 0 and variance 1 over the mini-batch, then a learnt scale and shift.'),
    momentum: numberField('a share', { above: 0, max: 1 }, { doc: 'Share of the new mini-batch in the running statistics.', default: 0.1 }),
    eps: numberField('a number', { above: 0, max: 1 }, { doc: 'Keeps the division finite.', default: 1e-5 }),
    activation: fixedActivationField('What is applied to each output.', 'identity'),
  },
  brief: () => 'batch norm',
  build(network, { momentum, eps, activation }, from) {
    const shape = network.shape(from);
    const [channels, ...places] = shape;
    const positions = places.reduce((product, extent) => product * extent, 1);
    const name = network.number('batchNorm');
    // A scale of 1 and a shift of 0; fans mean nothing here.
    const parameters = network.weigh({ name, shape: [channels], fanIn: 1, fanOut: 1, init: 1, bias: 0 }, 'batchNorm');
    const buffer = network.keep({ name: `${name}.runningMean`, length: channels, start: 0 });
    network.keep({ name: `${name}.runningVariance`, length: channels, start: 1 });
    const y = network.add({ kind: 'batchNorm', channels, positions, eps, momentum, buffer }, [from], shape, parameters, name);
    return network.activate(activation, y);
  },
});
