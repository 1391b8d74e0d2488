/** Does a batch fit a network? How many numbers it takes on its way, and whether it is enough for batch norms; computed before any of them exists. */
import { sizeOf } from '../network/builder';
import type { Structure } from '../network/structure';
import { showBytes, showCount } from '../problems/files';
import { defaults } from './defaults';
import { mostActivations } from './limits';
import { SpecificationError } from './specification';

const float32 = 4;

/** Numbers that a network holds of one sample: the sample and what each layer makes of it. What an activation makes is not counted again. */
const numbersOf = ({ values, operations }: Structure): number =>
  values.reduce((sum, shape, i) => (i > 0 && operations[i - 1].kind === 'activation' ? sum : sum + sizeOf(shape)), 0);

/** @param path the field to blame @throws SpecificationError where the layers of one batch hold too many numbers */
export function checkBatchSize(batch: number, network: Structure, path: string): void {
  const numbers = numbersOf(network);
  if (batch * numbers <= mostActivations) return;
  const most = Math.floor(mostActivations / numbers);
  throw new SpecificationError(
    path,
    `a batch of ${showCount(batch)} samples through ${showCount(numbers)} units takes ${showBytes(float32 * batch * numbers)}; ` +
      `at most ${showBytes(float32 * mostActivations)} are allowed. ${most > 0 ? `Use ${showCount(most)} or fewer.` : 'Make the network smaller.'}`,
  );
}

/**
 * A batch norm of rows has of each channel as many numbers as there are samples: one has no variance. The last batch of a pass counts, too.
 * @param probe samples of a curvature measurement; 0 where there is none
 * @throws SpecificationError where a batch of training, or a measurement, has a single sample
 */
export function checkStatistics(batch: number, samples: number, probe: number, { operations }: Structure): void {
  const single = operations.find((operation) => operation.kind === 'batchNorm' && operation.positions === 1);
  if (!single) return;
  if (probe === 1)
    throw new SpecificationError(
      'measure.probeSamples',
      `one sample has no variance for ${single.name}; take more, or leave the batch norm out.`,
    );
  if (samples % batch !== 1 % batch) return;
  const found =
    batch === 1
      ? 'a batch of one sample has'
      : `${showCount(samples)} training samples in batches of ${showCount(batch)} leave a last batch of one sample, which has`;
  const largest = Math.min(samples, Math.max(batch, defaults.batchSize));
  const fitting = Array.from({ length: largest }, (_, less) => largest - less).find((size) => size > 1 && samples % size !== 1);
  throw new SpecificationError(
    'batchSize',
    `${found} no variance for ${single.name}; ${fitting === undefined ? 'take more samples' : `take another, such as ${showCount(fitting)}`}, or leave the batch norm out.`,
  );
}
