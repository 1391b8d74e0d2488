import { dot, norm, removeParts, scale } from '../../vectors';
import type { Initialiser } from './definition';

/**
 * Orthogonal: the rows are orthonormal where there are no more of them than columns, otherwise the columns are. Normal vectors made
 * orthogonal one after another, which is uniform on all such matrices (Mezzadri 2007, arXiv:math-ph/0609050), as PyTorch's `orthogonal_`
 * is. Gain 1.
 */
export const orthogonal: Initialiser = {
  name: 'orthogonal',
  title: 'Orthogonal',
  doc: 'A random rotation (or a part of one): keeps the length of what goes through, in depth too.',
  source: 'Saxe, McClelland & Ganguli 2014, arXiv:1312.6120',
  draw(random, fanIn, _fanOut, units) {
    const length = Math.max(fanIn, units);
    const vectors: Float64Array[] = [];
    while (vectors.length < Math.min(fanIn, units)) {
      const vector = Float64Array.from({ length }, () => random.normal());
      const before = norm(vector);
      removeParts(vector, vectors);
      // Where much has gone, rounding is left in what stays; once more, and it is below the last place.
      if (dot(vector, vector) < 0.25 * before * before) removeParts(vector, vectors);
      scale(1 / norm(vector), vector);
      vectors.push(vector);
    }
    const byRows = units <= fanIn;
    return Float64Array.from({ length: fanIn * units }, (_, k) => {
      const [row, column] = [Math.floor(k / fanIn), k % fanIn];
      return byRows ? vectors[row][column] : vectors[column][row];
    });
  },
};
