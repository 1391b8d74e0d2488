/**
 * The random generator of `random.ts`, Philox4x32-10, in shaders: the same words in the same order. A word's place in a stream is a number
 * of 53 bits, in two words here, low first; four words come from one block.
 */
import { increments, multipliers, type Random, rounds } from '../../random';
import type { ShaderFunction } from './functions';

const [multiplier0, multiplier1] = multipliers;
const [increment0, increment1] = increments;

/** The upper half of a product of 64 bits, which WGSL has no type for. */
const highProduct: ShaderFunction = {
  text: `fn highProduct(a: u32, b: u32) -> u32 {
  let middle = (a >> 16u) * (b & 0xffffu) + (((a & 0xffffu) * (b & 0xffffu)) >> 16u);
  let cross = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (cross >> 16u);
}`,
};

/**
 * Where `streamOf` of draws.ts begins a step, step·2³¹ modulo 2⁵³ − 1, and so many words further: 2⁵³ is 1 there, so what the step has
 * beyond 22 bits counts as single words.
 */
const wordPlace: ShaderFunction = {
  text: `fn wordPlace(step: u32, words: u32) -> vec2u {
  let low = ((step & 1u) << 31u) + (step >> 22u);
  let sum = low + words;
  return vec2u(sum, ((step & 0x3fffffu) >> 1u) + select(0u, 1u, sum < words));
}`,
};

/** A round's key, of two words. */
const keyOf = (seed: number, increment: number, round: number): string => `${(seed + Math.imul(round, increment)) >>> 0}u`;

/** `blockAt(place)`: the four words of the block that the place is in, of this stream. */
const blockAt = ({ stream, key }: Random): ShaderFunction => ({
  needs: [highProduct],
  text: `fn blockAt(place: vec2u) -> vec4u {
  var c = vec4u((place.x >> 2u) | (place.y << 30u), place.y >> 2u, ${stream[0]}u, ${stream[1]}u);
${Array.from({ length: rounds }, (_, round) => {
  const [k0, k1] = [keyOf(key[0], increment0, round), keyOf(key[1], increment1, round)];
  const [x, z] = [`highProduct(${multiplier1}u, c.z) ^ c.y ^ ${k0}`, `highProduct(${multiplier0}u, c.x) ^ c.w ^ ${k1}`];
  return `  c = vec4u(${x}, ${multiplier1}u * c.z, ${z}, ${multiplier0}u * c.x);`;
}).join('\n')}
  return c;
}`,
});

/** `fourWords(step, first)`: of the words that a step draws from this stream, four from the `first` on. They are of two blocks where the step begins inside of one. */
export const fourWords = (random: Random): ShaderFunction => ({
  needs: [wordPlace, blockAt(random)],
  text: `fn fourWords(step: u32, first: u32) -> vec4u {
  let place = wordPlace(step, first);
  let skipped = place.x & 3u;
  let one = blockAt(place);
  var words = one;
  if (skipped != 0u) {
    let two = blockAt(wordPlace(step, first + 4u));
    words = select(select(vec4u(one.w, two.xyz), vec4u(one.zw, two.xy), skipped == 2u), vec4u(one.yzw, two.x), skipped == 1u);
  }
  return words;
}`,
});
