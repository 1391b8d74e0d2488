/** One measurement: the known answers of places everyone knows, and the same verdict whatever the unit of the loss. */
import assert from 'node:assert/strict';
import type { HessianOperator } from '../../../src/engine/backends/backend';
import { measureCurvature, noMemory, type CurvatureInput, type CurvatureResult } from '../../../src/engine/curvature/measurement';
import { close, eigenvalues, operatorOf, randomSymmetric, run, withEigenvalues, type Matrix } from './matrices';

const at = (operator: HessianOperator, other: Partial<CurvatureInput> = {}): CurvatureResult =>
  run(measureCurvature({ operator, weightNorm: 0, lossSize: 0, scaling: 1, memory: noMemory, seed: 1, ...other })).result;

const place = (hessian: Matrix, gradient?: readonly number[], other?: Partial<CurvatureInput>) =>
  at(operatorOf(hessian, gradient), other).figures;

/** The same loss in another unit. */
const rescaled = (operator: HessianOperator, by: number): HessianOperator => ({
  size: operator.size,
  apply: (v, out) => {
    operator.apply(v, out);
    out.forEach((x, i) => (out[i] = x * by));
  },
  gradient: (out) => {
    operator.gradient(out);
    out.forEach((x, i) => (out[i] = x * by));
  },
});

describe('the verdict on known places', () => {
  it('x² − y² at the origin is a saddle with eigenvalues 2 and −2', () => {
    const figures = place([[2, 0], [0, -2]]); // prettier-ignore
    assert.equal(figures.verdict, 'saddle');
    close(figures.lambdaMax, 2, 1e-14);
    close(figures.lambdaMin, -2, 1e-14);
    assert.deepEqual([figures.trace, figures.traceError, figures.negativeFraction], [0, 0, 0.5]);
    assert.match(figures.reason, /both signs: eigenvalues from -2 to 2/);
  });

  it('x² + y² at the origin is a minimum, its opposite a maximum', () => {
    assert.equal(place([[2, 0], [0, 2]]).verdict, 'minimum'); // prettier-ignore
    assert.equal(place([[-2, 0], [0, -2]]).verdict, 'maximum'); // prettier-ignore
  });

  it('the monkey saddle x³ − 3xy² at the origin is flat to second order: a plateau', () => {
    const figures = place([[0, 0], [0, 0]]); // prettier-ignore
    assert.equal(figures.verdict, 'plateau');
    assert.deepEqual([figures.lambdaMax, figures.lambdaMin, figures.residualMax], [0, 0, 0]);
  });

  it('beside the origin of the monkey saddle it is a plateau once the run has seen real curvature', () => {
    const x = 1e-6;
    const memory = { ...noMemory, largestGradient: 3, largestCurvature: 6 };
    assert.equal(place([[6 * x, 0], [0, -6 * x]], [3 * x * x, 0], { memory }).verdict, 'plateau'); // prettier-ignore
  });

  it('x² away from the origin is a slope, and within a ten-thousandth of its weights a minimum', () => {
    assert.equal(place([[2]], [140], { weightNorm: 70 }).verdict, 'slope');
    assert.equal(place([[2]], [2e-3], { weightNorm: 1e-3 }).verdict, 'slope');
    assert.equal(place([[2]], [1e-4], { weightNorm: 5e-5 }).verdict, 'minimum');
  });

  it('the floor of a ravine is a slope as long as a Newton step along it is long, and a minimum at its end', () => {
    // Rosenbrock's ravine near (0.965, 0.93): the sharp direction alone would call the gradient small.
    const ravine = [[946, 0], [0, 0.43]]; // prettier-ignore
    const on = place(ravine, [0.014, 0.032], { weightNorm: 1.34 });
    assert.equal(on.verdict, 'slope');
    assert.match(on.reason, /A Newton step would still move 0\.0744/);
    assert.equal(place(ravine, [0.014, 0.0005], { weightNorm: 1.34 }).verdict, 'minimum');
  });

  it('a direction without curvature does not lengthen the Newton step, and is told of', () => {
    const figures = place([[3, 0], [0, 0]], [1e-5, 1e-9], { weightNorm: 1 }); // prettier-ignore
    assert.equal(figures.verdict, 'minimum');
    assert.match(figures.reason, /some are flat to second order/);
  });

  it('on a slope the sentence says what it is not, and by how much', () => {
    const { reason } = place([[2]], [2e-3], { weightNorm: 1e-3 });
    assert.equal(reason, 'The loss still slopes, so this is no minimum or saddle yet: ‖g‖ is 0.002 and counts as zero up to 0.0002.');
  });

  it('a linear slope without curvature is a slope', () => {
    assert.equal(place([[0]], [1]).verdict, 'slope');
  });

  it('a linear network of depth 2 at zero weights is a saddle', () => {
    // loss ½(y − u·v)² with y = 1: the gradient is 0 there and the Hessian [[0, −1], [−1, 0]].
    assert.equal(place([[0, -1], [-1, 0]], [0, 0], { lossSize: 0.5 }).verdict, 'saddle'); // prettier-ignore
  });

  it('a network whose loss no longer feels its weights is on a plateau', () => {
    const flat = { weightNorm: 30, lossSize: 0.7 };
    assert.equal(place([[1e-9, 0], [0, -1e-9]], [1e-8, 0], flat).verdict, 'plateau'); // prettier-ignore
    assert.equal(place([[1e-9, 0], [0, -1e-9]], [1e-8, 0], { ...flat, lossSize: 0 }).verdict, 'slope'); // prettier-ignore
  });

  it('a weakly negative eigenvalue within the tolerance does not make a saddle', () => {
    assert.equal(place([[1, 0], [0, -5e-5]]).verdict, 'minimum'); // prettier-ignore
    assert.equal(place([[1, 0], [0, -2e-4]]).verdict, 'saddle'); // prettier-ignore
  });

  it('is a slope, with a word why, where numbers are not finite', () => {
    const figures = place([[NaN, 0], [0, 1]]); // prettier-ignore
    assert.equal(figures.verdict, 'slope');
    assert.match(figures.reason, /not finite/);
  });

  it('does not depend on the unit of the loss', () => {
    const places: [Matrix, number[], Partial<CurvatureInput>][] = [
      [[[2, 0], [0, -2]], [0, 0], {}], // prettier-ignore
      [[[2, 0], [0, 3]], [1e-4, 0], { weightNorm: 1 }], // prettier-ignore
      [[[2, 0], [0, 3]], [4e-4, 0], { weightNorm: 1 }], // prettier-ignore
      [[[1e-9, 0], [0, -1e-9]], [1e-8, 0], { weightNorm: 30, lossSize: 0.7 }], // prettier-ignore
      [[[6e-6, 0], [0, -6e-6]], [3e-12, 0], { memory: { ...noMemory, largestGradient: 3, largestCurvature: 6 } }], // prettier-ignore
      [withEigenvalues(Array.from({ length: 90 }, (_, i) => i - 3), 1), Array.from({ length: 90 }, () => 1e-5), {}], // prettier-ignore
    ];
    for (const [hessian, gradient, other] of places) {
      const operator = operatorOf(hessian, gradient);
      const { verdict, negativeFraction } = at(operator, other).figures;
      for (const by of [1000, 1e-6]) {
        const { memory = noMemory, lossSize = 0 } = other;
        const seen = { ...memory, largestGradient: memory.largestGradient * by, largestCurvature: memory.largestCurvature * by };
        const figures = at(rescaled(operator, by), { ...other, lossSize: lossSize * by, memory: seen }).figures;
        assert.equal(figures.verdict, verdict);
        close(figures.negativeFraction, negativeFraction, 1e-9);
      }
    }
  });
});

describe('a curvature measurement', () => {
  it('has the exact ends, trace and index of a quadratic with few parameters', () => {
    const matrix = randomSymmetric(20, 9);
    const expected = eigenvalues(matrix);
    const figures = place(matrix);
    close(figures.lambdaMax, expected[19], 1e-12);
    close(figures.lambdaMin, expected[0], 1e-12);
    close(figures.trace, matrix.reduce((sum, row, i) => sum + row[i], 0), 1e-12); // prettier-ignore
    assert.equal(figures.negativeFraction, expected.filter((value) => value < 0).length / 20);
    assert.equal(figures.products, 22);
  });

  const many = [...Array.from({ length: 150 }, (_, i) => 3 * Math.cos(i * i)), 9, -5];
  const large = withEigenvalues(many, 2);
  const scaling = Float64Array.from(many, (_, i) => 0.5 + (i % 7));
  const scaledLargest = Math.max(
    ...eigenvalues(large.map((row, i) => row.map((x, j) => Math.sqrt(scaling[i]) * x * Math.sqrt(scaling[j])))),
  );

  it('has ends to 1e-6 for a quadratic with many parameters, and counts its products', () => {
    const { result, pauses } = run(
      measureCurvature({ operator: operatorOf(large), weightNorm: 1, lossSize: 1, scaling: 2, memory: noMemory, seed: 1 }),
    );
    close(result.figures.lambdaMax, 9, 9e-6);
    close(result.figures.lambdaMin, -5, 9e-6);
    assert.ok(result.figures.traceError > 0);
    assert.equal(result.figures.products, pauses);
    close(result.figures.preconditionedSharpness, 2 * result.figures.lambdaMax, 1e-12);
  });

  it('has the preconditioned sharpness of the dense matrix, few parameters or many', () => {
    close(place(large, undefined, { scaling }).preconditionedSharpness, scaledLargest, 1e-5 * scaledLargest);
    const small = [[2, 1], [1, -3]]; // prettier-ignore
    const by = Float64Array.of(4, 9);
    close(place(small, undefined, { scaling: by }).preconditionedSharpness, Math.max(...eigenvalues([[8, 6], [6, -27]])), 1e-12); // prettier-ignore
  });

  it('knows no preconditioned sharpness before the first step, or where a rate is infinite', () => {
    assert.ok(Number.isNaN(place([[2]], [0], { scaling: null }).preconditionedSharpness));
    assert.ok(Number.isNaN(place([[2]], [0], { scaling: Float64Array.of(Infinity) }).preconditionedSharpness));
  });

  it('is quicker from the memory of the last, and finds the same', () => {
    const first = at(operatorOf(large), { scaling });
    const second = at(operatorOf(large), { scaling, memory: first.memory });
    assert.ok(second.figures.products < first.figures.products);
    close(second.figures.lambdaMax, first.figures.lambdaMax, 1e-5);
    assert.equal(second.memory.largestCurvature >= 9 - 1e-5, true);
  });

  it('gives the same bits again', () => {
    assert.deepEqual(at(operatorOf(large), { scaling }), at(operatorOf(large), { scaling }));
  });
});
