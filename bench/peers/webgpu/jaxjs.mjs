// jax-js on WebGPU: the whole step (loss, gradient, Adam) as one jit.
import { defaultDevice, init, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { adamStep, corrections } from '../jaxjsAdam.mjs';
import { version } from '../node_modules/@jax-js/jax/package.json';

async function open({ batch, inputs, loss, operations, x, y, weights, outputs }) {
  await init('webgpu');
  defaultDevice('webgpu');
  const tensor = ({ shape, values }) => {
    const flat = np.array(values);
    if (shape.length === 2) return flat.reshape([...shape]).transpose(); // kept [in][out], as is usual there
    return shape.length === 1 ? flat : flat.reshape([...shape]);
  };
  const objective = (parameters, input, wanted) => {
    let a = input;
    let p = 0;
    for (const operation of operations) {
      if (operation.kind === 'dense') a = np.matmul(a, parameters[p++]).add(parameters[p++]);
      else if (operation.kind === 'convolution') {
        const { padding } = operation;
        const filters = parameters[p].shape[0];
        a = lax.conv(
          a,
          parameters[p++],
          [1, 1],
          [
            [padding, padding],
            [padding, padding],
          ],
        );
        a = a.add(parameters[p++].reshape([1, filters, 1, 1]));
      } else if (operation.kind === 'averagePooling') {
        const [n, channels, height, width] = a.shape;
        const { window } = operation;
        a = a.reshape([n, channels, height / window, window, width / window, window]).mean([3, 5]);
      } else if (operation.kind === 'flatten') a = a.reshape([batch, -1]);
      else a = operation.name === 'relu' ? nn.relu(a) : np.tanh(a);
    }
    if (loss === 'meanSquaredError') return np.square(a.sub(wanted)).mean();
    return wanted
      .mul(nn.logSoftmax(a, -1))
      .sum()
      .mul(-1 / batch);
  };
  const differentiated = valueAndGrad(objective);
  const train = adamStep(differentiated);
  const xs = x.map((values) => np.array(values).reshape([batch, ...inputs]));
  const ys = y.map((values) => np.array(values).reshape([batch, outputs]));
  let parameters = weights.map(tensor);
  let ms = parameters.map((p) => np.zeros(p.shape));
  let vs = parameters.map((p) => np.zeros(p.shape));
  let t = 0;
  return {
    /** Takes step i; the loss stays where it is. */
    step(i) {
      t++;
      let value;
      [parameters, ms, vs, value] = train(parameters, ms, vs, corrections(t), xs[i].ref, ys[i].ref);
      return value;
    },
    /** The loss as a number; nothing is left of it. */
    async read(value) {
      return (await value.data())[0];
    },
    drop: (value) => value.dispose(),
    close() {
      for (const array of [...parameters, ...ms, ...vs, ...xs, ...ys]) array.dispose();
      train.dispose();
    },
  };
}

(globalThis.peers ??= {})['jax-js'] = { version, open };
