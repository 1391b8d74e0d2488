/**
 * PyTorch's layers: the modules of `torch.nn` and the functions of `torch.nn.functional`, with their parameters in order of position and
 * their defaults, as torch 2.x documents them (https://pytorch.org/docs/stable/nn.html).
 */
import type { LayerValue } from '../../engine/network/layers';
import type { Literal } from '../reading';
import type { LayerConstructor, LayerParameter, LayerTable } from './definition';

const field = (name: string, ours: string, standard?: Literal): LayerParameter => ({ name, as: 'field', field: ours, default: standard });
const only = (name: string, ...values: readonly [Literal, ...Literal[]]): LayerParameter => ({
  name,
  as: 'only',
  values,
  default: values[0],
});
const mechanical = (name: string): LayerParameter => ({ name, as: 'mechanical', default: null });
const incoming = (name: string): LayerParameter => ({ name, as: 'incoming' });
const bias: LayerParameter = { name: 'bias', as: 'bias', default: true };
const input: LayerParameter = { name: 'input', as: 'input' };
const [inplace, device, dtype] = ['inplace', 'device', 'dtype'].map(mechanical);

const isPair = (value: Literal): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'number');

/** A pair of equal numbers as one. */
const one = (value: Literal): LayerValue | undefined => {
  if (isPair(value)) return value[0] === value[1] ? value[0] : undefined;
  return typeof value === 'number' ? value : undefined;
};
/** Height and width, or one number for both. */
const window = (value: Literal): LayerValue | undefined => one(value) ?? (isPair(value) ? value : undefined);

const sized = (name: string, ours: string, standard?: Literal): LayerParameter => ({
  name,
  as: 'field',
  field: ours,
  default: standard,
  take: window,
  holds: 'a number, or two',
});
const pixels = (name: string, ours: string, standard: Literal): LayerParameter => ({
  name,
  as: 'field',
  field: ours,
  default: standard,
  take: one,
  holds: 'one number for both ways',
});

/** With `torch.nn`'s own initial weights; its biases start as random, ours as 0. */
const fixed = { init: 'torchUniform' };

const convolution: LayerConstructor = {
  parameters: [
    incoming('in_channels'),
    field('out_channels', 'convolution'),
    sized('kernel_size', 'kernel'),
    pixels('stride', 'stride', 1),
    {
      name: 'padding',
      as: 'field',
      field: 'padding',
      default: 0,
      take: (value) => (value === 'same' ? value : value === 'valid' ? 0 : one(value)),
      holds: 'one number for both ways, or "same"',
    },
    only('dilation', 1),
    only('groups', 1),
    bias,
    only('padding_mode', 'zeros'),
    device,
    dtype,
  ],
  fixed,
};

const poolings = (kind: 'maxPool' | 'averagePool', rest: readonly LayerParameter[]): LayerConstructor => ({
  parameters: [
    sized('kernel_size', kind),
    { ...pixels('stride', 'stride', null), default: null },
    pixels('padding', 'padding', 0),
    ...rest,
  ],
  refuse: (layer) =>
    Array.isArray(layer[kind]) && layer.stride === undefined
      ? 'moves as far as the window is high and wide, which are not the same; here one stride serves both ways.'
      : null,
});
const maxPool = poolings('maxPool', [only('dilation', 1), only('ceil_mode', false), only('return_indices', false)]);
const averagePool = poolings('averagePool', [only('ceil_mode', false), only('count_include_pad', true), only('divisor_override', null)]);

const batchNorm: LayerConstructor = {
  parameters: [
    incoming('num_features'),
    field('eps', 'eps', 1e-5),
    field('momentum', 'momentum', 0.1),
    only('affine', true),
    only('track_running_stats', true),
    device,
    dtype,
  ],
};

/** The function of the same parameters, after what comes in. */
const functional = ({ parameters, ...rest }: LayerConstructor): LayerConstructor => ({ ...rest, parameters: [input, ...parameters] });

/** Activations whose constants ours have fixed as PyTorch's defaults. */
const constants: Readonly<Record<string, readonly LayerParameter[]>> = {
  'LeakyReLU leaky_relu': [only('negative_slope', 0.01)],
  'ELU elu': [only('alpha', 1)],
  'CELU celu': [only('alpha', 1)],
  'GELU gelu': [{ name: 'approximate', as: 'activation', names: { none: 'gelu', tanh: 'geluTanh' }, default: 'none' }],
  'Softplus softplus': [only('beta', 1), only('threshold', 20)],
  'Hardtanh hardtanh': [only('min_val', -1), only('max_val', 1)],
  'Hardshrink hardshrink': [only('lambd', 0.5)],
  'Softshrink softshrink': [only('lambd', 0.5)],
};

const plain = ['ReLU relu', 'ReLU6 relu6', 'SELU selu', 'SiLU silu', 'Mish mish', 'Hardsigmoid hardsigmoid', 'Hardswish hardswish'];
const bare = ['Sigmoid sigmoid', 'Tanh tanh', 'Softsign softsign', 'LogSigmoid logsigmoid', 'Identity identity'];

function activationsOf(): Record<string, LayerConstructor> {
  const all: [string, readonly LayerParameter[]][] = [
    ...Object.entries(constants),
    ...plain.map((names): [string, []] => [names, []]),
    ...bare.map((names): [string, []] => [names, []]),
  ];
  return Object.fromEntries(
    all.flatMap(([names, parameters]) => {
      const [module, name] = names.split(' ');
      const constructor: LayerConstructor = { parameters: [...parameters, inplace] };
      return [
        [`torch.nn.${module}`, constructor],
        [`torch.nn.functional.${name}`, functional(constructor)],
        [`torch.${name}`, functional(constructor)],
      ];
    }),
  );
}

export const torchLayers: LayerTable = {
  constructors: {
    ...activationsOf(),
    'torch.nn.Linear': { parameters: [incoming('in_features'), field('out_features', 'dense'), bias, device, dtype], fixed },
    'torch.nn.Conv2d': convolution,
    'torch.nn.MaxPool2d': { ...maxPool, parameters: reordered(maxPool.parameters, ['dilation', 'return_indices', 'ceil_mode']) },
    'torch.nn.functional.max_pool2d': functional(maxPool),
    'torch.nn.AvgPool2d': averagePool,
    'torch.nn.functional.avg_pool2d': functional(averagePool),
    'torch.nn.Flatten': { parameters: [only('start_dim', 1), only('end_dim', -1)] },
    'torch.flatten': { parameters: [input, { ...only('start_dim', 1), default: 0 }, only('end_dim', -1)] },
    'torch.nn.BatchNorm1d': batchNorm,
    'torch.nn.BatchNorm2d': batchNorm,
    'torch.nn.Dropout': { parameters: [field('p', 'dropout', 0.5), inplace] },
    'torch.nn.functional.dropout': { parameters: [input, field('p', 'dropout', 0.5), mechanical('training'), inplace] },
  },
  chains: ['torch.nn.Sequential'],
  bases: ['torch.nn.Module', 'torch.nn.modules.Module', 'torch.nn.modules.module.Module'],
  methods: 'torch.',
  inLoss: { 'torch.nn.LogSoftmax': 'crossEntropy', 'torch.nn.functional.log_softmax': 'crossEntropy', 'torch.log_softmax': 'crossEntropy' },
};

/** The same parameters, these last ones in this order: a module and its function need not agree. */
function reordered(parameters: readonly LayerParameter[], last: readonly string[]): readonly LayerParameter[] {
  const tail = last.flatMap((name) => parameters.filter((parameter) => parameter.name === name));
  return [...parameters.filter(({ name }) => !last.includes(name)), ...tail];
}
