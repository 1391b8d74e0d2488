/** A run on the GPU has the slice of its loss that the same run on the CPU has: at a step on its way, and after its end. */
import assert from 'node:assert/strict';
import type { Slice } from '../../src/shared/protocol';
import { openPage } from './browser';

/** Of what two runs of 30 steps in 32 bits may differ by. */
const TOLERANCE = 1e-3;

describe('the slice of a run’s loss on WebGPU', () => {
  it('is that of the same run on the CPU', async () => {
    const open = await openPage('slice.page.ts');
    try {
      const { gpu, cpu } = await open.page.evaluate(async () => {
        const plain = ({ u, v, loss, ...rest }: Slice) => ({ ...rest, u: [...u], v: [...v], loss: [...loss] });
        const both = await webgpuSlices();
        return {
          gpu: { under: plain(both.gpu.under), ended: plain(both.gpu.ended) },
          cpu: { under: plain(both.cpu.under), ended: plain(both.cpu.ended) },
        };
      });
      for (const [when, step] of [
        ['under', 12],
        ['ended', 30],
      ] as const) {
        const [found, expected] = [gpu[when], cpu[when]];
        assert.equal(found.step, step);
        assert.deepEqual(found.path.at(-1), { step, u: 0, v: 0, distance: 0 });
        assert.equal(found.path[0].step, 0);
        const near = (value: number, wanted: number, what: string): void =>
          assert.ok(Math.abs(value - wanted) <= TOLERANCE * (1 + Math.abs(wanted)), `${when}, ${what}: ${value} against ${wanted}`);
        expected.eigenvalues.forEach((value, k) => near(found.eigenvalues[k], value, `λ${k + 1}`));
        expected.loss.forEach((value, k) => near(found.loss[k], value, `cell ${k}`));
        near(found.path[0].u, expected.path[0].u, 'the start along e₁');
        near(found.path[0].distance, expected.path[0].distance, 'the start from the plane');
      }
    } finally {
      await open.close();
    }
  });
});
