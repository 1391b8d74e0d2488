/**
 * How large a run may be. Everything is computed from the specification and held against these before anything is allocated. They are
 * generous for what the debugger is for, small networks, and keep a slip of the keyboard from taking the machine's memory.
 */

/** Steps of a run. */
export const mostSteps = 1_000_000_000;
/** Passes over the training samples. */
export const mostEpochs = 1_000_000;
/** Layers of a network. */
export const mostLayers = 1000;
/** Weights and biases of a network: 200 MB in float32, and as much again for the gradient and for each state of the rule. */
export const mostParameters = 50_000_000;
/** Numbers that the layers of one batch hold (batch × the sum of the widths): 1 GiB in float32. */
export const mostActivations = 2 ** 28;
/** Variables of a function. */
export const mostVariables = 1000;
/** Characters of a function. */
export const longestFunction = 10_000;
/** Wrappers round an optimizer. */
export const mostWrappers = 16;
