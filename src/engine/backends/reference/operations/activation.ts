/** a = f(z), number by number: Ra = f′(z)·Rz, Rz̄ = f′(z)·Rā + f″(z)·ā·Rz. */
import type { ActivationOperation } from '../../../network/operations';
import type { Arithmetic } from './definition';

export const activation = ({ function: f }: ActivationOperation): Arithmetic => ({
  keeps: () => 0,
  forward({ x: [z], y }) {
    for (let k = 0; k < y.length; k++) y[k] = f.value(z[k]);
  },
  backward({ x: [z], y }, { x: [dz], y: dy }) {
    if (dz) for (let k = 0; k < y.length; k++) dz[k] += dy[k] * f.slope(z[k], y[k]);
  },
  tangent({ x: [z], y }, { x: [rz], y: ry }) {
    if (rz) for (let k = 0; k < y.length; k++) ry[k] = rz[k] * f.slope(z[k], y[k]);
  },
  tangentBackward({ x: [z], y }, d, r, rd, whole) {
    const [rdz] = rd.x;
    if (!rdz) return;
    for (let k = 0; k < y.length; k++) rdz[k] += rd.y[k] * f.slope(z[k], y[k]);
    const [rz] = r.x;
    if (rz && whole && !f.piecewiseLinear) for (let k = 0; k < y.length; k++) rdz[k] += f.second(z[k], y[k]) * d.y[k] * rz[k];
  },
});
