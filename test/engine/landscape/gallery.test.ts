/** The gallery of functions: what each says of itself holds. */
import assert from 'node:assert/strict';
import { gallery } from '../../../src/engine/problems/gallery';
import { principalDirections } from '../../../src/shared/landscape/curvature';
import { readLandscape } from '../../../src/shared/landscape/function';
import { Race } from '../../../src/shared/landscape/race';

describe('the gallery of functions', () => {
  for (const { name, formula, window, start, points, optimizers, wrappers, steps, notice, source } of gallery)
    describe(name, () => {
      const f = readLandscape(formula);
      const inOrder = (numbers: Readonly<Record<string, number>>): number[] => f.variables.map((variable) => numbers[variable]);
      const inside = (numbers: Readonly<Record<string, number>>): boolean =>
        f.variables.every((variable) => numbers[variable] >= window[variable][0] && numbers[variable] <= window[variable][1]);

      it('has a window for each variable, with the start and the known points in it', () => {
        assert.deepEqual(Object.keys(window).sort(), [...f.variables]);
        assert.ok(inside(start) && points.every(({ at }) => inside(at)));
        assert.ok(notice.endsWith('.') && source.endsWith('.'), 'one sentence or more');
      });

      it('has the value and a vanishing gradient at its known points, of the kind that it says', () => {
        for (const { kind, at, value } of points) {
          const place = inOrder(at);
          const directions = principalDirections(f, place);
          const size = Math.max(1, ...directions.map(({ eigenvalue }) => Math.abs(eigenvalue)));
          assert.ok(Math.abs(f.value(place) - value) <= 1e-13 * Math.max(1, Math.abs(value)), `${f.value(place)} at ${String(place)}`);
          assert.ok(Math.hypot(...f.gradient(place)) < 1e-13 * size, String(f.gradient(place)));
          const signs = directions.map(({ eigenvalue }) => Math.sign(eigenvalue)).join();
          const expected = { minimum: /^1(,1)?$/, maximum: /^-1(,-1)?$/, saddle: /^1,-1$/, degenerate: /^-?0,-?0$/ }[kind];
          assert.match(signs, expected);
        }
      });

      it('begins with optimizers that run on it', async () => {
        const race = await Race.of(
          { formula, start, steps, seed: 1 },
          optimizers.map((optimizer) => ({ optimizer, wrappers })),
        );
        race.goTo(steps);
        assert.equal(race.participants.length, optimizers.length);
        assert.ok(race.participants.every(({ track, end }) => end !== null && track.last > 0));
      });
    });

  it('the ravine: a step multiplies each variable by what its text says', async () => {
    const { formula, start, notice } = gallery.find(({ name }) => name === 'ravine')!;
    const numbers = [...notice.matchAll(/1 − ([\d.]+)·lr = (−?[\d.]+)/g)].map(([, , factor]) => Number(factor.replace('−', '-')));
    assert.equal(numbers.length, 2);
    const race = await Race.of({ formula, start, steps: 20, seed: 1 }, [{ optimizer: { name: 'sgd', lr: 0.45 } }]);
    race.goTo(20);
    const [along, across] = race.participants[0].at(20).position;
    const [byY, byX] = numbers;
    assert.ok(
      Math.abs(across / (start.y * byY ** 20) - 1) < 1e-6 && Math.abs(along / (start.x * byX ** 20) - 1) < 1e-6,
      `${along}, ${across}`,
    );
  });

  it('has functions of one and of two variables, each under a name of its own', () => {
    assert.equal(new Set(gallery.map(({ name }) => name)).size, gallery.length);
    const counts = gallery.map(({ start }) => Object.keys(start).length);
    assert.deepEqual([...new Set(counts)], [1, 2]);
  });
});
