import { type Initialiser, uniformWithin } from './definition';

/**
 * What `torch.nn.Linear` draws its weights from: `kaiming_uniform_(a=√5)`, whose gain √(2/(1 + 5)) = √⅓ makes the bound
 * √⅓·√(3/fanIn) = 1/√fanIn. Its biases are drawn from the same interval; here biases are a constant.
 */
export const torchUniform: Initialiser = {
  name: 'torchUniform',
  title: 'PyTorch default',
  doc: "Uniform within ±1/√fanIn, variance 1/(3·fanIn): the weights of PyTorch's Linear layer as it comes.",
  source: 'torch.nn.Linear',
  draw: uniformWithin((fanIn) => 1 / Math.sqrt(fanIn)),
};
