/** Dense layers, as the page of windows.test.ts runs any operation on a GPU: beside the reference, there and back and along a direction. */
import type { Adapter } from '../../src/engine/backends/webgpu/definition';
import type { WindowCase } from './windowCases';

type Rest = Partial<Pick<WindowCase, 'rows' | 'capacity' | 'fused' | 'slope' | 'still' | 'adds'>>;

function dense(inputs: number, outputs: number, rest: Rest): WindowCase[] {
  const { rows = 7, capacity = 9, fused, slope, still, adds = false } = rest;
  const parts = [
    `dense ${inputs}×${outputs}, ${rows} of ${capacity} samples`,
    ...(fused ? [`with ${fused}`] : []),
    ...(slope ? [`after ${slope}`] : []),
    ...(still ? ['whose input is still'] : []),
    ...(adds ? ['adding'] : []),
  ];
  return (['software', 'hardware'] satisfies Adapter['kind'][]).map((kind) => ({
    title: `${parts.join(', ')}, for ${kind}`,
    operation: { kind: 'dense', name: 'dense1', from: [0], parameters: [0, 1], inputs, outputs },
    values: [[inputs], [outputs]],
    tensors: [[outputs, inputs], [outputs]],
    rows,
    capacity,
    kind,
    adds,
    ...(fused && { fused }),
    ...(slope && { slope }),
    ...(still && { still }),
  }));
}

export const denseCases: readonly WindowCase[] = [
  ...dense(5, 3, {}),
  ...dense(20, 12, { adds: true, rows: 33, capacity: 40 }),
  ...dense(13, 1, { still: true, rows: 1, capacity: 1 }),
  // tanh's slope is told from a, gelu's from z, which is kept.
  ...dense(8, 16, { fused: 'tanh', still: true }),
  ...dense(9, 6, { fused: 'gelu', slope: 'relu' }),
  ...dense(12, 10, { slope: 'gelu', rows: 40, capacity: 64 }),
];
