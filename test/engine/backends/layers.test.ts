// Layers of every kind in float64: against PyTorch, and against what calculus says.
import assert from 'node:assert/strict';
import type { HessianOperator, Model } from '../../../src/engine/backends/backend';
import { referenceBackend } from '../../../src/engine/backends/reference';
import { carry, outputsOf } from '../../../src/engine/backends/reference/pass';
import { activations } from '../../../src/engine/network/activations';
import { completeLayers } from '../../../src/engine/network/complete';
import { layerKinds, layerOf, type LayerSpecification } from '../../../src/engine/network/layers';
import { losses } from '../../../src/engine/network/losses';
import { structure } from '../../../src/engine/network/structure';
import { dot } from '../../../src/engine/vectors';
import file from '../../oracle/layers.json';
import { network, type SmallNetwork, smallNetworks, withoutDraws } from './everyLayer';
import { classes, dataset } from './data';
import { all, close, flat, normals } from './networks';

const build = ({ plan, data }: Pick<SmallNetwork, 'plan' | 'data'>): Model => referenceBackend.network(plan, data, data.samples);

const applied = (operator: HessianOperator, v: Float64Array): Float64Array => {
  const out = new Float64Array(operator.size);
  operator.apply(v, out);
  return out;
};

/** Moves all weights along `v`. */
function move(model: Model, step: number, v: Float64Array): void {
  let k = 0;
  for (const part of model.weights) for (let i = 0; i < part.length; i++) part[i] += step * v[k++];
}

/** (f(w + h·v) − f(w − h·v))/2h. @param f reads the model's weights */
function slope(model: Model, v: Float64Array, h: number, f: () => Float64Array): Float64Array {
  const kept = model.weights.map((weights) => weights.slice());
  const at = (step: number): Float64Array => {
    move(model, step, v);
    const value = f();
    model.weights.forEach((weights, i) => weights.set(kept[i]));
    return value;
  };
  const [above, below] = [at(h), at(-h)];
  return above.map((value, i) => (value - below[i]) / (2 * h));
}

describe('layers of the reference beside PyTorch', () => {
  for (const one of file.cases) {
    const data = dataset(
      one.inputs.reduce((product, extent) => product * extent, 1),
      Float64Array.from(one.x),
      classes(one.labels, 3),
    );
    // JSON gives every layer the fields of all, undefined where they are not there.
    const layers = completeLayers(JSON.parse(JSON.stringify(one.layers)) as LayerSpecification[]);
    const made = (): Model => build({ plan: { inputs: one.inputs, layers, loss: 'crossEntropy', seed: 1, given: one.weights }, data });

    it(`${one.name}: loss, gradient, running statistics, evaluation and Hessian agree to 1e-10`, () => {
      const model = made();
      const rows = all(model);
      model.begin(1);
      close([model.loss(rows)], [one.loss], 1e-10, 'loss');
      close([model.gradient(rows)], [one.loss], 1e-10, 'loss with the gradient');
      close(flat(model.gradients), one.gradient, 1e-10, 'gradient');
      close(flat(model.buffers), one.running.flat(), 1e-10, 'running statistics');
      close([model.evaluate(rows).loss], [one.evaluated], 1e-10, 'loss of evaluation');
      const hessian = model.hessian(rows);
      close(applied(hessian, Float64Array.from(one.v)), one.product, 1e-10, 'Hessian-vector product');
      const gradient = new Float64Array(hessian.size);
      hessian.gradient(gradient);
      close(gradient, one.gradient, 1e-10, 'the operator’s gradient');
    });
  }

  it('moves the running statistics once a step, whatever else is asked of the model', () => {
    const one = smallNetworks.find(({ name }) => name === 'batch norm of images and of rows');
    assert.ok(one);
    const [asked, plain] = [build(one), build(one)];
    const rows = all(asked);
    const start = flat(asked.buffers);
    asked.gradient(rows);
    assert.deepEqual(flat(asked.buffers), start, 'not before the first step');
    for (const step of [1, 2]) {
      plain.begin(step);
      plain.gradient(rows);
      asked.begin(step);
      asked.loss(rows);
      asked.hessian(rows);
      asked.evaluate(rows);
      asked.gradient(rows);
      asked.gradient(rows.subarray(3));
    }
    assert.deepEqual(flat(asked.buffers), flat(plain.buffers));
    assert.notDeepEqual(flat(asked.buffers), start);
  });

  it('refuses the statistics of a single number', () => {
    const one = network('rows', [3], [{ dense: 4 }, { batchNorm: true }, { dense: 2 }], 'crossEntropy');
    const model = build(one);
    assert.throws(() => model.gradient(Uint32Array.of(0)), /batchNorm1 has one number a channel .* more than one sample/);
    assert.ok(Number.isFinite(model.evaluate(Uint32Array.of(0)).loss), 'evaluation has its own');
  });
});

describe('the small networks', () => {
  it('have every kind of layer, every activation and every loss', () => {
    const kindsIn = (layers: readonly LayerSpecification[]): string[] =>
      layers.flatMap((layer) => [
        layerOf(layer).name,
        ...Object.values(layer).flatMap((value) =>
          Array.isArray(value) ? kindsIn(value.filter((part): part is LayerSpecification => typeof part === 'object')) : [],
        ),
      ]);
    const kinds = new Set(smallNetworks.flatMap(({ plan }) => kindsIn(plan.layers)));
    assert.deepEqual([...kinds].sort(), layerKinds.map(({ name }) => name).sort());
    const operations = smallNetworks.flatMap(({ plan }) => structure(plan).operations);
    const functions = new Set(operations.flatMap((operation) => (operation.kind === 'activation' ? [operation.function.name] : [])));
    assert.deepEqual([...functions, 'identity'].sort(), activations.map(({ name }) => name).sort());
    assert.deepEqual(new Set(smallNetworks.map(({ plan }) => plan.loss)), new Set(losses.map(({ name }) => name)));
  });

  for (const one of smallNetworks) {
    it(`${one.name}: the gradient is the derivative of the loss, tensor by tensor, to 1e-7`, () => {
      const model = build(one);
      const rows = all(model);
      model.begin(3);
      model.gradient(rows);
      const gradient = flat(model.gradients);
      let from = 0;
      for (const { name, parameters } of model.layers) {
        const v = new Float64Array(gradient.length);
        v.set(normals(parameters, 4), from);
        const [found] = slope(model, v, 1e-6, () => Float64Array.of(model.loss(rows)));
        const error = Math.abs(found - dot(gradient, v)) / Math.sqrt(dot(v, v));
        const own = gradient.subarray(from, from + parameters);
        // A bias before a batch norm has no gradient at all: there only the whole can be the measure.
        const size = Math.sqrt(dot(own, own)) + 0.01 * Math.sqrt(dot(gradient, gradient));
        assert.ok(error <= 1e-7 * size, `${name}: ${found}, but ${dot(gradient, v)}`);
        from += parameters;
      }
    });

    it(`${one.name}: Hessian-vector products are the derivative of the gradient, and symmetric`, () => {
      const still = build(withoutDraws(one));
      const rows = all(still);
      const hessian = build(one).hessian(rows);
      const [u, v] = [normals(hessian.size, 5), normals(hessian.size, 6)];
      const found = slope(still, v, 1e-6, () => {
        still.gradient(rows);
        return flat(still.gradients);
      });
      const product = applied(hessian, v);
      close(found, product, 1e-6, 'product');
      const [here, there] = [dot(u, product), dot(v, applied(hessian, u))];
      assert.ok(Math.abs(here - there) <= 1e-12 * Math.sqrt(dot(u, u) * dot(product, product)), `${here} and ${there}`);
    });
  }
});

describe('Gauss–Newton products of the reference', () => {
  const one = network(
    'small',
    [1, 5, 5],
    [
      { noise: 0.5 },
      { convolution: 2, kernel: 2, stride: 2 },
      { batchNorm: true, activation: 'tanh' },
      { residual: [{ convolution: 2, kernel: 3, padding: 'same', activation: 'sigmoid' }, { dropout: 0.5 }], activation: 'softplus' },
      { maxPool: 2 },
      { dense: 3 },
    ],
    'crossEntropy',
  );
  it('are JᵀH_L·J·v, with J by differences', () => {
    const model = build(one);
    const net = structure(one.plan);
    const { inputs, samples, x, y } = one.data;
    assert.ok(y.kind === 'classes');
    const still = { draws: null, statistics: 'batch', buffers: model.buffers as Float64Array[], move: false } as const;
    const wanted = Float64Array.from(y.labels);
    const forward = (): Float64Array => {
      const weights = model.weights.map((weight) => Float64Array.from(weight));
      return Float64Array.from(outputsOf(carry(net, weights, Float64Array.from(x), wanted, samples, still), net.outputs).values);
    };
    assert.equal(x.length, inputs * samples);
    const v = normals(net.parameters, 8);
    const inner = slope(model, v, 1e-6, forward);
    net.loss.curvature({ values: forward(), count: samples, columns: net.outputs, stride: net.outputs }, wanted, 1 / samples, inner, inner);
    const expected = Float64Array.from({ length: net.parameters }, (_, k) => {
      const unit = new Float64Array(net.parameters);
      unit[k] = 1;
      return dot(slope(model, unit, 1e-6, forward), inner);
    });
    close(applied(model.gaussNewton(all(model)), v), expected, 1e-7, 'product');
  });
});
