/**
 * Newton's methods as their papers describe them: Newton's step is the inverse Hessian times the gradient and goes to saddles; the
 * saddle-free one leaves them (Dauphin et al. 2014); Hessian-free needs few steps where curvature is uneven (Martens 2010).
 */
import assert from 'node:assert/strict';
import type { Model, Updater } from '../../../../src/engine/backends/backend';
import { referenceBackend } from '../../../../src/engine/backends/reference';
import { checkSettings } from '../../../../src/engine/language';
import { findRule } from '../../../../src/engine/optimizers';
import { functionModel } from '../../../../src/engine/problems/function';

const rows = new Uint32Array(1);

function updaterOf(name: string, given: Record<string, unknown>, model: Model): { updater: Updater; lr: number } {
  const rule = findRule(name) ?? assert.fail(`no rule ${name}`);
  const settings = checkSettings(rule, given);
  return { updater: referenceBackend.updater(rule, settings, model, 1), lr: Number(settings.lr) };
}

/** Positions of a function, from the start on. */
function walk(text: string, start: Record<string, number>, name: string, given: Record<string, unknown>, steps: number): number[][] {
  const model = functionModel(text, start);
  const { updater, lr } = updaterOf(name, given, model);
  const path = [[...model.weights[0]]];
  for (let t = 1; t <= steps; t++) {
    const loss = model.gradient(rows);
    updater.step(t, lr, 'rates', { rows, loss });
    path.push([...model.weights[0]]);
  }
  return path;
}

const distance = (a: readonly number[], b: readonly number[]): number => Math.hypot(...a.map((each, i) => each - b[i]));

describe("Newton's method", () => {
  it('arrives at the minimum of a quadratic in one step, however ill-conditioned', () => {
    const [, end] = walk('0.001*(x - 3)^2 + 1000*(y + 2)^2 + (x - 3)*(y + 2)', { x: 5, y: 7 }, 'newton', {}, 1);
    assert.ok(distance(end, [3, -2]) < 1e-8, String(end));
  });

  it('is drawn to the saddle of x^2 − y^2', () => {
    const path = walk('x^2 - y^2', { x: 1, y: 0.5 }, 'newton', { lr: 0.5 }, 20);
    path.slice(1).forEach((position, k) => assert.ok(Math.abs(distance(position, [0, 0]) / distance(path[k], [0, 0]) - 0.5) < 1e-12));
    assert.ok(distance(path.at(-1) ?? [], [0, 0]) < 2e-6);
  });

  it('converges quadratically on Rosenbrock’s function', () => {
    const path = walk('(1 - x)^2 + 100*(y - x^2)^2', { x: -1.2, y: 1 }, 'newton', {}, 8);
    // the well-known path: six steps to about 1e-10
    assert.ok(distance(path[6], [1, 1]) < 1e-8, String(path[6]));
    assert.ok(distance(path[7], [1, 1]) < 1e-12);
  });
});

describe('saddle-free Newton', () => {
  it('leaves the saddle of x^2 − y^2, which it descends as fast as it rises', () => {
    const path = walk('x^2 - y^2', { x: 1, y: 1e-3 }, 'saddleFreeNewton', { lr: 0.5, damping: 0 }, 20);
    path.slice(1).forEach(([x, y], k) => {
      assert.ok(Math.abs(x / path[k][0] - 0.5) < 1e-12);
      assert.ok(Math.abs(y / path[k][1] - 1.5) < 1e-12);
    });
  });

  it('is Newton where the Hessian is positive definite', () => {
    const [, newton] = walk('2*x^2 + x*y + y^2', { x: 3, y: -4 }, 'newton', { damping: 0.25 }, 1);
    const [, free] = walk('2*x^2 + x*y + y^2', { x: 3, y: -4 }, 'saddleFreeNewton', { damping: 0.25 }, 1);
    assert.ok(distance(newton, free) < 1e-12);
  });

  it('goes on to a minimum where Newton stops at the saddle', () => {
    // saddle at 0, minima at y = ±1
    const text = 'x^2 + y^4/4 - y^2/2';
    const newton = walk(text, { x: 0.5, y: 0.1 }, 'newton', {}, 30).at(-1) ?? [];
    const free = walk(text, { x: 0.5, y: 0.1 }, 'saddleFreeNewton', {}, 30).at(-1) ?? [];
    assert.ok(distance(newton, [0, 0]) < 1e-6, String(newton));
    assert.ok(distance(free, [0, 1]) < 1e-3, String(free));
  });
});

describe('Hessian-free optimisation', () => {
  it('never takes a step after which the loss is larger, and reaches the minimum of Rosenbrock’s function', () => {
    const text = '(1 - x)^2 + 100*(y - x^2)^2';
    const model = functionModel(text, { x: -1.2, y: 1 });
    const { updater, lr } = updaterOf('hessianFree', {}, model);
    let before = Infinity;
    for (let t = 1; t <= 60; t++) {
      const loss = model.gradient(rows);
      assert.ok(loss <= before, `step ${t}: ${loss} after ${before}`);
      before = loss;
      updater.step(t, lr, 'rates', { rows, loss });
    }
    assert.ok(model.evaluate(rows).loss < 1e-8, String(model.evaluate(rows).loss));
  });

  it('lowers its damping where the quadratic model is right', () => {
    const model = functionModel('x^2 + 50*y^2', { x: 4, y: 3 });
    const { updater, lr } = updaterOf('hessianFree', { damping: 1 }, model);
    for (let t = 1; t <= 5; t++) updater.step(t, lr, 'rates', { rows, loss: model.gradient(rows) });
    assert.ok(Math.abs(updater.state.lambda[0][0] - 1 / 1.5 ** 5) < 1e-9, String(updater.state.lambda[0][0]));
  });
});
