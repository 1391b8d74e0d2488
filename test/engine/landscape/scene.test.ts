/** What the panel is set to survives being kept as text; what does not fit is left. */
import assert from 'node:assert/strict';
import { gallery } from '../../../src/engine/problems/gallery';
import { groundOf, readScene, sceneOf, sceneOfRun, withFormula } from '../../../src/shared/landscape/scene';

describe('the scene of a landscape', () => {
  it('is the same after it was kept', () => {
    for (const each of gallery) {
      const scene = { ...sceneOf(each), step: 3, seed: 7 };
      assert.deepEqual(readScene(JSON.stringify(scene)), scene);
    }
    const typed = withFormula(sceneOf(gallery[0]), 'sin(a) + b^2');
    assert.deepEqual(readScene(JSON.stringify(typed)), typed);
  });

  it('begins with a function of the gallery, also where what was kept makes no sense', () => {
    const first = readScene(undefined);
    assert.ok(first.entries.length > 0);
    for (const broken of [
      '',
      '{',
      'null',
      '[]',
      '{"formula":"x +"}',
      '{"formula":"x*y*z"}',
      '{"formula":"x","start":{"x":"1"}}',
      '{"start":{}}',
    ])
      assert.deepEqual(readScene(broken), first, broken);
  });

  it('takes a part for the whole: the name of a function and a step', () => {
    const scene = readScene('{"gallery":"saddle","step":12}');
    assert.deepEqual([scene.formula, scene.step, scene.entries.length], ['x^2 - y^2', 12, 3]);
    assert.equal(readScene('{"gallery":"saddle","step":1e9}').step, scene.steps);
  });

  it('keeps start and window where a changed formula has the same variables, and finds others where not', () => {
    const scene = { ...sceneOf(gallery.find(({ name }) => name === 'bowl')!), start: { x: 3, y: -2 } };
    const steeper = withFormula(scene, 'x^2 + 9*y^2');
    assert.deepEqual([steeper.start, steeper.window, steeper.gallery], [scene.start, scene.window, null]);
    const one = withFormula(scene, 'x^4');
    assert.deepEqual([one.start, Object.keys(one.window)], [{ x: 3 }, ['x']]);
    assert.equal(withFormula(steeper, 'x^2 + y^2').formula, 'x^2 + y^2');
    assert.throws(() => withFormula(scene, 'x^2 + '), /function:1:7/);
  });

  it('takes over the run of a function, and nothing else', () => {
    const optimizer = { name: 'adam', lr: 0.05 };
    const scene = sceneOfRun({
      problem: { function: '(1 - x)^2 + 100*(y - x^2)^2', start: { x: 0, y: 0 } },
      optimizer,
      steps: 70,
      seed: 4,
    });
    assert.deepEqual(scene && groundOf(scene), { formula: '(1 - x)^2 + 100*(y - x^2)^2', start: { x: 0, y: 0 }, steps: 70, seed: 4 });
    assert.deepEqual([scene?.gallery, scene?.entries], ['rosenbrock', [{ optimizer }]]);
    const network = { network: { layers: [{ dense: 2 }] }, data: { generator: 'moons' } };
    assert.equal(sceneOfRun({ problem: network, optimizer }), null);
    assert.equal(sceneOfRun({ problem: { function: 'x + y + z', start: { x: 1, y: 1, z: 1 } }, optimizer }), null);
  });
});
