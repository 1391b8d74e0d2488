/**
 * Noise: in training every number gets a normal one of the step's stream added, the same as `drawNoise` has for that number of that sample
 * of the batch; in evaluation nothing. A normal number takes four words. Curvature is of a network without noise.
 */
import { sizeOf } from '../../../network/builder';
import { streamOf } from '../../../network/draws';
import type { NoiseOperation } from '../../../network/operations';
import { type Part, type Site, stride } from '../definition';
import { literal, shaderTexts } from '../functions';
import { normal } from '../normal';
import { fourWords } from '../philox';
import { neverMeasured } from './draws';
import { eachElement } from './elements';
import { eachItem, read, written } from './shader';

export function noise(operation: NoiseOperation, index: number, site: Site): Part {
  const [from] = operation.from;
  const to = index + 1;
  const size = sizeOf(site.structure.values[to]);
  return {
    forward: () => [
      eachItem(site, size, {
        name: `noise ${size} forward`,
        bind: { x: read(site.value(from)), y: written(site.value(to)) },
        helpers: shaderTexts([fourWords(streamOf(operation, site.seed, 0)), normal]).join('\n'),
        body: `  let at = row * ${stride(size)}u + item;
  y[at] = x[at];
  if (info.training == 1u) {
    y[at] = x[at] + ${literal(operation.deviation)} * normal(fourWords(info.step, 4u * (info.first * ${size}u + index)));
  }`,
      }),
    ],
    backward() {
      if (!site.wanted(from)) return [];
      const adds = !site.first(operation, from);
      const e = () => site.error(to);
      return [eachElement(site, { name: `noise ${size} backward`, size, from: { e }, to: site.error(from), adds, value: 'e' })];
    },
    tangent: neverMeasured,
    tangentBackward: neverMeasured,
  };
}
