/**
 * What a run on the GPU tells of every single weight, held against what else it tells: the norms and quantiles of its last step, and the
 * tensors of a checkpoint. A number that was read from another layer's place, or a moment too late, is found out.
 */
import { decodeCheckpoint } from '../../src/engine/run/checkpoint';
import type { StepEvent } from '../../src/engine/run/record';
import type { Training } from '../../src/engine/run/training';
import { rateQuantiles } from '../../src/engine/rateQuantiles';
import { ofLayer } from '../../src/engine/run/weightValues';

/** Norms are sums of 32-bit floats in another order. */
const tolerance = 1e-4;

/** @param training settled, at the step that `told` is of @returns what is wrong */
export async function weightFaults(training: Training, told: StepEvent): Promise<string[]> {
  const { layers } = training.start;
  const faults: string[] = [];
  const compare = (found: number, wanted: number, what: string): void => {
    const same = Math.abs(found - wanted) <= tolerance * Math.abs(wanted) || Object.is(found, wanted);
    if (!same) faults.push(`step ${told.step}, ${what}: found ${found}, expected ${wanted}`);
  };
  // Of a run that has ended the machine may be gone, and with it the checkpoint.
  const kept = training.ended ? null : decodeCheckpoint(await training.checkpoint());
  for (const [layer, { name, parameters }] of layers.entries()) {
    const values = async (quantity: string): Promise<Float64Array> => {
      const found = await training.values(layer, quantity);
      if (found?.step !== told.step) faults.push(`${name} ${quantity} is of step ${found?.step}, expected ${told.step}`);
      const numbers = found?.values ?? new Float64Array(0);
      return typeof numbers === 'number' ? new Float64Array(parameters).fill(numbers) : Float64Array.from(numbers);
    };
    compare(Math.hypot(...(await values('weight'))), told.weightNorm[layer], `‖w‖ of ${name}`);
    compare(Math.hypot(...(await values('gradient'))), told.gradientNorm[layer], `‖g‖ of ${name}`);
    const rates = rateQuantiles(await values('rate'));
    Object.values(told.effectiveRate[layer]).forEach((quantile, i) => compare(rates[i], quantile, `quantile ${i} of the rates of ${name}`));
    for (const [state, quantity] of training.quantities.slice(3).entries()) {
      const found = await values(quantity);
      if (kept === null) continue;
      const { header, tensors } = kept;
      const all = header.states.map((_, i) => tensors.states.slice(i * layers.length, (i + 1) * layers.length));
      const wanted = ofLayer(all[state], layers, layer);
      const differs = found.length === wanted.length ? found.findIndex((value, i) => !Object.is(value, wanted[i])) : 0;
      if (differs >= 0)
        faults.push(`step ${told.step}, ${quantity} of ${name}.${differs}: found ${found[differs]}, in the checkpoint ${wanted[differs]}`);
    }
  }
  return faults;
}
