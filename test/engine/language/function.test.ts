/** Functions of variables: values, exact derivatives, and the model that a run trains. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LanguageError, readFunction } from '../../../src/engine/language/index';
import { print } from '../../../src/engine/language/print';
import { functionModel } from '../../../src/engine/problems/function';
import { SpecificationError } from '../../../src/engine/run/specification';
import { numberExpression } from './arbitraries';

const close = (found: number, expected: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${what} found ${found}, expected ${expected}`);

const noRows = new Uint32Array(1);

describe('a function of variables', function () {
  this.timeout(60_000);
  it('names its variables in the order of appearance', () => {
    assert.deepEqual(readFunction('b*sin(a) + b/c + pi - e').variables, ['b', 'a', 'c']);
  });

  it('has the gradient and Hessian of Rosenbrock to the last digit', () => {
    const f = readFunction('(1 - x)^2 + 100*(y - x^2)^2');
    for (const [x, y] of [
      [-1.2, 1],
      [1, 1],
      [0.3, -2],
    ]) {
      const [gx, gy] = f.gradient([x, y]);
      close(gx, -2 * (1 - x) - 400 * x * (y - x * x), 1e-14);
      close(gy, 200 * (y - x * x), 1e-14);
      const [xx, xy, yx, yy] = f.hessian([x, y]);
      close(xx, 2 - 400 * (y - 3 * x * x), 1e-14);
      close(xy, -400 * x, 1e-14);
      assert.equal(yx, xy);
      close(yy, 200, 1e-14);
    }
  });

  const derivatives: readonly (readonly [text: string, x: number, first: number, second: number])[] = [
    ['x^3', -2, 12, -12],
    ['x^0.5', 4, 0.25, -1 / 32],
    ['x^-1', 2, -0.25, 0.25],
    ['2^x', 3, 8 * Math.LN2, 8 * Math.LN2 ** 2],
    ['e^(2*x)', 0.5, 2 * Math.E, 4 * Math.E],
    ['x^x', 2, 4 * (Math.LN2 + 1), 4 * (Math.LN2 + 1) ** 2 + 2],
    ['sin(x)', 0.7, Math.cos(0.7), -Math.sin(0.7)],
    ['cos(x)', 0.7, -Math.sin(0.7), -Math.cos(0.7)],
    ['tan(x)', 0.7, 1 / Math.cos(0.7) ** 2, (2 * Math.tan(0.7)) / Math.cos(0.7) ** 2],
    ['exp(-x^2)', 1, -2 / Math.E, 2 / Math.E],
    ['log(x)', 4, 0.25, -1 / 16],
    ['sqrt(x)', 4, 0.25, -1 / 32],
    ['tanh(x)', 0.5, 1 - Math.tanh(0.5) ** 2, -2 * Math.tanh(0.5) * (1 - Math.tanh(0.5) ** 2)],
    ['sigmoid(x)', 0, 0.25, 0],
    ['abs(x)^3', -2, -12, 12],
    ['abs(x)', 0, 0, 0],
    ['max(x, 0)^2 + min(x, 0)^3', -2, 12, -12],
    ['if x > 1 then x^2 else 3*x', 2, 4, 2],
    ['if x > 1 then x^2 else 3*x', 0, 3, 0],
    ['x/(1 + x)', 1, 0.25, -0.25],
    ['sign(x)*x^2', -3, 6, -2],
  ];
  for (const [text, x, first, second] of derivatives)
    it(`${text} at ${x} has derivatives ${first} and ${second}`, () => {
      const f = readFunction(text);
      close(f.gradient([x])[0], first, 1e-14);
      close(f.hessian([x])[0], second, 1e-13);
    });

  it('has the derivatives that central differences approach, for any smooth expression', () => {
    const smooth = numberExpression({
      names: ['x', 'y'],
      operators: ['+', '-', '*'],
      functions: [
        ['sin', 1],
        ['cos', 1],
        ['tanh', 1],
        ['sigmoid', 1],
      ],
      numbers: fc.integer({ min: -3, max: 3 }),
      choices: false,
    });
    const place = fc.double({ min: -1.5, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(smooth, place, place, (expression, x, y) => {
        const f = readFunction(`0*x + 0*y + (${print(expression)})`);
        const size = Math.max(...[-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => Math.abs(f.value([x + i / 100, y + j / 100])))));
        fc.pre(size < 1e3);
        const gradient = f.gradient([x, y]);
        const hessian = f.hessian([x, y]);
        const largest = Math.max(1, size, ...gradient.map(Math.abs), ...hessian.map(Math.abs));
        fc.pre(largest < 1e3);
        const h = 1e-5;
        [
          [h, 0],
          [0, h],
        ].forEach(([dx, dy], i) => {
          const slope = (f.value([x + dx, y + dy]) - f.value([x - dx, y - dy])) / (2 * h);
          const up = f.gradient([x + dx, y + dy]);
          const down = f.gradient([x - dx, y - dy]);
          assert.ok(Math.abs(gradient[i] - slope) <= 1e-4 * largest, `${f.text} at ${x}, ${y}: ${gradient[i]} against ${slope}`);
          for (const j of [0, 1]) {
            const bend = (up[j] - down[j]) / (2 * h);
            assert.ok(
              Math.abs(hessian[2 * i + j] - bend) <= 1e-3 * largest,
              `${f.text} at ${x}, ${y}: ${hessian[2 * i + j]} against ${bend}`,
            );
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('differentiates a long product without growing beyond measure', () => {
    const f = readFunction(Array.from({ length: 60 }, (_, i) => `(1 + x${i}*y)`).join('*'));
    const point = f.variables.map((name) => (name === 'y' ? 0.01 : 1));
    close(f.gradient(point)[f.variables.indexOf('y')], 60 * 1.01 ** 59, 1e-12);
    const n = f.variables.length;
    const y = f.variables.indexOf('y');
    close(f.hessian(point)[y * n + y], 60 * 59 * 1.01 ** 58, 1e-12);
  });
});

describe('a function as a model', () => {
  it('is one layer named position, in float64', () => {
    const model = functionModel('x^2 + 3*y', { y: 2, x: 5 });
    assert.deepEqual(model.layers, [{ name: 'position', shape: [2], parameters: 2 }]);
    assert.deepEqual([model.parameters, model.samples, model.variables], [2, 1, ['x', 'y']]);
    assert.ok(model.weights[0] instanceof Float64Array);
    assert.equal(model.gradient(noRows), 31);
    assert.deepEqual([...model.gradients[0]], [10, 3]);
    assert.deepEqual(model.evaluate(noRows), { loss: 31, accuracy: null });
  });

  it('freezes its Hessian where it was asked for', () => {
    const model = functionModel('x^2*y + y^3', { x: 1, y: 2 });
    const hessian = model.hessian(noRows);
    model.weights[0].fill(9);
    const product = new Float64Array(2);
    hessian.apply(Float64Array.of(1, 10), product);
    assert.deepEqual([...product], [4 + 20, 2 + 120]);
    hessian.gradient(product);
    assert.deepEqual([...product], [4, 13]);
    assert.equal(hessian.size, 2);
  });

  it('says what is wrong with a start', () => {
    const wrong = (start: Record<string, number>, path: string, problem: RegExp): void =>
      assert.throws(
        () => functionModel('alpha^2 + y', start),
        (error) => error instanceof SpecificationError && error.path === path && problem.test(error.message),
      );
    wrong({ alpha: 1 }, 'problem.start.y', /start of the variable y is missing/);
    wrong({ alpha: 1, y: NaN }, 'problem.start.y', /found NaN; a finite number/);
    wrong({ alpah: 1, y: 1 }, 'problem.start.alpah', /no variable alpah\. Did you mean `alpha`\?/);
    assert.throws(() => functionModel('x +', { x: 1 }), LanguageError);
  });
});
