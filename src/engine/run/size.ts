/** How many numbers a batch takes on its way through a network, computed before any of them exists. */
import { sizeOf } from '../network/builder';
import type { Structure } from '../network/structure';
import { showBytes, showCount } from '../problems/files';
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
