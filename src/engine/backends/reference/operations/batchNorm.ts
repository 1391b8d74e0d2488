/**
 * Batch norm. With s = 1/√(variance + eps), x̂ = s·(x − mean), g = γ·ȳ and ⟨·⟩ a channel's mean over samples and positions:
 *
 *   y = γ·x̂ + β,   x̄ = s·u with u = g − ⟨g⟩ − x̂·⟨g·x̂⟩,   γ̄ = Σ ȳ·x̂,   β̄ = Σ ȳ
 *   Rx̂ = s·(Rx − ⟨Rx⟩ − x̂·⟨x̂·Rx⟩),   Rs = −s²·⟨x̂·Rx⟩
 *   Ry = Rγ·x̂ + γ·Rx̂ + Rβ
 *   Rx̄ = Rs·u + s·(Rg − ⟨Rg⟩ − x̂·⟨Rg·x̂ + g·Rx̂⟩ − Rx̂·⟨g·x̂⟩),   Rγ̄ = Σ Rȳ·x̂ + ȳ·Rx̂,   Rβ̄ = Σ Rȳ
 *
 * The derivatives are those of training, with the mini-batch's own statistics.
 */
import type { BatchNormOperation } from '../../../network/operations';
import type { Arithmetic } from './definition';

export function batchNorm({ name, channels, positions, eps, momentum, buffer }: BatchNormOperation): Arithmetic {
  /** Visits the numbers of one channel. */
  const each = (count: number, c: number, visit: (at: number) => void): void => {
    for (let row = 0; row < count; row++) {
      const from = (row * channels + c) * positions;
      for (let at = from; at < from + positions; at++) visit(at);
    }
  };
  const mean = (count: number, c: number, of: (at: number) => number): number => {
    let sum = 0;
    each(count, c, (at) => {
      sum += of(at);
    });
    return sum / (count * positions);
  };
  /** The mean of each channel, then s of each: what the way there keeps. */
  const normal = (kept: Float64Array, x: Float64Array, c: number) => (at: number) => (x[at] - kept[c]) * kept[channels + c];

  return {
    keeps: () => 2 * channels,

    forward({ count, x: [x], y, w: [scale, shift], kept }, { statistics, buffers, move }) {
      const numbers = count * positions;
      if (statistics === 'batch' && numbers < 2)
        throw new Error(`${name} has one number a channel to take the mean and the variance of; take more than one sample a batch.`);
      for (let c = 0; c < channels; c++) {
        const [runningMean, runningVariance] = [buffers[buffer], buffers[buffer + 1]];
        let [centre, variance] = [runningMean[c], runningVariance[c]];
        if (statistics === 'batch') {
          centre = mean(count, c, (at) => x[at]);
          variance = mean(count, c, (at) => (x[at] - centre) ** 2);
          if (move) {
            runningMean[c] += momentum * (centre - runningMean[c]);
            runningVariance[c] += momentum * ((variance * numbers) / (numbers - 1) - runningVariance[c]);
          }
        }
        kept[c] = centre;
        kept[channels + c] = 1 / Math.sqrt(variance + eps);
        const hat = normal(kept, x, c);
        each(count, c, (at) => {
          y[at] = scale[c] * hat(at) + shift[c];
        });
      }
    },

    backward({ count, x: [x], w: [scale], kept }, { x: [dx], y: dy, w: [dScale, dShift] }) {
      const numbers = count * positions;
      for (let c = 0; c < channels; c++) {
        const hat = normal(kept, x, c);
        const straight = mean(count, c, (at) => dy[at]);
        const along = mean(count, c, (at) => dy[at] * hat(at));
        dScale[c] += numbers * along;
        dShift[c] += numbers * straight;
        if (!dx) continue;
        const factor = scale[c] * kept[channels + c];
        each(count, c, (at) => {
          dx[at] += factor * (dy[at] - straight - hat(at) * along);
        });
      }
    },

    tangent({ count, x: [x], w: [scale], kept }, { x: [rx], y: ry, w: [rScale, rShift] }) {
      for (let c = 0; c < channels; c++) {
        const hat = normal(kept, x, c);
        const rHat = tangentOfHat(count, c, kept, hat, rx);
        each(count, c, (at) => {
          ry[at] = rScale[c] * hat(at) + scale[c] * rHat(at) + rShift[c];
        });
      }
    },

    tangentBackward({ count, x: [x], w: [scale], kept }, d, r, rd, whole) {
      const numbers = count * positions;
      const [rx] = r.x;
      const [rdx] = rd.x;
      for (let c = 0; c < channels; c++) {
        const s = kept[channels + c];
        const hat = normal(kept, x, c);
        const rHat = tangentOfHat(count, c, kept, hat, whole ? rx : null);
        const straight = mean(count, c, (at) => rd.y[at]);
        const along = mean(count, c, (at) => rd.y[at] * hat(at) + d.y[at] * rHat(at));
        rd.w[0][c] += numbers * along;
        rd.w[1][c] += numbers * straight;
        if (!rdx) continue;
        const rScale = whole ? r.w[0][c] : 0;
        const g = (at: number): number => scale[c] * d.y[at];
        const rg = (at: number): number => scale[c] * rd.y[at] + rScale * d.y[at];
        const [meanG, meanRg] = [mean(count, c, g), mean(count, c, rg)];
        const m = mean(count, c, (at) => g(at) * hat(at));
        const rm = mean(count, c, (at) => rg(at) * hat(at) + g(at) * rHat(at));
        const rs = whole && rx ? -s * s * mean(count, c, (at) => hat(at) * rx[at]) : 0;
        each(count, c, (at) => {
          const u = g(at) - meanG - hat(at) * m;
          rdx[at] += rs * u + s * (rg(at) - meanRg - hat(at) * rm - rHat(at) * m);
        });
      }
    },
  };

  /** Rx̂ of one channel, from Rx. */
  function tangentOfHat(count: number, c: number, kept: Float64Array, hat: (at: number) => number, rx: Float64Array | null) {
    if (!rx) return () => 0;
    const s = kept[channels + c];
    const straight = mean(count, c, (at) => rx[at]);
    const along = mean(count, c, (at) => rx[at] * hat(at));
    return (at: number): number => s * (rx[at] - straight - hat(at) * along);
  }
}
