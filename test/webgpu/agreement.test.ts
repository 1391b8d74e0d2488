/**
 * The WGSL lowering agrees with the reference on every construct of the language, on random rules, on numbers that are hard for a GPU,
 * and on matrices that take more than one workgroup.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyRule } from '../engine/language/ruleArbitrary';
import { demoText, elementwiseTexts, matrixTexts } from '../engine/language/loweringTexts';
import type { LayerSize } from '../engine/language/models';
import type { AgreementCase } from './agreement';
import { openPage } from './browser';

/** Smaller and larger than a tile of elements. */
const vectors: readonly LayerSize[] = [1, 4, 7, 130, 700];
/** Flat and tall, of more dimensions, and biases. */
const matrices: readonly LayerSize[] = [[3, 5], 3, [1, 6], [4, 1], [9, 7], [2, 3, 2], [1, 1], [8, 12]];
/** Products in several squares, sums over several tiles. */
const large: readonly LayerSize[] = [[40, 70], [65, 33], 50];

const hard: readonly AgreementCase[] = [
  ...[
    ['sine and cosine', 'w = sin(g) + 2*cos(g)', [-300, -8, -3.14159, -1e-6, 0, 1e-20, 0.785398, 3.14159, 40, 1000]],
    ['the tangent', 'w = tan(g)', [-1.5, -0.785398, -1e-7, 0, 1e-20, 0.5, 1.5, 30, 100, 1000]],
    ['the hyperbolic tangent', 'w = tanh(g)/g', [-100, -1, -0.25, -1e-6, 1e-20, 1e-3, 0.2499, 0.2501, 9, 1e30]],
    ['the logistic function', 'w = sigmoid(g) - sigmoid(-g)', [-1000, -90, -1, -1e-4, 0, 1e-4, 1, 20, 90, 1000]],
    ['logarithms and powers', 'w = log(g) + g^1.3 + g^-0.5 + pow(g, 0.1*g)', [1e-6, 0.01, 0.5, 0.999, 1, 1.001, 2, 3, 10, 20]],
    ['powers of negative numbers', 'w = pow(g, 3*w) + pow(g, 2*w) + g^17 + g^-3', [-1.4, -1, -0.5, 0.5, 1, 1.1, -1.2, -0.7, 1.3, 1]],
    ['remainders', 'w = mod(g, 3*w) + mod(g, -2.5*w)', [-7, -3, -2.5, -0.1, 0, 0.1, 2.5, 3, 7, 1000]],
    ['norms of very small numbers', 'w = g/norm(g) + g/rms(g, all)', [1e-30, -2e-30, 0, 5e-31, 1e-30, 1e-30, 1e-31, 0, -1e-30, 3e-30]],
    ['norms of very large numbers', 'w = g/norm(g)', [1e30, -2e30, 0, 5e29, 1e30, 1e30, 1e28, 0, -1e30, 3e30]],
    ['steps and signs', 'w = floor(g) + ceil(2*g)/8 + sign(g) + abs(g)', [-2.5, -2, -0.1, 0, 0.1, 0.9, 1, 7.5, 100.25, -3]],
  ].map(([title, lines, gradients]): AgreementCase => ({
    title: `hard numbers: ${title as string}`,
    text: demoText(`rate = lr\n${lines as string}`),
    sizes: [(gradients as number[]).length],
    steps: 1,
    tolerance: 4e-6,
    first: { weights: (gradients as number[]).map(() => 1), gradients: gradients as number[] },
  })),
  {
    title: 'not-a-number and infinities stay what they are',
    text: demoText('rate = lr\nm = m + g\nw = max(w, g) + min(0, m) + sign(g)', 'state m'),
    sizes: [4],
    steps: 1,
    tolerance: 1e-6,
    first: { weights: [1, 2, NaN, 3], gradients: [NaN, Infinity, 0, -Infinity] },
  },
  {
    title: 'a norm over a NaN is NaN, whatever stands beside it',
    text: demoText('rate = lr\nw = w*0 + norm(g) + max(g) + sum(g, all)'),
    sizes: [4, 3],
    steps: 1,
    tolerance: 1e-6,
    first: { weights: [1, 2, 4, 3], gradients: [1, NaN, 0, 1] },
  },
];

const named = (
  list: typeof elementwiseTexts,
  sizes: readonly LayerSize[],
  steps: number,
  tolerance: number,
  where: string,
): AgreementCase[] =>
  list.map(([what, lines, declarations]) => ({ title: `${what}${where}`, text: demoText(lines, declarations), sizes, steps, tolerance }));

/** Whole-model questions of the model of these tests need no large layers, and its curvature is dense. */
const onLarge = matrixTexts.filter(([what]) => !['curvature', 'the loss elsewhere'].includes(what));

const cases: readonly AgreementCase[] = [
  ...named(elementwiseTexts, vectors, 5, 2e-5, ''),
  ...named(matrixTexts, matrices, 4, 3e-4, ''),
  ...named(onLarge, large, 2, 2e-3, ' on large matrices'),
  ...hard,
  ...fc.sample(anyRule, { seed: 20, numRuns: 40 }).map((text, i): AgreementCase => ({
    title: `random rule ${i}: ${text.split('\n').slice(2).join('; ')}`,
    text,
    sizes: matrices,
    steps: 3,
    tolerance: 3e-4,
  })),
];

describe('the WGSL lowering agrees with the reference', () => {
  let found: readonly (string | null)[] = [];

  before(async () => {
    const open = await openPage('battery.page.ts');
    try {
      found = await open.page.evaluate((given) => webgpuPage.agreement(given), cases);
    } finally {
      await open.close();
    }
  });

  cases.forEach(({ title, text }, i) => it(title, () => assert.equal(found[i], null, `${text}\n${found[i]}`)));
});
