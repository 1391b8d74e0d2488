import { number } from '../../setting';
import { defineGenerator } from './definition';

/** A noisy sine: x uniform on [−π, π), y = sin(frequency·x) plus Gaussian noise. */
export const sine = defineGenerator({
  name: 'sine',
  title: 'Noisy sine',
  doc: 'One number predicted from one number: a regression that can be seen at a glance.',
  learns: 'targets',
  inputs: 1,
  settings: {
    noise: number({ min: 0, max: 10, default: 0.1, doc: 'standard deviation of the Gaussian added to the sine' }),
    frequency: number({ min: 0, max: 100, default: 1, doc: 'periods in the interval from −π to π' }),
  },
  generate({ samples, noise, frequency }, random) {
    const x = new Float64Array(samples);
    const values = new Float64Array(samples);
    for (let i = 0; i < samples; i++) {
      x[i] = Math.PI * (2 * random.uniform() - 1);
      values[i] = Math.sin(frequency * x[i]) + noise * random.normal();
    }
    return { name: 'noisy sine', samples, inputs: 1, x, scale: 1, y: { kind: 'targets', outputs: 1, values } };
  },
});
