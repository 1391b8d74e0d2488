/**
 * Dropout and noise: what is drawn lies ready as a matrix, masks already divided by what is kept, and is multiplied with the values or added
 * to them. In evaluation the values pass as they are; curvature is measured on a network without these operations.
 */
import type { DropoutOperation, NoiseOperation } from '../../../network/operations';
import { rowBytes, sizeOf } from '../matrix';
import type { Operand } from '../kernels';
import type { Part, Site } from './definition';
import { added, copied, multiplied, passedBack } from './elementwise';

const neverMeasured = (): never => {
  throw new Error('Curvature is of a network in which nothing is drawn.');
};

export function dropout(operation: DropoutOperation | NoiseOperation, index: number, site: Site): Part {
  const { kernels, structure } = site;
  const [from] = operation.from;
  const to = index + 1;
  const row = rowBytes(sizeOf(structure, to));
  const bytes: Operand = { perRow: row };
  const drawn = site.keep(row);
  const scales = operation.kind === 'dropout';
  return {
    drawn,
    forward(training) {
      const [x, y] = [site.value(from), site.value(to)];
      if (!training) return [copied(kernels, x, y, bytes)];
      return [scales ? multiplied(kernels, x, drawn, y, bytes) : added(kernels, x, drawn, y, bytes)];
    },
    backward() {
      if (!site.wanted(from)) return [];
      const e = site.error(to);
      const through = scales ? [multiplied(kernels, e, drawn, e, bytes)] : [];
      return [...through, passedBack(kernels, e, site.error(from), bytes, site.first(operation, from))];
    },
    tangent: neverMeasured,
    tangentBackward: neverMeasured,
  };
}
