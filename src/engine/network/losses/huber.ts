import { f32x4, v128 } from '../../backends/cpu/instructions';
import { meanOverOutputs } from '../../backends/cpu/lossRow';
import { meanOfEach } from '../../backends/reference/lossRows';
import { held as heldText, literal } from '../../backends/webgpu/functions';
import { meanOfOutputs } from '../../backends/webgpu/lossRow';
import type { Random } from '../../random';
import { normalBelow } from '../special';
import type { Loss } from './definition';

/** Where the parabola becomes a line, PyTorch's default. */
const delta = 1;

/**
 * Huber's loss with δ = 1, as `torch.nn.HuberLoss` (Huber 1964): a sample's loss is the mean over outputs of r²/2 for |r| ≤ δ, else δ·(|r|
 * − δ/2), with r = y − t. Gradient r held to ±δ, curvature 1 or 0, both over the number of outputs d. PyTorch's smooth L1 is the same for
 * δ = 1.
 *
 * Drawn targets have the density e^(−loss), whose middle is normal with variance d and whose tails fall exponentially; their gradients'
 * second moment is Fisher's, not the curvature, which depends on the targets.
 */
export const huber: Loss = {
  name: 'huber',
  title: 'Huber loss',
  noun: 'Huber loss',
  doc: 'Half the squared difference up to 1, then the difference less ½, so that outliers pull no harder; the mean over samples and outputs.',
  written: ['torch.nn.HuberLoss', 'torch.nn.functional.huber_loss', 'torch.nn.SmoothL1Loss', 'torch.nn.functional.smooth_l1_loss'],
  against: 'numbers',
  threshold: 0.5,

  ...meanOfEach(
    (y, t) => rho(y - t),
    (y, t) => held(y - t),
  ),

  curvature({ values, count, columns, stride }, wanted, weight, direction, out) {
    const factor = weight / columns;
    for (let row = 0; row < count; row++)
      for (let j = 0; j < columns; j++) {
        const at = row * stride + j;
        const far = Math.abs(values[at] - wanted[row * columns + j]) > delta;
        out[at] = far ? 0 : factor * direction[at];
      }
  },

  drawn({ count, columns, stride }, random, gradient) {
    const tail = tailShare(columns);
    for (let row = 0; row < count; row++)
      for (let j = row * stride; j < row * stride + columns; j++) gradient[j] = drawnSlope(random, columns, tail) / columns;
  },

  row: meanOverOutputs(
    (code, y, t) => {
      const size = code.local('v128', f32x4.abs(f32x4.sub(y, t)));
      const line = f32x4.mul(delta, f32x4.sub(size, 0.5 * delta));
      return v128.bitselect(line, f32x4.mul(0.5, f32x4.mul(size, size)), f32x4.gt(size, delta));
    },
    (_code, y, t) => f32x4.max(f32x4.min(f32x4.sub(y, t), delta), -delta),
  ),

  wgsl: meanOfOutputs({
    value: (y, t) => {
      const size = `abs(${y} - ${t})`;
      return `select(${literal(delta)} * (${size} - ${literal(0.5 * delta)}), 0.5f * ${size} * ${size}, ${size} <= ${literal(delta)})`;
    },
    slope: (y, t) => `held(${y} - ${t}, ${literal(delta)})`,
    second: (y, t) => `select(1.0f, 0.0f, abs(${y} - ${t}) > ${literal(delta)})`,
    helpers: [heldText],
  }),
};

const held = (difference: number): number => Math.max(-delta, Math.min(difference, delta));

function rho(difference: number): number {
  const size = Math.abs(difference);
  return size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
}

/** The chance that |r| > δ under the density e^(−ρ(r)/d): one tail is d/δ·e^(−δ²/2d), the middle √(2πd)·(2Φ(δ/√d) − 1). */
function tailShare(d: number): number {
  const tails = ((2 * d) / delta) * Math.exp((-delta * delta) / (2 * d));
  const middle = Math.sqrt(2 * Math.PI * d) * (2 * normalBelow(delta / Math.sqrt(d)) - 1);
  return tails / (tails + middle);
}

/** ρ′ of a difference drawn from that density: ±δ in the tails; in the middle a normal one, by rejection from a uniform one. */
function drawnSlope(random: Random, d: number, tail: number): number {
  if (random.uniform() < tail) return random.uniform() < 0.5 ? -delta : delta;
  for (;;) {
    const difference = delta * (2 * random.uniform() - 1);
    if (random.uniform() < Math.exp((-difference * difference) / (2 * d))) return difference;
  }
}
