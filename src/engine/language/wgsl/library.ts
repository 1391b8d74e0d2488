/**
 * Functions that shaders call because WGSL's own are not good enough for arithmetic: its `sin` may err by 2^-11, its `tanh` overflows and
 * loses small arguments, its `pow` knows no negative base, its `min` and `max` may drop a NaN. Each is here once, with what it stands on;
 * a shader carries those that it uses.
 */

interface LibraryFunction {
  readonly needs: readonly string[];
  readonly text: string;
}

/** A bit pattern as a number, made at run time: WGSL refuses constants that are not finite. */
const fromBits = (name: string, bits: string): string => `fn ${name}() -> f32 {
  var bits = ${bits};
  return bitcast<f32>(bits);
}`;

/** Cody and Waite's reduction to [-π/4, π/4] and the polynomials of Cephes' sinf and cosf: within 2 units of the last place up to 8192. */
const sineOf = (name: string, quarter: string): string => `fn ${name}(x: f32) -> f32 {
  let turns = round(x * 0.636619772f);
  let r = ((x - turns * 1.5703125f) - turns * 0.000483751296997f) - turns * 7.54978995489e-8f;
  let z = r * r;
  let sine = ((-0.00019515295891f * z + 0.0083321608736f) * z - 0.16666654611f) * z * r + r;
  let cosine = ((0.00002443315711809948f * z - 0.001388731625493765f) * z + 0.04166664568298827f) * z * z - 0.5f * z + 1.0f;
  let quadrant = (i32(turns) + ${quarter}) & 3;
  let value = select(sine, cosine, (quadrant & 1) == 1);
  return select(value, -value, quadrant >= 2);
}`;

const functions: Readonly<Record<string, LibraryFunction>> = {
  infinity: { needs: [], text: fromBits('infinity', '0x7f800000u') },
  notANumber: { needs: [], text: fromBits('notANumber', '0x7fc00000u') },
  isNotANumber: {
    needs: [],
    text: `fn isNotANumber(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}`,
  },
  smaller: {
    needs: ['isNotANumber'],
    text: `fn smaller(a: f32, b: f32) -> f32 {
  return select(min(a, b), a + b, isNotANumber(a) || isNotANumber(b));
}`,
  },
  larger: {
    needs: ['isNotANumber'],
    text: `fn larger(a: f32, b: f32) -> f32 {
  return select(max(a, b), a + b, isNotANumber(a) || isNotANumber(b));
}`,
  },
  power: {
    needs: ['infinity', 'notANumber'],
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
    needs: ['infinity', 'notANumber'],
    text: `fn logarithm(x: f32) -> f32 {
  if (x < 0.0f) { return notANumber(); }
  return select(log(x), -infinity(), x == 0.0f);
}`,
  },
  sine: { needs: [], text: sineOf('sine', '0') },
  cosine: { needs: [], text: sineOf('cosine', '1') },
  tangent: {
    needs: ['sine', 'cosine'],
    text: `fn tangent(x: f32) -> f32 {
  return sine(x) / cosine(x);
}`,
  },
  hyperbolicTangent: {
    needs: ['isNotANumber'],
    text: `fn hyperbolicTangent(x: f32) -> f32 {
  let z = x * x;
  let small = x * (1.0f + z * (-0.333333333f + z * (0.133333333f + z * (-0.0539682540f + z * 0.0218694885f))));
  let large = 1.0f - 2.0f / (exp(2.0f * min(abs(x), 20.0f)) + 1.0f);
  let value = select(select(large, -large, x < 0.0f), small, z < 0.0625f);
  return select(value, x, isNotANumber(x));
}`,
  },
  logistic: {
    needs: [],
    text: `fn logistic(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0f, x >= 0.0f) / (1.0f + e);
}`,
  },
  joinSums: {
    needs: [],
    text: `fn joinSums(a: vec2f, b: vec2f) -> vec2f {
  return a + b;
}`,
  },
  joinLargest: {
    needs: ['larger'],
    text: `fn joinLargest(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(larger(a.x, b.x), 0.0f);
}`,
  },
  joinSmallest: {
    needs: ['smaller'],
    text: `fn joinSmallest(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(smaller(a.x, b.x), 0.0f);
}`,
  },
  // x is the largest absolute value and y the sum of squares in units of it: squares of gradients of 1e-30 do not underflow.
  joinSquares: {
    needs: ['larger'],
    text: `fn joinSquares(a: vec2f, b: vec2f) -> vec2f {
  let unit = larger(a.x, b.x);
  if (unit == 0.0f || (bitcast<u32>(unit) & 0x7f800000u) == 0x7f800000u) { return vec2f(unit, 1.0f); }
  let p = a.x / unit;
  let q = b.x / unit;
  return vec2f(unit, a.y * p * p + b.y * q * q);
}`,
  },
  modulo: {
    needs: [],
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
export function libraryText(names: Iterable<string>): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    functions[name].needs.forEach(visit);
    found.add(name);
  };
  for (const name of names) visit(name);
  return [...found].map((name) => functions[name].text);
}
