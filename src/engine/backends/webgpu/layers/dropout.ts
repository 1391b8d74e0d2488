/**
 * Dropout: in training a number is kept, and scaled by 1/(1 − rate), where its word of the step's stream is large enough; in evaluation
 * all pass. The words are those of `drawMask` for the same sample of the batch, whatever blocks it comes in. An invocation takes the four
 * numbers whose words are of one block of the stream; the factors are kept for the way back. Curvature is of a network without dropout.
 */
import { sizeOf } from '../../../network/builder';
import { streamOf } from '../../../network/draws';
import type { DropoutOperation } from '../../../network/operations';
import { type Part, type Site, stride } from '../definition';
import { literal, shaderTexts } from '../functions';
import { blockAt, wordPlace } from '../philox';
import { neverMeasured } from './draws';
import { dispatchOf, eachItem, read, written } from './shader';

const invocations = 64;

export function dropout(operation: DropoutOperation, index: number, site: Site): Part {
  const { structure, capacity, seed } = site;
  const [from] = operation.from;
  const to = index + 1;
  const size = sizeOf(structure.values[to]);
  const step = stride(size);
  const mask = site.keep(operation, 'mask', capacity * step);
  const least = Math.min(Math.ceil(operation.rate * 2 ** 32), 2 ** 32 - 1);
  return {
    forward: () => [
      dispatchOf(site, {
        name: `dropout ${size} forward`,
        bind: { x: read(site.value(from)), y: written(site.value(to)), mask: written(mask) },
        helpers: shaderTexts([wordPlace, blockAt(streamOf(operation, seed, 0))]).join('\n'),
        size: invocations,
        groups: (rows) => Math.ceil((rows * size + 3) / (4 * invocations)),
        body: `  let item = 4u * (group * ${invocations}u + local);
  let place = wordPlace(info.step, info.first * ${size}u + item);
  let words = blockAt(place);
  for (var k = 0u; k < 4u; k++) {
    let number = item + k - (place.x & 3u);
    if (number < info.rows * ${size}u) {
      let at = ${size === step ? 'number' : `number / ${size}u * ${step}u + number % ${size}u`};
      let factor = select(select(0.0f, ${literal(1 / (1 - operation.rate))}, words[k] >= ${least}u), 1.0f, info.training == 0u);
      mask[at] = factor;
      y[at] = x[at] * factor;
    }
  }`,
      }),
    ],
    backward() {
      if (!site.wanted(from)) return [];
      return [
        eachItem(site, step / 4, {
          name: `dropout ${size} backward`,
          bind: { e: read(site.error(to), 'vec4f'), mask: read(mask, 'vec4f'), out: written(site.error(from), 'vec4f') },
          body: `  out[index] ${site.first(operation, from) ? '=' : '+='} e[index] * mask[index];`,
        }),
      ];
    },
    tangent: neverMeasured,
    tangentBackward: neverMeasured,
  };
}
