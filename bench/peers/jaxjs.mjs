// jax-js: the whole step (loss, gradient, Adam) as one jit, the loss read back each step. Node has no Web Workers, so it runs on one thread.
import { init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { readFileSync } from 'node:fs';
import { serve } from './peer.mjs';

const [lr, beta1, beta2, eps] = [0.001, 0.9, 0.999, 1e-8];
const { version } = JSON.parse(readFileSync(new URL('node_modules/@jax-js/jax/package.json', import.meta.url), 'utf8'));
await init('wasm');

/** Matrices are kept [in][out], as is usual there. */
const tensor = ({ shape, values }) => (shape.length === 1 ? np.array(values) : np.array(values).reshape(shape).transpose());

function open({ batch, widths, outputs, activation, loss, x, y, weights }) {
  const layers = widths.length - 1;
  const act = activation === 'relu' ? nn.relu : np.tanh;
  const objective = (parameters, input, wanted) => {
    let a = input;
    for (let l = 0; l < layers; l++) {
      const z = np.matmul(a, parameters[2 * l]).add(parameters[2 * l + 1]);
      a = l < layers - 1 ? act(z) : z;
    }
    if (loss === 'meanSquaredError') return np.square(a.sub(wanted)).mean();
    return wanted
      .mul(nn.logSoftmax(a, -1))
      .sum()
      .mul(-1 / batch);
  };
  const differentiated = valueAndGrad(objective);
  // the corrections 1 / (1 − βᵗ) come from outside, as one array of two numbers
  const train = jit((parameters, ms, vs, corrections, input, wanted) => {
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
  const inputs = x.map((values) => np.array(values).reshape([batch, widths[0]]));
  const targets = y.map((values) => np.array(values).reshape([batch, outputs]));
  let parameters = weights.map(tensor);
  let ms = parameters.map((p) => np.zeros(p.shape));
  let vs = parameters.map((p) => np.zeros(p.shape));
  let t = 0;
  return {
    async step(i) {
      t++;
      const corrections = np.array(new Float32Array([1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)]));
      let value;
      [parameters, ms, vs, value] = train(parameters, ms, vs, corrections, inputs[i].ref, targets[i].ref);
      return (await value.data())[0];
    },
    close() {
      for (const array of [...parameters, ...ms, ...vs, ...inputs, ...targets]) array.dispose();
      train.dispose();
    },
  };
}

await serve({ library: 'jax-js', version, threads: 1 }, open);
