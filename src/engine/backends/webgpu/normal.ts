/**
 * A standard normal number of four random words, as `Random.normal` makes it in float64 (Box & Muller 1958): two words are one uniform
 * number of 53 bits. In 32-bit floats, within 2e-6: what is near 0 or 1 is told from the whole number's bits, before it is rounded.
 */
import { literal, logOnePlus, type ShaderFunction, turned } from './functions';

/** u₁ gives the radius √(−2·log(1 − u₁)) = √(2·log(1 + u₁/(1 − u₁))), u₂ the angle, in quarter turns and what is left to the nearest. */
export const normal: ShaderFunction = {
  needs: [logOnePlus, turned],
  text: `fn normal(words: vec4u) -> f32 {
  let high = words.xz >> vec2u(5u);
  let low = words.yw >> vec2u(6u);
  let first = f32(high.x) * ${literal(2 ** -27)} + f32(low.x) * ${literal(2 ** -53)};
  let borrow = select(1u, 0u, low.x == 0u);
  let left = f32(${2 ** 27}u - borrow - high.x) * ${literal(2 ** -27)} + f32(borrow * ${2 ** 26}u - low.x) * ${literal(2 ** -53)};
  let radius = sqrt(2.0f * logOnePlus(first / left));
  let quarters = ((high.y >> 24u) + 1u) >> 1u;
  let rest = f32(i32(high.y) - i32(quarters << 25u)) * ${literal(2 ** -25)} + f32(low.y) * ${literal(2 ** -51)};
  return radius * turned(rest * ${literal(Math.PI / 2)}, i32(quarters) + 1);
}`,
};
