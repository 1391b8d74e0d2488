/**
 * Dropout: in training a number is kept, and scaled by 1/(1 − rate), where its word of the step's stream is large enough; in evaluation
 * all pass. The words are those of `drawMask` for the same number of the same sample of the batch, whatever blocks it comes in. The factors
 * are kept for the way back. Curvature is of a network without dropout.
 */
import { sizeOf } from '../../../network/builder';
import { streamOf } from '../../../network/draws';
import type { DropoutOperation } from '../../../network/operations';
import { type Part, type Site, stride } from '../definition';
import { literal, shaderTexts } from '../functions';
import { fourWords } from '../philox';
import { neverMeasured } from './draws';
import { eachElement } from './elements';
import { eachItem, read, written } from './shader';

export function dropout(operation: DropoutOperation, index: number, site: Site): Part {
  const { structure, capacity, seed } = site;
  const [from] = operation.from;
  const to = index + 1;
  const size = sizeOf(structure.values[to]);
  const mask = site.keep(operation, 'mask', capacity * stride(size));
  const least = Math.min(Math.ceil(operation.rate * 2 ** 32), 2 ** 32 - 1);
  return {
    forward: () => [
      eachItem(site, stride(size) / 4, {
        name: `dropout ${size} forward`,
        bind: { x: read(site.value(from), 'vec4f'), y: written(site.value(to), 'vec4f'), mask: written(mask, 'vec4f') },
        helpers: shaderTexts([fourWords(streamOf(operation, seed, 0))]).join('\n'),
        body: `  var factor = vec4f(1.0f);
  if (info.training == 1u) {
    let words = fourWords(info.step, (info.first + row) * ${size}u + 4u * item);
    factor = select(vec4f(0.0f), vec4f(${literal(1 / (1 - operation.rate))}), words >= vec4u(${least}u));
  }
  mask[index] = factor;
  y[index] = x[index] * factor;`,
      }),
    ],
    backward() {
      if (!site.wanted(from)) return [];
      const sources = { e: () => site.error(to), m: () => mask };
      const adds = !site.first(operation, from);
      return [eachElement(site, { name: `dropout ${size} backward`, size, from: sources, to: site.error(from), adds, value: 'e * m' })];
    },
    tangent: neverMeasured,
    tangentBackward: neverMeasured,
  };
}
