// A training step of jax-js as one jit: loss, gradient, and Adam written out.
import { jit, numpy as np } from '@jax-js/jax';

const [lr, beta1, beta2, eps] = [0.001, 0.9, 0.999, 1e-8];

/** The corrections 1/(1 − βᵗ) of step t: they come from outside, as one array of two numbers. */
export const corrections = (t) => np.array(new Float32Array([1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)]));

/**
 * @param differentiated (parameters, input, wanted) → [loss, gradients]
 * @returns (parameters, ms, vs, corrections, input, wanted) → [parameters, ms, vs, loss]
 */
export function adamStep(differentiated) {
  return jit((parameters, ms, vs, corrections, input, wanted) => {
    const [value, gradients] = differentiated(
      parameters.map((p) => p.ref),
      input,
      wanted,
    );
    const [mScale, vScale] = [corrections.ref.slice(0), corrections.slice(1)];
    const next = parameters.map((p, i) => {
      const g = gradients[i];
      const m = ms[i].mul(beta1).add(g.ref.mul(1 - beta1));
      const v = vs[i].mul(beta2).add(np.square(g).mul(1 - beta2));
      const w = p.sub(
        m.ref
          .mul(mScale.ref)
          .mul(lr)
          .div(np.sqrt(v.ref.mul(vScale.ref)).add(eps)),
      );
      return [w, m, v];
    });
    mScale.dispose();
    vScale.dispose();
    return [next.map(([w]) => w), next.map(([, m]) => m), next.map(([, , v]) => v), value];
  });
}
