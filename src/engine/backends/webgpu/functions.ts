/**
 * Functions that shaders call because WGSL's own are not good enough for arithmetic: its `tanh` overflows and loses small arguments, its
 * `log` knows nothing of 1 + x, its `exp` may overflow, and its `min` and `max` may drop a NaN, as may whatever a compiler makes of a
 * comparison. Each is here once, with what it stands on; a shader carries those that it uses. What WGSL's `exp` may err by, 3 + 2|x| units
 * of the last place, is the largest error of those made from it.
 */
import { erfcxFit, inverseFactorials, tanhFit } from '../fits';

/** The text of one function, and the functions that it calls. */
export interface ShaderFunction {
  readonly text: string;
  readonly needs?: readonly ShaderFunction[];
}

/** The texts of these functions and of all that they stand on, each once, what is needed first. */
export function shaderTexts(functions: Iterable<ShaderFunction> = []): string[] {
  const found = new Set<ShaderFunction>();
  const visit = (one: ShaderFunction): void => {
    one.needs?.forEach(visit);
    found.add(one);
  };
  for (const one of functions) visit(one);
  return [...found].map(({ text }) => text);
}

/** A finite number as WGSL writes it. */
export const literal = (value: number): string => `${value}f`;

/** c₀ + c₁x + c₂x² + …, by Horner's rule. @param x a name */
export const horner = (x: string, coefficients: readonly number[]): string =>
  coefficients
    .slice(0, -1)
    .reduceRight((sum, coefficient) => `(${sum} * ${x} + ${literal(coefficient)})`, literal(coefficients.at(-1) ?? 0));

/** A bit pattern as a number, made at run time: WGSL refuses constants that are not finite. */
const fromBits = (name: string, bits: string): string => `fn ${name}() -> f32 {
  var bits = ${bits};
  return bitcast<f32>(bits);
}`;

export const infinity: ShaderFunction = { text: fromBits('infinity', '0x7f800000u') };
export const notANumber: ShaderFunction = { text: fromBits('notANumber', '0x7fc00000u') };

/** Told from the bits: a compiler may take any comparison of floats to be one of numbers. */
export const isNotANumber: ShaderFunction = {
  text: `fn isNotANumber(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}`,
};

export const smaller: ShaderFunction = {
  needs: [isNotANumber],
  text: `fn smaller(a: f32, b: f32) -> f32 {
  return select(min(a, b), a + b, isNotANumber(a) || isNotANumber(b));
}`,
};

export const larger: ShaderFunction = {
  needs: [isNotANumber],
  text: `fn larger(a: f32, b: f32) -> f32 {
  return select(max(a, b), a + b, isNotANumber(a) || isNotANumber(b));
}`,
};

/** x between −bound and bound. A NaN stays a NaN, here and in all that follow. */
export const held: ShaderFunction = {
  needs: [isNotANumber],
  text: `fn held(x: f32, bound: f32) -> f32 {
  return select(clamp(x, -bound, bound), x, isNotANumber(x));
}`,
};

/** e^x, held at e^±87 = 6e±37, beyond which it is no normal float. */
export const exponential: ShaderFunction = {
  needs: [isNotANumber],
  text: `fn exponential(x: f32) -> f32 {
  return select(exp(clamp(x, -87.0f, 87.0f)), x, isNotANumber(x));
}`,
};

/** e^x − 1, right near 0 too: there x + x²/2 + x³/6 + … to x⁸. */
export const exponentialMinusOne: ShaderFunction = {
  needs: [exponential],
  text: `fn exponentialMinusOne(x: f32) -> f32 {
  let near = x * ${horner('x', inverseFactorials(1, 8))};
  return select(exponential(x) - 1.0f, near, abs(x) < 0.35f);
}`,
};

/** log(1 + y) for y ≥ 0, right in relation to itself. Up to 1 it is 2·artanh(s) with s = y/(2 + y), by its series to s¹³. */
export const logOnePlus: ShaderFunction = {
  text: `fn logOnePlus(y: f32) -> f32 {
  let s = y / (2.0f + y);
  let square = s * s;
  let near = 2.0f * s * ${horner(
    'square',
    [0, 1, 2, 3, 4, 5, 6].map((k) => 1 / (2 * k + 1)),
  )};
  return select(near, log(1.0f + y), y > 1.0f);
}`,
};

/** tanh x by a ratio of polynomials, which needs no exponential; 3e-7 relative, never beyond ±1. */
export const hyperbolicTangent: ShaderFunction = {
  needs: [held],
  text: `fn hyperbolicTangent(x: f32) -> f32 {
  let z = held(x, ${literal(tanhFit.bound)});
  let square = z * z;
  let above = ${horner('square', tanhFit.above)};
  let below = ${horner('square', tanhFit.below)};
  return held(z * above / below, 1.0f);
}`,
};

/** 1/(1 + e^−x), right in relation to itself on both sides. */
export const logistic: ShaderFunction = {
  needs: [exponential],
  text: `fn logistic(x: f32) -> f32 {
  let e = exponential(-abs(x));
  return select(e, 1.0f, x >= 0.0f) / (1.0f + e);
}`,
};

/** Its derivative. */
export const logisticSlope: ShaderFunction = {
  needs: [exponential],
  text: `fn logisticSlope(x: f32) -> f32 {
  let e = exponential(-abs(x));
  return e / ((1.0f + e) * (1.0f + e));
}`,
};

/** The sine of so many quarter turns and an angle r from −π/4 to π/4, by the polynomials of Cephes' sinf and cosf; to 1e-7. */
export const turned: ShaderFunction = {
  text: `fn turned(r: f32, quarters: i32) -> f32 {
  let z = r * r;
  let sine = ((-0.00019515295891f * z + 0.0083321608736f) * z - 0.16666654611f) * z * r + r;
  let cosine = ((0.00002443315711809948f * z - 0.001388731625493765f) * z + 0.04166664568298827f) * z * z - 0.5f * z + 1.0f;
  let value = select(sine, cosine, (quarters & 1) == 1);
  return select(value, -value, (quarters & 3) >= 2);
}`,
};

/** φ(z), the density of the standard normal. */
export const normalDensity: ShaderFunction = {
  needs: [exponential],
  text: `fn normalDensity(z: f32) -> f32 {
  return exponential(-0.5f * z * z) * ${literal(1 / Math.sqrt(2 * Math.PI))};
}`,
};

/** Φ(z), its distribution. The tail is e^(−z²/2)·erfcx(|z|/√2)/2: 1 − erf would leave nothing of it. */
export const normalBelow: ShaderFunction = {
  needs: [exponential],
  text: `fn normalBelow(z: f32) -> f32 {
  let t = 1.0f / (1.0f + abs(z) * 0.25f);
  let at = t + t - 1.0f;
  let tail = exponential(-0.5f * z * z) * t * ${horner('at', erfcxFit)};
  return select(1.0f - tail, tail, z < 0.0f);
}`,
};
