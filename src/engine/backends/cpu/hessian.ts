/**
 * Exact products with the Hessian or the Gauss–Newton matrix in 32-bit floats, by the R-operator (Pearlmutter 1994; its lines are in
 * `reference/hessian.ts`). The
 * operator has a memory of its own: it copies the weights, carries its samples through them once, and keeps what every product
 * needs, so that the model may train on. A product then costs about as much as a gradient.
 */
import type { Samples } from '../../network/samples';
import type { Structure } from '../../network/structure';
import type { Floats, HessianOperator } from '../backend';
import type { CurvatureMatrix } from '../reference/hessian';
import { stride } from './dense';
import { Arena } from './memory';
import { blockRows, Pass, reserveMargin, reserveMatrix, reserveParameters, reserveRoom, type Room } from './pass';
import type { Kernels, Program } from './program';

/** A block of samples with what products need besides: f′(z), and f″(z)∘∂loss/∂a where it is not zero and counts. */
interface Kept extends Room {
  readonly slope: readonly number[];
  readonly bend: readonly (number | null)[];
}

export class CpuHessian implements HessianOperator {
  readonly size: number;
  private readonly blocks: readonly Kept[];
  private readonly passes: readonly Pass[];
  private readonly kernels: Kernels;
  /** Of the weights, of v, and of H·v: addresses by layer, and of the latter two the numbers there. */
  private readonly weights: readonly number[];
  private readonly along: readonly number[];
  private readonly product: readonly number[];
  private readonly alongValues: readonly Float32Array[];
  private readonly productValues: readonly Float32Array[];
  /** Rz and Ra of the block at hand; Ra of the inputs is 0 and has no place. On the way back Rδ and Re stand there instead. */
  private readonly rz: readonly number[];
  private readonly ra: readonly number[];
  private readonly lastRa: Float32Array;

  constructor(
    private readonly network: Structure,
    samples: Samples,
    program: Program,
    weights: readonly Float32Array[],
    private readonly rows: Uint32Array,
    private readonly matrix: CurvatureMatrix,
  ) {
    const { dense, layers } = network;
    this.size = network.parameters;
    const arena = new Arena();
    this.weights = reserveParameters(arena, layers, 'weights');
    this.along = reserveParameters(arena, layers, 'direction');
    this.product = reserveParameters(arena, layers, 'product');
    const wide = Math.min(blockRows, rows.length);
    const out = (count: number) => dense.map(({ outputs }) => reserveMatrix(arena, count, outputs));
    const z = out(wide);
    this.rz = out(wide);
    this.ra = [NaN, ...out(wide)];
    this.blocks = Array.from({ length: Math.ceil(rows.length / blockRows) }, (_, k) => {
      const count = Math.min(blockRows, rows.length - k * blockRows);
      const bend = dense.map((layer) =>
        layer.function.piecewiseLinear || matrix === 'gaussNewton' ? null : reserveMatrix(arena, count, layer.outputs),
      );
      return { ...reserveRoom(arena, network, count, z), slope: out(count), bend };
    });
    reserveMargin(arena);
    arena.open();

    layers.forEach(({ parameters }, i) => arena.floats(this.weights[i], parameters).set(weights[i]));
    this.alongValues = layers.map(({ parameters }, i) => arena.floats(this.along[i], parameters));
    this.productValues = layers.map(({ parameters }, i) => arena.floats(this.product[i], parameters));
    this.lastRa = arena.floats(this.ra[dense.length], wide * stride(network.outputs));
    this.kernels = program.link(arena.memory);
    this.passes = this.blocks.map((room, k) => {
      const pass = new Pass(network, samples, this.kernels, this.weights, room, arena);
      pass.forward(rows, k * blockRows);
      pass.backward(1 / rows.length, (l) => {
        const kernels = this.kernels.dense[l];
        const bend = room.bend[l];
        kernels.slope(z[l], room.a[l + 1], room.slope[l], pass.bytes(l));
        if (bend !== null) kernels.bend(z[l], room.a[l + 1], room.delta[l], bend, pass.bytes(l));
      });
      return pass;
    });
  }

  gradient(out: Float64Array): void {
    this.passes.forEach((pass, k) => pass.gradient(this.product, k === 0 ? 0 : 1));
    this.join(this.productValues, out);
  }

  apply(v: Float64Array, out: Float64Array): void {
    this.checkLength(v);
    let at = 0;
    for (const part of this.alongValues) for (let i = 0; i < part.length; i++) part[i] = v[at++];
    for (let k = 0; k < this.blocks.length; k++) {
      this.forward(this.blocks[k], this.passes[k]);
      this.backward(this.blocks[k], this.passes[k], k === 0 ? 0 : 1);
    }
    this.join(this.productValues, out);
  }

  /** Rz = Ra₋₁·Wᵀ + a₋₁·Vᵀ + c and Ra = f′(z)∘Rz, layer after layer. */
  private forward({ rows, a, slope }: Kept, pass: Pass): void {
    const { rz, ra, along, weights } = this;
    for (let l = 0; l < rz.length; l++) {
      const kernels = this.kernels.dense[l];
      kernels.forward(a[l], along[2 * l], along[2 * l + 1], 0, rz[l], rows);
      if (l > 0) kernels.forward(ra[l], weights[2 * l], rz[l], 4 * stride(this.network.dense[l].outputs), rz[l], rows);
      this.kernels.multiply(slope[l], rz[l], ra[l + 1], pass.bytes(l));
    }
  }

  /** Rδ = f′(z)∘Re + f″(z)∘e∘Rz, from it the product, and Re₋₁ = Rδ·W + δ·V. */
  private backward({ rows, a, delta, slope, bend }: Kept, pass: Pass, add: number): void {
    const { rz, ra, along, weights, product } = this;
    const whole = this.matrix === 'hessian';
    this.network.loss.curvature(pass.outputs, pass.wanted, 1 / this.rows.length, this.lastRa, this.lastRa);
    for (let l = rz.length - 1; l >= 0; l--) {
      const kernels = this.kernels.dense[l];
      const bent = bend[l];
      if (bent === null) this.kernels.multiply(slope[l], ra[l + 1], rz[l], pass.bytes(l));
      else this.kernels.multiplyAdd(slope[l], ra[l + 1], bent, rz[l], rz[l], pass.bytes(l));
      kernels.weightGradient(rz[l], a[l], product[2 * l], rows, add);
      kernels.biasGradient(rz[l], product[2 * l + 1], rows, add);
      if (l === 0) break;
      if (whole) kernels.weightGradient(delta[l], ra[l], product[2 * l], rows, 1);
      kernels.inputGradient(rz[l], weights[2 * l], ra[l], rows, 0);
      if (whole) kernels.inputGradient(delta[l], along[2 * l], ra[l], rows, 1);
    }
  }

  private join(parts: readonly Floats[], out: Float64Array): void {
    this.checkLength(out);
    let at = 0;
    for (const part of parts) for (let i = 0; i < part.length; i++) out[at++] = part[i];
  }

  private checkLength({ length }: Float64Array): void {
    if (length !== this.size) throw new RangeError(`The vector has ${length} entries; the network has ${this.size} parameters.`);
  }
}
