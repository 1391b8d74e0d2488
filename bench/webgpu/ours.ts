/** Ourselves: steps are asked for ahead of their answers, as a run does; every loss is read. */
import { GpuMachine } from '../../src/webview/gpu/machine';
import { openGpu } from '../../src/webview/gpu/open';
import { batches } from '../problem';
import type { adam } from './adam';
import type { GpuCase } from './cases';
import type { Training } from './page';
import type { GpuProblem } from './problem';

const lr = 0.001;

/** @param every how often gradient norms, update norms, weight norms and the rates' quantiles are measured, in steps; 0: never */
export async function openOurs(
  { plan, batch }: GpuCase,
  { data, rows }: GpuProblem,
  { rule, settings }: typeof adam,
  every: number,
): Promise<Training> {
  const context = await openGpu();
  const machine = await GpuMachine.create({ plan, data, batch, rule, settings, seed: plan.seed }, context);
  let taken = 0;
  const run = async (steps: number): Promise<readonly number[]> => {
    const waiting: Promise<{ readonly loss: number }>[] = [];
    const losses: number[] = [];
    for (let k = 0; k < steps; k++) {
      const step = ++taken;
      waiting.push(machine.step({ step, lr, rows: rows[(step - 1) % batches], measured: every > 0 && step % every === 0 }));
      if (waiting.length < machine.ahead) continue;
      machine.flush();
      const [first] = waiting.splice(0, 1);
      losses.push((await first).loss);
    }
    machine.flush();
    for (const answer of await Promise.all(waiting)) losses.push(answer.loss);
    return losses;
  };
  return {
    run,
    async profile(steps) {
      const found = new Map<string, { calls: number; milliseconds: number }>();
      machine.profile((kernel, nanoseconds) => {
        const entry = found.get(kernel) ?? { calls: 0, milliseconds: 0 };
        entry.calls++;
        entry.milliseconds += nanoseconds / 1e6;
        found.set(kernel, entry);
      });
      await run(steps);
      machine.profile(null);
      await run(1);
      return [...found].map(([kernel, entry]) => ({ kernel, ...entry })).sort((a, b) => b.milliseconds - a.milliseconds);
    },
    close() {
      machine.close();
      context.device.destroy();
    },
  };
}
