import { numberField } from '../layerFields';
import { defineLayer } from './definition';

/** Inverted dropout (Srivastava et al. 2014): what is kept grows by 1/(1 − rate), so that evaluation needs no change. */
export const dropout = defineLayer({
  name: 'dropout',
  title: 'Dropout',
  doc: 'In training each number is put to 0 with probability `rate`, and what is kept grows by 1/(1 − rate), so that the mean stays; in evaluation nothing happens.',
  formula: ['a = x·m/(1 − rate),  m ~ Bernoulli(1 − rate) for each number, sample and step'],
  use: 'Against overfitting, on the inputs (0.1 to 0.2) or after an activation (up to 0.5). Never on the outputs, whose loss it would only garble.',
  source: 'Srivastava et al. 2014, JMLR 15:1929; torch.nn.Dropout',
  written: ['torch.nn.Dropout', 'torch.nn.functional.dropout', 'keras.layers.Dropout', 'flax.linen.Dropout'],
  draws: true,
  fields: {
    dropout: numberField(
      'the share of the numbers that is put to 0',
      { min: 0, below: 1 },
      { doc: 'Share of the numbers put to 0 in training.' },
    ),
  },
  brief: ({ dropout: rate }) => `dropout ${rate}`,
  build: (network, { dropout: rate }, from) =>
    network.add({ kind: 'dropout', rate, index: network.index('dropout') }, [from], network.shape(from)),
});
