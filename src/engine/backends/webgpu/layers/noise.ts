/**
 * Noise: in training every number gets a normal one of the step's stream added, the same as `drawNoise` has for that number of that sample
 * of the batch; in evaluation nothing. A normal number takes four words, of one block of the stream or, where the step begins inside of
 * one, of two. Curvature is of a network without noise.
 */
import { sizeOf } from '../../../network/builder';
import { streamOf } from '../../../network/draws';
import type { NoiseOperation } from '../../../network/operations';
import { type Part, type Site, stride } from '../definition';
import { literal, shaderTexts, type ShaderFunction } from '../functions';
import { normal } from '../normal';
import { blockAt, wordPlace } from '../philox';
import { neverMeasured } from './draws';
import { eachElement } from './elements';
import { eachItem, read, written } from './shader';

/** The four words from the `start`-th on of those that a step draws. */
const fourWords = (operation: NoiseOperation, seed: number): ShaderFunction => ({
  needs: [wordPlace, blockAt(streamOf(operation, seed, 0))],
  text: `fn fourWords(step: u32, start: u32) -> vec4u {
  let place = wordPlace(step, start);
  let one = blockAt(place);
  let skipped = place.x & 3u;
  if (skipped == 0u) { return one; }
  let two = blockAt(wordPlace(step, start + 4u));
  var words = array<u32, 8>(one.x, one.y, one.z, one.w, two.x, two.y, two.z, two.w);
  return vec4u(words[skipped], words[skipped + 1u], words[skipped + 2u], words[skipped + 3u]);
}`,
});

export function noise(operation: NoiseOperation, index: number, site: Site): Part {
  const [from] = operation.from;
  const to = index + 1;
  const size = sizeOf(site.structure.values[to]);
  return {
    forward: () => [
      eachItem(site, size, {
        name: `noise ${size} forward`,
        bind: { x: read(site.value(from)), y: written(site.value(to)) },
        helpers: shaderTexts([fourWords(operation, site.seed), normal]).join('\n'),
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
