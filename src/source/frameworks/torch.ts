/**
 * PyTorch: the constructors of `torch.optim` with their parameters in order of position and their defaults, as torch 2.x documents
 * them (https://pytorch.org/docs/stable/optim.html). SGD's lr has a default since 2.3; before, it had to be given.
 */
import { torchLayers } from '../layers/torch';
import { defineFramework, type Constructor, type Parameter } from './definition';

const parameter = (name: string, ours: Parameter['ours'], value: Parameter['default']): Parameter => ({ name, ours, default: value });
const mechanical = (name: string, value: Parameter['default'] = null): Parameter => ({
  name,
  ours: null,
  default: value,
  mechanical: true,
});

const weights = mechanical('params');
const lr = (value: number): Parameter => parameter('lr', 'lr', value);
const betas = (first: number, second: number): Parameter => parameter('betas', ['beta1', 'beta2'], [first, second]);
const eps = (value: number): Parameter => parameter('eps', 'eps', value);
const weightDecay = (value: number): Parameter => parameter('weight_decay', 'weightDecay', value);
const momentum = (value: number): Parameter => parameter('momentum', 'momentum', value);
const maximize = parameter('maximize', 'maximize', false);
/** The distance from 1 to the next number: torch's ε of Adafactor where it is None, for float32 weights. */
const float32Epsilon = 2 ** -23;
const foreach = mechanical('foreach');
const capturable = mechanical('capturable', false);
const differentiable = mechanical('differentiable', false);
const fused = mechanical('fused');

/** Positional parameters, then those that take a keyword. */
const constructor = (
  rule: string | null,
  positional: readonly Parameter[],
  keyword: readonly Parameter[] = [],
  fixed?: Constructor['fixed'],
): Constructor => ({ rule, parameters: [weights, ...positional, ...keyword], keywordOnly: positional.length + 1, fixed });

const adamLike = (decay: number): Parameter[] => [
  lr(1e-3),
  betas(0.9, 0.999),
  eps(1e-8),
  weightDecay(decay),
  parameter('amsgrad', 'amsgrad', false),
];
const switches = [foreach, maximize, capturable, differentiable, fused];

const constructors: Record<string, Constructor> = {
  SGD: constructor(
    'sgd',
    [lr(1e-3), momentum(0), parameter('dampening', 'dampening', 0), weightDecay(0), parameter('nesterov', 'nesterov', false)],
    [maximize, foreach, differentiable, fused],
  ),
  Adagrad: constructor(
    'adagrad',
    [
      lr(1e-2),
      parameter('lr_decay', 'lrDecay', 0),
      weightDecay(0),
      parameter('initial_accumulator_value', 'initialAccumulator', 0),
      eps(1e-10),
      foreach,
    ],
    [maximize, differentiable, fused],
  ),
  RMSprop: constructor('rmsprop', [
    lr(1e-2),
    parameter('alpha', 'beta', 0.99),
    eps(1e-8),
    weightDecay(0),
    momentum(0),
    parameter('centered', 'centered', false),
    capturable,
    foreach,
    maximize,
    differentiable,
  ]),
  Adam: constructor('adam', adamLike(0), [...switches, parameter('decoupled_weight_decay', 'decoupledWeightDecay', false)]),
  AdamW: constructor('adamw', adamLike(1e-2), switches),
  Adadelta: constructor(
    'adadelta',
    [lr(1), parameter('rho', 'rho', 0.9), eps(1e-6), weightDecay(0), foreach],
    [capturable, maximize, differentiable],
  ),
  Adafactor: constructor(
    'adafactor',
    [
      lr(1e-2),
      parameter('beta2_decay', 'beta2Decay', -0.8),
      { ...parameter('eps', ['eps', 'epsScale'], [float32Epsilon, 1e-3]), none: true },
      parameter('d', 'clipping', 1),
      weightDecay(0),
    ],
    [foreach, maximize],
  ),
  Adamax: constructor('adamax', [lr(2e-3), betas(0.9, 0.999), eps(1e-8), weightDecay(0), foreach], [maximize, differentiable, capturable]),
  ASGD: constructor('asgd', [
    lr(1e-2),
    parameter('lambd', 'lambda', 1e-4),
    parameter('alpha', 'alpha', 0.75),
    parameter('t0', 't0', 1e6),
    weightDecay(0),
    foreach,
    maximize,
    differentiable,
    capturable,
  ]),
  LBFGS: constructor('lbfgs', [
    lr(1),
    parameter('max_iter', 'maxIterations', 20),
    { ...parameter('max_eval', 'maxEvaluations', 0), none: true },
    parameter('tolerance_grad', 'toleranceGradient', 1e-7),
    parameter('tolerance_change', 'toleranceChange', 1e-9),
    parameter('history_size', 'historySize', 100),
    { ...parameter('line_search_fn', 'lineSearch', 'none'), none: true, spellings: { strong_wolfe: 'strongWolfe' } },
  ]),
  Muon: constructor('muon', [
    lr(1e-3),
    weightDecay(0.1),
    momentum(0.95),
    parameter('nesterov', 'nesterov', true),
    parameter('ns_coefficients', ['nsA', 'nsB', 'nsC'], [3.4445, -4.775, 2.0315]),
    eps(1e-7),
    parameter('ns_steps', 'nsSteps', 5),
    { ...parameter('adjust_lr_fn', 'adjust', 'original'), none: true },
  ]),
  NAdam: constructor(
    'nadam',
    [
      lr(2e-3),
      betas(0.9, 0.999),
      eps(1e-8),
      weightDecay(0),
      parameter('momentum_decay', 'momentumDecay', 4e-3),
      parameter('decoupled_weight_decay', 'decoupledWeightDecay', false),
    ],
    [foreach, maximize, capturable, differentiable],
  ),
  RAdam: constructor(
    'radam',
    [lr(1e-3), betas(0.9, 0.999), eps(1e-8), weightDecay(0), parameter('decoupled_weight_decay', 'decoupledWeightDecay', false)],
    [foreach, maximize, capturable, differentiable],
  ),
  Rprop: constructor(
    'rprop',
    [lr(1e-2), parameter('etas', ['etaMinus', 'etaPlus'], [0.5, 1.2]), parameter('step_sizes', ['stepMin', 'stepMax'], [1e-6, 50])],
    [capturable, foreach, maximize, differentiable],
  ),
  SparseAdam: constructor('sparseAdam', [lr(1e-3), betas(0.9, 0.999), eps(1e-8), maximize]),
};

export const torch = defineFramework({
  name: 'torch',
  title: 'PyTorch',
  module: 'torch',
  constructors,
  layers: torchLayers,
  /** Both where they are documented (`torch.optim.Adam`) and where they live (`torch.optim.adam.Adam`). */
  constructorOf(path) {
    const parts = path.split('.');
    const name = parts[parts.length - 1];
    if (parts[0] !== 'torch' || parts[1] !== 'optim' || parts.length < 3 || parts.length > 4) return null;
    return Object.hasOwn(constructors, name) ? name : null;
  },
});
