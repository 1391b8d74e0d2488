/** By activation: where a derivative jumps. */
export const corners: Readonly<Record<string, readonly number[]>> = {
  ...{ relu: [0], leakyRelu: [0], elu: [0], selu: [0], softsign: [0], relu6: [0, 6] },
  ...{ hardTanh: [-1, 1], hardSigmoid: [-3, 3], hardSwish: [-3, 3], softShrink: [-0.5, 0.5], hardShrink: [-0.5, 0.5] },
};
