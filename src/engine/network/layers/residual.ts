import { showShape, sizeOf } from '../builder';
import { fixedActivationField, layersField } from '../layerFields';
import { defineLayer } from './definition';

/** A residual block (He et al. 2016): layers learn what to add to what comes in. */
export const residual = defineLayer({
  name: 'residual',
  title: 'Residual block',
  doc: 'Adds what the layers of `residual` make of what comes in to that itself, or to what the layers of `shortcut` make of it, and applies an activation to the sum.',
  formula: ['a = f(F(x) + S(x)),  S(x) = x where there is no shortcut'],
  use: 'For deep networks: the gradient finds a short way back. Where the layers change the shape, the shortcut must change it alike, usually by a convolution of kernel 1.',
  source: 'He et al. 2016, arXiv:1512.03385',
  written: [],
  activates: false,
  fields: {
    residual: layersField({ doc: 'Layers whose outcome is added to what comes in.' }),
    shortcut: layersField({ doc: 'Layers on the other way; none: what comes in, as it is.', default: [] }),
    activation: fixedActivationField('What is applied to the sum.', 'relu'),
  },
  brief: () => 'residual',
  build(network, { residual: layers, shortcut, activation }, from) {
    const way = network.chain(layers, from, 'residual');
    const short = network.chain(shortcut, from, 'shortcut');
    const [found, other] = [network.shape(way), network.shape(short)];
    if (showShape(found) !== showShape(other))
      throw network.fault(
        shortcut.length > 0 ? 'shortcut' : 'residual',
        'form',
        `the layers give ${showShape(found)}, but ${showShape(other)} ${shortcut.length > 0 ? 'comes out of the shortcut' : 'comes in'}; ` +
          `a sum needs the same shape.${sizeOf(found) === sizeOf(other) || shortcut.length > 0 ? '' : ' Give a `shortcut` such as [{ "convolution": filters, "kernel": 1, "stride": … }].'}`,
      );
    return network.activate(activation, network.add({ kind: 'add' }, [way, short], found));
  },
});
