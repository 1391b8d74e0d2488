// TensorFlow.js on its WebAssembly backend with SIMD: `minimize` under Adam, everything disposed, the loss read back each step.
// In Node that backend runs on one thread.
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { fileURLToPath } from 'node:url';
import { serve } from './peer.mjs';

setWasmPaths(fileURLToPath(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)));
await tf.setBackend('wasm');
await tf.ready();

function open({ batch, widths, outputs, activation, loss, x, y, weights }) {
  const layers = widths.length - 1;
  const parameters = weights.map(({ shape, values }) =>
    tf.tidy(() => {
      const tensor = tf.tensor(values, shape);
      return tf.variable(shape.length === 2 ? tensor.transpose() : tensor); // kept [in][out], as is usual there
    }),
  );
  const inputs = x.map((values) => tf.tensor2d(values, [batch, widths[0]]));
  const targets = y.map((values) => tf.tensor2d(values, [batch, outputs]));
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-8);
  const objective = (input, wanted) => {
    let a = input;
    for (let l = 0; l < layers; l++) {
      const z = a.matMul(parameters[2 * l]).add(parameters[2 * l + 1]);
      a = l < layers - 1 ? (activation === 'relu' ? z.relu() : z.tanh()) : z;
    }
    return loss === 'meanSquaredError' ? a.sub(wanted).square().mean() : tf.losses.softmaxCrossEntropy(wanted, a);
  };
  return {
    async step(i) {
      const value = optimizer.minimize(() => objective(inputs[i], targets[i]), true, parameters);
      const [number] = await value.data();
      value.dispose();
      return number;
    },
    close() {
      optimizer.dispose();
      tf.dispose([...parameters, ...inputs, ...targets]);
    },
  };
}

const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
await serve({ library: 'TensorFlow.js', version: tf.version.tfjs, threads: 1, simd }, open);
