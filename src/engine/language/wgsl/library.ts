/**
 * The functions of the language that WGSL has not or not well enough: its `sin` may err by 2^-11, its `pow` knows no negative base, its
 * `log` no number below 0. Those that networks need too are the backend's; the rest is here.
 */
import {
  hyperbolicTangent,
  infinity,
  isNotANumber,
  larger,
  logistic,
  notANumber,
  type ShaderFunction,
  shaderTexts,
  smaller,
  turned,
} from '../../backends/webgpu/functions';

/** Cody and Waite's reduction to [-π/4, π/4]: within 2 units of the last place up to 8192. */
const sineOf = (name: string, quarter: string): ShaderFunction => ({
  needs: [turned],
  text: `fn ${name}(x: f32) -> f32 {
  let turns = round(x * 0.636619772f);
  let r = ((x - turns * 1.5703125f) - turns * 0.000483751296997f) - turns * 7.54978995489e-8f;
  return turned(r, i32(turns) + ${quarter});
}`,
});
const sine = sineOf('sine', '0');
const cosine = sineOf('cosine', '1');

const functions: Readonly<Record<string, ShaderFunction>> = {
  ...{ infinity, notANumber, isNotANumber, smaller, larger, hyperbolicTangent, logistic },
  power: {
    needs: [infinity, notANumber],
    text: `fn power(a: f32, b: f32) -> f32 {
  if (b == 0.0f) { return 1.0f; }
  if (a == 0.0f) { return select(infinity(), 0.0f, b > 0.0f); }
  let size = pow(abs(a), b);
  if (a > 0.0f) { return size; }
  if (b != floor(b)) { return notANumber(); }
  return select(size, -size, 0.5f * b != floor(0.5f * b));
}`,
  },
  logarithm: {
    needs: [infinity, notANumber],
    text: `fn logarithm(x: f32) -> f32 {
  if (x < 0.0f) { return notANumber(); }
  return select(log(x), -infinity(), x == 0.0f);
}`,
  },
  sine,
  cosine,
  tangent: {
    needs: [sine, cosine],
    text: `fn tangent(x: f32) -> f32 {
  return sine(x) / cosine(x);
}`,
  },
  joinSums: {
    text: `fn joinSums(a: vec2f, b: vec2f) -> vec2f {
  return a + b;
}`,
  },
  joinLargest: {
    needs: [larger],
    text: `fn joinLargest(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(larger(a.x, b.x), 0.0f);
}`,
  },
  joinSmallest: {
    needs: [smaller],
    text: `fn joinSmallest(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(smaller(a.x, b.x), 0.0f);
}`,
  },
  // x is the largest absolute value and y the sum of squares in units of it: squares of gradients of 1e-30 do not underflow.
  joinSquares: {
    needs: [larger],
    text: `fn joinSquares(a: vec2f, b: vec2f) -> vec2f {
  let unit = larger(a.x, b.x);
  if (unit == 0.0f || (bitcast<u32>(unit) & 0x7f800000u) == 0x7f800000u) { return vec2f(unit, 1.0f); }
  let p = a.x / unit;
  let q = b.x / unit;
  return vec2f(unit, a.y * p * p + b.y * q * q);
}`,
  },
  modulo: {
    text: `fn modulo(a: f32, b: f32) -> f32 {
  let left = a % b;
  return select(left, left + b, left != 0.0f && (left < 0.0f) != (b < 0.0f));
}`,
  },
};

/**
 * Arithmetic in pairs of f32 whose sum is the number: some 14 digits (Dekker 1971, "A floating-point technique for extending the
 * available precision"; Knuth's two-sum). A compiler that rearranges sums leaves f32's 7.
 */
export const pairArithmetic = `fn load(at: u32) -> vec2f {
  return vec2f(memory[at], memory[at + 1u]);
}
fn store(at: u32, value: vec2f) {
  memory[at] = value.x;
  memory[at + 1u] = value.y;
}
fn normal(a: f32, b: f32) -> vec2f {
  let sum = a + b;
  return vec2f(sum, b - (sum - a));
}
fn plus(a: vec2f, b: vec2f) -> vec2f {
  let sum = a.x + b.x;
  let other = sum - a.x;
  return normal(sum, ((a.x - (sum - other)) + (b.x - other)) + a.y + b.y);
}
fn high(a: f32) -> f32 {
  let t = 4097f * a;
  return t - (t - a);
}
fn exact(a: f32, b: f32) -> vec2f {
  let product = a * b;
  let p = high(a);
  let q = high(b);
  return vec2f(product, ((p * q - product) + p * (b - q) + (a - p) * q) + (a - p) * (b - q));
}
fn times(a: vec2f, b: vec2f) -> vec2f {
  let product = exact(a.x, b.x);
  return normal(product.x, product.y + (a.x * b.y + a.y * b.x));
}
fn inverseRoot(a: vec2f) -> vec2f {
  let x = 1f / sqrt(a.x);
  let left = plus(vec2f(1f, 0f), -times(a, exact(x, x)));
  return plus(vec2f(x, 0f), vec2f(0.5f * x * left.x, 0f));
}`;

/** The texts of these functions and of all that they stand on, each once, what is needed first. */
export const libraryText = (names: Iterable<string>): string[] => shaderTexts([...names].map((name) => functions[name]));
