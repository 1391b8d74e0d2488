/** z = x·Wᵀ + b, row by row. Bilinear: R moves the weights and the inputs in turn. */
import type { DenseOperation } from '../../../network/operations';
import type { Arithmetic } from './definition';
import { addBiasGradient, addInputGradient, addWeightGradient, forward } from './matrices';

export const dense = ({ inputs }: DenseOperation): Arithmetic => ({
  keeps: () => 0,
  forward: ({ count, x, y, w }) => forward(x[0], w[0], w[1], y, count, inputs),
  backward({ count, x, w }, d) {
    addWeightGradient(d.y, x[0], d.w[0], count, inputs);
    addBiasGradient(d.y, d.w[1], count);
    if (d.x[0]) addInputGradient(d.y, w[0], d.x[0], count, inputs);
  },
  tangent({ count, x, w }, r) {
    forward(x[0], r.w[0], r.w[1], r.y, count, inputs);
    if (r.x[0]) forward(r.x[0], w[0], null, r.y, count, inputs);
  },
  tangentBackward({ count, x, w }, d, r, rd, whole) {
    addWeightGradient(rd.y, x[0], rd.w[0], count, inputs);
    if (r.x[0] && whole) addWeightGradient(d.y, r.x[0], rd.w[0], count, inputs);
    addBiasGradient(rd.y, rd.w[1], count);
    if (!rd.x[0]) return;
    addInputGradient(rd.y, w[0], rd.x[0], count, inputs);
    if (whole) addInputGradient(d.y, r.w[0], rd.x[0], count, inputs);
  },
});
