/**
 * Several optimizers on a function, as the Landscape panel shows them: what the pictures must show, against closed forms; going back meets the
 * same bits; and every place is the record's of the same specification.
 */
import assert from 'node:assert/strict';
import { findGalleryFunction, gallery } from '../../../src/engine/problems/gallery';
import { fromLine, toLine } from '../../../src/engine/run/line';
import { Participant, specificationOf, type Entry, type Ground } from '../../../src/shared/landscape/participant';
import { Race } from '../../../src/shared/landscape/race';
import { Course } from '../../../src/engine/run/course';
import { now, record, steps, trainer } from '../run/runs';

const ground = (formula: string, start: Readonly<Record<string, number>>, steps: number): Ground => ({ formula, start, steps, seed: 1 });

async function race(on: Ground, ...optimizers: Entry['optimizer'][]): Promise<readonly Participant[]> {
  const made = await Race.of(
    on,
    optimizers.map((optimizer) => ({ optimizer })),
  );
  made.goTo(on.steps);
  assert.equal(made.participants.length, optimizers.length, 'an optimizer was refused');
  return made.participants;
}

/** One coordinate along the whole way. */
const way = ({ track }: Participant, axis = 0): number[] => Array.from({ length: track.length }, (_, step) => track.coordinate(step, axis));

/** As JSON has them: it knows one zero only. */
const written = (numbers: readonly number[]): number[] => numbers.map((number) => number + 0);

function assertClose(found: readonly number[], expected: (step: number) => number, tolerance: number): void {
  found.forEach((value, step) => {
    const wanted = expected(step);
    assert.ok(Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `step ${step}: ${value}, expected ${wanted}`);
  });
}

describe('optimizers on a landscape', () => {
  it('Newton is drawn into the saddle of x² − y², and saddle-free Newton leaves it', async () => {
    const [newton, free] = await race(
      ground('x^2 - y^2', { x: 1.5, y: 0.1 }, 30),
      { name: 'newton', lr: 0.5 },
      { name: 'saddleFreeNewton', lr: 0.5, damping: 0 },
    );
    // H⁻¹g is (x, y): each step halves both. |H|⁻¹g is (x, −y): x is halved, y grows by half.
    assertClose(way(newton, 0), (k) => 1.5 * 0.5 ** k, 1e-13);
    assertClose(way(newton, 1), (k) => 0.1 * 0.5 ** k, 1e-13);
    assertClose(way(free, 0), (k) => 1.5 * 0.5 ** k, 1e-13);
    assertClose(way(free, 1), (k) => 0.1 * 1.5 ** k, 1e-13);
    assert.ok(Math.hypot(newton.track.coordinate(30, 0), newton.track.coordinate(30, 1)) < 1e-8);
    assert.ok(free.track.coordinate(30, 1) > 1e4);
  });

  it('gradient descent on 9x² swings across the minimum: towards it at 0.1, away from it at 0.12', async () => {
    const [near, far] = await race(ground('9*x^2', { x: 70 }, 60), { name: 'sgd', lr: 0.1 }, { name: 'sgd', lr: 0.12 });
    assertClose(way(near), (k) => 70 * (-0.8) ** k, 1e-13);
    assertClose(way(far), (k) => 70 * (-1.16) ** k, 1e-12);
    assert.equal(near.divergedAt, null);
    assert.ok(Math.abs(near.track.coordinate(60, 0)) < 1e-3);
    // its value passes a million times that of the start where 1.16^(2k) does
    assert.equal(far.divergedAt, Math.ceil(Math.log(1e6 + 1) / (2 * Math.log(1.16))));
    assert.ok(far.track.last === far.divergedAt && Number.isFinite(far.track.value(far.track.last)));
  });

  it('momentum overshoots the minimum of x², gradient descent does not', async () => {
    const [descent, ball] = await race(
      ground('x^2', { x: 70 }, 100),
      { name: 'sgd', lr: 0.1 },
      { name: 'heavyBall', lr: 0.1, momentum: 0.9 },
    );
    assert.ok(way(descent).every((x) => x > 0));
    assertClose(way(descent), (k) => 70 * 0.8 ** k, 1e-13);
    // x_{k+1} = (1 + μ − 2η)·x_k − μ·x_{k−1}: μ^{k/2} times a cosine of the angle with cos θ = (1 + μ − 2η)/(2√μ); x₀ = 70, x₁ = 56
    const angle = Math.acos(1.7 / (2 * Math.sqrt(0.9)));
    const sine = (56 / Math.sqrt(0.9) - 70 * Math.cos(angle)) / Math.sin(angle);
    assertClose(way(ball), (k) => 0.9 ** (k / 2) * (70 * Math.cos(k * angle) + sine * Math.sin(k * angle)), 1e-11);
    const crossing = way(ball).findIndex((x) => x < 0);
    assert.ok(crossing > 0 && Math.min(...way(ball)) < -35, `crosses at ${crossing}, as far as ${Math.min(...way(ball))}`);
  });

  it('the worked examples of the specification can be read off', async () => {
    const examples: [string, Record<string, number>, number, number[][]][] = [
      ['x^2', { x: 70 }, 0.1, [[56], [44.8], [35.84], [28.672]]],
      ['9*x^2', { x: 70 }, 0.1, [[-56], [44.8], [-35.84], [28.672]]],
      ['x^2 + y^2', { x: 6, y: 9 }, 0.1, [[4.8, 7.2], [3.84, 5.76], [3.072, 4.608], [2.4576, 3.6864]]], // prettier-ignore
    ];
    for (const [formula, start, lr, expected] of examples) {
      const [descent] = await race(ground(formula, start, 4), { name: 'sgd', lr });
      expected.forEach((position, k) =>
        assert.deepEqual(
          descent.at(k + 1).position.map((x) => Number(x.toPrecision(12))),
          position,
        ),
      );
    }
  });

  it('a step back shows the same place bit for bit, and going on again the same way', async () => {
    const { formula, start, optimizers, wrappers } = findGalleryFunction('noisyBowl')!;
    const made = await Race.of(
      ground(formula, start, 80),
      optimizers.map((optimizer) => ({ optimizer, wrappers })),
    );
    const places = (): unknown[] => made.participants.map((participant) => participant.at(made.step));
    const seen: unknown[][] = [];
    for (let step = 0; step <= 40; step++) {
      made.goTo(step);
      seen.push(places());
    }
    for (const step of [39, 38, 7, 0, 23, 40]) {
      made.goTo(step);
      assert.deepEqual(places(), seen[step]);
    }
    made.goTo(80);
    // the engine's own way back, over a checkpoint, arrives at the same bits
    const [first] = made.participants;
    const course = now(Course.of(await trainer(specificationOf(made.ground, first.entry)), { every: 8 }));
    course.trainer.begin();
    while (course.trainer.step < 80) now(course.advance(80));
    now(course.goBack(30));
    while (course.trainer.step < 60)
      for (const event of steps(now(course.advance(60))))
        assert.deepEqual(Object.values(event.position ?? {}), first.at(event.step).position);
  });

  it('every place of every function in the gallery is the record’s', async () => {
    for (const { formula, start, optimizers, wrappers } of gallery) {
      const on = ground(formula, start, 25);
      const made = await Race.of(
        on,
        optimizers.map((optimizer) => ({ optimizer, wrappers })),
      );
      made.goTo(25);
      assert.equal(made.participants.length, optimizers.length, formula);
      for (const participant of made.participants) {
        // as a file has it: numbers as JSON writes them
        const told = steps((await record(specificationOf(on, participant.entry))).map((event) => fromLine(toLine(event))));
        assert.equal(told.length, participant.track.last);
        for (const { step, position, value, gradient, effectiveRatePerWeight } of told) {
          const place = participant.at(step);
          assert.deepEqual(written(place.position), Object.values(position ?? {}));
          assert.deepEqual(
            [place.value, written(place.gradient), place.rates],
            [value, Object.values(gradient ?? {}), effectiveRatePerWeight?.[0]],
          );
        }
      }
    }
  });

  it('puts variables in alphabetical order, whatever order the text names them in', async () => {
    const optimizer = { name: 'adagrad', lr: 1 };
    const [turned] = await race(ground('10*y^2 + x^2', { x: 3, y: 2 }, 10), optimizer);
    const [straight] = await race(ground('x^2 + 10*y^2', { x: 3, y: 2 }, 10), optimizer);
    for (let step = 0; step <= 10; step++) assert.deepEqual(turned.at(step), straight.at(step));
  });

  it('refuses an optimizer by itself, and goes on with the others', async () => {
    const made = await Race.of(ground('x^2', { x: 1 }, 5), [
      { optimizer: { name: 'sgd', lr: -1 } },
      { optimizer: { name: 'kfac' } },
      { optimizer: { name: 'sgd', lr: 0.1 } },
    ]);
    const [negative, kfac, good] = made.lanes;
    assert.ok('error' in negative && /optimizer\.lr: found -1/.test(negative.error.message));
    assert.ok('error' in kfac && /function of variables does not have/.test(kfac.error.message));
    assert.ok(good instanceof Participant);
    made.goTo(5);
    assert.ok(made.over);
  });

  it('says of a function what is wrong with it', async () => {
    await assert.rejects(Race.of(ground('x^2 +', { x: 1 }, 5), []), /function:1:6/);
    await assert.rejects(Race.of(ground('x + y + z', { x: 1 }, 5), []), /3 variables \(x, y, z\)/);
  });
});
