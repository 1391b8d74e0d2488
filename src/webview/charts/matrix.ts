/** A matrix of numbers to be shown as colours, and the same with no more cells than there are pixels. */

/** Numbers row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** At most `rows` × `columns` cells; each is the mean of the finite numbers that fall into it, NaN where none does. */
export function shrink(matrix: Matrix, rows: number, columns: number): Matrix {
  const [down, across] = [Math.min(matrix.rows, Math.max(1, rows)), Math.min(matrix.columns, Math.max(1, columns))];
  if (down === matrix.rows && across === matrix.columns) return matrix;
  const values = new Float32Array(down * across);
  const counts = new Uint32Array(down * across);
  for (let row = 0, index = 0; row < matrix.rows; row++) {
    const base = Math.floor((row * down) / matrix.rows) * across;
    for (let column = 0; column < matrix.columns; column++, index++) {
      const value = matrix.values[index];
      if (!Number.isFinite(value)) continue;
      const cell = base + Math.floor((column * across) / matrix.columns);
      values[cell] += value;
      counts[cell]++;
    }
  }
  for (let cell = 0; cell < values.length; cell++) values[cell] = counts[cell] === 0 ? NaN : values[cell] / counts[cell];
  return { rows: down, columns: across, values };
}
