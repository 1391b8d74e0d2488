/**
 * K-FAC's arithmetic against the block of the Fisher matrix written out (test/oracle/make-papers.py): three steps on two layers and a bias
 * with gradients and moments that are given, so that averages, factored damping, clipping and momentum all count.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Layer, Model, Moments, Updater } from '../../../../src/engine/backends/backend';
import { referenceUpdater } from '../../../../src/engine/language/reference';
import { wasmUpdater } from '../../../../src/engine/language/wasm';
import { residentModel } from '../../language/models';
import { ready } from '../follow';

type Tensors = readonly (readonly number[])[];

interface Fixture {
  readonly settings: Readonly<Record<string, number>>;
  readonly shapes: Tensors;
  readonly start: Tensors;
  readonly steps: readonly { readonly gradient: Tensors; readonly input: Tensors; readonly error: Tensors }[];
  /** Weights after each step. */
  readonly path: readonly Tensors[];
}

const fixture = JSON.parse(readFileSync('test/oracle/kfac.json', 'utf8')) as Fixture;
const { rule, settings } = ready('kfac', fixture.settings);
assert.ok(rule.kind === 'text');

const sizes = fixture.start.map(({ length }) => length);
const layers: Layer[] = fixture.shapes.map((shape, i) => ({ name: `layer${i}`, shape, parameters: sizes[i] }));

/** A model that only has what it is given: the moments of the sample number `rows[0]`. */
const withMoments = <M extends Pick<Model, 'weights' | 'gradients'>>(arrays: M) => {
  const unasked = (): never => assert.fail('K-FAC asks for moments only.');
  const moments = ([sample]: Uint32Array): Moments[] =>
    layers.map((_, i) => ({
      input: Float64Array.from(fixture.steps[sample].input[i]),
      error: Float64Array.from(fixture.steps[sample].error[i]),
    }));
  const parameters = sizes.reduce((sum, size) => sum + size);
  return {
    ...arrays,
    layers,
    parameters,
    samples: 3,
    buffers: [],
    begin: unasked,
    loss: unasked,
    gradient: unasked,
    evaluate: unasked,
    hessian: unasked,
    gaussNewton: unasked,
    moments,
  };
};

function walk<M extends Model>(model: M, makeUpdater: (model: M) => Updater, tolerance: number): void {
  model.weights.forEach((w, i) => w.set(fixture.start[i]));
  const updater = makeUpdater(model);
  fixture.steps.forEach(({ gradient }, step) => {
    model.gradients.forEach((g, i) => g.set(gradient[i]));
    updater.step(step + 1, fixture.settings.lr, 'nothing', { rows: Uint32Array.of(step), loss: 1 });
    fixture.path[step].forEach((expected, i) => {
      const apart = Math.hypot(...expected.map((value, k) => model.weights[i][k] - value));
      assert.ok(apart <= tolerance * Math.hypot(...expected), `step ${step + 1}, layer ${i}: ${apart.toExponential(1)} apart`);
    });
  });
}

describe('K-FAC’s step', () => {
  const fresh = (): Float64Array[] => sizes.map((size) => new Float64Array(size));

  it('is the inverse of the Kronecker product times the gradient, in float64', () =>
    walk(withMoments({ weights: fresh(), gradients: fresh() }), (model) => referenceUpdater(rule, settings, model, 1), 1e-12));

  it('is the same on the CPU in float32', () =>
    walk(withMoments(residentModel(sizes)), (model) => wasmUpdater(rule, settings, model, 1), 1e-5));
});
