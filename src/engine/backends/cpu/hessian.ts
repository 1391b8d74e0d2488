/**
 * Exact products with the Hessian or the Gauss–Newton matrix in 32-bit floats, by the R-operator (Pearlmutter 1994; its lines are in
 * `reference/hessian.ts` and, operation by operation, in `layers`). The operator has a memory of its own: it copies the weights, carries
 * its samples through them once, and keeps what every product needs, so that the model may train on. A product then costs about as much
 * as a gradient.
 */
import type { Samples } from '../../network/samples';
import type { Floats, HessianOperator } from '../backend';
import { CurvatureBlock, type CurvatureProgram } from './curvature';
import type { CurvatureMatrix } from './layers/definition';
import { Arena } from './memory';

export class CpuHessian implements HessianOperator {
  readonly size: number;
  private readonly blocks: readonly CurvatureBlock[];
  private readonly along: readonly Float32Array[];
  private readonly product: readonly Float32Array[];

  constructor(
    private readonly program: CurvatureProgram,
    samples: Samples,
    weights: readonly Float32Array[],
    private readonly rows: Uint32Array,
    private readonly matrix: CurvatureMatrix,
  ) {
    const { structure, layout, capacity } = program;
    const { places } = layout;
    this.size = structure.parameters;
    const count = Math.ceil(rows.length / capacity);
    const arena = new Arena();
    arena.reserve(program.bytes(count), 'A curvature measurement');
    arena.open();
    const views = (addresses: readonly number[]) => structure.layers.map(({ parameters }, i) => arena.floats(addresses[i], parameters));
    views(places.weights).forEach((copy, i) => copy.set(weights[i]));
    this.along = views(places.directions);
    this.product = views(places.gradients);
    const kernels = program.link(arena);
    this.blocks = Array.from({ length: count }, (_, k) => new CurvatureBlock(program, samples, kernels, arena, k));
    this.blocks.forEach((block, k) => {
      block.forward(rows, k * capacity);
      block.backward(1 / rows.length, 0);
    });
  }

  gradient(out: Float64Array): void {
    this.blocks.forEach((block, k) => block.run(this.program.backward, k === 0 ? 0 : 1));
    this.join(out);
  }

  apply(v: Float64Array, out: Float64Array): void {
    this.checkLength(v);
    let at = 0;
    for (const part of this.along) for (let i = 0; i < part.length; i++) part[i] = v[at++];
    const { structure, tangent, tangentBackward, layout } = this.program;
    const last = structure.values.length - 1;
    this.blocks.forEach((block, k) => {
      block.run(tangent);
      const moved = block.matrix(layout.tangent(last), structure.outputs);
      const error = block.matrix(layout.tangentError(last), structure.outputs);
      structure.loss.curvature(block.outputs, block.wanted, 1 / this.rows.length, moved, error);
      block.run(tangentBackward[this.matrix], k === 0 ? 0 : 1);
    });
    this.join(out);
  }

  private join(out: Float64Array): void {
    this.checkLength(out);
    let at = 0;
    for (const part of this.product as readonly Floats[]) for (let i = 0; i < part.length; i++) out[at++] = part[i];
  }

  private checkLength({ length }: Float64Array): void {
    if (length !== this.size) throw new RangeError(`The vector has ${length} entries; the network has ${this.size} parameters.`);
  }
}
