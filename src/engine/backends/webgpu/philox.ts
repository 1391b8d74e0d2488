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

const philox: ShaderFunction = {
  needs: [highProduct],
  text: `fn philox(block: vec2u, stream: vec2u, seed: vec2u) -> vec4u {
  var c = vec4u(block, stream);
  var key = seed;
  for (var round = 0u; round < ${rounds}u; round++) {
    let one = ${multiplier0}u * c.x;
    let two = ${multiplier1}u * c.z;
    c = vec4u(highProduct(${multiplier1}u, c.z) ^ c.y ^ key.x, two, highProduct(${multiplier0}u, c.x) ^ c.w ^ key.y, one);
    key += vec2u(${increment0}u, ${increment1}u);
  }
  return c;
}`,
};

/**
 * Where `streamOf` of draws.ts begins a step, step·2³¹ modulo 2⁵³ − 1, and so many words further: 2⁵³ is 1 there, so what the step has
 * beyond 22 bits counts as single words.
 */
export const wordPlace: ShaderFunction = {
  text: `fn wordPlace(step: u32, words: u32) -> vec2u {
  let low = ((step & 1u) << 31u) + (step >> 22u);
  let sum = low + words;
  return vec2u(sum, ((step & 0x3fffffu) >> 1u) + select(0u, 1u, sum < words));
}`,
};

/** `blockAt(place)`: the four words of the block that the place is in, of this stream. */
export const blockAt = ({ stream, key }: Random): ShaderFunction => ({
  needs: [philox],
  text: `fn blockAt(place: vec2u) -> vec4u {
  let block = vec2u((place.x >> 2u) | (place.y << 30u), place.y >> 2u);
  return philox(block, vec2u(${stream[0]}u, ${stream[1]}u), vec2u(${key[0]}u, ${key[1]}u));
}`,
});
