// TensorFlow.js on its WebGPU backend: `minimize` under Adam, everything disposed.
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

async function open({ batch, inputs, loss, operations, x, y, weights, outputs }) {
  await tf.setBackend('webgpu');
  await tf.ready();
  const image = inputs.length === 3;
  // images are kept with their channels last, as is usual there
  const parameters = weights.map(({ shape, values }) =>
    tf.tidy(() => {
      const tensor = tf.tensor(values, shape);
      if (shape.length === 4) return tf.variable(tensor.transpose([2, 3, 1, 0]));
      return tf.variable(shape.length === 2 ? tensor.transpose() : tensor);
    }),
  );
  const xs = x.map((values) =>
    tf.tidy(() => (image ? tf.tensor4d(values, [batch, ...inputs]).transpose([0, 2, 3, 1]) : tf.tensor2d(values, [batch, inputs[0]]))),
  );
  const ys = y.map((values) => tf.tensor2d(values, [batch, outputs]));
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-8);
  const objective = (input, wanted) => {
    let a = input;
    let p = 0;
    for (const operation of operations) {
      if (operation.kind === 'dense') a = a.matMul(parameters[p++]).add(parameters[p++]);
      else if (operation.kind === 'convolution') a = a.conv2d(parameters[p++], 1, operation.padding).add(parameters[p++]);
      else if (operation.kind === 'averagePooling') a = a.avgPool(operation.window, operation.window, 'valid');
      else if (operation.kind === 'flatten')
        a = a.transpose([0, 3, 1, 2]).reshape([batch, -1]); // in the order of the given weights
      else a = operation.name === 'relu' ? a.relu() : a.tanh();
    }
    return loss === 'meanSquaredError' ? a.sub(wanted).square().mean() : tf.losses.softmaxCrossEntropy(wanted, a);
  };
  return {
    /** Takes step i; the loss stays where it is. */
    step(i) {
      return optimizer.minimize(() => objective(xs[i], ys[i]), true, parameters);
    },
    /** The loss as a number; nothing is left of it. */
    async read(value) {
      const [number] = await value.data();
      value.dispose();
      return number;
    },
    drop: (value) => value.dispose(),
    close() {
      optimizer.dispose();
      tf.dispose([...parameters, ...xs, ...ys]);
    },
  };
}

(globalThis.peers ??= {})['TensorFlow.js'] = { version: tf.version.tfjs, open };
