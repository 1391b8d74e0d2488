/**
 * Random numbers that depend on nothing but a seed, a stream's name and a position: Philox4x32-10 (Salmon et al. 2011, "Parallel
 * random numbers: as easy as 1, 2, 3", SC11). A counter-based generator has no hidden state, so a checkpoint keeps one number
 * a stream, streams never overlap, and drawing more from one (say, for held-out samples) leaves the others as they were.
 */

/** What Philox multiplies two of its four words by, and adds to its two keys, in each of its rounds. */
export const multipliers = [0xd2511f53, 0xcd9e8d57] as const;
export const increments = [0x9e3779b9, 0xbb67ae85] as const;
export const rounds = 10;
const [multiplier0, multiplier1] = multipliers;
const [weyl0, weyl1] = increments;
const twoTo32 = 2 ** 32;

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/**
 * The Philox4x32-10 bijection.
 * @param counter four unsigned 32-bit words @param key two of them @param out receives four
 */
export function philox4x32(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array): void {
  let [c0, c1, c2, c3] = [counter[0], counter[1], counter[2], counter[3]];
  let [k0, k1] = [key[0], key[1]];
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, c0);
    const high1 = multiplyHigh(multiplier1, c2);
    const low0 = Math.imul(multiplier0, c0) >>> 0;
    const low1 = Math.imul(multiplier1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** FNV-1a over UTF-16 code units, 64 bits, as its two words, low first. */
function hash(text: string): readonly [number, number] {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return [Number(value & 0xffffffffn), Number(value >> 32n)];
}

/** One stream of random numbers. Two streams of the same seed and different names are independent. */
export class Random {
  /** The seed as two 32-bit words, the low one first; and the stream's name, as a hash. */
  readonly key: readonly [number, number];
  readonly stream: readonly [number, number];
  /** The counter of the block at hand: its number, then the stream. */
  private readonly place = new Uint32Array(4);
  private readonly words = new Uint32Array(4);
  /** Which block of four `words` holds; −1 before the first. */
  private block = -1;
  private position = 0;

  /** @param seed an integer of up to 53 bits @param stream what the numbers are for: `init`, `shuffle`, … @throws RangeError for any other seed */
  constructor(seed: number, stream: string) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`The seed is ${seed}; an integer of at most 53 bits is expected.`);
    this.key = [seed >>> 0, Math.floor(seed / twoTo32) >>> 0];
    this.stream = hash(stream);
    this.place.set(this.stream, 2);
  }

  /** Position in the stream, counted in 32-bit words from 0. Setting it continues from there. */
  get counter(): number {
    return this.position;
  }
  set counter(position: number) {
    if (!Number.isSafeInteger(position) || position < 0)
      throw new RangeError(`The position in a random stream is ${position}; an integer from 0 is expected.`);
    this.position = position;
  }

  /** Uniform on the integers 0 … 2³² − 1. */
  uint32(): number {
    const block = Math.floor(this.position / 4);
    if (block !== this.block) {
      this.place[0] = block;
      this.place[1] = block / twoTo32;
      philox4x32(this.place, this.key, this.words);
      this.block = block;
    }
    return this.words[this.position++ % 4];
  }

  /** Uniform on [0, 1) in steps of 2⁻⁵³. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    return (high * 0x4000000 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** Fills an array with uniform numbers, as so many calls of `uniform` do. */
  uniforms(out: Float64Array): Float64Array {
    for (let i = 0; i < out.length; i++) {
      const high = this.uint32() >>> 5;
      out[i] = (high * 0x4000000 + (this.uint32() >>> 6)) / 2 ** 53;
    }
    return out;
  }

  /** Standard normal, by Box and Muller. It keeps no second value back, so that `counter` alone says where the stream stands. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Uniform on the integers 0 … below − 1, without bias (Lemire 2019, arXiv:1805.10941). @param below from 1 to 2³² */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > twoTo32)
      throw new RangeError(`An integer below ${below} is asked for; the bound must be an integer from 1 to 2^32.`);
    if (below === twoTo32) return this.uint32();
    const unfair = (twoTo32 - below) % below;
    for (;;) {
      const word = this.uint32();
      if (Math.imul(word, below) >>> 0 >= unfair) return multiplyHigh(word, below);
    }
  }

  /** The numbers 0 … n − 1 in random order (Fisher and Yates), every order equally likely. */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }
}
