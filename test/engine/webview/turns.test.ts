/** Pictures that share the time of a frame: none waits for ever, however dear they are and in whatever order they ask. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turn } from '../../../src/webview/charts/turns';

/** Keeps the processor for some milliseconds. */
function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

/** Frames so far apart that every picture is due in each. @returns how often each picture was drawn */
async function frames(count: number, costs: readonly number[]): Promise<number[]> {
  const drawn = costs.map(() => 0);
  const turns = costs.map(() => new Turn(() => undefined));
  for (let frame = 0; frame < count; frame++) {
    turns.forEach((turn, index) =>
      turn.take(
        () => {
          work(costs[index]);
          drawn[index]++;
        },
        performance.now() + 1000 * frame,
      ),
    );
    await sleep(0);
  }
  return drawn;
}

describe('turns', () => {
  it('come round to every picture, also where each takes more than a frame’s share', async () => {
    const drawn = await frames(40, [3, 3, 3, 3, 3]);
    for (const times of drawn) assert.ok(times >= 4, drawn.join()); // half of what would be its even share
  });

  it('are not held up by a picture that asks no more', async () => {
    const gone = new Turn(() => undefined);
    const dear = new Turn(() => undefined);
    let drawn = 0;
    dear.take(() => work(3));
    gone.take(() => undefined, performance.now() + 1000); // waits, and never asks again
    await sleep(0);
    for (let frame = 2; frame < 5; frame++) {
      dear.take(() => drawn++, performance.now() + 1000 * frame);
      await sleep(0);
    }
    assert.ok(drawn >= 1);
  });
});
