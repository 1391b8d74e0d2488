// jax-js: the whole step (loss, gradient, Adam) as one jit, the loss read back each step. Node has no Web Workers, so it runs on one thread.
import { init, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { readFileSync } from 'node:fs';
import { adamStep, corrections } from './jaxjsAdam.mjs';
import { serve } from './peer.mjs';

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
  const train = adamStep(differentiated);
  const inputs = x.map((values) => np.array(values).reshape([batch, widths[0]]));
  const targets = y.map((values) => np.array(values).reshape([batch, outputs]));
  let parameters = weights.map(tensor);
  let ms = parameters.map((p) => np.zeros(p.shape));
  let vs = parameters.map((p) => np.zeros(p.shape));
  let t = 0;
  return {
    async step(i) {
      t++;
      let value;
      [parameters, ms, vs, value] = train(parameters, ms, vs, corrections(t), inputs[i].ref, targets[i].ref);
      return (await value.data())[0];
    },
    close() {
      for (const array of [...parameters, ...ms, ...vs, ...inputs, ...targets]) array.dispose();
      train.dispose();
    },
  };
}

await serve({ library: 'jax-js', version, threads: 1 }, open);
